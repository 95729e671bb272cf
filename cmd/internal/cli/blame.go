package cli

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// silentLog is what is said when the audit log cannot be read.
const silentLog = "no authors: the audit log cannot be read (%v); the API key needs the permission Audits - read"

// question asks who did something to an object, in the words of the audit log.
func question(kind drift.Kind, typ, id, owner string, fields []string) drift.Question {
	q := drift.Question{Kind: kind, Fields: fields}
	row := catalogue.Lookup(typ)
	if row == nil {
		return q
	}
	q.Item = drift.Item{Type: row.Audit, ID: id}
	for _, parent := range row.Parents {
		if p := catalogue.Lookup(parent); p.Audit != "" {
			q.Owner = drift.Item{Type: p.Audit, ID: owner}
			break
		}
	}
	return q
}

// itemTypes are the kinds of objects whose events may answer questions.
func itemTypes(questions []drift.Question) []string {
	var types []string
	for _, q := range questions {
		for _, item := range []drift.Item{q.Item, q.Owner} {
			if item.Type != "" {
				types = append(types, item.Type)
			}
		}
	}
	slices.Sort(types)
	return slices.Compact(types)
}

// eventsAbout reads, in one query for all, the part of the audit log that may answer questions.
func eventsAbout(ctx context.Context, client *api.Client, since time.Time, questions []drift.Question) ([]audit.Event, error) {
	filter := audit.Filter{Since: since, ItemTypes: itemTypes(questions)}
	if len(filter.ItemTypes) == 0 {
		return nil, nil
	}
	var events []audit.Event
	log := liveLog{client: client, doubt: func(string) {}}
	for e, err := range log.Events(ctx, filter) {
		if err != nil {
			return nil, err
		}
		if filter.Match(e) {
			events = append(events, audit.Redact(e))
		}
	}
	return events, nil
}

// blame adds to changes who made them, as far as the audit log tells, and returns the answers. An
// error of which rootly.Absent says so means that the log may not be read.
func blame(ctx context.Context, client *api.Client, since time.Time, d *drift.Diff, c *report.Changes) ([]drift.Answer, error) {
	questions := make([]drift.Question, len(d.Changes))
	for i, change := range d.Changes {
		o, kind, fields := change.Object(), change.Kind, fieldsOf(change.Attributes)
		if kind == drift.Renamed {
			kind, fields = drift.Changed, []string{"name", "title"}
		}
		questions[i] = question(kind, o.Type, string(o.ID), string(o.Parent), fields)
	}
	events, err := eventsAbout(ctx, client, since, questions)
	if err != nil {
		return nil, err
	}
	record := drift.NewRecord(events)
	answers := make([]drift.Answer, len(questions))
	for i, q := range questions {
		answers[i] = record.Who(q)
		c.Changes[i].Confidence = string(answers[i].Confidence)
		for _, e := range answers[i].Events {
			c.Changes[i].Authors = append(c.Changes[i].Authors, who(e))
		}
	}
	return answers, nil
}

// fieldsOf are the top-level attributes of paths.
func fieldsOf(attributes []drift.Attribute) []string {
	var fields []string
	for _, a := range attributes {
		if len(a.Path) == 0 {
			continue
		}
		if step, ok := a.Path[0].(cty.GetAttrStep); ok {
			fields = append(fields, step.Name)
		}
	}
	return fields
}

// blamable reports whether an error only means that there are no authors.
func blamable(err error) bool { return err == nil || rootly.Absent(err) }

// onePerson is the author of all changes, as git writes people; "" if there are several or some
// change has none.
func onePerson(answers []drift.Answer) string {
	person := ""
	for _, a := range answers {
		if a.Confidence == drift.Unknown {
			return ""
		}
		for _, e := range a.Events {
			p := first(e.UserName, e.UserEmail) + " <" + e.UserEmail + ">"
			if e.UserEmail == "" || person != "" && p != person || strings.ContainsAny(p[:len(p)-1], "\n") {
				return ""
			}
			person = p
		}
	}
	return person
}

// exportedAt is when the snapshot of a directory, or of a revision of it, was taken: by its commit
// where there is one, since a fresh checkout has times of its own.
func exportedAt(ctx context.Context, side string) (time.Time, bool) {
	rev, dir, isRevision := revision(side)
	args := []string{"log", "-1", "--format=%cI"}
	if isRevision {
		args = append(args, rev)
	} else {
		dir = side
	}
	text, err := git(ctx, dir, append(args, "--", snapshotName)...)
	committed, parseErr := time.Parse(time.RFC3339, strings.TrimSpace(text))
	known := err == nil && parseErr == nil
	if info, err := os.Stat(filepath.Join(dir, snapshotName)); err == nil && !isRevision && (!known || info.ModTime().Before(committed)) {
		return info.ModTime(), true
	}
	return committed, known
}
