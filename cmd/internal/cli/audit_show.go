package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/auditview"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// auditShowOptions are the flags of audit show.
type auditShowOptions struct {
	auditQuery

	id, output string
}

func newAuditShow(w world.World) *cobra.Command {
	o := &auditShowOptions{auditQuery: queryAt(w)}
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show one change in full",
		Long: `Show one change in full: who, when, from where, and every field before and after.

Rootly's API cannot return a single event, so the log is read from the newest event
backwards until the event is found; --since limits how far.

` + exit.Text,
		Example: `  $ terraformer-rootly audit show 12 --synthetic
  $ terraformer-rootly audit show 981234 --since 30d --output json`,
		Args: func(_ *cobra.Command, args []string) error { return o.argument(args) },
		RunE: func(cmd *cobra.Command, _ []string) error { return runAuditShow(cmd.Context(), w, o) },
	}
	o.auditLog.flags(cmd)
	o.auditView.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.since, "since", "", "search back to this `TIME`: 2026-11-20, or a duration such as 30d")
	f.StringVar(&o.output, "output", "text", "text, or json, ocsf or flat for one line of JSON")
	completions(cmd, []choice{{flag: "output", choices: []string{"text", "json", "flat", "ocsf"}}})
	return cmd
}

func (o *auditShowOptions) argument(args []string) error {
	if len(args) != 1 {
		return exit.Usage(fmt.Errorf("audit show takes one id, not %d", len(args)), "terraformer-rootly audit show ID; audit list shows ids")
	}
	o.id = args[0]
	return nil
}

// runAuditShow finds an event and prints it.
func runAuditShow(ctx context.Context, w world.World, o *auditShowOptions) error {
	to, format, err := o.form()
	if err != nil {
		return err
	}
	log, err := o.open(ctx, w, true)
	if err != nil {
		return err
	}
	defer log.done()

	return auditview.Show(ctx, o.handler(w, log.now, to, format), log.source, auditview.ShowSettings{ID: o.id, Filter: log.filter})
}

// form is how the event is printed: the output, and the format of events in it.
func (o *auditShowOptions) form() (output, format string, err error) {
	switch o.output {
	case "text", "json":
		return o.output, "", nil
	}
	f, err := audit.ParseFormat(o.output)
	if err != nil {
		return "", "", exit.Usage(fmt.Errorf("unknown --output %q", o.output), "one of text, json, flat, ocsf")
	}
	return "json", string(f), nil
}

// auditView is the set of flags for printing events.
type auditView struct{ utc bool }

func (v *auditView) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&v.utc, "utc", false, "read and show times in UTC")
}

// zone is the time zone in which times are printed and read: the clock's own, or UTC if asked for.
func (v *auditView) zone(now time.Time) *time.Location {
	if v.utc {
		return time.UTC
	}
	return now.Location()
}

// handler prints events in an output, where those in JSON have a format.
func (v *auditView) handler(w world.World, now time.Time, output, format string) report.Handler {
	return w.Reporting(report.Options{Format: output, Audit: audit.Format(format), Zone: v.zone(now)}).Handler
}
