package cli

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// auditListOptions are the flags of audit list.
type auditListOptions struct {
	auditLog
	auditSelection
	auditView

	limit  int
	output string
	format string
	diff   bool
	wide   bool
}

const usualDeeds = 100

func newAuditList(w World) *cobra.Command {
	o := &auditListOptions{auditLog: auditLog{now: w.Now}}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List changes, the newest first",
		Long: `List changes, the newest first.

What looks like a credential is [REDACTED], in every output. The table is for people:
times are local unless --utc is given. For programs there are json, ndjson and csv.

` + exitText,
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
	f.IntVar(&o.limit, "limit", usualDeeds, "events at most; 0: all")
	f.StringVar(&o.output, "output", "table", "table, json, ndjson or csv")
	f.StringVar(&o.format, "format", "raw", "what json and ndjson hold: raw, flat or ocsf")
	f.BoolVar(&o.diff, "diff", false, "show each field before and after, in the table")
	f.BoolVar(&o.wide, "wide", false, "show every column, uncut, in the table")
	completions(cmd, []choice{
		{flag: "output", choices: auditOutputs},
		{flag: "format", choices: []string{"raw", "flat", "ocsf"}},
	})
	return cmd
}

var auditOutputs = []string{"table", "json", "ndjson", "csv"}

// check refuses flags that make no sense together.
func (o *auditListOptions) check() error {
	known := false
	for _, name := range auditOutputs {
		known = known || name == o.output
	}
	_, err := audit.ParseFormat(o.format)
	table := o.output == "table"
	switch {
	case !known:
		return usage(fmt.Errorf("unknown --output %q", o.output), "one of "+strings.Join(auditOutputs, ", "))
	case err != nil:
		return usage(fmt.Errorf("--format: %w", err), "raw is what Rootly answers")
	case o.limit < 0:
		return usage(fmt.Errorf("--limit %d is negative", o.limit), "0 shows all")
	case (o.diff || o.wide) && !table:
		return usage(fmt.Errorf("--diff and --wide are of the table, not of %s", o.output), "the other outputs hold everything anyway")
	case o.format != "raw" && (table || o.output == "csv"):
		return usage(fmt.Errorf("--format %s is not for --output %s", o.format, o.output), "it is for json and ndjson; csv is flat always")
	}
	return nil
}

// runAuditList prints the events that the flags ask for.
func runAuditList(ctx context.Context, w World, o *auditListOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	now := o.now()
	now = now.In(o.zone(now))
	filter, err := o.filter(now)
	if err != nil {
		return err
	}
	source, done, err := o.openLog(ctx, w, &filter, o.limit > 0)
	if err != nil {
		return err
	}
	defer done()

	tally := &tally{limit: o.limit}
	events := tally.count(wanted(tally.readable(source.Events(ctx, filter)), filter), o.limit)
	if o.output == "table" {
		err = o.table(w, events)
	} else {
		err = o.records(w, events)
	}
	if err != nil {
		return err
	}
	if o.from != "" && tally.events == 0 {
		if filter.Source+filter.APIKey != "" {
			report.Note(w.Err, "Rootly filters by --source and --api-key, and its answers, which a copy is made of, need not tell either: "+
				"without --from Rootly itself is asked")
		}
		report.Note(w.Err, "no events; usual reasons: the copy has none of that range or by that filter; or it does not go back so far: "+
			"audit sync --backfill-from TIME fills it in")
		return nil
	}
	tally.tell(w, filter)
	if tally.unreadable != nil {
		report.Problem(w.Err, fmt.Errorf("%d of what came is left out, being no event; the first: %w", tally.lost, tally.unreadable),
			"audit sync keeps such events as they came, for Rootly's support")
		return outcome(exitPartial)
	}
	return nil
}

// wanted drops the events that the filter does not let through.
func wanted(events iter.Seq2[audit.Event, error], f audit.Filter) iter.Seq2[audit.Event, error] {
	return func(yield func(audit.Event, error) bool) {
		for e, err := range events {
			if err == nil && !f.Match(e) {
				continue
			}
			if !yield(audit.Redact(e), err) {
				return
			}
		}
	}
}

// table prints events for people, some hundred at a time, so that any number of them fits.
func (o *auditListOptions) table(w World, events iter.Seq2[audit.Event, error]) error {
	const most = 1000
	view := report.Deeds{Zone: o.zone(o.now()), Wide: o.wide, Diff: o.diff, Getenv: w.Getenv}
	var deeds []report.Deed
	for e, err := range events {
		if err != nil {
			return err
		}
		deeds = append(deeds, deedOf(e, o.diff))
		if len(deeds) == most {
			if err := view.Write(w.Out, deeds); err != nil {
				return err
			}
			deeds = deeds[:0]
		}
	}
	if len(deeds) == 0 {
		return nil
	}
	return view.Write(w.Out, deeds)
}

// records prints events for programs, one by one.
func (o *auditListOptions) records(w World, events iter.Seq2[audit.Event, error]) error {
	format := audit.Format(o.format)
	out := report.NewRecords(w.Out, o.output, audit.Columns())
	for e, err := range events {
		if err != nil {
			return errors.Join(err, out.Close())
		}
		if o.output == "csv" {
			if err := out.Cells(audit.CSV(e)); err != nil {
				return err
			}
			continue
		}
		row, err := format.Encode(e)
		if err != nil {
			return err
		}
		if err := out.JSON(row); err != nil {
			return err
		}
	}
	return out.Close()
}

// A tally is what was seen of the log while it was printed.
type tally struct {
	limit  int
	events int
	more   bool // there are events beyond the limit
	other  bool // some are not of the on-call kinds

	lost       int   // events that could not be read
	unreadable error // the first of them
}

// readable leaves out the events that cannot be read.
func (t *tally) readable(events iter.Seq2[audit.Event, error]) iter.Seq2[audit.Event, error] {
	return func(yield func(audit.Event, error) bool) {
		for e, err := range events {
			if !isUnreadable(err) {
				if !yield(e, err) {
					return
				}
				continue
			}
			if t.lost++; t.unreadable == nil {
				t.unreadable = err
			}
		}
	}
}

// count passes events on, up to the limit.
func (t *tally) count(events iter.Seq2[audit.Event, error], limit int) iter.Seq2[audit.Event, error] {
	return func(yield func(audit.Event, error) bool) {
		for e, err := range events {
			if err == nil && limit > 0 && t.events == limit {
				t.more = true
				return
			}
			if err == nil {
				t.events++
				t.other = t.other || !audit.OnCall(e.ItemType)
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// telling is how many events of a longer list say something about all.
const telling = 50

// tell says what a reader could misunderstand.
func (t *tally) tell(w World, f audit.Filter) {
	switch {
	case t.events == 0:
		report.Note(w.Err, "no events; usual reasons: nothing was changed in that range or by that filter; "+
			"the role of the API key may not see them (permission Audits - read); or it was before Rootly recorded such changes")
	case !t.other && onlyTimes(f) && (!t.more || t.events >= telling):
		report.Note(w.Err, "all events are of on-call kinds; a role with the on-call permission for audits sees no others, "+
			"one with the permission Audits - read sees all")
	}
	if t.more {
		report.Note(w.Err, fmt.Sprintf("these are the newest %d; --limit 0 shows all", t.limit))
	}
}

// onlyTimes reports whether a filter is about nothing but times.
func onlyTimes(f audit.Filter) bool {
	return len(f.ItemTypes) == 0 && f.User+f.Source+f.ItemID+f.Action+f.APIKey == ""
}

// longText is the length from which a changed text is shown word by word.
const longText = 40

// deedOf is an event as people read it.
func deedOf(e audit.Event, diff bool) report.Deed {
	d := report.Deed{
		ID: e.ID, At: e.At, Who: first(e.UserName, e.UserEmail, e.UserID, "-"), Action: e.Action, Kind: e.ItemType, Name: e.ItemName,
		ItemID: e.ItemID, Way: e.Source, IP: e.IP, Agent: e.UserAgent, APIKey: e.APIKeyID, Request: e.RequestID, Session: e.SessionID,
	}
	if d.Email = e.UserEmail; d.Email == d.Who {
		d.Email = ""
	}
	if d.UserID = e.UserID; d.UserID == d.Who {
		d.UserID = ""
	}
	for _, c := range e.Changes {
		change := report.DeedChange{Field: c.Field}
		if diff {
			change.Before, change.After = deedText(c.Before), deedText(c.After)
			change.Words = wordsOf(c)
		}
		d.Changes = append(d.Changes, change)
	}
	return d
}

// wordsOf compares long texts word by word, unless next to nothing of them is left.
func wordsOf(c audit.Change) []report.Word {
	before, after := deedText(c.Before), deedText(c.After)
	if !isTextJSON(c.Before) || !isTextJSON(c.After) || len(before) < longText || len(after) < longText {
		return nil
	}
	return inWords(before, after)
}
