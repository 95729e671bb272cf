package cli

import "github.com/spf13/cobra"

func newVerify(w World) *cobra.Command {
	return &cobra.Command{Use: "verify DIR", Short: "Prove a directory again with a plan"}
}
