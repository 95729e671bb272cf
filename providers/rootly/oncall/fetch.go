package oncall

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
)

// A lister reads collections, as api.Client does.
type lister interface {
	List(ctx context.Context, r api.Request) (api.Listing, error)
}

// longest is the span that the API answers at a time. It refuses more than two months with 422, says the vendor's own client.
const longest = 28 * 24 * time.Hour

// Fetch reads the shifts that Rootly computes for a span. Its errors are those of the client: 403 or 404 if the key may
// not read shifts.
func Fetch(ctx context.Context, c lister, within Span) ([]Shift, error) {
	var shifts []Shift
	for from := within.From; from.Before(within.To); from = from.Add(longest) {
		to := earlier(from.Add(longest), within.To)
		l, err := c.List(ctx, api.Request{Path: "/v1/shifts", Query: url.Values{
			"from": {from.UTC().Format(time.RFC3339)}, "to": {to.UTC().Format(time.RFC3339)}, "include": {"assignee"},
		}})
		if err != nil {
			return nil, fmt.Errorf("list shifts: %w", err)
		}
		if !l.Complete() {
			return nil, fmt.Errorf("list shifts: %s", l.Incomplete)
		}
		for _, n := range l.Objects {
			s, err := shiftOf(n)
			if err != nil {
				return nil, fmt.Errorf("shift %s: %w", n.ID, err)
			}
			s.Span = Span{later(s.From, from), earlier(s.To, to)} // what begins before is in the next answer too
			if s.From.Before(s.To) {
				shifts = append(shifts, s)
			}
		}
	}
	return shifts, nil
}

// Overrides reads the shifts that people made by hand for some schedules, in a request for each. They are for [Compute],
// where the shifts may not be read.
func Overrides(ctx context.Context, c lister, schedules []graph.ID) ([]Shift, error) {
	const atOnce = 8
	found := make([][]Shift, len(schedules))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for i, id := range schedules {
		g.Go(func() error {
			l, err := c.List(ctx, api.Request{Path: "/v1/schedules/" + url.PathEscape(string(id)) + "/override_shifts"})
			if err != nil {
				return fmt.Errorf("list override shifts: %w", err)
			}
			if !l.Complete() {
				return fmt.Errorf("list override shifts: %s", l.Missing())
			}
			for _, n := range l.Objects {
				if s, err := shiftOf(n); err == nil {
					s.Override = true
					found[i] = append(found[i], s)
				}
			}
			return nil
		})
	}
	err := g.Wait()
	return slices.Concat(found...), err
}

func shiftOf(n *api.Object) (Shift, error) {
	s := Shift{Schedule: graph.ID(word(n.Attributes, "schedule_id")), Rotation: graph.ID(word(n.Attributes, "rotation_id")), User: graph.ID(word(n.Attributes, "user_id"))}
	s.Override, _ = n.Attributes["is_override"].(bool)
	s.Shadow, _ = n.Attributes["is_shadow"].(bool)
	if s.User == "" { // recorded answers name the person in a relationship only
		s.User = cmp.Or(related(n, "user"), related(n, "assignee"))
	}
	return s, s.times(n.Attributes)
}

// related is the id of a shift's user. An assignee may also be a schedule.
func related(n *api.Object, name string) graph.ID {
	relationship, _ := n.Relationships[name].(map[string]any)
	data, _ := relationship["data"].(map[string]any)
	id, _ := data["id"].(string)
	if kind, _ := data["type"].(string); strings.Contains(strings.ToLower(kind), "schedule") {
		return ""
	}
	return graph.ID(id)
}
