package planning

import (
	"encoding/json"
	"fmt"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// A Recording is what a run fetched, as the sandbox serves it again: the proof then costs no further
// request, is not slowed by the rate limit and does not race with people editing.
type Recording struct {
	Objects []sandbox.Object
	known   map[string]bool
	gone    map[string]bool // objects that a read by id did not find, by JSON:API type and id
	whole   map[string]bool // resource types, and users, of which it has every object
}

// Add records an object with what the API returned with it, unless its answer was freed because it was recorded before.
func (r *Recording) Add(o *rootly.Object) error {
	if o.Node == nil {
		return nil
	}
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

// People records the users that were not taken as objects too.
func (r *Recording) People(users []graph.User) error {
	for _, u := range users {
		if r.known[usersAPI+"/"+string(u.ID)] {
			continue // richer than this
		}
		attrs := map[string]string{"email": u.Email, "full_name": u.Name}
		if err := r.put(usersAPI, u.ID, "", body{ID: u.ID, Type: usersAPI, Attributes: attrs}); err != nil {
			return err
		}
	}
	if len(users) > 0 {
		r.Listed(map[string]bool{usersAPI: true})
	}
	return nil
}

const usersAPI = "users"

// Listed notes types of which every object is recorded.
func (r *Recording) Listed(complete map[string]bool) {
	if r.whole == nil {
		r.whole = map[string]bool{}
	}
	for name, ok := range complete {
		r.whole[name] = r.whole[name] || ok
	}
}

// Missing records that objects are gone.
func (r *Recording) Missing(gone map[graph.Target]bool) {
	if r.gone == nil {
		r.gone = map[string]bool{}
	}
	for t := range gone {
		r.gone[catalogue.Lookup(t.Type).API+"/"+string(t.ID)] = true
	}
}

// holdsAll reports whether every object of a JSON:API type is recorded.
func (r *Recording) holdsAll(kind string) bool {
	if r.whole[kind] {
		return true
	}
	known := false
	for _, t := range catalogue.Types() {
		if t.API != kind {
			continue
		}
		if known = r.whole[t.Name]; !known {
			return false
		}
	}
	return known
}

func (r *Recording) put(apiType string, id, parent graph.ID, content any) error {
	data, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("record %s %s: %w", apiType, id, err)
	}
	if r.known == nil {
		r.known = map[string]bool{}
	}
	r.known[apiType+"/"+string(id)] = true
	r.Objects = append(r.Objects, sandbox.Object{API: apiType, ID: string(id), Parent: string(parent), Body: data})
	return nil
}
