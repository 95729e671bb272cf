// Package catalogue is the table of Rootly's resource types.
//
//	rows + tasks ──► Types ──► fetch, decode, link, sandbox, stand-in, docs
//
// A row says where objects of a type are listed, which type their parent has, what they refer to and
// what is irregular about them: everything that the provider's schema does not know.
//
// Not here: what Terraform accepts for a type, which is in package schema.
package catalogue

import (
	"net/url"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// A Type says how one Terraform resource type is listed, read and linked.
type Type struct {
	// Name is the Terraform type, such as "rootly_escalation_path".
	//
	// Required.
	Name string

	// Paths are the collections that hold its objects. "{parent}" stands for the id of each
	// object of the types Parents. Types with equal Paths share one collection.
	//
	// Required.
	Paths []string

	// Get is the path of a single object. "{id}" stands for its id, "{parent}" for its parent's.
	//
	// Required.
	Get string

	// API is the JSON:API type of its objects, such as "groups" for teams.
	//
	// Required.
	API string

	// Parents are the types that own its objects. Empty for top-level types.
	Parents []string

	// ParentAttr is the attribute that holds the parent's id.
	ParentAttr string

	// ParentPath is the collection of parents that are not a resource type, such as incidents.
	ParentPath string

	// Include is the parameter that makes the parents' listing include these objects.
	Include string

	// Relations are the relationships of a parent that may name the included objects.
	Relations []string

	// Members names a relationship whose objects are part of the provider's resource. It is also their JSON:API type
	// and the attribute that contains them. They are included in the listing.
	Members string

	// From says where a type that is only a view of another object has its attributes: "id" is the
	// object's id, anything else is a relationship to one object. All other attributes are ignored.
	From map[string]string

	// Called is what its objects are called, with their position, since they have no names: "level" makes "level 1".
	Called string

	// Below is the attribute with the id of the sibling that an object follows in the code, and whose label begins its
	// own. If it is empty, the parent takes that role.
	Below string

	// RankBy is the attribute that orders siblings, if that is not the position: its values have an order in the
	// schema.
	RankBy string

	// Shown is the attribute that only says where Rootly shows an object among its siblings. Moving one object changes
	// it in others.
	Shown string

	// Strays is a second collection, for objects that Paths leaves out.
	Strays *Strays

	// Pages says how the collection is paged.
	Pages Pages

	// Kind distinguishes the types that share a collection. An object of this type has it at KindPath.
	Kind string

	// KindPath is a block and an attribute in it, such as "task_params.task_type". Set where Kind is.
	KindPath string

	// Also are other spellings of Kind that the API documents.
	Also []string

	// Owner is the attribute with the ids of the teams that own an object: the teams that run a service, or whose
	// incidents a workflow or policy is for. Empty if teams do not own the objects.
	Owner string

	// Group is the stem of the file that its objects are written to. Derived from Name when empty.
	Group string

	// Audit is the item_type of its audit events. Empty if Rootly records none.
	Audit string

	// Optional says why objects of this type are only imported when asked for by name.
	Optional string

	// Duplicates is the type whose objects describe the same thing: code for both would be applied twice.
	Duplicates string

	// Predecessor is the older type that an organisation has instead of this one if the API answers this one with 403
	// or 404.
	Predecessor string

	// DataSource is the data source that finds one object. Derived from Name when empty.
	DataSource string

	// ImportID is the id in import blocks if the object's id is not enough, with "{id}" and "{parent}" as in Get. The
	// provider builds the path of a request from it.
	ImportID string

	// BuiltIn says which objects Rootly made itself. Nil if people make all of them.
	BuiltIn *BuiltIn

	// Constraints are what the provider checks when it plans, in this order. An object that breaks
	// one cannot be imported.
	Constraints []Constraint

	// Elusive reports whether the API may answer 404 for an object that exists and that the listing has. The provider
	// cannot read such an object.
	Elusive bool

	// Deprecated reports whether the provider deprecates the type.
	Deprecated bool

	// Read lists the attributes that the provider reads in a special way.
	Read map[string]Read

	// Picked lists blocks below the first level from which the provider takes only the keys that it knows.
	Picked []string

	// KeepsNull reports whether the provider distinguishes null from zero, as it does for the types
	// that it implements with the plugin framework.
	KeepsNull bool

	// ReadIfInState lists the blocks that the provider reads only if the state already has some, which it does not
	// during an import.
	ReadIfInState []string

	// Sorted maps lists of objects to the attribute that the provider sorts them by.
	Sorted map[string]string

	// Yields maps attributes to others that the provider does not accept together with them. If the API returns both,
	// the first is left out.
	Yields map[string]string

	// AlertConditions is the path of conditions on an alert's payload: an object in the API, a list
	// of one in the provider, which also parses conditions that are JSON in a string.
	AlertConditions string

	// Omit lists settable attributes that are never written, each with the reason.
	Omit map[string]string

	// Follows maps attributes to the reference that determines them: if it is set, Rootly copies them from the
	// referenced object, and they are not written.
	Follows map[string]string

	// Withheld lists attributes that creation needs and that the API never returns. Each becomes a variable, which
	// people fill in before they create the object again, and Terraform ignores it.
	Withheld []string

	// Lost lists attributes of the API that the provider does not have.
	Lost []string

	// Secret lists the paths that always hold credentials, such as headers and passwords.
	Secret []string

	// Suspect lists the paths that may hold credentials, such as URLs and bodies.
	Suspect []string

	// Refs says which paths hold ids of other objects.
	Refs []graph.Rule
}

// Strays says where to find the objects that a type's collection leaves out. A sibling's own collection is read only if
// no listed object belongs to that sibling; otherwise the listing is assumed to have all.
type Strays struct {
	Path    string // of the collection, with "{parent}" for the sibling's id
	Sibling string // the type of the siblings
	Attr    string // the attribute of the objects that contains the sibling's id
}

// BuiltIn says how to recognise the objects that Rootly made itself. Rootly would not, or could not, create them again,
// so they must not be destroyed.
type BuiltIn struct {
	Attr   string // the attribute of the API that shows it; empty if all objects are built in
	Custom string // its value for objects that people made; a missing value means the same
	Reason string
}

// Pages says how a collection is paged.
type Pages int

// The ways of paging.
const (
	PagesNumbered Pages = iota // page[number] and page[size]
	PagesPlain                 // page and per_page
	PagesNone                  // one answer contains everything
)

// Read says how the provider turns an attribute of the API into one of its own.
type Read int

// The ways of reading. A list of blocks in the schema is read as ReadPicked unless the row says otherwise; scalars,
// lists and maps are read as their type.
const (
	ReadPicked        Read = iota // a list of objects; unknown keys are dropped
	ReadRaw                       // a list of objects as it is: one unknown key or wrong type loses it whole
	ReadOne                       // an object, always one block, even for null
	ReadOneWhenSet                // an object, one block unless it is null or empty
	ReadRawOne                    // an object as it is, one block: one unknown key or wrong type loses it whole
	ReadRawOneWhenSet             // the same, but no block for null
	ReadExpand                    // objects or lists at any depth; unknown keys are dropped everywhere
	ReadResources                 // a list of JSON:API objects inside the attributes; unknown keys are dropped
	ReadNever                     // not read at all
)

// Team is the type of the teams, which own objects of other types.
const Team = prefix + "team"

// Deprecated is the reason in Omit for settings that people may have chosen and that the provider
// deprecates.
const Deprecated = "deprecated"

// AnyTask stands for all types of workflow tasks in a rule.
const AnyTask = taskPrefix + "*"

const (
	prefix     = "rootly_"
	taskPrefix = prefix + "workflow_task_"
)

// A task is what one type of workflow task has of its own.
type task struct {
	Kind        string
	Also        []string
	Constraints []Constraint
	Lost        []string
	Secret      []string
	Suspect     []string
	Refs        []graph.Rule
}

// Types returns the whole table, sorted by name. The result is shared: do not change it.
var Types = sync.OnceValue(func() []*Type {
	var all []*Type
	for _, r := range rows() {
		all = append(all, &r)
	}
	var names []string
	for _, t := range tasks() {
		names = append(names, taskPrefix+t.Kind)
	}
	for _, t := range tasks() {
		all = append(all, t.expand(names))
	}
	for _, t := range all {
		if t.Group == "" {
			t.Group = plural(t.Short())
		}
		if t.DataSource == "" {
			t.DataSource = t.Name
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all
})

var index = sync.OnceValue(func() map[string]*Type {
	m := make(map[string]*Type)
	for _, t := range Types() {
		m[t.Name] = t
	}
	return m
})

// Lookup returns the row of a Terraform type, or nil.
func Lookup(name string) *Type { return index()[name] }

// Short returns the name of t without the provider's prefix, such as "escalation_path".
func (t *Type) Short() string { return strings.TrimPrefix(t.Name, prefix) }

// IsTask reports whether t belongs to the family of workflow tasks.
func (t *Type) IsTask() bool { return strings.HasPrefix(t.Name, taskPrefix) }

// IsWorkflow reports whether t is one of the kinds of workflows.
func (t *Type) IsWorkflow() bool { return t.Kind != "" && !t.IsTask() }

// TopLevel reports whether objects of t have no parent.
func (t *Type) TopLevel() bool {
	return t.ParentAttr == "" || len(t.Parents) == 0 && t.ParentPath == ""
}

// CollectionPath returns the i-th path of t for a parent.
func (t *Type) CollectionPath(i int, parent graph.ID) string {
	return strings.ReplaceAll(t.Paths[i], "{parent}", string(parent))
}

// GetPath returns the path of one object.
func (t *Type) GetPath(id, parent graph.ID) string {
	return strings.NewReplacer("{id}", url.PathEscape(string(id)), "{parent}", url.PathEscape(string(parent))).Replace(t.Get)
}

// ImportIDOf returns what an import block needs for an object where that is not its id, or "".
func (t *Type) ImportIDOf(id, parent graph.ID) graph.ID {
	return graph.ID(strings.NewReplacer("{id}", string(id), "{parent}", string(parent)).Replace(t.ImportID))
}

// Includes lists what t's own collection has to include, sorted.
func (t *Type) Includes() []string {
	var names []string
	if t.Members != "" {
		names = append(names, t.Members)
	}
	for _, relation := range t.From {
		if relation != "id" {
			names = append(names, relation)
		}
	}
	slices.Sort(names)
	return names
}

// expand makes the row of a task. Names are the types of all tasks.
func (k task) expand(names []string) *Type {
	t := &Type{
		Name:       taskPrefix + k.Kind,
		Paths:      []string{"/v1/workflows/{parent}/workflow_tasks"},
		Get:        "/v1/workflow_tasks/{id}",
		API:        "workflow_tasks",
		Parents:    workflows(),
		ParentAttr: "workflow_id",
		Include:    "genius_tasks",
		Relations:  []string{"genius_tasks", "workflow_tasks"},
		Kind:       k.Kind,
		KindPath:   "task_params.task_type",
		DataSource: "rootly_workflow_task",
		Also:       append([]string{k.Kind + "_task"}, k.Also...),
		Group:      "workflow_tasks",
		Read:       map[string]Read{"task_params": ReadRawOne},
		Constraints: append([]Constraint{{
			Check: Alone, Path: "position",
			Reason: "another task of its workflow also has position %s, which the provider refuses to plan",
			Fix:    "give the tasks of the workflow different positions in Rootly",
		}}, k.Constraints...),
		Lost:    k.Lost,
		Secret:  k.Secret,
		Suspect: k.Suspect,
		Refs:    []graph.Rule{{Path: "workflow_id", To: workflows()}},
	}
	for _, r := range k.Refs {
		if len(r.To) == 1 && r.To[0] == AnyTask {
			r.To = names
		}
		t.Refs = append(t.Refs, r)
	}
	return t
}

// workflows names the types that share the collection of workflows.
func workflows() []string {
	return []string{
		"rootly_workflow_action_item", "rootly_workflow_alert", "rootly_workflow_incident",
		"rootly_workflow_post_mortem", "rootly_workflow_pulse", "rootly_workflow_simple",
	}
}

// plural gives the English plural of a type's short name, for file names.
func plural(s string) string {
	switch {
	case strings.HasSuffix(s, "y") && !strings.HasSuffix(s, "ay") && !strings.HasSuffix(s, "ey"):
		return strings.TrimSuffix(s, "y") + "ies"
	case strings.HasSuffix(s, "s"), strings.HasSuffix(s, "x"), strings.HasSuffix(s, "ch"), strings.HasSuffix(s, "sh"):
		return s + "es"
	}
	return s + "s"
}
