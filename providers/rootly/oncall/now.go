package oncall

import (
	"context"
	"fmt"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
)

// An Answer is somebody whom a level of an escalation path pages now, as Rootly answers it.
type Answer struct {
	Policy, Path graph.ID // Path is empty where the policy has a single one
	Default      bool     // it is the path that is taken unless another fits
	Level        int      // its position
	Schedule     graph.ID // empty where the level names a person or a team
	User         graph.ID
}

// Now asks who is on call for each level of each policy, in one request. Its errors are those of the client, as of [Fetch].
func Now(ctx context.Context, c lister) ([]Answer, error) {
	l, err := c.List(ctx, api.Request{Path: "/v1/oncalls", Paging: api.Unpaged})
	if err != nil {
		return nil, fmt.Errorf("list who is on call: %w", err)
	}
	if !l.Complete() {
		return nil, fmt.Errorf("list who is on call: %s", l.Missing())
	}
	var all []Answer
	for _, n := range l.Objects {
		a := Answer{
			Policy: graph.ID(word(n.Attributes, "escalation_policy_id")), Path: graph.ID(word(n.Attributes, "escalation_policy_path_id")),
			Schedule: graph.ID(word(n.Attributes, "schedule_id")), User: graph.ID(word(n.Attributes, "user_id")),
		}
		a.Default, _ = n.Attributes["is_default_path"].(bool)
		_, _ = fmt.Sscan(word(n.Attributes, "escalation_level"), &a.Level)
		if a.User == "" {
			a.User = related(n, "user")
		}
		all = append(all, a)
	}
	return all, nil
}
