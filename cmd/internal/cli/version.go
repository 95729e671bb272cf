package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

func newVersion(w world.World) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(w.Out, world.Program, world.Version())
			return err
		},
	}
}
