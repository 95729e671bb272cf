package organisation

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// A link is a value at a path that a rule declares to be an id.
type link struct {
	rule   graph.Rule
	value  string
	target []string // Terraform types that it may belong to
}

// links finds the values at a rule's path, with the type that goes with each.
func links(o live, r graph.Rule) []link {
	var out []link
	steps := strings.Split(r.Path, ".")
	var visit func(node any, trail []any, depth int)
	visit = func(node any, trail []any, depth int) {
		if list, ok := node.([]any); ok {
			for _, e := range list {
				visit(e, trail, depth)
			}
			return
		}
		if depth == len(steps) {
			if s := scalar(node); s != "" {
				out = append(out, link{r, s, targets(r, trail)})
			}
			return
		}
		if m, ok := node.(map[string]any); ok {
			visit(m[steps[depth]], append(trail, node), depth+1)
		}
	}
	visit(o.Attributes, nil, 0)
	return out
}

// targets reads the type that stands beside an id, or above it.
func targets(r graph.Rule, trail []any) []string {
	if r.By == "" {
		return r.To
	}
	mine, beside := strings.Split(r.Path, "."), strings.Split(r.By, ".")
	shared := 0
	for shared < len(beside)-1 && mine[shared] == beside[shared] {
		shared++
	}
	m, _ := trail[shared].(map[string]any)
	if kind := r.Kinds[scalar(m[beside[shared]])]; kind != "" {
		return []string{kind}
	}
	return nil
}

func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return fmt.Sprint(int(v))
	}
	return ""
}

// identities are the ids of all objects, by Terraform type.
func identities(all []live) map[string]map[string]bool {
	ids := make(map[string]map[string]bool)
	note := func(kind, id string) {
		if ids[kind] == nil {
			ids[kind] = make(map[string]bool)
		}
		ids[kind][id] = true
	}
	for _, o := range all {
		if o.Type != nil {
			note(o.Type.Name, o.ID)
		}
		switch o.API {
		case "users":
			note(graph.UserType, o.ID)
		case "custom_forms":
			note("slug", fmt.Sprint(o.Attributes["slug"]))
		}
		note("", o.ID)
	}
	return ids
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func TestReferencesResolve(t *testing.T) {
	t.Parallel()
	for _, size := range []int{120, Complete, 3000} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			b, err := newBuilder(Options{Seed: 5, Size: size})
			if err != nil {
				t.Fatal(err)
			}
			b.make()
			all := decode(t, b.objects)
			f := followed{ids: identities(all), used: make(map[string]bool), gone: make(map[string]bool)}
			for _, o := range all {
				f.all(t, b, o)
			}
			if size >= Complete {
				everyRule(t, b, f.used)
				everyGone(t, f.gone)
			}
		})
	}
}

// A followed notes where references led.
type followed struct {
	ids  map[string]map[string]bool
	used map[string]bool // declared paths
	gone map[string]bool // traps whose target is gone
}

// all follows the references of one object.
func (f followed) all(t *testing.T, b *builder, o live) {
	t.Helper()
	for _, l := range allLinks(o) {
		path := o.Type.Name + " " + l.rule.Path
		trap := b.trapped[o.ID]
		switch {
		case resolves(l, f.ids) && names(l, f.ids):
			f.used[path] = true
			f.used[path+" "+strings.Join(kindsOf(l, f.ids), ",")] = true
		case resolves(l, f.ids):
		case trap != nil && trap.dangling:
			f.gone[trap.name] = true
		default:
			t.Errorf("%s %s: %s = %q names no %v", o.Type.Name, o.ID, l.rule.Path, l.value, l.target)
		}
	}
}

// allLinks are the links of every rule of the object's type.
func allLinks(o live) []link {
	var out []link
	if o.Type != nil {
		for _, r := range o.Type.Refs {
			out = append(out, links(o, r)...)
		}
	}
	return out
}

// resolves reports whether a value is no id, or the id of an object that exists.
func resolves(l link, ids map[string]map[string]bool) bool {
	switch {
	case l.rule.Not != "", l.rule.Attr != "":
		return true
	case l.rule.Any:
		return !uuid.MatchString(l.value) || ids[""][l.value]
	case l.target == nil:
		return !uuid.MatchString(l.value) || ids[""][l.value] // a pair whose type is no resource
	case strings.HasPrefix(l.value, "{{"):
		return true
	}
	loose := len(l.target) > 6 || l.rule.Path == "rules.values" // values that may be ids or words
	return names(l, ids) || loose && !uuid.MatchString(l.value)
}

// names reports whether the value is the id of an object of the declared type.
func names(l link, ids map[string]map[string]bool) bool { return len(kindsOf(l, ids)) > 0 }

func kindsOf(l link, ids map[string]map[string]bool) []string {
	if l.rule.Attr != "" && ids["slug"][l.value] {
		return []string{"slug"}
	}
	if l.rule.Any && ids[""][l.value] {
		return []string{"any"}
	}
	var out []string
	for _, kind := range l.target {
		if ids[kind][l.value] {
			out = append(out, kind)
		}
	}
	return out
}

// everyGone checks that the traps that point at nothing do.
func everyGone(t *testing.T, gone map[string]bool) {
	t.Helper()
	for _, trap := range traps() {
		if trap.dangling && !gone[trap.name] {
			t.Errorf("%q points at something that is there", trap.name)
		}
	}
}

// everyRule checks that the organisation uses each declared path, and each kind of a pair.
func everyRule(t *testing.T, b *builder, used map[string]bool) {
	t.Helper()
	for name, row := range b.rows {
		for _, r := range row.Refs {
			if r.Not != "" || neverSeen(name, r.Path) {
				continue
			}
			if !used[name+" "+r.Path] {
				t.Errorf("%s: no object holds a reference at %s", name, r.Path)
			}
			for kind, target := range r.Kinds {
				if !used[name+" "+r.Path+" "+target] && !neverSeen(name, r.Path) {
					t.Errorf("%s: no object names a %s at %s", name, kind, r.Path)
				}
			}
		}
	}
}

// neverSeen are declared paths that no attribute of the API holds as it is: members are objects
// of their own, a user's role is a relationship, what a process was copied from is not told,
// stages lie deeper, and the keys of a map are no values.
func neverSeen(name, path string) bool {
	switch name + " " + path {
	case "rootly_communications_template communication_template_stages.communication_stage_id",
		"rootly_workflow_task_publish_incident task_params.selected_component_statuses":
		return true
	case "rootly_user_on_call_role on_call_role_id", "rootly_user_on_call_role user_id", "rootly_retrospective_process copy_from",
		"rootly_schedule_rotation schedule_rotation_members.member_id":
		return true
	}
	return path == "trigger_params.alert_field_conditions.id" // the API says alert_field_id
}

func TestParentsExist(t *testing.T) {
	t.Parallel()
	for _, size := range []int{200, 2500} {
		all := decode(t, New(Options{Seed: 2, Size: size}))
		ids := identities(all)
		seen := make(map[string]bool)
		for _, o := range all {
			if seen[o.API+" "+o.ID] {
				t.Errorf("%s %s occurs twice", o.API, o.ID)
			}
			seen[o.API+" "+o.ID] = true
			if o.Type != nil && len(o.Type.Parents) > 0 && o.Parent == "" && o.Type.Name != "rootly_catalog_property" {
				t.Errorf("%s %s has no parent", o.Type.Name, o.ID)
			}
			if o.Parent != "" && !parentOK(o, ids) {
				t.Errorf("%s %s: its parent %s is not there", o.API, o.ID, o.Parent)
			}
			if o.Parent != "" && o.Type != nil && o.Type.ParentAttr != "" {
				if got := o.Attributes[o.Type.ParentAttr]; got != nil && scalar(got) != o.Parent {
					t.Errorf("%s %s says %v is its parent, not %s", o.API, o.ID, got, o.Parent)
				}
			}
		}
	}
}

func parentOK(o live, ids map[string]map[string]bool) bool {
	if o.Type == nil || len(o.Type.Parents) == 0 {
		return ids[""][o.Parent]
	}
	for _, kind := range o.Type.Parents {
		if ids[kind][o.Parent] {
			return true
		}
	}
	return false
}
