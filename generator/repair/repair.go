// Package repair changes resources until its plan is clean.
//
//	plan with differences ──► Repair ──► resources with attributes set, dropped or ignored, or without some ──► plan again
//
// The values of a plan before a change are what the provider itself read. Code with the same values
// has a clean plan, even if the mapping was wrong. Each repair is reported as type, attribute and
// cause, so that it can become a rule of the mapping.
//
// Not here: planning, linking, and writing files.
package repair

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// How names how a difference was removed.
type How string

// The ways, the gentlest first.
const (
	Set    How = "set"    // the attribute has what the provider read
	Drop   How = "drop"   // the attribute is left to the provider
	Ignore How = "ignore" // Terraform ignores it from then on
	Remove How = "remove" // the object is not imported
)

// A Repair is one change that was made.
type Repair struct {
	Address graph.Address
	ID      graph.ID
	Title   string
	Path    string // empty if the whole object was taken out
	How     How
	Cause   string
}

// A Repairer remembers what it tried, so that it tries something else next time.
type Repairer struct {
	schema *schema.Provider
	tried  map[attempt]How
}

type attempt struct {
	address string
	attr    string
}

// New returns a Repairer for a provider.
func New(s *schema.Provider) *Repairer {
	return &Repairer{schema: s, tried: map[attempt]How{}}
}

// Repair returns the resources, which are not linked yet, with repaired copies of those that a plan would change, and
// without those that the plan would create, replace or destroy, or cannot plan at all. Done has the repairs in the order
// of the resources; none if it could do nothing. The given resources stay as they are.
//
// Expressions of repaired resources are not updated.
func (m *Repairer) Repair(resources []*graph.Resource, changes []plans.Change, v verify.Verdict) (next []*graph.Resource, done []Repair) {
	byAddress := make(map[string]plans.Change, len(changes))
	for _, c := range changes {
		byAddress[c.Address] = c
	}
	refused := map[string]string{}
	for _, e := range v.Errors {
		if e.Address != "" {
			refused[e.Address] = whyRefused(e.Summary)
		}
	}
	differs := map[string][]verify.Difference{}
	for _, d := range v.Differences {
		differs[d.Address] = append(differs[d.Address], d)
	}
	for _, r := range resources {
		address := r.Address.String()
		c, planned := byAddress[address]
		if why := outright(c, planned, refused[address]); why != "" {
			done = append(done, Repair{r.Address, r.ID, r.Title, "", Remove, why})
			continue
		}
		if planned && c.Action == plans.Update {
			changed := *r
			changed.Ignore = slices.Clone(r.Ignore)
			r = &changed
			done = append(done, m.resource(r, c, differs[address])...)
		}
		next = append(next, r)
	}
	return next, done
}

// outright says why a resource cannot be in the code, or nothing.
func outright(c plans.Change, planned bool, refused string) string {
	switch {
	case refused != "":
		return refused
	case !planned:
		return ""
	case c.Action == plans.Create, c.Action == plans.Replace, c.Action == plans.ForgetCreate, c.Action == plans.Delete:
		return "the plan would " + string(c.Action) + " it"
	}
	return ""
}

// whyRefused says why there is no plan for a resource. The provider is not always the cause: a protected object cannot
// be planned for replacement.
func whyRefused(summary string) string {
	if strings.Contains(summary, "cannot be destroyed") {
		return "the plan would replace it"
	}
	return "the provider cannot plan it: " + summary
}

// resource repairs one resource, attribute by attribute.
func (m *Repairer) resource(r *graph.Resource, c plans.Change, diffs []verify.Difference) []Repair {
	s := m.schema.Resources[r.Address.Type]
	if s == nil {
		return nil
	}
	byAttr := map[string][]verify.Difference{}
	var attrs []string
	for _, d := range diffs {
		if len(d.Path) == 0 {
			continue
		}
		step, ok := d.Path[0].(cty.GetAttrStep)
		if !ok {
			continue
		}
		if byAttr[step.Name] == nil {
			attrs = append(attrs, step.Name)
		}
		byAttr[step.Name] = append(byAttr[step.Name], d)
	}
	sort.Strings(attrs)
	var done []Repair
	for _, name := range attrs {
		done = append(done, m.attribute(r, s.Block, c, name, byAttr[name])...)
	}
	return done
}

// attribute tries the next way for one attribute of a resource.
func (m *Repairer) attribute(r *graph.Resource, b *schema.Block, c plans.Change, name string, diffs []verify.Difference) []Repair {
	key := attempt{r.Address.String(), name}
	cause := fmt.Sprintf("the provider reads %s, but the code has %s", diffs[0].Before, diffs[0].After)
	if m.tried[key] == "" {
		m.tried[key] = Set
		if v, ok := asRead(b, name, c.Before); ok {
			set(r, name, v)
			return []Repair{{r.Address, r.ID, r.Title, name, Set, cause}}
		}
	}
	if m.tried[key] == Set {
		m.tried[key] = Drop
		if droppable(b, name) && has(r, name) {
			drop(r, name)
			return []Repair{{r.Address, r.ID, r.Title, name, Drop, cause}}
		}
	}
	m.tried[key] = Ignore
	var done []Repair
	for _, path := range narrow(diffs) {
		if !ignores(r, path) {
			r.Ignore = append(r.Ignore, graph.Ignore{Path: path, Reason: "after every repair, " + cause})
			done = append(done, Repair{r.Address, r.ID, r.Title, path, Ignore, cause})
		}
	}
	return done
}

// narrow returns the paths to ignore: as much of each difference as ignore_changes accepts, which ends at an attribute
// and not at an element of a list.
func narrow(diffs []verify.Difference) []string {
	var paths []string
	seen := map[string]bool{}
	for _, d := range diffs {
		path := d.Path
		for len(path) > 1 {
			if _, element := path[len(path)-1].(cty.IndexStep); !element {
				break
			}
			path = path[:len(path)-1]
		}
		if s := graph.PathString(path); !seen[s] {
			seen[s] = true
			paths = append(paths, s)
		}
	}
	return paths
}

func ignores(r *graph.Resource, path string) bool {
	for _, i := range r.Ignore {
		if i.Path == path {
			return true
		}
	}
	return false
}
