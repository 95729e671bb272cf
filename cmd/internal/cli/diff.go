package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exporter"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/overview"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

func newDiff(w world.World) *cobra.Command {
	o := &exporter.DiffSettings{}
	var p printing
	html := ""
	o.Unplanned()
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "Compare two exports, or one with the live organisation",
		Long: `Compare two exports, or one with the live organisation.

A and B are each a directory that export wrote, a git revision of one (rev:DIR),
or the word live. Objects are matched by id, even after a rename; ids are shown as
addresses. A different order counts only where the provider looks at the order.
Changes of secrets are not visible, since exports contain no secrets.

` + exit.Text,
		Example: `  $ terraformer-rootly diff ./export live
  $ terraformer-rootly diff HEAD~1:./export ./export --markdown
  $ terraformer-rootly diff ./export live --blame`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return exit.Usage(fmt.Errorf("diff compares two exports, not %d", len(args)), "such as: terraformer-rootly diff ./export live")
			}
			return p.run(w, func(w world.World) error {
				return exporter.Compare(cmd.Context(), overview.Pages(w, html, "Differences"), o, args[0], args[1])
			})
		},
	}
	connectionFlags(cmd, &o.Connection)
	selectionFlags(cmd, &o.Selection)
	f := cmd.Flags()
	o.Users, o.Detail, o.References, o.System = "locals", "minimal", "literal", "import"
	o.Layout, o.Output = "by-type", "hcl"
	f.BoolVarP(&p.quiet, "quiet", "q", false, "print no progress")
	f.BoolVar(&p.json, "json", false, "print the differences as JSON")
	f.BoolVar(&p.markdown, "markdown", false, "print the differences as Markdown")
	f.StringVar(&html, "html", "", "write the differences as a page to `FILE` as well")
	f.BoolVar(&o.Blame, "blame", false, "add the audit events that explain each difference")
	f.StringVar(&o.Since, "since", "", "with --blame, look for events since this `TIME`: RFC 3339, a date, or a duration such as 7d (default: 90d)")
	f.StringVar(&o.AuditCopy, "audit-copy", "", "with --blame, read this SQLite `FILE` that audit sync wrote, instead of asking the API")
	return cmd
}
