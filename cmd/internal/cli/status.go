package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/overview"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/status"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/state/ignore"
)

func newStatus(w world.World) *cobra.Command {
	o := &status.Settings{}
	var p printing
	html := ""
	cmd := &cobra.Command{
		Use:   "status DIRECTORY|STATE...",
		Short: "Report how much of the organisation is managed",
		Long: `Report how much of the organisation is managed.

Compares the live organisation with directories and state files. An object is
managed when a state contains it or code has an import block for it, unmanaged when
neither is the case, and missing when a state contains it but Rootly does not. When
import blocks take their ids from expressions, terraform or tofu plans the directory,
without writing to it. Objects that the ignore file ` + ignore.Name + ` of a directory names count as neither.

` + exit.Text,
		Example: `  $ terraformer-rootly status ./rootly
  $ terraformer-rootly status ./teams ./oncall prod.tfstate --markdown --min-coverage 80
  $ terraformer-rootly status ./rootly --write-ignore`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return exit.Usage(errors.New("no directory given"), "terraformer-rootly status DIRECTORY...")
			}
			o.Places = args
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := check(toolChoices(&o.Proof)); err != nil {
				return err
			}
			return p.run(w, func(w world.World) error { return status.Run(cmd.Context(), overview.Pages(w, html, ""), o) })
		},
	}
	connectionFlags(cmd, &o.Connection)
	selectionFlags(cmd, &o.Selection)
	toolFlags(cmd, &o.Proof)
	f := cmd.Flags()
	f.BoolVar(&p.json, "json", false, "print one JSON document")
	f.BoolVar(&p.markdown, "markdown", false, "print Markdown, for example for a pull request")
	f.StringVar(&html, "html", "", "write the status as a page to `FILE` as well")
	f.BoolVar(&o.WriteIgnore, "write-ignore", false, "add all unmanaged objects to "+ignore.Name+" of the first directory")
	f.Float64Var(&o.MinCoverage, "min-coverage", 0, "exit with 2 when less than `PERCENT` is managed")
	cmd.MarkFlagsMutuallyExclusive("json", "markdown")
	completions(cmd, toolChoices(&o.Proof))
	return cmd
}
