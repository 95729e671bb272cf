package authors

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/git"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/auditlog"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// defaultWindow is how far back authors are searched for.
const defaultWindow = 90 * 24 * time.Hour

// Since is the start of the window: given by a flag, or a fixed time before now.
func Since(flag string, now time.Time) (time.Time, error) {
	if flag == "" {
		return now.Add(-defaultWindow), nil
	}
	t, err := audit.ParseTime(flag, now, false)
	if err != nil {
		return t, exit.Usage(fmt.Errorf("--since: %w", err), "such as 2026-01-31, 2026-01-31T12:00:00Z or 7d")
	}
	return t, nil
}

// without reports why there are no authors, if an error is blamable.
func without(err error) string {
	text := fmt.Sprintf("no authors: the audit log cannot be read (%v)", err)
	var refused *api.Error
	if errors.As(err, &refused) && (refused.Status == http.StatusForbidden || refused.Status == http.StatusNotFound) {
		text += "; the API key needs the permission Audits - read"
	}
	return text
}

// Question asks for the author of a change, in the terms of the audit log.
func Question(kind drift.Kind, typ, id, owner string, fields []string) drift.Question {
	q := drift.Question{Kind: kind, Fields: fields}
	row := catalogue.Lookup(typ)
	if row == nil {
		return q
	}
	q.Item = drift.Item{Type: row.Audit, ID: id}
	for _, parent := range row.Parents {
		if p := catalogue.Lookup(parent); p.Audit != "" {
			q.Owner = drift.Item{Type: p.Audit, ID: owner}
			q.Within = collections(row, p)
			break
		}
	}
	return q
}

// collections are the names under which a parent may list objects of a type.
func collections(row, parent *catalogue.Type) []string {
	short, _ := strings.CutPrefix(row.API, strings.TrimSuffix(parent.API, "s")+"_")
	names := append([]string{row.API, short}, row.Relations...)
	slices.Sort(names)
	return slices.Compact(names)
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

// A Search finds out who made changes, within one window of the audit log. The window does not depend on when code was
// written, committed or applied: none of these proves that older changes are settled.
type Search struct {
	Client   *api.Client
	Since    time.Time         // start of the window
	Copy     string            // a file that audit sync wrote, which is read instead of the API
	OwnKeys  []string          // ids of API keys whose changes have no author
	OwnUsers []string          // likewise, ids or emails of users
	Say      func(text string) // called with what a reader could misunderstand

	// Searched is the time from which on the log was read; zero: it was not read.
	Searched time.Time
	own      map[string]bool // ids of events without an author
}

// Answer answers questions, as far as the audit log allows. If the log cannot be read, nothing is answered.
func (s *Search) Answer(ctx context.Context, questions []drift.Question) ([]drift.Answer, *Tracing, error) {
	answers, t := make([]drift.Answer, len(questions)), &Tracing{Client: s.Client, Say: s.Say}
	record, read, err := s.record(ctx, questions)
	if err != nil {
		return nil, nil, err
	}
	for i, q := range questions {
		answers[i] = record.Who(q)
	}
	if !read {
		return answers, t, nil
	}
	return answers, t, t.trace(ctx, answers)
}

// Last finds who changed each of the objects last, whatever they changed. It does not find the source, which would take
// more requests. If the log cannot be read, nothing is answered.
func (s *Search) Last(ctx context.Context, questions []drift.Question) ([]drift.Answer, error) {
	answers := make([]drift.Answer, len(questions))
	record, _, err := s.record(ctx, questions)
	if err != nil {
		return nil, err
	}
	for i, q := range questions {
		answers[i] = record.Last(q)
	}
	return answers, nil
}

// record is the part of the audit log that may answer questions. If the log cannot be read, it is empty, and
// Say gets the reason.
func (s *Search) record(ctx context.Context, questions []drift.Question) (r *drift.Record, read bool, err error) {
	events, err := s.events(ctx, questions)
	if !blamable(err) {
		return nil, false, err
	}
	if err != nil {
		s.Say(without(err))
		events, s.Searched = nil, time.Time{}
	}
	return drift.NewRecord(events, s.own), err == nil, nil
}

// events reads, in one query for all, the part of the audit log that may answer questions.
func (s *Search) events(ctx context.Context, questions []drift.Question) ([]audit.Event, error) {
	filter := audit.Filter{Since: s.Since, ItemTypes: itemTypes(questions)}
	if len(filter.ItemTypes) == 0 {
		return nil, nil
	}
	log, closed, err := s.source(ctx)
	if err != nil {
		return nil, err
	}
	defer closed()
	var events []audit.Event
	for e, err := range log.Events(ctx, filter) {
		if auditlog.IsUnreadable(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if filter.Match(e) {
			events = append(events, audit.Redact(e))
		}
	}
	other := func(e audit.Event) bool { return !audit.OnCall(e.ItemType) }
	if len(events) > 0 && !slices.ContainsFunc(events, other) && slices.ContainsFunc(filter.ItemTypes, func(t string) bool { return !audit.OnCall(t) }) {
		s.Say("all events are of on-call kinds; a role with the on-call permission for audits sees no others, so authors of other changes stay unknown")
	}
	return events, s.findOwn(ctx, events, filter)
}

// source opens the log, and records from when on it is searched.
func (s *Search) source(ctx context.Context) (audit.Source, func(), error) {
	s.Searched = s.Since
	if s.Copy == "" {
		return auditlog.Log{Client: s.Client, Doubt: s.Say}, func() {}, nil
	}
	record, err := auditcopy.OpenRecord(ctx, s.Copy)
	if err != nil {
		return nil, nil, err
	}
	from, to, err := record.Span(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, record.Close())
	}
	if from.IsZero() {
		s.Say(s.Copy + " has no events")
		return record, func() { _ = record.Close() }, nil
	}
	if from.After(s.Since) {
		s.Searched = from
	}
	s.Say("authors are searched in " + s.Copy + ", whose newest event is of " + to.UTC().Format(time.RFC3339))
	return record, func() { _ = record.Close() }, nil
}

// findOwn records which events were made with the keys and by the users without an author. An event does not contain
// its key; only a filter finds it.
func (s *Search) findOwn(ctx context.Context, events []audit.Event, filter audit.Filter) error {
	s.own = map[string]bool{}
	users := map[string]bool{}
	for _, user := range s.OwnUsers {
		users[strings.ToLower(user)] = true
		if !strings.Contains(user, "@") {
			continue
		}
		id, err := auditlog.UserID(ctx, s.Client, user)
		if err != nil && ctx.Err() != nil {
			return err
		}
		if err != nil { // a user who has left may have made changes nevertheless
			s.Say(fmt.Sprintf("--own-user %s is only compared with the emails of events: %v", user, err))
			continue
		}
		users[id] = true
	}
	for _, e := range events {
		if e.UserID != "" && users[e.UserID] || users[strings.ToLower(e.UserEmail)] || slices.Contains(s.OwnKeys, e.APIKeyID) {
			s.own[e.ID] = true
		}
	}
	log := auditlog.Log{Client: s.Client}
	for _, key := range s.OwnKeys {
		if len(events) == 0 {
			break
		}
		filter.APIKeys = []string{key}
		for e, err := range log.Events(ctx, filter) {
			if err != nil && !auditlog.IsUnreadable(err) {
				return err
			}
			s.own[e.ID] = true
		}
	}
	return nil
}

// Blame adds the authors to changes, and returns the answers.
func (s *Search) Blame(ctx context.Context, d *drift.Diff, c *report.Changes) ([]drift.Answer, error) {
	questions := make([]drift.Question, len(d.Changes))
	for i, change := range d.Changes {
		o, kind, fields := change.Object(), change.Kind, fieldsOf(change.Attributes)
		if kind == drift.Renamed {
			kind, fields = drift.Changed, []string{"name", "title"}
		}
		questions[i] = Question(kind, o.Type, string(o.ID), string(o.Parent), fields)
		questions[i].Was, questions[i].Is = change.Before.Values, change.After.Values
	}
	answers, t, err := s.Answer(ctx, questions)
	if err != nil {
		return nil, err
	}
	c.Searched = s.Searched
	for i := range answers {
		if d.Changes[i].Kind == drift.Renamed {
			answers[i].Open = nil // one of the two is enough
		}
		t.Tell(answers[i], &c.Changes[i])
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

// blamable reports whether an error only means that there are no authors: a comparison is useful without them. A
// refused token and an interrupted run are real errors.
func blamable(err error) bool {
	var e *api.Error
	return err == nil || errors.As(err, &e) && !errors.Is(err, api.ErrUnauthorized) && !errors.Is(err, context.Canceled)
}

// emailPattern matches addresses that a commit cannot misread.
var emailPattern = regexp.MustCompile(`^[\pL\pN_+][\pL\pN!#$%&'*+/=?^_{|}~.-]*@[\pL\pN][\pL\pN.-]*$`)

// OnePerson is the author of all changes; nobody if there are several, or some change has none. It uses the address of
// the Rootly account, since a display name can be anything.
func OnePerson(answers []drift.Answer, say func(string)) git.Person {
	var one git.Person
	for _, a := range answers {
		if a.Confidence == drift.Unknown || len(a.Open) > 0 {
			return git.Person{}
		}
		for _, e := range a.Events {
			if e.UserEmail == "" || one.Email != "" && !strings.EqualFold(one.Email, e.UserEmail) {
				return git.Person{}
			}
			if one.Email == "" {
				one = git.Person{Name: cmp.Or(report.Name(e.UserName), e.UserEmail), Email: e.UserEmail}
			}
		}
	}
	if one.Email != "" && (len(one.Email) > 254 || !emailPattern.MatchString(one.Email)) {
		say(fmt.Sprintf("the author of the commit is the user who runs this command: the changes are by %s, whose address %q is not allowed in a commit", one.Name, one.Email))
		return git.Person{}
	}
	return one
}
