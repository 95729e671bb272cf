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

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/git"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/auditlog"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// DefaultWindow is how far back authors are looked for where nothing says when the comparison begins.
const DefaultWindow = 30 * 24 * time.Hour

// Without says why nobody is named, where an error is Blamable.
func Without(err error) string {
	text := fmt.Sprintf("no authors: the audit log cannot be read (%v)", err)
	var refused *api.Error
	if errors.As(err, &refused) && (refused.Status == http.StatusForbidden || refused.Status == http.StatusNotFound) {
		text += "; the API key needs the permission Audits - read"
	}
	return text
}

// Question asks who did something to an object, in the words of the audit log.
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

// ItemTypes are the kinds of objects whose events may answer questions.
func ItemTypes(questions []drift.Question) []string {
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

// A Blaming asks who made changes since some time.
type Blaming struct {
	Client *api.Client
	Since  time.Time
	Say    func(text string) // told what a reader could misunderstand
}

// Events reads, in one query for all, the part of the audit log that may answer questions.
func (b *Blaming) Events(ctx context.Context, questions []drift.Question) ([]audit.Event, error) {
	filter := audit.Filter{Since: b.Since, ItemTypes: ItemTypes(questions)}
	if len(filter.ItemTypes) == 0 {
		return nil, nil
	}
	var events []audit.Event
	log := auditlog.Log{Client: b.Client, Doubt: b.Say}
	for e, err := range log.Events(ctx, filter) {
		if err != nil {
			return nil, err
		}
		if filter.Match(e) {
			events = append(events, audit.Redact(e))
		}
	}
	other := func(e audit.Event) bool { return !audit.OnCall(e.ItemType) }
	if len(events) > 0 && !slices.ContainsFunc(events, other) && slices.ContainsFunc(filter.ItemTypes, func(t string) bool { return !audit.OnCall(t) }) {
		b.Say("all events are of on-call kinds; a role with the on-call permission for audits sees no others, so authors of other changes stay unknown")
	}
	return events, nil
}

// Blame adds to changes who made them, as far as the audit log tells, and returns the answers. An
// error that is Blamable means that the log cannot be read.
func (b *Blaming) Blame(ctx context.Context, d *drift.Diff, c *report.Changes) ([]drift.Answer, error) {
	questions := make([]drift.Question, len(d.Changes))
	for i, change := range d.Changes {
		o, kind, fields := change.Object(), change.Kind, fieldsOf(change.Attributes)
		if kind == drift.Renamed {
			kind, fields = drift.Changed, []string{"name", "title"}
		}
		questions[i] = Question(kind, o.Type, string(o.ID), string(o.Parent), fields)
	}
	events, err := b.Events(ctx, questions)
	if !Blamable(err) {
		return nil, err
	}
	record := drift.NewRecord(events)
	answers := make([]drift.Answer, len(questions))
	for i, q := range questions {
		answers[i] = record.Who(q)
		if d.Changes[i].Kind == drift.Renamed {
			answers[i].Open = nil // one of the two is enough
		}
	}
	t := &Tracing{Client: b.Client, Say: b.Say}
	if err == nil {
		err = t.Trace(ctx, answers)
	}
	for i, answer := range answers {
		t.Tell(answer, &c.Changes[i])
	}
	return answers, err
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

// Blamable reports whether an error only means that there are no authors: a comparison is of use without them. A
// refused token and an interrupted run end it.
func Blamable(err error) bool {
	var e *api.Error
	return err == nil || errors.As(err, &e) && !errors.Is(err, api.ErrUnauthorized) && !errors.Is(err, context.Canceled)
}

// emailPattern is what can stand in a commit as an address without being read as anything else.
var emailPattern = regexp.MustCompile(`^[\pL\pN_+][\pL\pN!#$%&'*+/=?^_{|}~.-]*@[\pL\pN][\pL\pN.-]*$`)

// OnePerson is the author of all changes; nobody if there are several, or some change has none. The address is that of
// the account at Rootly, and decides who it is: a display name can be anything.
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
