package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/drifting"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/overview"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/state/ignore"
)

func newDrift(w world.World) *cobra.Command {
	o := &drifting.Settings{}
	var p printing
	html := ""
	cmd := &cobra.Command{
		Use:   "drift DIRECTORY",
		Short: "Report what was changed outside of code, and by whom",
		Long: `Report what was changed outside of code, and by whom.

Plans a root module that manages the organisation, with its own state, and reports
what differs between the code and Rootly, what was deleted in Rootly, and which
objects are unmanaged. The audit log names the authors: an author is exact when an
event of that object names the field, parent when an event of its owner names the
object, and unknown otherwise. Rootly records changes to some kinds of objects only.

Each difference can be fixed in two ways: apply restores the value in the code, and
--write-code writes the live value into the code. In code that import generated it
accepts everything, new and deleted objects too; in code that people wrote, only
the values that differ are changed, and a value that an expression computes is not.
Settings that the provider cannot represent are compared with settings.json, which import
and --write-code write.

A directory that import split is one run: unmanaged objects are reported in the part
where an import would put them, and each owner gets one incident.

` + exit.Text,
		Example: `  $ terraformer-rootly drift ./rootly
  $ terraformer-rootly drift ./rootly --since 7d --markdown
  $ terraformer-rootly drift ./rootly --incident --severity low`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return exit.Usage(fmt.Errorf("drift takes one directory, not %d", len(args)), "such as: terraformer-rootly drift ./rootly")
			}
			o.Dir = args[0]
			if err := check(toolChoices(&o.Proof)); err != nil {
				return err
			}
			return p.run(w, func(w world.World) error {
				return drifting.Run(cmd.Context(), overview.Pages(w, html, "Drift"), o)
			})
		},
	}
	connectionFlags(cmd, &o.Connection)
	selectionFlags(cmd, &o.Selection)
	toolFlags(cmd, &o.Proof)
	driftIncidentFlags(cmd, &o.DriftIncident)
	f := cmd.Flags()
	f.StringVar(&o.Since, "since", "", "search for authors since this `TIME`: RFC 3339, a date, or a duration such as 7d (default: 90d)")
	f.StringVar(&o.AuditCopy, "audit-copy", "", "search for authors in this SQLite `FILE` that audit sync wrote, instead of asking the API")
	f.StringSliceVar(&o.OwnKeys, "own-api-key", nil, "`IDS` of API keys that are Terraform's own, which are never reported as the author of drift")
	f.StringSliceVar(&o.OwnUsers, "own-user", nil, "`IDS` or emails of Terraform's own users, which are never reported as the author of drift")
	f.BoolVar(&o.Unmanaged, "unmanaged", true, "list unmanaged objects, except those that the file "+ignore.Name+" names")
	f.BoolVar(&o.WriteCode, "write-code", false, "write the live values into the code")
	f.BoolVarP(&p.quiet, "quiet", "q", false, "print no progress")
	f.BoolVar(&p.json, "json", false, "print the drift as JSON")
	f.StringVar(&html, "html", "", "write the drift as a page to `FILE` as well")
	f.BoolVar(&p.markdown, "markdown", false, "print the drift as Markdown")
	completions(cmd, toolChoices(&o.Proof))
	return cmd
}
