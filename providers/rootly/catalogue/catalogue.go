// Package catalogue is the table of Rootly's resource types: where each is listed, who its
// parent is and what is irregular about it.
//
//	rows + tasks ──► Types ──► fetch, decode, link, sandbox, stand-in, docs
//
// A row states only what the provider's schema cannot know.
//
// Not here: what Terraform accepts for a type, which is package schema's.
package catalogue

import (
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

	// ParentPath is the collection of parents that are no resource type themselves.
	ParentPath string

	// Include asks the parents' collection to carry these objects along.
	Include string

	// Relations are the relationships of a parent that may name the included objects.
	Relations []string

	// Beside is what its own collection must be asked to carry along, since the provider's
	// resource is made of it too.
	Beside string

	// Pages says how the collection is paged.
	Pages Pages

	// Kind tells the types of a shared collection apart: trigger_params.trigger_type of a
	// workflow, task_params.task_type of a task.
	Kind string

	// Also are other spellings of Kind that the API documents.
	Also []string

	// Owner is the attribute that holds the ids of the teams that own its objects: those that run a
	// service, and those whose incidents a workflow or a policy is for. Empty where teams own none.
	Owner string

	// Group is the stem of the file that its objects are written to. Derived from Name when empty.
	Group string

	// Audit is the item_type of its audit events. Empty where Rootly records none.
	Audit string

	// Optional says why objects of this type are only imported when asked for by name.
	Optional string

	// Deprecated reports whether the provider deprecates the type.
	Deprecated bool

	// Read lists the attributes that the provider does not read in the general way.
	Read map[string]Read

	// Picked lists nested blocks below the first level of which the provider takes only the keys
	// it knows.
	Picked []string

	// Omit lists settable attributes that are never written, each with the reason.
	Omit map[string]string

	// Lost lists attributes of the API that the provider cannot hold.
	Lost []string

	// Secret lists the paths that hold credentials, whatever they look like: headers, passwords.
	Secret []string

	// Suspect lists the paths that often hold credentials among other things: addresses, bodies.
	Suspect []string

	// Refs says which paths hold ids of other objects.
	Refs []graph.Rule
}

// Pages says how a collection is paged.
type Pages int

// The ways of paging.
const (
	PagesNumbered Pages = iota // page[number] and page[size]
	PagesPlain                 // page and per_page
	PagesNone                  // one answer holds all
)

// Read says how the provider turns an attribute of the API into one of its own.
type Read int

// The ways of reading. What the schema calls a list of blocks is read as ReadPicked unless the
// row says otherwise; scalars, lists and maps are read as their type.
const (
	ReadPicked        Read = iota // a list of objects; unknown keys are dropped
	ReadRaw                       // a list of objects as it is: one unknown key or wrong type loses it whole
	ReadOne                       // an object, always one block, even for null
	ReadOneWhenSet                // an object, one block unless it is null or empty
	ReadRawOne                    // an object as it is, one block: one unknown key or wrong type loses it whole
	ReadRawOneWhenSet             // the same, but no block for null
	ReadExpand                    // objects or lists at any depth; unknown keys are dropped everywhere
	ReadNever                     // not read at all
)

// Deprecated is the reason in Omit for settings that people may have chosen and that the provider
// has given up.
const Deprecated = "deprecated"

// AnyTask stands for all types of workflow tasks in a rule.
const AnyTask = taskPrefix + "*"

const taskPrefix = "rootly_workflow_task_"

// task is what distinguishes one type of the family of workflow tasks.
type task struct {
	Kind    string
	Also    []string
	Lost    []string
	Secret  []string
	Suspect []string
	Refs    []graph.Rule
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
			t.Group = plural(strings.TrimPrefix(t.Name, "rootly_"))
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

// IsTask reports whether t belongs to the family of workflow tasks.
func (t *Type) IsTask() bool { return strings.HasPrefix(t.Name, taskPrefix) }

// IsWorkflow reports whether t is one of the kinds of workflows.
func (t *Type) IsWorkflow() bool { return t.Kind != "" && !t.IsTask() }

// TopLevel reports whether objects of t are owned by nobody.
func (t *Type) TopLevel() bool {
	return t.ParentAttr == "" || len(t.Parents) == 0 && t.ParentPath == ""
}

// CollectionPath returns the i-th path of t for a parent.
func (t *Type) CollectionPath(i int, parent graph.ID) string {
	return strings.ReplaceAll(t.Paths[i], "{parent}", string(parent))
}

// GetPath returns the path of one object.
func (t *Type) GetPath(id, parent graph.ID) string {
	return strings.NewReplacer("{id}", string(id), "{parent}", string(parent)).Replace(t.Get)
}

// expand makes a row of the family's envelope.
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
		Also:       append([]string{k.Kind + "_task"}, k.Also...),
		Group:      "workflow_tasks",
		Read:       map[string]Read{"task_params": ReadRawOne},
		Lost:       k.Lost,
		Secret:     k.Secret,
		Suspect:    k.Suspect,
		Refs:       []graph.Rule{{Path: "workflow_id", To: workflows()}},
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
