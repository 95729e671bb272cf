package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/tidy"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

func newTidy(w world.World) *cobra.Command {
	o := &tidy.Settings{}
	cmd := &cobra.Command{
		Use:   "tidy DIRECTORY",
		Short: "Drop the import blocks that have done their work",
		Long: `Drop the import blocks that have done their work.

An import block whose object is in the state at that very address does nothing any
more. This takes such blocks out of the code, and files that hold nothing else with
them. The state is read where the directory keeps it, through terraform or tofu
where that is a backend. No request goes to Rootly.

` + exit.Text,
		Example: `  $ terraformer-rootly tidy ./rootly`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return exit.Usage(fmt.Errorf("tidy takes one directory, not %d", len(args)), "terraformer-rootly tidy DIRECTORY")
			}
			o.Dir = args[0]
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return tidy.Run(cmd.Context(), w, o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.Engine, "engine", "", "terraform, tofu or the `PATH` of one (default: the first on PATH)")
	f.BoolVar(&o.DryRun, "dry-run", false, "write nothing; tell what would be written")
	return cmd
}
