package cli

import (
	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/verifier"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

func newVerify(w world.World) *cobra.Command {
	o := &verifier.Settings{}
	cmd := &cobra.Command{
		Use:   "verify DIRECTORY",
		Short: "Prove a directory again with a plan",
		Long: `Prove a directory again with a plan.

Plans a directory that import wrote, or each part of one that it split, against
the live API, and checks that every object in it is imported, or managed already,
without any change. The plan reads
each object by itself, so it costs about one request for each. Nothing is
written, neither to the directory nor to Rootly.

` + exit.Text,
		Example: `  $ terraformer-rootly verify ./rootly
  $ terraformer-rootly verify ./demo --synthetic --provider stand-in`,
		Args: func(_ *cobra.Command, args []string) error { return o.Argument(args) },
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := check(toolChoices(&o.Proof)); err != nil {
				return err
			}
			return verifier.Run(cmd.Context(), w, o)
		},
	}
	connectionFlags(cmd, &o.Connection)
	toolFlags(cmd, &o.Proof)
	f := cmd.Flags()
	f.BoolVarP(&o.Quiet, "quiet", "q", false, "no progress and no summary")
	f.BoolVar(&o.Json, "json", false, "print the summary as JSON")
	completions(cmd, toolChoices(&o.Proof))
	return cmd
}
