package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/auditview"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// auditListOptions are the flags of audit list.
type auditListOptions struct {
	auditQuery

	limit  int
	output string
	format string
	diff   bool
	wide   bool
	follow bool
}

const usualDeeds = 100

func newAuditList(w world.World) *cobra.Command {
	o := &auditListOptions{auditQuery: queryAt(w)}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List changes, the newest first",
		Long: `List changes, the newest first.

Everything that looks like a credential is [REDACTED] in every output. The table is
for people, with local times unless --utc is given; json, ndjson and csv are for
programs.

` + exit.Text,
		Example: `  $ terraformer-rootly audit list --synthetic --since 7d
  $ terraformer-rootly audit list --item-type severity --action destroy --diff
  $ terraformer-rootly audit list --item rootly_team.sre --dir ./rootly
  $ terraformer-rootly audit list --since 2026-10-01 --until 2026-10-31 --limit 0 --output csv`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runAuditList(cmd.Context(), w, o) },
	}
	o.auditLog.flags(cmd)
	o.auditSelection.flags(cmd)
	o.auditView.flags(cmd)
	f := cmd.Flags()
	f.IntVar(&o.limit, "limit", usualDeeds, "maximum number of events (0: all)")
	f.StringVar(&o.output, "output", "table", "table, json, ndjson or csv")
	f.StringVar(&o.format, "format", "raw", "format of events in json and ndjson: raw, flat, ocsf or ecs")
	f.BoolVar(&o.diff, "diff", false, "show each field before and after in the table")
	f.BoolVar(&o.follow, "follow", false, "go on with new changes as they happen, like audit tail")
	f.BoolVar(&o.wide, "wide", false, "show every column in full in the table")
	completions(cmd, []choice{
		{flag: "output", choices: auditOutputs},
		{flag: "format", choices: []string{"raw", "flat", "ocsf", "ecs"}},
	})
	return cmd
}

var auditOutputs = []string{"table", "json", "ndjson", "csv"}

// check refuses flags that contradict each other.
func (o *auditListOptions) check() error {
	known := slices.Contains(auditOutputs, o.output)
	_, err := audit.ParseFormat(o.format)
	table := o.output == "table"
	switch {
	case !known:
		return exit.Usage(fmt.Errorf("unknown --output %q", o.output), "one of "+strings.Join(auditOutputs, ", "))
	case err != nil:
		return exit.Usage(fmt.Errorf("--format: %w", err), "raw is the answer of Rootly")
	case o.follow && (o.diff || o.wide || o.output == "json" || o.output == "csv" || o.limit == 0):
		return exit.Usage(errors.New("--follow cannot be combined with --diff, --wide, --limit 0, or json and csv"), "--output ndjson is for programs")
	case o.limit < 0:
		return exit.Usage(fmt.Errorf("--limit %d is negative", o.limit), "0 shows all")
	case (o.diff || o.wide) && !table:
		return exit.Usage(fmt.Errorf("--diff and --wide are for the table, not for %s", o.output), "the other outputs contain everything anyway")
	case o.format != "raw" && (table || o.output == "csv"):
		return exit.Usage(fmt.Errorf("--format %s is not for --output %s", o.format, o.output), "it is for json and ndjson; csv is always flat")
	}
	return nil
}

// runAuditList prints the events that the flags select.
func runAuditList(ctx context.Context, w world.World, o *auditListOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	if o.follow {
		tail := &auditTailOptions{auditQuery: o.auditQuery, recent: o.limit, output: "text", format: o.format}
		if o.output != "table" {
			tail.output = o.output
		}
		return runAuditTail(ctx, w, tail)
	}
	log, err := o.open(ctx, w, o.limit > 0)
	if err != nil {
		return err
	}
	defer log.done()
	err = auditview.List(ctx, o.handler(w, log.now, o.output, o.format), log.source, auditview.ListSettings{
		Filter: log.filter, Limit: o.limit, Diff: o.diff, Wide: o.wide, Copy: o.from != "", Kinds: auditKinds(),
	})
	if errors.Is(err, auditview.ErrPartial) {
		return exit.Status(exit.Partial)
	}
	return err
}
