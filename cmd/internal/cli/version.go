package cli

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

func newVersion(w world.World) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				e := json.NewEncoder(w.Out)
				e.SetIndent("", "  ")
				return e.Encode(world.Built())
			}
			_, err := fmt.Fprintln(w.Out, world.Program, world.Version())
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print version, commit, date and Go version as one JSON document")
	return cmd
}
