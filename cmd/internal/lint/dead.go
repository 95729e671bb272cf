package lint

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// stale is how long a workflow may be switched off before it is dead.
const stale = 90 * 24 * time.Hour

// dead are the rules about configuration that does nothing.
var dead = []Rule{
	{
		ID: "workflow-without-tasks", Family: "Dead configuration", Severity: Warning,
		Title: "A workflow has no tasks",
		Means: "The workflow has no tasks, or none that is switched on.",
		Why:   "It is triggered and does nothing.",
		Fix:   "Add a task, or delete the workflow.",
		needs: []need{theTasks},
		check: func(o *Organisation, f *finder) {
			all := o.knowsTasks()
			for _, w := range o.workflows() {
				tasks := o.tasksOf(w)
				switch {
				case off(w) || !all:
				case len(tasks) == 0:
					f.add(w, "has no tasks")
				case len(tasks) > 0 && !slices.ContainsFunc(tasks, func(t *rootly.Object) bool { return !off(t) }):
					f.add(w, "has no task that is switched on")
				}
			}
		},
	},
	{
		ID: "workflow-never-runs", Family: "Dead configuration", Severity: Warning,
		Title: "The conditions of a workflow cannot be met",
		Means: "A condition compares with nothing, two conditions exclude each other, or the workflow has no trigger.",
		Why:   "The workflow never runs.",
		Fix:   "Complete or remove the condition, or one of the two, and give the workflow a trigger.",
		check: neverRuns,
	},
	{
		ID: "workflow-long-off", Family: "Dead configuration", Severity: Info,
		Title: "A workflow has been switched off for more than 90 days",
		Means: "The workflow is disabled and was last changed more than 90 days ago.",
		Why:   "Nobody seems to miss it, and the list is longer than needed.",
		Fix:   "Delete it, or switch it on.",
		amend: (*amending).dropBlock,
		check: func(o *Organisation, f *finder) {
			for _, w := range o.workflows() {
				if age := o.since(w, "updated_at"); off(w) && age > stale {
					f.at(w, "enabled", fmt.Sprintf("is switched off, and was last changed %d days ago", int(age.Hours()/24)))
				}
			}
		},
	},
	{
		ID: "tasks-same-position", Family: "Dead configuration", Severity: Warning,
		Title: "Two tasks of a workflow have the same position",
		Means: "It is undefined which of the two tasks runs first.",
		Why:   "The order can change from run to run, and Terraform refuses to plan it.",
		Fix:   "Drag one of the tasks to another place.",
		check: samePosition,
	},
	{
		ID: "unused", Family: "Dead configuration", Severity: Info,
		Title: "Nothing uses a severity, cause, incident type, environment or team",
		Means: "No other object refers to it. Incidents may; they are not checked.",
		Why:   "People have to choose from longer lists than needed.",
		Fix:   "Delete it, if no incident needs it.",
		needs: []need{theReferrers},
		amend: (*amending).dropBlock,
		check: func(o *Organisation, f *finder) {
			for _, short := range listed {
				if !o.knowsReferrers("rootly_" + short) {
					continue
				}
				for _, obj := range o.of(short) {
					if !o.used(obj) && len(ids(obj, "user_ids")) == 0 {
						f.add(obj, "nothing uses it")
					}
				}
			}
		},
	},
	{
		ID: "duplicate-name", Family: "Dead configuration", Severity: Warning,
		Title: "Two objects have the same name",
		Means: "The names differ only in case and white space, or not at all.",
		Why:   "People choose the wrong one.",
		Fix:   "Rename one of them, or merge them.",
		check: duplicates,
	},
}

// listed are types of objects from which people choose.
var listed = []string{"severity", "cause", "incident_type", "environment", "team"}

// workflows are those of all kinds.
func (o *lookup) workflows() []*rootly.Object {
	var all []*rootly.Object
	for _, name := range slices.Sorted(maps.Keys(o.byType)) {
		if list := o.byType[name]; strings.HasPrefix(name, "rootly_workflow_") && list[0].Type.KindPath == "trigger_params.trigger_type" {
			all = append(all, list...)
		}
	}
	return all
}

func (o *lookup) tasksOf(workflow *rootly.Object) []*rootly.Object {
	var tasks []*rootly.Object
	for _, child := range o.below[workflow.ID] {
		if child.Type.IsTask() {
			tasks = append(tasks, child)
		}
	}
	return tasks
}

// knowsTasks reports whether all tasks of workflows are known. The provider may not have the kind of some.
func (o *Organisation) knowsTasks() bool {
	if slices.ContainsFunc(o.Live.Unknown, func(r rootly.Rejected) bool { return strings.Contains(r.Type, "workflow_task") }) {
		return false
	}
	for _, t := range catalogue.Types() {
		if t.IsTask() && !o.Live.Complete[t.Name] {
			return false
		}
	}
	return o.Live.Partial == ""
}

// knowsReferrers reports whether all objects are known that may refer to those of a type.
func (o *Organisation) knowsReferrers(typ string) bool {
	for _, t := range catalogue.Types() {
		refers := func(r graph.Rule) bool { return slices.Contains(r.To, typ) }
		if t.Optional == "" && slices.ContainsFunc(t.Refs, refers) && !o.Live.Complete[t.Name] {
			return false
		}
	}
	return o.Live.Partial == ""
}

func samePosition(o *Organisation, f *finder) {
	for _, w := range o.workflows() {
		for _, t := range o.tasksOf(w) {
			if other := o.clashes[t]; other != nil && other != t {
				f.at(t, "position", fmt.Sprintf("has position %s of workflow %s, as %s has", text(t, "position"), quoted(w), quoted(other)))
			}
		}
	}
}

// samePositions are the tasks that share their position with another task of their workflow, with the first of those.
func (o *lookup) samePositions() map[*rootly.Object]*rootly.Object {
	clashes := map[*rootly.Object]*rootly.Object{}
	for _, w := range o.workflows() {
		at := map[string]*rootly.Object{}
		for _, t := range o.tasksOf(w) {
			where := text(t, "position")
			first := at[where]
			switch {
			case where == "":
			case first == nil:
				at[where] = t
			default:
				clashes[t], clashes[first] = first, first
			}
		}
	}
	return clashes
}

// lonely are types of objects whose names are the business of whoever made them.
var lonely = map[string]bool{"dashboard": true, "authorization": true, "api_key": true}

// duplicates compares objects of a type that have no parent: names below one, such as of levels, are not the only thing
// that people see. A sub-status belongs to a status in the same way.
func duplicates(o *Organisation, f *finder) {
	first := map[string]*rootly.Object{}
	for _, obj := range o.Live.Objects {
		name := folded(cmp.Or(text(obj, "name"), text(obj, "title")))
		if name == "" || obj.Type.IsTask() || obj.Parent != "" || lonely[obj.Type.Short()] || off(obj) {
			continue
		}
		key := obj.Type.Name + " " + text(obj, "parent_status") + " " + name
		if other := first[key]; other != nil {
			f.at(obj, "name", "has the same name as "+string(other.ID))
			continue
		}
		first[key] = obj
	}
}
