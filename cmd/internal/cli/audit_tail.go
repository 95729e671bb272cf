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
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/auditlog"
)

// auditTailOptions are the flags of audit tail.
type auditTailOptions struct {
	auditQuery

	recent int
	output string
	format string
}

func newAuditTail(w world.World) *cobra.Command {
	o := &auditTailOptions{auditQuery: queryAt(w)}
	cmd := &cobra.Command{
		Use:   "tail",
		Short: "Show changes as they happen",
		Long: `Show changes as they happen, the newest last, until it is stopped.

While changes come, the log is read every two seconds; while none do, up to every
30 seconds. Changes that the log shows up to two minutes late are shown too.

` + exit.Text,
		Example: `  $ terraformer-rootly audit tail
  $ terraformer-rootly audit tail --item-type team,severity --user ada@example.com
  $ terraformer-rootly audit tail --output ndjson | jq .attributes.event`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runAuditTail(cmd.Context(), w, o) },
	}
	connectionFlags(cmd, &o.Connection)
	o.auditSelection.flags(cmd)
	o.auditView.flags(cmd)
	f := cmd.Flags()
	f.IntVar(&o.recent, "recent", 10, "number of earlier changes to show first")
	f.StringVar(&o.output, "output", "text", "text or ndjson")
	f.StringVar(&o.format, "format", "raw", "format of events in ndjson: raw, flat or ocsf")
	completions(cmd, []choice{{flag: "output", choices: []string{"text", "ndjson"}}, {flag: "format", choices: []string{"raw", "flat", "ocsf"}}})
	return cmd
}

func (o *auditTailOptions) check() error {
	if err := oneOf("--output", o.output, []string{"text", "ndjson"}); err != nil {
		return err
	}
	_, err := audit.ParseFormat(o.format)
	switch {
	case err != nil:
		return exit.Usage(fmt.Errorf("--format: %w", err), "raw is the answer of Rootly")
	case o.recent < 0:
		return exit.Usage(fmt.Errorf("--recent %d is negative", o.recent), "0 shows new changes only")
	case o.until != "":
		return exit.Usage(errors.New("--until cannot be combined with following the log"), "use audit list for a range")
	case o.from != "":
		return exit.Usage(errors.New("--from cannot be combined with following the log"), "leave out --from: new changes come from Rootly")
	}
	return nil
}

func runAuditTail(ctx context.Context, w world.World, o *auditTailOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	log, err := o.open(ctx, w, true)
	if err != nil {
		return err
	}
	defer log.done()
	s := auditview.TailSettings{Filter: log.filter, Recent: o.recent, Sleep: w.Pause, Hopeless: refused}
	if live, ok := log.source.(auditlog.Log); ok {
		s.Now = live.Now
	}
	return auditview.Tail(ctx, o.handler(w, log.now, o.output, o.format), log.source, s)
}

// refused reports whether another request is pointless.
func refused(err error) bool {
	return errors.Is(err, api.ErrUnauthorized) || errors.Is(err, api.ErrForbidden)
}

// auditTimelineOptions are the flags of audit timeline.
type auditTimelineOptions struct {
	auditQuery

	output string
}

func newAuditTimeline(w world.World) *cobra.Command {
	o := &auditTimelineOptions{auditQuery: queryAt(w)}
	cmd := &cobra.Command{
		Use:   "timeline ADDRESS|TYPE/ID",
		Short: "Show the whole life of one object, the oldest change first",
		Long: `Show the whole life of one object, the oldest change first: who changed what, from
what and to what.

The object is given by its Terraform address, which is looked up in --dir, or by its
type and id.

` + exit.Text,
		Example: `  $ terraformer-rootly audit timeline rootly_team.sre --dir ./rootly
  $ terraformer-rootly audit timeline severity/a8d1f7c2-3c58-4f0e-8a7e-5b9f2f4f6d01 --synthetic
  $ terraformer-rootly audit timeline rootly_team.sre --from audit.db --output ndjson`,
		Args: func(_ *cobra.Command, args []string) error { return o.argument(args) },
		RunE: func(cmd *cobra.Command, _ []string) error { return runAuditTimeline(cmd.Context(), w, o) },
	}
	o.auditLog.flags(cmd)
	o.auditView.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.since, "since", "", "changes since this `TIME`: 2026-11-20, or a duration such as 90d")
	f.StringVar(&o.dir, "dir", ".", "`DIRECTORY` in which the address is looked up: one that import wrote, or one with a terraform.tfstate")
	f.StringVar(&o.output, "output", "table", "table, json, ndjson or csv")
	completions(cmd, []choice{{flag: "output", choices: auditOutputs}})
	_ = cmd.MarkFlagDirname("dir") // fails for unknown flags only
	return cmd
}

func (o *auditTimelineOptions) argument(args []string) error {
	if len(args) != 1 || args[0] == "" {
		return exit.Usage(fmt.Errorf("audit timeline takes one object, not %d", len(args)), "give an address such as rootly_team.sre, or a type and id such as team/ID")
	}
	if kind, id, ok := typeAndID(args[0]); ok {
		o.itemTypes, o.itemIDs = []string{kind}, []string{id}
		return nil
	}
	o.item = args[0]
	return nil
}

// typeAndID reads TYPE/ID. An address has a dot before any slash.
func typeAndID(said string) (kind, id string, ok bool) {
	kind, id, ok = strings.Cut(said, "/")
	return kind, id, ok && kind != "" && id != "" && !strings.Contains(kind, ".")
}

func runAuditTimeline(ctx context.Context, w world.World, o *auditTimelineOptions) error {
	if err := oneOf("--output", o.output, auditOutputs); err != nil {
		return err
	}
	log, err := o.open(ctx, w, false)
	if err != nil {
		return err
	}
	defer log.done()
	return auditview.Timeline(ctx, o.handler(w, log.now, o.output, ""), log.source, auditview.ListSettings{Filter: log.filter, Copy: o.from != "", Kinds: auditKinds()})
}

// auditSummaryOptions are the flags of audit summary.
type auditSummaryOptions struct {
	auditQuery

	by     []string
	output string
	top    int
}

func newAuditSummary(w world.World) *cobra.Command {
	o := &auditSummaryOptions{auditQuery: queryAt(w)}
	cmd := &cobra.Command{
		Use:   "summary",
		Short: "Count changes by user, type, source or time",
		Long: `Count changes by user, type, source or time: one table with bars for each.

Rootly filters by source but does not return it, so with --by source the log is read
once for each source.

` + exit.Text,
		Example: `  $ terraformer-rootly audit summary --by user,type --since 30d
  $ terraformer-rootly audit summary --by hour,source --from audit.db --output csv`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runAuditSummary(cmd.Context(), w, o) },
	}
	o.auditLog.flags(cmd)
	o.auditSelection.flags(cmd)
	o.auditView.flags(cmd)
	f := cmd.Flags()
	f.StringSliceVar(&o.by, "by", []string{"user", "type", "action"}, "what to count by: "+strings.Join(auditview.Dimensions(), ", "))
	f.StringVar(&o.output, "output", "table", "table, csv or json")
	f.IntVar(&o.top, "top", 15, "number of values to show of each in the table (0: all)")
	completions(cmd, []choice{{flag: "output", choices: []string{"table", "csv", "json"}}, {flag: "by", choices: auditview.Dimensions()}})
	return cmd
}

func runAuditSummary(ctx context.Context, w world.World, o *auditSummaryOptions) error {
	if err := oneOf("--output", o.output, []string{"table", "csv", "json"}); err != nil {
		return err
	}
	by, unknown := auditview.CountedBy(words(o.by))
	if unknown != "" || len(by) == 0 {
		return exit.Usage(fmt.Errorf("--by does not know %s", unknown), "choose "+strings.Join(auditview.Dimensions(), ", "))
	}
	if o.from == "" && len(words(o.sources)) == 0 && slices.Contains(by, "source") {
		o.sources = auditview.AuditSources
	}
	log, err := o.open(ctx, w, false)
	if err != nil {
		return err
	}
	defer log.done()
	return auditview.Summarise(ctx, o.handler(w, log.now, o.output, ""), log.source, auditview.SummarySettings{Filter: log.filter, By: by, Zone: o.zone(log.now), Top: max(o.top, 0)})
}
