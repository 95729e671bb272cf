package auditlog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
)

// An Enricher adds the source and the API key of changes to events. The API's answers contain neither, but it filters
// by both: so it requests the events of each source, and then of each key, and joins them by id.
type Enricher struct {
	client  *api.Client
	sources []string
	keys    []string
	known   map[string]origin // of recent events, which may be returned again
}

type origin struct{ source, apiKey string }

// NewEnricher lists the API keys. Without permission to list them, keys stay unknown, and the note says so.
func NewEnricher(ctx context.Context, client *api.Client, sources []string) (x *Enricher, note string, err error) {
	x = &Enricher{client: client, sources: sources, known: map[string]origin{}}
	listed, err := client.List(ctx, api.Request{Path: "/v1/api_keys"})
	switch {
	case refused(err):
		note = fmt.Sprintf("API keys of events stay unknown: %v", err)
	case err != nil:
		return nil, "", err
	}
	slices.SortStableFunc(listed.Objects, func(a, b *api.Object) int { return cmp.Compare(lastUse(b), lastUse(a)) })
	for _, key := range listed.Objects {
		x.keys = append(x.keys, key.ID)
	}
	return x, note, nil
}

func lastUse(key *api.Object) string {
	text, _ := key.Attributes["last_used_at"].(string)
	return text
}

// Cost says how many requests it makes.
func (x *Enricher) Cost() string {
	const events, page = 1000, 100
	return fmt.Sprintf("up to %d more requests for each %d new events: %d pages, and at least one for each of %d sources and %d API keys",
		events/page+len(x.sources)+len(x.keys), events, events/page, len(x.sources), len(x.keys))
}

// Enrich returns the events with the sources and keys that it finds. The others stay unknown.
func (x *Enricher) Enrich(ctx context.Context, events []audit.Event) ([]audit.Event, error) {
	const most = 20_000
	if len(x.known) > most {
		clear(x.known)
	}
	open := map[string]bool{}
	var window audit.Filter
	for _, e := range events {
		if _, known := x.known[e.ID]; known || e.Source != "" {
			continue
		}
		open[e.ID] = true
		if window.Since.IsZero() || e.At.Before(window.Since) {
			window.Since = e.At
		}
		if end := e.At.Add(time.Second); end.After(window.Until) {
			window.Until = end
		}
	}
	if err := x.ask(ctx, window, open); err != nil {
		return nil, err
	}
	enriched := make([]audit.Event, len(events))
	for i, e := range events {
		o := x.known[e.ID]
		enriched[i] = e.WithOrigin(o.source, o.apiKey)
	}
	return enriched, nil
}

// ask finds the sources and keys of open events.
func (x *Enricher) ask(ctx context.Context, window audit.Filter, open map[string]bool) error {
	byAPI := map[string]bool{}
	for _, source := range x.sources {
		f := window
		f.Sources = []string{source}
		err := x.settle(ctx, f, open, func(id string) {
			x.known[id] = origin{source: source}
			if source == "api" {
				byAPI[id] = true
			}
		})
		if err != nil {
			return err
		}
	}
	for _, key := range x.keys {
		f := window
		f.APIKeys = []string{key}
		if err := x.settle(ctx, f, byAPI, func(id string) { x.known[id] = origin{"api", key} }); err != nil {
			return err
		}
	}
	return nil
}

// settle requests the events of a filter, and settles the open ones among them.
func (x *Enricher) settle(ctx context.Context, f audit.Filter, open map[string]bool, found func(id string)) error {
	if len(open) == 0 {
		return nil
	}
	for e, err := range (Log{Client: x.client, Lazy: true}).Events(ctx, f) {
		if IsUnreadable(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("ask for source and API key: %w", err)
		}
		if open[e.ID] {
			found(e.ID)
			delete(open, e.ID)
		}
		if len(open) == 0 {
			return nil
		}
	}
	return nil
}

// refused reports whether the token may not read something.
func refused(err error) bool {
	return errors.Is(err, api.ErrForbidden) || errors.Is(err, api.ErrNotFound)
}
