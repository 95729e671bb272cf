package rootly

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
)

const teamType = "rootly_team"

// TeamKey says why the token seems to be the API key of a team, or nothing. Such a key sees one team, what belongs to it
// and no incident; other lists are shorter without a word. Live, which may be nil, is what was listed, and something of
// what was known before is missing in it or not. Where the lists leave no doubt, nothing is asked.
func TeamKey(ctx context.Context, c Client, live *Live, missing bool) (string, error) {
	teams, listed := 0, false
	if live != nil {
		listed = live.Complete[teamType]
		for _, o := range live.Objects {
			if o.Type.Name == teamType {
				teams++
			}
		}
	}
	if !listed && !missing || teams > 1 {
		return "", nil
	}
	if !listed {
		l, err := c.List(ctx, api.Request{Path: "/v1/teams"})
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if teams = len(l.Objects); err != nil || teams > 1 {
			return "", nil // whatever is wrong, it says nothing about the key
		}
	}
	// The answer is a list, which Get refuses; only its status matters.
	_, _, err := c.Get(ctx, "/v1/incidents", url.Values{"page[size]": {"1"}})
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if !errors.Is(err, api.ErrNotFound) {
		return "", nil
	}
	return fmt.Sprintf("the API key seems to be that of one team (%d in /v1/teams, and /v1/incidents answers 404): "+
		"it may see only a part of the organisation, and what it does not see may exist", teams), nil
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
