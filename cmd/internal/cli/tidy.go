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
		Short: "Remove import blocks that are no longer needed",
		Long: `Remove import blocks that are no longer needed.

An import block whose object is in the state at the same address has no effect. This
command removes such blocks from the code, and files that have nothing else. The
state is read from where the directory keeps it, through terraform or tofu when that
is a backend. No request goes to Rootly.

` + exit.Text,
		Example: `  $ terraformer-rootly tidy ./rootly`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return exit.Usage(fmt.Errorf("tidy takes one directory, not %d", len(args)), "terraformer-rootly tidy DIRECTORY")
			}
			return optionalDirectory(&o.Dir, args)
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return tidy.Run(cmd.Context(), w, o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.Engine, "engine", "", "terraform, tofu or the `PATH` of one (default: the first on PATH)")
	f.BoolVar(&o.DryRun, "dry-run", false, "write nothing; report what would be written")
	return cmd
}
