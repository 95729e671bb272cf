package lint

import (
	"cmp"
	"encoding/json"
	"maps"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/oncall"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// An Organisation is what the rules look at.
type Organisation struct {
	Live  *rootly.Live
	Users map[graph.ID]graph.User // nil where they could not be read: then no rule says that somebody is unknown

	// Shifts are who is on call within Window, by the schedules in Live. Computed says that they were worked out from
	// rotations, because the key may not read Rootly's own; Overrides that those by hand are in them.
	Shifts    []oncall.Shift
	Window    oncall.Span
	Computed  bool
	Overrides bool

	// Unresolved are ids that lead nowhere, and Rejected what Terraform cannot have.
	Unresolved []graph.Unresolved
	Rejected   []rootly.Rejected
	Losses     []rootly.Loss

	Now time.Time

	people map[graph.ID]graph.User // whose names are known where Users are not
	from   string                  // what was read instead of the API; empty: the API was
	export *drift.Snapshot         // what was read, where that is an export

	lookup
}

// A lookup finds objects.
type lookup struct {
	byType  map[string][]*rootly.Object
	byID    map[graph.Target]*rootly.Object
	ids     map[graph.ID]*rootly.Object // whatever their type is
	below   map[graph.ID][]*rootly.Object
	levels  map[graph.ID][]*rootly.Object // by path
	uses    map[string]bool               // every text in every object that may be an id of another one
	shiftOf map[graph.ID][]oncall.Shift   // of people who are in the organisation
	clashes map[*rootly.Object]*rootly.Object
}

// index prepares an organisation for the rules.
func (o *Organisation) index() {
	o.byType, o.byID, o.ids = map[string][]*rootly.Object{}, map[graph.Target]*rootly.Object{}, map[graph.ID]*rootly.Object{}
	o.below, o.levels = map[graph.ID][]*rootly.Object{}, map[graph.ID][]*rootly.Object{}
	o.uses, o.shiftOf = map[string]bool{}, map[graph.ID][]oncall.Shift{}
	for _, obj := range o.Live.Objects {
		o.byType[obj.Type.Name] = append(o.byType[obj.Type.Name], obj)
		o.byID[graph.Target{Type: obj.Type.Name, ID: obj.ID}] = obj
		o.ids[obj.ID] = obj
		if obj.Parent != "" {
			o.below[obj.Parent] = append(o.below[obj.Parent], obj)
		}
		note(o.uses, without(obj.Node.Attributes, "slug"), string(obj.ID))
		note(o.uses, obj.Node.Relationships, string(obj.ID))
	}
	defaults := map[graph.ID]graph.ID{} // path of a policy that levels without a path belong to
	for _, path := range o.of("escalation_path") {
		if flag(path, "default") {
			defaults[path.Parent] = path.ID
		}
	}
	for _, l := range o.of("escalation_level") {
		path := cmp.Or(graph.ID(text(l, "escalation_policy_path_id")), defaults[l.Parent])
		o.levels[path] = append(o.levels[path], l)
	}
	for _, s := range o.Shifts {
		if !o.gone(s.User) {
			o.shiftOf[s.Schedule] = append(o.shiftOf[s.Schedule], s)
		}
	}
	o.clashes = o.samePositions()
}

// without is a copy of attributes that lacks one.
func without(attributes map[string]any, name string) map[string]any {
	rest := maps.Clone(attributes)
	delete(rest, name)
	return rest
}

// note remembers the texts of an object but for its own id.
func note(uses map[string]bool, value any, own string) {
	switch v := value.(type) {
	case string:
		if v != own && v != "" && len(v) <= 64 {
			uses[v] = true
		}
	case json.Number:
		if v.String() != own {
			uses[v.String()] = true
		}
	case []any:
		for _, item := range v {
			note(uses, item, own)
		}
	case map[string]any:
		for _, item := range v {
			note(uses, item, own)
		}
	}
}

// used reports whether any other object mentions this one, by its id or its slug.
func (o *lookup) used(obj *rootly.Object) bool {
	slug := text(obj, "slug")
	return o.uses[string(obj.ID)] || slug != "" && o.uses[slug]
}

// of lists the objects of a type whose name has no prefix, in the API's order.
func (o *lookup) of(short string) []*rootly.Object { return o.byType["rootly_"+short] }

// one is the object of a type and an id, or nil.
func (o *lookup) one(short string, id graph.ID) *rootly.Object {
	return o.byID[graph.Target{Type: "rootly_" + short, ID: id}]
}

// children are the objects of a type that an object owns.
func (o *lookup) children(obj *rootly.Object, short string) []*rootly.Object {
	var list []*rootly.Object
	for _, child := range o.below[obj.ID] {
		if child.Type.Name == "rootly_"+short {
			list = append(list, child)
		}
	}
	return list
}

// complete reports whether all objects of a type are known, so that one that is not there does not exist.
func (o *Organisation) complete(short string) bool {
	return o.Live.Complete["rootly_"+short] && o.Live.Partial == ""
}

// person is what people call a user.
func (o *Organisation) person(id graph.ID) string {
	u := cmp.Or(o.Users[id], o.people[id])
	switch {
	case u.Name != "":
		return u.Name
	case u.Email != "":
		return u.Email
	}
	return "user " + string(id)
}

// gone reports whether a user is not in the organisation any more. A key that sees only a part of it cannot tell.
func (o *Organisation) gone(id graph.ID) bool {
	_, known := o.Users[id]
	return o.Users != nil && o.Live.Partial == "" && id != "" && !known
}

// value follows names from the attributes of an object, through objects in it.
func value(obj *rootly.Object, names ...string) any {
	var v any = obj.Node.Attributes
	for _, name := range names {
		v = field(v, name)
	}
	return v
}

func text(obj *rootly.Object, names ...string) string { return asText(value(obj, names...)) }

// asText is a text, or the digits of a number.
func asText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

func flag(obj *rootly.Object, name string) bool {
	v, _ := value(obj, name).(bool)
	return v
}

// off reports whether an object says that it is switched off or deleted. One that does not say is on.
func off(obj *rootly.Object) bool {
	v, says := value(obj, "enabled").(bool)
	return says && !v || text(obj, "deleted_at") != ""
}

// says reports whether the API answered an attribute at all.
func says(obj *rootly.Object, name string) bool {
	_, there := obj.Node.Attributes[name]
	return there
}

func list(obj *rootly.Object, names ...string) []any {
	v, _ := value(obj, names...).([]any)
	return v
}

// ids are the ids in a list.
func ids(obj *rootly.Object, name string) []graph.ID {
	var found []graph.ID
	for _, v := range list(obj, name) {
		if id := asText(v); id != "" {
			found = append(found, graph.ID(id))
		}
	}
	return found
}

// field is an attribute of an object, or of the only block that stands for an object in an export.
func field(v any, name string) any {
	if blocks, _ := v.([]any); len(blocks) == 1 {
		v = blocks[0]
	}
	m, _ := v.(map[string]any)
	return m[name]
}

// since is how long ago a time of an object was; zero where it does not say.
func (o *Organisation) since(obj *rootly.Object, name string) time.Duration {
	at, err := time.Parse(time.RFC3339, text(obj, name))
	if err != nil {
		return 0
	}
	return o.Now.Sub(at)
}

// folded is a name without what people do not see: case, and white space around and between words.
func folded(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }
