package cli

import (
	"encoding/json"
	"fmt"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// recording is what a run fetched, as the sandbox serves it again: the proof then costs no further
// request, is not slowed by the rate limit and does not race with people editing.
func recording(live []*rootly.Object, users []graph.User) ([]sandbox.Object, error) {
	objects := make([]sandbox.Object, 0, len(live)+len(users))
	known := make(map[string]bool, len(live))
	for _, o := range live {
		known[o.Node.Type+"/"+string(o.ID)] = true
		body, err := json.Marshal(o.Node)
		if err != nil {
			return nil, fmt.Errorf("record %s %s: %w", o.Type.Name, o.ID, err)
		}
		objects = append(objects, sandbox.Object{API: o.Node.Type, ID: string(o.ID), Parent: string(o.Parent), Body: body})
		for i, m := range o.Members {
			id := fmt.Sprintf("%s-%d", o.ID, i)
			body, err := json.Marshal(map[string]any{"id": id, "type": "schedule_rotation_members", "attributes": m})
			if err != nil {
				return nil, fmt.Errorf("record member of %s: %w", o.ID, err)
			}
			objects = append(objects, sandbox.Object{API: "schedule_rotation_members", ID: id, Parent: string(o.ID), Body: body})
		}
	}
	for _, u := range users {
		if known["users/"+string(u.ID)] {
			continue // taken as objects too, and richer than this
		}
		body, err := json.Marshal(map[string]any{"id": u.ID, "type": "users", "attributes": map[string]string{"email": u.Email, "full_name": u.Name}})
		if err != nil {
			return nil, fmt.Errorf("record user %s: %w", u.ID, err)
		}
		objects = append(objects, sandbox.Object{API: "users", ID: string(u.ID), Body: body})
	}
	return objects, nil
}
