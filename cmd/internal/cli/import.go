package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/splitter"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

func newImport(w world.World) *cobra.Command {
	o := &splitter.Settings{}
	var p printing
	choices := func() []choice {
		own := append(splittingChoices(o), choice{"positions", &o.Positions, []string{"omit", "keep"}})
		return append(importChoices(&o.Settings), own...)
	}
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Write the organisation as code, and prove it with a plan",
		Long: `Write the organisation as code, and prove it with a plan.

Reads every object, writes resources with references and import blocks, runs
terraform or tofu on them, and moves the files in when the plan imports every
object and changes none. Changes that the plan makes to resources that people
edited are reported and do not count as differences.

With --fold, five or more objects of one type and owner that differ in at most four
short attributes become one block with for_each over a map in locals. The plan proves
these blocks too; a block whose plan is not clean is written object by object.
Folded objects stay folded in later runs, with and without the flag. Objects that
already have blocks of their own keep them, unless --rename-addresses is given too.
Folding needs Terraform or OpenTofu 1.7.

With --split-by team, every team that is the only owner of something gets its own
root module below the directory; everything else goes to a shared one. Parts read
each other's states, or with --across data use data sources where possible. Each
part is proven by its own plan; CODEOWNERS lists the owners.

` + exit.Text,
		Example: `  $ terraformer-rootly import --synthetic -o ./demo --no-verify
  $ terraformer-rootly import -o ./rootly
  $ terraformer-rootly import -o ./rootly --resources service,team
  $ terraformer-rootly import -o ./rootly --filter 'service.name=api-*'
  $ terraformer-rootly import -o ./rootly --split-by team --owner-format '@acme/{team}'`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := errors.Join(check(choices()), placeInto(cmd, &o.Settings)); err != nil {
				return err
			}
			return p.run(w, func(w world.World) error { return splitter.Import(cmd.Context(), w, o) })
		},
	}
	connectionFlags(cmd, &o.Connection)
	selectionFlags(cmd, &o.Selection)
	proofFlags(cmd, &o.Proof)
	importAsFlags(cmd, &o.ImportAs)
	againFlags(cmd, &o.Again)
	splittingFlags(cmd, o)
	codeFlags(cmd, &o.Settings, &p)
	cmd.Flags().StringVar(&o.Positions, "positions", "omit", "where Rootly shows an object among its siblings: omit leaves it out, since moving one object changes others; keep writes it")
	cmd.Flags().StringVar(&o.Secrets, "secrets", "plain", "secrets as variables: plain, masked (sensitive) or blank (no values)")
	cmd.Flags().BoolVar(&o.Fold, "fold", false, "write five or more similar objects as one block with for_each")
	completions(cmd, choices())
	return cmd
}
