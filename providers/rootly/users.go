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
		email := text(n.Attributes, "email")
		if email == "" {
			continue
		}
		id := graph.ID(n.ID)
		if taken[email] {
			email += "#" + n.ID // emails key the map of users
		}
		taken[email] = true
		users[id] = graph.User{ID: id, Email: email, Name: text(n.Attributes, "full_name")}
	}
	return users, nil
}
