package cli

import (
	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/verifier"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

func newVerify(w world.World) *cobra.Command {
	o := &verifier.Settings{}
	var p printing
	cmd := &cobra.Command{
		Use:   "verify DIRECTORY",
		Short: "Prove with a plan that a directory still matches Rootly",
		Long: `Prove with a plan that a directory still matches Rootly.

Plans a directory that import wrote, or each part of a split one, against the live
API, and checks that every object is imported or already managed without a change.
The plan reads each object separately, which takes about one request per object.
Nothing is written to the directory or to Rootly.

` + exit.Text,
		Example: `  $ terraformer-rootly verify ./rootly
  $ terraformer-rootly verify ./demo --synthetic --provider stand-in`,
		Args: func(_ *cobra.Command, args []string) error { return o.Argument(args) },
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := check(toolChoices(&o.Proof)); err != nil {
				return err
			}
			return p.run(w, func(w world.World) error { return verifier.Run(cmd.Context(), w, o) })
		},
	}
	connectionFlags(cmd, &o.Connection)
	toolFlags(cmd, &o.Proof)
	f := cmd.Flags()
	f.BoolVarP(&p.quiet, "quiet", "q", false, "print no progress and no summary, only what went wrong")
	f.BoolVar(&p.json, "json", false, "print the summary as JSON")
	completions(cmd, toolChoices(&o.Proof))
	return cmd
}
