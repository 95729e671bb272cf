package rootly

import (
	"context"
	"errors"
	"net/url"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
)

const teamsPath = "/v1/teams"

// TeamKey says why the token seems to be the API key of a team, or nothing. Such a key sees one team, what belongs to it
// and no incident; other lists are shorter without a word. Live, which may be nil, is what was listed, and something of
// what was known before is missing in it or not. Where the lists leave no doubt, nothing is asked.
func TeamKey(ctx context.Context, c Client, live *Live, missing bool) (string, error) {
	teams, listed := live.teams()
	if !listed && !missing {
		return "", nil
	}
	if !listed {
		l, err := c.List(ctx, api.Request{Path: teamsPath})
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if err == nil { // else, whatever is wrong, it says nothing about the key
			teams = len(l.Objects)
		}
	}
	if teams != 1 {
		return "", nil
	}
	// The answer is a list, which Get refuses; only its status matters.
	_, _, err := c.Get(ctx, "/v1/incidents", url.Values{"page[size]": {"1"}})
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if !errors.Is(err, api.ErrNotFound) {
		return "", nil
	}
	return "the API key seems to be that of one team (/v1/teams lists one, and /v1/incidents answers 404): " +
		"it may see only a part of the organisation, and what it does not see may exist", nil
}

// teams counts the teams, if they were listed in full.
func (l *Live) teams() (n int, listed bool) {
	if l == nil {
		return 0, false
	}
	for _, row := range sharing(teamsPath) {
		listed = l.Complete[row.Name]
	}
	for _, o := range l.Objects {
		if slices.Contains(o.Type.Paths, teamsPath) {
			n++
		}
	}
	return n, listed
}

// Lacks reports whether any of the known objects is not in what was listed.
func (l *Live) Lacks(known []Known) bool {
	here := make(map[graph.Target]bool, len(l.Objects))
	for _, o := range l.Objects {
		here[graph.Target{Type: o.Type.Name, ID: o.ID}] = true
	}
	for _, k := range known {
		if k.Type != nil && l.Complete[k.Type.Name] && !here[k.target()] {
			return true
		}
	}
	return false
}
