package cli

import (
	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/upgrade"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

func newState(w world.World) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "state",
		Short: "Upgrade state files of the earlier tool",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newStateUpgrade(w))
	return cmd
}

func newStateUpgrade(w world.World) *cobra.Command {
	o := &upgrade.Settings{}
	var p printing
	cmd := &cobra.Command{
		Use:   "upgrade FILE|DIRECTORY",
		Short: "Make one current state from the states of the earlier tool",
		Long: `Make one current state from the states of the earlier tool.

Reads one state of version 3, or every state in a directory, such as the one for each
service in generated/rootly, and writes one state of version 4 with the provider
address that the engine uses. Addresses and ids are kept; the provider reads the
rest again. Types that were renamed since get their new name, and types that no
longer exist are listed. A state that is replaced is kept next to the new one as a
backup.

Then write the code with the addresses in the state:
  $ terraformer-rootly import --import-as state -o DIRECTORY

` + exit.Text,
		Example: `  $ terraformer-rootly state upgrade generated/rootly -o ./rootly/terraform.tfstate
  $ terraformer-rootly state upgrade terraform.tfstate`,
		Args: func(_ *cobra.Command, args []string) error { return o.Argument(args) },
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.run(w, func(w world.World) error { return upgrade.Run(cmd.Context(), w, o) })
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.Out, "output", "o", "", "`FILE` or directory to write (default: replace FILE, or write terraform.tfstate in DIRECTORY)")
	f.StringVar(&o.Engine, "engine", "", "engine whose provider address is written: terraform, tofu or the `PATH` of one")
	f.BoolVar(&o.Rename, "rename", false, "write moved blocks to readable addresses next to the state")
	f.BoolVar(&p.json, "json", false, "print what was done as JSON")
	return cmd
}
