package cli

import "github.com/spf13/cobra"

func newTypes(w World) *cobra.Command {
	return &cobra.Command{Use: "types", Short: "List the resource types that can be imported"}
}
