package sandbox

import (
	"bytes"
	"encoding/json"
	"slices"
	"sort"
	"sync"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// An Object is one live object as the API would serve it.
type Object struct {
	API    string          // its JSON:API type, such as "groups"
	ID     string          // unique within its JSON:API type
	Parent string          // id of the owner; empty for top-level objects
	Body   json.RawMessage // the whole JSON:API object: id, type, attributes, relationships
}

// A key names one object.
type key struct{ api, id string }

// A record is a stored object. It is replaced, never changed, so readers may keep it.
type record struct {
	Object
	hidden map[string]string // attributes that can be filtered by but are not served
}

// A store contains all objects, in the order in which lists serve them.
type store struct {
	mu      sync.RWMutex
	byKey   map[key]*record
	byAPI   map[string][]*record
	byOwner map[key][]*record // api and id of the parent to its children of one type

	lookups  lookups
	timeline timeline
}

func newStore(objects []Object) *store {
	s := &store{
		byKey:   make(map[key]*record, len(objects)),
		byAPI:   make(map[string][]*record),
		byOwner: make(map[key][]*record),
	}
	owner := ownerAttrs()
	for _, o := range objects {
		if name := owner[o.API]; o.Parent == "" && name != "" {
			o.Parent = text(attribute(o.Body, name))
		}
		s.put(&record{Object: o})
	}
	return s
}

// ownerAttrs maps a JSON:API type to the attribute that holds its parent's id.
func ownerAttrs() map[string]string {
	m := make(map[string]string)
	for _, t := range catalogue.Types() {
		if t.ParentAttr != "" {
			m[t.API] = t.ParentAttr
		}
	}
	return m
}

// put adds r, or replaces the object of the same name at its place.
func (s *store) put(r *record) {
	k := key{r.API, r.ID}
	old := s.byKey[k]
	s.byKey[k] = r
	s.lookups.change(r.API, old, r)
	if r.API == auditsAPI {
		s.timeline.add(r)
	}
	if old != nil && old.API == auditsAPI {
		s.timeline.drop(old)
	}
	if old == nil {
		s.byAPI[r.API] = append(s.byAPI[r.API], r)
		s.byOwner[key{r.API, r.Parent}] = append(s.byOwner[key{r.API, r.Parent}], r)
		return
	}
	replace(s.byAPI[r.API], old, r)
	if old.Parent == r.Parent {
		replace(s.byOwner[key{r.API, r.Parent}], old, r)
		return
	}
	s.dropChild(old)
	s.byOwner[key{r.API, r.Parent}] = append(s.byOwner[key{r.API, r.Parent}], r)
}

func replace(list []*record, old, r *record) {
	if i := slices.Index(list, old); i >= 0 {
		list[i] = r
	}
}

// remove takes an object out.
func (s *store) remove(r *record) {
	delete(s.byKey, key{r.API, r.ID})
	s.lookups.change(r.API, r, nil)
	if r.API == auditsAPI {
		s.timeline.drop(r)
	}
	if i := slices.Index(s.byAPI[r.API], r); i >= 0 {
		s.byAPI[r.API] = slices.Delete(s.byAPI[r.API], i, i+1)
	}
	s.dropChild(r)
}

func (s *store) dropChild(r *record) {
	k := key{r.API, r.Parent}
	if i := slices.Index(s.byOwner[k], r); i >= 0 {
		s.byOwner[k] = slices.Delete(s.byOwner[k], i, i+1)
	}
}

func (s *store) get(api, id string) *record { return s.byKey[key{api, id}] }

// find returns an object by its id or, as Rootly does, by its slug.
func (s *store) find(api, id string) *record {
	if r := s.get(api, id); r != nil {
		return r
	}
	if list := s.where(api, "slug", id); len(list) > 0 {
		return list[0]
	}
	return nil
}

// where returns the objects of a type whose attribute has the given text.
func (s *store) where(api, name, value string) []*record {
	return s.lookups.get(api, name, s.byAPI[api])[value]
}

// attribute returns one attribute of a JSON:API object, or nil.
func attribute(body json.RawMessage, name string) json.RawMessage {
	var o struct {
		Attributes map[string]json.RawMessage `json:"attributes"`
	}
	if json.Unmarshal(body, &o) != nil {
		return nil
	}
	return o.Attributes[name]
}

// text gives a scalar as filters and paths spell it: a string without quotes, null as nothing.
func text(raw json.RawMessage) string {
	if bytes.Equal(raw, []byte("null")) {
		return ""
	}
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// snapshot returns all objects but the audit events, by type and id.
func (s *store) snapshot() []Object {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make([]Object, 0, len(s.byKey))
	for _, r := range s.byKey {
		if r.API == auditsAPI {
			continue
		}
		all = append(all, r.Object)
	}
	sort.Slice(all, func(i, j int) bool {
		if all[i].API != all[j].API {
			return all[i].API < all[j].API
		}
		return all[i].ID < all[j].ID
	})
	return all
}

// lookups are indexes by attribute, made when first asked for.
type lookups struct {
	mu sync.Mutex
	m  map[string]map[string]map[string][]*record // type, attribute, value
}

func (l *lookups) get(api, name string, all []*record) map[string][]*record {
	l.mu.Lock()
	defer l.mu.Unlock()
	if found, ok := l.m[api][name]; ok {
		return found
	}
	made := make(map[string][]*record)
	for _, r := range all {
		v := text(attribute(r.Body, name))
		made[v] = append(made[v], r)
	}
	if l.m == nil {
		l.m = make(map[string]map[string]map[string][]*record)
	}
	if l.m[api] == nil {
		l.m[api] = make(map[string]map[string][]*record)
	}
	l.m[api][name] = made
	return made
}

// change keeps the indexes of a type right when an object is added, replaced or removed.
func (l *lookups) change(api string, old, r *record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for name, by := range l.m[api] {
		var was, is string
		if old != nil {
			was = text(attribute(old.Body, name))
		}
		if r != nil {
			is = text(attribute(r.Body, name))
		}
		if old != nil && r != nil && was == is {
			replace(by[is], old, r)
			continue
		}
		if old != nil {
			by[was] = slices.DeleteFunc(slices.Clone(by[was]), func(o *record) bool { return o == old })
		}
		if r != nil {
			by[is] = append(by[is], r)
		}
	}
}
