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
		Short: "Turn states of the tool before into those of today",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newStateUpgrade(w))
	return cmd
}

func newStateUpgrade(w world.World) *cobra.Command {
	o := &upgrade.Settings{}
	cmd := &cobra.Command{
		Use:   "upgrade FILE|DIRECTORY",
		Short: "Make a state of today from those of the tool before",
		Long: `Make a state of today from those of the tool before.

Reads a state of version 3, or all of a directory, such as the one for each service
in generated/rootly, and writes one of version 4 with the address of the provider
that the engine uses. Addresses and ids go over, the provider reads the rest anew.
A type that has another name today gets it; what no longer exists is listed. Where
an old state is replaced, it is kept beside the new one as a backup.

Then write the code, with the addresses that the state has:
  $ terraformer-rootly import --import-as state -o DIRECTORY

` + exit.Text,
		Example: `  $ terraformer-rootly state upgrade generated/rootly -o ./rootly/terraform.tfstate
  $ terraformer-rootly state upgrade terraform.tfstate`,
		Args: func(_ *cobra.Command, args []string) error { return o.Argument(args) },
		RunE: func(cmd *cobra.Command, _ []string) error { return upgrade.Run(cmd.Context(), w, o) },
	}
	f := cmd.Flags()
	f.StringVarP(&o.Out, "output", "o", "", "`FILE` or directory to write (default: in the place of FILE, or terraform.tfstate in DIRECTORY)")
	f.StringVar(&o.Engine, "engine", "", "terraform, tofu or the `PATH` of one, whose provider address is written")
	f.BoolVar(&o.Rename, "rename", false, "write moved blocks to readable addresses beside the state")
	f.BoolVar(&o.Json, "json", false, "print what was done as JSON")
	return cmd
}
