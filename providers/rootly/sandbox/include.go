package sandbox

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// A relation says which objects a name in include= adds.
type relation struct {
	api string // JSON:API type of what is included
	by  string // attribute of the parent that lists their ids; empty: its children
}

// relations maps a parent's JSON:API type to what can be included with it: the children that the
// catalogue names, the few that are no resource type, and the lists of ids that are documented.
func relations() map[string]map[string]relation {
	m := make(map[string]map[string]relation)
	add := func(parent, name string, r relation) {
		if m[parent] == nil {
			m[parent] = make(map[string]relation)
		}
		m[parent][name] = r
	}
	for _, t := range catalogue.Types() {
		if t.Include == "" {
			continue
		}
		for _, owner := range ownersOf(t) {
			add(owner, t.Include, relation{api: t.API})
		}
	}
	add("schedule_rotations", membersRelation, relation{api: membersRelation})
	add("catalogs", "fields", relation{api: "catalog_properties"})
	for _, parent := range []string{"playbooks", "retrospective_configurations", "escalation_policies"} {
		for name, by := range map[string]string{
			"severities": "severity_ids", "environments": "environment_ids", "services": "service_ids",
			"functionalities": "functionality_ids", "groups": "group_ids", "causes": "cause_ids",
			"incident_types": "incident_type_ids",
		} {
			add(parent, name, relation{name, by})
		}
	}
	add("groups", "users", relation{"users", "user_ids"})
	return m
}

const membersRelation = "schedule_rotation_members"

// An inclusion collects what include= asks for, over the objects of one answer.
type inclusion struct {
	store *store
	how   Includes
	names []string
	known map[string]relation
	seen  map[key]bool
	found []*record
}

// includes reads the include parameter. Names that are not documented for the path are ignored, and all of them if the
// server should ignore the parameter.
func (r *reader) includes() *inclusion {
	in := &inclusion{store: r.store, how: r.opts.Includes, known: r.tables.relations[r.t.api]}
	asked := r.query.Get("include")
	if asked == "" || in.how == IncludesIgnored {
		return in
	}
	allowed := r.tables.Routes[r.t.template].Includes
	for _, name := range strings.Split(asked, ",") {
		name = strings.TrimSpace(name)
		if name != "" && (allowed == nil || slices.Contains(allowed, name)) && !slices.Contains(in.names, name) {
			in.names = append(in.names, name)
		}
	}
	in.seen = make(map[key]bool)
	return in
}

type identifier struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// body is an object for the answer: as stored, with the requested relationships.
func (in *inclusion) body(r *record) json.RawMessage {
	if len(in.names) == 0 {
		return r.Body
	}
	var doc map[string]json.RawMessage
	if json.Unmarshal(r.Body, &doc) != nil {
		return r.Body
	}
	rels := make(map[string]json.RawMessage)
	if raw := doc["relationships"]; len(raw) > 0 {
		_ = json.Unmarshal(raw, &rels) // null and nonsense both leave it empty
	}
	changed := false
	for _, name := range in.names {
		rel, ok := in.known[name]
		if !ok {
			in.follow(rels[name])
			continue
		}
		ids := in.children(r, rel, rels[name])
		rels[name] = encode(map[string]any{"data": ids})
		changed = true
	}
	if !changed {
		return r.Body
	}
	doc["relationships"] = encode(rels)
	return encode(doc)
}

// children includes what a relation leads to and names it. What the store does not know by its
// parent may still be named by the object itself, as in a replay.
func (in *inclusion) children(r *record, rel relation, stored json.RawMessage) []identifier {
	ids := []identifier{}
	for _, c := range in.store.related(r, rel) {
		ids = append(ids, identifier{c.ID, c.API})
		in.include(c)
	}
	if len(ids) > 0 {
		return ids
	}
	for _, c := range in.follow(stored) {
		ids = append(ids, identifier{c.ID, c.API})
	}
	return ids
}

// related returns what a relation leads to from r.
func (s *store) related(r *record, rel relation) []*record {
	if rel.by == "" {
		return s.byOwner[key{rel.api, r.ID}]
	}
	var ids []json.RawMessage
	if json.Unmarshal(attribute(r.Body, rel.by), &ids) != nil {
		return nil
	}
	var found []*record
	for _, id := range ids {
		if c := s.get(rel.api, text(id)); c != nil {
			found = append(found, c)
		}
	}
	return found
}

// follow includes the objects that a stored relationship names, if the store has them.
func (in *inclusion) follow(stored json.RawMessage) []*record {
	var one struct{ Data *identifier }
	var many struct{ Data []identifier }
	if json.Unmarshal(stored, &many) != nil && json.Unmarshal(stored, &one) == nil && one.Data != nil {
		many.Data = []identifier{*one.Data}
	}
	var found []*record
	for _, id := range many.Data {
		if c := in.store.get(id.Type, id.ID); c != nil {
			found = append(found, c)
			in.include(c)
		}
	}
	return found
}

// include adds an object to the answer once.
func (in *inclusion) include(r *record) {
	k := key{r.API, r.ID}
	if !in.seen[k] {
		in.seen[k] = true
		in.found = append(in.found, r)
	}
}

// write adds the included objects to a document.
func (in *inclusion) write(buf *bytes.Buffer) {
	if len(in.names) == 0 || in.how == IncludesNamed {
		return
	}
	buf.WriteString(`,"included":[`)
	for i, r := range in.found {
		if i%2 == 1 && in.how == IncludesPartly {
			continue
		}
		if i > 0 {
			buf.WriteByte(',')
		}
		buf.Write(r.Body)
	}
	buf.WriteByte(']')
}

// encode gives JSON without the escapes that Go adds for web pages.
func encode(v any) json.RawMessage {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return json.RawMessage("null") // only ever JSON that was decoded here, strings and numbers
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}
