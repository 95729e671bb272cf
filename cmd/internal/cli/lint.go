package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/lint"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/overview"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

func newLint(w world.World) *cobra.Command {
	o := &lint.Settings{}
	explain, html, format := "", "", ""
	cmd := &cobra.Command{
		Use:   "lint [DIRECTORY]",
		Short: "Report what is wrong with the organisation",
		Long: `Report what is wrong with the organisation: pages that nobody answers, people who are
always on call, references to what is gone, configuration that does nothing, objects
without an owner, credentials in clear, and what Terraform cannot have.

Reads the live organisation, by GET requests only, and the audit log for who changed the
objects of findings last. With --offline, it needs no token and reads the directory
instead: its export, or else its state. The summary says which rules could not be checked.

With a directory, findings have the address and the line of the code, and the fix as a
diff where it is not for people to decide. This comment above a block ignores a rule:

  # rootly-lint:ignore RULE reason

The file ` + lint.FileName + ` sets the severity of rules and ignores findings without code:

  rule "unused" { severity = "off" }

  ignore "schedule-gap" {
    object = "rootly_schedule/Office hours" # type and name, or the address
    reason = "closed at night"
  }

` + exit.Text,
		Example: `  $ terraformer-rootly lint
  $ terraformer-rootly lint ./rootly --format sarif --fail-on error >lint.sarif
  $ terraformer-rootly lint --baseline lint.json --update-baseline
  $ terraformer-rootly lint --offline ./export --format markdown
  $ terraformer-rootly lint --explain path-gap`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if explain != "" {
				return lint.Explain(w, explain)
			}
			if err := optionalDirectory(&o.Dir, args); err != nil {
				return err
			}
			if !slices.Contains(lint.Formats, format) {
				return exit.Usage(fmt.Errorf("--format %s is unknown", format), "give one of "+strings.Join(lint.Formats, ", "))
			}
			o.Also = overview.Findings(w, html)
			return lint.Run(cmd.Context(), w.Reporting(report.Options{Format: format}), o)
		},
	}
	connectionFlags(cmd, &o.Connection)
	selectionFlags(cmd, &o.Selection)
	f := cmd.Flags()
	f.IntVar(&o.Weeks, "weeks", 4, "`NUMBER` of weeks ahead for which on-call shifts are checked")
	f.StringVar(&o.FailOn, "fail-on", "warning", "exit with 2 for findings of this `SEVERITY` or worse: error, warning, info or never")
	f.StringVar(&format, "format", "text", "how to write the findings: text, json, markdown, sarif or gitlab")
	f.StringVar(&html, "html", "", "write the findings as a page to `FILE` as well")
	f.StringVar(&o.Baseline, "baseline", "", "leave out the findings that `FILE` has")
	f.BoolVar(&o.Update, "update-baseline", false, "write the findings to the baseline")
	f.StringVar(&o.Config, "config", "", "`FILE` with severities and exceptions (default: "+lint.FileName+" where there is one)")
	f.StringVar(&o.Engine, "engine", "", "terraform, tofu or the `PATH` of one, which reads the state")
	f.BoolVar(&o.Offline, "offline", false, "read the export or the state in the directory instead of the live organisation")
	f.BoolVar(&o.NoAuthors, "no-authors", false, "do not read the audit log for who changed objects last")
	f.StringVar(&o.Since, "since", "", "search for authors since this `TIME`: RFC 3339, a date, or a duration such as 7d (default: 90d)")
	f.StringVar(&o.AuditCopy, "audit-copy", "", "search for authors in this SQLite `FILE` that audit sync wrote, instead of asking the API")
	f.StringVar(&explain, "explain", "", "print what a `RULE` is about; all prints the reference of all rules")
	return cmd
}
