package overview

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/authors"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/page"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/auditlog"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

// past is who changed what.
type past struct {
	events []page.Event // the latest first
	items  []string     // that they are about, in the same order
	byItem map[string][]page.Event
	notes  []string
}

// mostEvents is what a page shows: with more, nobody reads it and no browser likes it.
const mostEvents = 5000

// history reads the changes since a time from a copy, or else from the API.
func (o *Settings) history(ctx context.Context, w world.World, client *api.Client) (*past, error) {
	p := &past{byItem: map[string][]page.Event{}}
	since, err := authors.Since(o.Since, w.Now())
	if err != nil {
		return nil, err
	}
	filter := audit.Filter{Since: since}
	if o.AuditCopy != "" {
		record, err := auditcopy.OpenRecord(ctx, o.AuditCopy)
		if err != nil {
			return nil, exit.Usage(fmt.Errorf("read the copy of the audit log: %w", err), "audit sync writes one")
		}
		defer func() { _ = record.Close() }()
		return p, p.read(record.Events(ctx, filter))
	}
	log := auditlog.Log{Client: client, Lazy: true, Doubt: func(text string) { p.notes = append(p.notes, text) }}
	if err := p.read(log.Events(ctx, filter)); rootly.Absent(err) {
		p.notes = append(p.notes, "The key may not read the audit log: who changed what is not known.")
	} else if err != nil {
		return nil, err
	}
	return p, nil
}

// read takes events, the latest first.
func (p *past) read(events iter.Seq2[audit.Event, error]) error {
	var all []audit.Event
	for e, err := range events {
		if auditlog.IsUnreadable(err) {
			continue
		}
		if err != nil {
			return err
		}
		if all = append(all, e); len(all) >= mostEvents {
			p.notes = append(p.notes, fmt.Sprintf("Only the latest %d changes are shown.", mostEvents))
			break
		}
	}
	slices.SortStableFunc(all, func(a, b audit.Event) int { return b.At.Compare(a.At) })
	types := map[string]string{}
	for _, t := range catalogue.Types() {
		if t.Audit != "" && types[t.Audit] == "" {
			types[t.Audit] = t.Short()
		}
	}
	for _, e := range all {
		event, about := eventOf(e), item(e.ItemType, e.ItemID)
		event.Type = cmp.Or(types[e.ItemType], e.ItemType)
		p.events, p.items = append(p.events, event), append(p.items, about)
		p.byItem[about] = append(p.byItem[about], event)
	}
	return nil
}

func item(typ, id string) string { return typ + " " + id }

// eventOf is an event in the words of the page: who, and which fields, without their values.
func eventOf(e audit.Event) page.Event {
	who := e.UserName
	if who == "" {
		who = e.UserEmail
	}
	if who == "" && e.Source != "" {
		who = "by " + e.Source
	}
	if who == "" {
		who = "unknown"
	}
	var fields []string
	for _, c := range e.Changes {
		fields = append(fields, c.Field)
	}
	did := map[string]string{"create": "created", "update": "updated", "destroy": "deleted"}[e.Action]
	if did == "" {
		did = e.Action
	}
	name := readable(secret.Mask(e.ItemName))
	if name == "" {
		name = e.ItemID
	}
	return page.Event{At: e.At, Who: readable(secret.Mask(who)), Did: did, Type: e.ItemType, Name: name, What: readable(strings.Join(fields, ", "))}
}

// name says which objects the changes are about: those of several types may be one item type of the audit log.
func (p *past) name(objects map[string]*page.Object) {
	for i, about := range p.items {
		if o := objects[about]; o != nil {
			p.events[i].Type, p.events[i].Key = o.Type, o.Key
		}
	}
}

// of are the changes of an object.
func (p *past) of(o *rootly.Object) []page.Event {
	if o.Type.Audit == "" {
		return nil
	}
	return p.byItem[item(o.Type.Audit, string(o.ID))]
}
