package authors

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/auditview"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/auditlog"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// keysPath lists API keys.
const keysPath = "/v1/api_keys"

// mostKeys is how many API keys are tried in one run: one request each, those used last first.
const mostKeys = 20

// A Tracing finds out the source and the API key of events. The API's events contain neither, but it can filter by
// both. So it requests the events of each source, and stops when all are known: usually after the first, the web.
type Tracing struct {
	Client *api.Client
	Say    func(text string)         // called with the reason why sources are unknown
	open   map[string][]*audit.Event // by id
	window audit.Filter              // that contains all of them
	names  map[string]string         // of API keys, by id
}

// trace adds sources and keys to the events of answers, as far as the log may be read.
func (t *Tracing) trace(ctx context.Context, answers []drift.Answer) error {
	err := t.ways(ctx, answers)
	if err != nil && blamable(err) {
		t.Say(fmt.Sprintf("source and API key of the changes are unknown: %v", err))
		return nil
	}
	return err
}

// ways requests the events of each source, and then of each key.
func (t *Tracing) ways(ctx context.Context, answers []drift.Answer) error {
	t.open = map[string][]*audit.Event{}
	for i := range answers {
		for _, events := range [][]audit.Event{answers[i].Events, answers[i].Candidates} {
			for n := range events {
				if events[n].Source == "" {
					t.expect(&events[n])
				}
			}
		}
	}
	slices.Sort(t.window.ItemTypes)
	t.window.ItemTypes = slices.Compact(t.window.ItemTypes)
	byAPI := map[string][]*audit.Event{}
	for _, way := range auditview.AuditSources {
		f := t.window
		f.Sources = []string{way}
		err := t.settle(ctx, f, func(id string, e *audit.Event) {
			e.Source = way
			if way == "api" && e.APIKeyID == "" {
				byAPI[id] = append(byAPI[id], e)
			}
		})
		if err != nil {
			return err
		}
	}
	t.open = byAPI
	return t.keys(ctx)
}

// expect adds an event to trace.
func (t *Tracing) expect(e *audit.Event) {
	t.open[e.ID] = append(t.open[e.ID], e)
	t.window.ItemTypes = append(t.window.ItemTypes, e.ItemType)
	if t.window.Since.IsZero() || e.At.Before(t.window.Since) {
		t.window.Since = e.At
	}
	if end := e.At.Add(time.Second); end.After(t.window.Until) {
		t.window.Until = end
	}
}

// settle requests the events of a filter, and settles the traced ones among them.
func (t *Tracing) settle(ctx context.Context, f audit.Filter, found func(id string, e *audit.Event)) error {
	if len(t.open) == 0 {
		return nil
	}
	log := auditlog.Log{Client: t.Client, Lazy: true}
	for e, err := range log.Events(ctx, f) {
		if auditlog.IsUnreadable(err) {
			continue
		}
		if err != nil {
			return err
		}
		for _, open := range t.open[e.ID] {
			found(e.ID, open)
		}
		delete(t.open, e.ID)
		if len(t.open) == 0 {
			return nil
		}
	}
	return nil
}

// keys finds the API keys of events from the API. Without permission to list keys they stay unknown.
func (t *Tracing) keys(ctx context.Context) error {
	if len(t.open) == 0 {
		return nil
	}
	list, err := t.Client.List(ctx, api.Request{Path: keysPath})
	if rootly.Absent(err) {
		return nil
	}
	if err != nil {
		return err
	}
	said := func(o *api.Object, name string) string {
		text, _ := o.Attributes[name].(string)
		return text
	}
	slices.SortStableFunc(list.Objects, func(a, b *api.Object) int {
		return cmp.Compare(said(b, "last_used_at"), said(a, "last_used_at"))
	})
	t.names = map[string]string{}
	for _, key := range list.Objects[:min(mostKeys, len(list.Objects))] {
		t.names[key.ID] = secret.Mask(said(key, "name"))
		f := t.window
		f.APIKeys = []string{key.ID}
		if err := t.settle(ctx, f, func(_ string, e *audit.Event) { e.APIKeyID = key.ID }); err != nil {
			return err
		}
	}
	return nil
}

// Tell adds an answer to the report.
func (t *Tracing) Tell(a drift.Answer, c *report.ObjectChange) {
	c.Confidence, c.Unexplained = string(a.Confidence), a.Open
	row := catalogue.Lookup(c.Type)
	c.Unrecorded = row != nil && row.Audit == "" && a.Confidence == drift.Unknown
	for _, e := range a.Events {
		told := t.told(e)
		c.Events, c.Authors = append(c.Events, told), append(c.Authors, told.String())
	}
	for _, e := range a.Candidates {
		c.Candidates = append(c.Candidates, t.told(e))
	}
}

// told is an event for the report. Redact has removed its credentials.
func (t *Tracing) told(e audit.Event) report.ChangeEvent {
	c := report.ChangeEvent{
		ID: e.ID, At: e.At.UTC(), Action: e.Action, ItemType: e.ItemType, ItemID: e.ItemID, UserID: e.UserID, UserName: e.UserName,
		UserEmail: e.UserEmail, APIKeyID: e.APIKeyID, APIKey: t.names[e.APIKeyID], Source: e.Source, RequestID: e.RequestID,
	}
	for _, f := range e.Changes {
		before, after := f.Texts()
		c.Fields = append(c.Fields, report.AttributeChange{Path: f.Field, Before: shownDeed(e.ItemType, f.Field, before), After: shownDeed(e.ItemType, f.Field, after)})
	}
	return c
}

// shownDeed is a value of an event. Several types of Terraform may share an item type; a value that is secret in one of
// them is not shown.
func shownDeed(itemType, field, value string) shown.Text {
	veil := planning.NewVeil()
	text, hidden := veil.Text("", []string{field}, value)
	for _, t := range catalogue.Types() {
		if t.Audit == itemType && len(t.Secret)+len(t.Suspect) > 0 && !hidden {
			text, hidden = veil.Text(t.Name, []string{field}, value)
		}
	}
	return text
}
