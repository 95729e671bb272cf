package lint

import (
	"cmp"
	"context"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/authors"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// A Deed is the last change of an object, as far as the audit log tells.
type Deed struct {
	Name, Email, UserID string
	At                  time.Time
	Confidence          string // exact: an event of the object itself
}

// String says who it was and when; empty where nobody is known.
func (d Deed) String() string {
	if d.At.IsZero() {
		return ""
	}
	return report.ChangeEvent{UserName: d.Name, UserEmail: d.Email, UserID: d.UserID, At: d.At}.String()
}

// Who is the name of the person, or what else is known.
func (d Deed) Who() string { return cmp.Or(d.Name, d.Email, "user "+d.UserID) }

// name finds out who changed the objects of the findings last: one read of the audit log for each kind of object in them,
// or one of a stored copy. Objects that Rootly does not record, or not in the time that is searched, have nobody.
func (o *Settings) name(ctx context.Context, w world.World, client *api.Client, found []Finding) error {
	if o.NoAuthors || len(found) == 0 {
		return nil
	}
	since, err := authors.Since(o.Since, w.Now())
	if err != nil {
		return err
	}
	questions := make([]drift.Question, len(found))
	for i, f := range found {
		questions[i].Item = authors.Question(drift.Changed, f.Type, string(f.ID), "", nil).Item // events of owners do not name parts
	}
	search := &authors.Search{Client: client, Since: since, Copy: o.AuditCopy, Say: w.Report().Note}
	answers, err := search.Last(ctx, questions)
	if err != nil {
		return err
	}
	for i, a := range answers {
		if a.Confidence == drift.Unknown || len(a.Events) == 0 {
			continue
		}
		e := a.Events[0]
		found[i].Last = Deed{Name: e.UserName, Email: e.UserEmail, UserID: e.UserID, At: e.At.UTC(), Confidence: string(a.Confidence)}
	}
	return nil
}
