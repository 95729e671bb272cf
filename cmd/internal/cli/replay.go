package cli

import (
	"encoding/json"
	"fmt"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// A recording is what a run fetched, as the sandbox serves it again: the proof then costs no further
// request, is not slowed by the rate limit and does not race with people editing.
type recording struct {
	objects []sandbox.Object
	known   map[string]bool
}

// add records an object with what stands beside it.
func (r *recording) add(o *rootly.Object) error {
	if err := r.put(o.Node.Type, o.ID, o.Parent, o.Node); err != nil {
		return err
	}
	for i, m := range o.Members {
		id := graph.ID(fmt.Sprintf("%s-%d", o.ID, i))
		if err := r.put(memberType, id, o.ID, body{ID: id, Type: memberType, Attributes: m}); err != nil {
			return err
		}
	}
	return nil
}

const memberType = "schedule_rotation_members"

// body is the shape of an object that is made here.
type body struct {
	ID         graph.ID `json:"id"`
	Type       string   `json:"type"`
	Attributes any      `json:"attributes"`
}

// people records the users that were not taken as objects too.
func (r *recording) people(users []graph.User) error {
	for _, u := range users {
		if r.known["users/"+string(u.ID)] {
			continue // richer than this
		}
		attrs := map[string]string{"email": u.Email, "full_name": u.Name}
		if err := r.put("users", u.ID, "", body{ID: u.ID, Type: "users", Attributes: attrs}); err != nil {
			return err
		}
	}
	return nil
}

func (r *recording) put(apiType string, id, parent graph.ID, content any) error {
	data, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("record %s %s: %w", apiType, id, err)
	}
	if r.known == nil {
		r.known = map[string]bool{}
	}
	r.known[apiType+"/"+string(id)] = true
	r.objects = append(r.objects, sandbox.Object{API: apiType, ID: string(id), Parent: string(parent), Body: data})
	return nil
}
