package rootly

import (
	"context"
	"fmt"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
)

// FetchUsers reads the users of the organisation, by id. Users are not resources, but many objects refer
// to them.
func FetchUsers(ctx context.Context, c Client) (map[graph.ID]graph.User, error) {
	l, err := c.List(ctx, api.Request{Path: "/v1/users"})
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	users := make(map[graph.ID]graph.User, len(l.Objects))
	taken := map[string]bool{}
	for _, n := range l.Objects {
		u := graph.User{ID: graph.ID(n.ID), Email: text(n.Attributes, "email"), Name: text(n.Attributes, "full_name")}
		if u.Email == "" {
			continue
		}
		if taken[u.Email] {
			u.Email += "#" + n.ID // emails key the map of users
		}
		taken[u.Email] = true
		users[u.ID] = u
	}
	return users, nil
}
