package cli

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/oldcommands"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/typelist"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

// newOldImport makes "import rootly". Current flags that do not collide work there too.
func newOldImport(w world.World) *cobra.Command {
	cmd := oldCommand("rootly", func(cmd *cobra.Command, line oldcommands.Line) error {
		if err := line.Refuse(); err != nil {
			return err
		}
		if quiet, _ := cmd.Flags().GetBool("quiet"); !quiet {
			w.Report().Note(line.Note())
		}
		now := newImport(w)
		now.SilenceErrors, now.SilenceUsage = true, true
		now.SetArgs(line.Args[1:])
		return now.ExecuteContext(cmd.Context())
	})
	cmd.AddCommand(&cobra.Command{
		Use: "list", Short: "List the types", Args: noArgs, SilenceErrors: true, SilenceUsage: true,
		RunE: func(*cobra.Command, []string) error { return w.Report().Result(report.Result{Lines: typelist.Words()}) },
	})
	return cmd
}

// newOldPlan makes "plan", which wrote and read plan files, in both of its places.
func newOldPlan() *cobra.Command {
	cmd := &cobra.Command{
		Use: "plan", Short: "Removed: use import --dry-run", Hidden: true,
		FParseErrWhitelist: cobra.FParseErrWhitelist{UnknownFlags: true},
		Args:               cobra.ArbitraryArgs,
		RunE: func(*cobra.Command, []string) error {
			return exit.Usage(errors.New("plan files are not supported any more: import reads and writes in one run"),
				world.Program+" import -o DIRECTORY --dry-run shows what would be written; leave out --dry-run to write it")
		},
	}
	cmd.AddCommand(oldCommand("rootly", func(_ *cobra.Command, line oldcommands.Line) error {
		return line.RefusePlan()
	}))
	return cmd
}

// oldCommand makes a command that reads the old flags and runs the translated command.
func oldCommand(use string, run func(*cobra.Command, oldcommands.Line) error) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: "Import with the flags of the earlier tool", Hidden: true, Args: noArgs, SilenceErrors: true, SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			line, err := oldcommands.Translate(givenFlags(cmd.Flags()))
			if err != nil {
				return err
			}
			return run(cmd, line)
		},
	}
	oldFlags(cmd.Flags())
	newImport(world.World{}).Flags().VisitAll(func(f *pflag.Flag) {
		if cmd.Flags().Lookup(f.Name) == nil && f.Name != "output-dir" && f.Name != "layout" {
			cmd.Flags().AddFlag(f)
		}
	})
	return cmd
}

// oldFlags are those below "import rootly".
func oldFlags(f *pflag.FlagSet) {
	f.StringSliceP("resources", "r", nil, "`TYPES` to select, with what they own")
	f.StringSliceP("excludes", "x", nil, "`TYPES` to leave out, with what they own")
	f.StringSliceP("filter", "f", nil, "such as service=id1:id2 or 'Type=service;Name=name;Value=api'")
	f.StringP("path-pattern", "p", oldcommands.Pattern, "directory below the output directory")
	f.StringP("path-output", "o", oldcommands.Output, "`DIRECTORY` to write to")
	f.StringP("state", "s", "local", "local or bucket")
	f.StringP("bucket", "b", "", "bucket for the state")
	f.BoolP("connect", "c", true, "write references")
	f.BoolP("compact", "C", false, "write one file")
	f.BoolP("verbose", "v", false, "log more")
	f.BoolP("no-sort", "S", false, "do not sort")
	f.StringP("output", "O", "hcl", "hcl or json")
	f.IntP("retry-number", "n", 5, "how often a request is retried")
	f.IntP("retry-sleep-ms", "m", 300, "time between retries")
	f.StringP("url", "u", "", "base `URL` of the API")
	f.StringP("token", "t", "", "`TOKEN` for the API")
}

// givenFlags are the flags on the command line, with their values.
func givenFlags(f *pflag.FlagSet) []oldcommands.Flag {
	var list []oldcommands.Flag
	f.Visit(func(f *pflag.Flag) {
		values := []string{f.Value.String()}
		if several, ok := f.Value.(pflag.SliceValue); ok {
			values = several.GetSlice()
		}
		list = append(list, oldcommands.Flag{Name: f.Name, Values: values})
	})
	return list
}
