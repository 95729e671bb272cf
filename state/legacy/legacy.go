// Package legacy turns states of the earlier tool into a current state.
//
//	version 3, or 4 as old engines rewrote it ──► Read ──► objects ──► Merge ──► resources for package tfstate
//
// Only the address and the id of an object are taken over. The provider reads the rest again, in its
// current form, so that the old form need not be understood and no secret is copied.
//
// An object whose type was renamed since enters the new state under the new name. Engines cannot move
// an object from one type to another, and they refuse a state with a type that the provider lacks,
// even for a removed block: so the old entry must not reach them at all.
//
// Not here: reading and writing files, and what the current provider accepts.
package legacy

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// An Object is an entry of an old state.
type Object struct {
	Address graph.Address
	ID      graph.ID
	Slug    string // empty if the state does not say
	Title   string // what the object was called; empty if the state does not say
}

// A Left is an entry that is not taken over, with the reason.
type Left struct {
	Address string
	ID      graph.ID
	Reason  string
}

// A State is what an old state holds.
type State struct {
	Name    string // where it was read, for messages
	Version int
	Lineage string
	Serial  uint64
	Objects []Object
	Left    []Left
	Outputs int // the old tool put every id into an output; code that needs them declares them again

	foreign bool // version 4, but with an old address of the provider
}

// Old reports whether a current engine needs the state to be upgraded.
func (s *State) Old() bool { return s.Version < 4 || s.foreign }

// Options describe the current provider.
type Options struct {
	// Today returns the version of a type's schema, and whether the provider has the type. Required.
	Today func(resourceType string) (schemaVersion int, known bool)

	// Readable gives objects readable addresses; Moved lists the changes.
	Readable bool
}

// A Move is an object whose address changes.
type Move struct{ From, To graph.Address }

// A Merged is the content of all states together.
type Merged struct {
	Resources []tfstate.Resource // under their addresses in the states
	Renamed   []Move             // of types that were renamed, and of addresses that were taken
	Moved     []Move             // to readable addresses, for moved blocks; none unless asked for
	Left      []Left
	Outputs   int
}

// renamed are the types that were renamed, by their old names.
func renamed() map[string]string {
	const task, old = "rootly_workflow_task_", "rootly_workflow_task_genius_"
	return map[string]string{
		"rootly_postmortem_template":                 "rootly_post_mortem_template",
		old + "create_anthropic_chat_completion":     task + "create_anthropic_chat_completion",
		old + "create_google_gemini_chat_completion": task + "create_google_gemini_chat_completion",
		old + "create_openai_chat_completion":        task + "create_openai_chat_completion",
		old + "create_watsonx_chat_completion":       task + "create_watsonx_chat_completion",
	}
}

// Merge merges states. If two states have the same address, the first one keeps it.
func Merge(states []*State, o Options) *Merged {
	m := &merging{Merged: &Merged{}, options: o, names: renamed(), taken: map[graph.Address]bool{}, at: map[graph.Target]graph.Address{}, slugs: map[graph.Target]graph.ID{}}
	for _, s := range states {
		for _, object := range s.Objects {
			if object.Slug != "" && graph.IsUUID(string(object.ID)) {
				m.slugs[graph.Target{Type: m.today(object.Address.Type), ID: graph.ID(object.Slug)}] = object.ID
			}
		}
	}
	for _, s := range states {
		m.Outputs += s.Outputs
		m.Left = append(m.Left, s.Left...)
		for _, object := range s.Objects {
			m.add(object)
		}
	}
	slices.SortFunc(m.Left, func(a, b Left) int {
		return cmp.Or(cmp.Compare(a.Address, b.Address), cmp.Compare(a.ID, b.ID))
	})
	if o.Readable {
		m.move()
	}
	return m.Merged
}

type merging struct {
	*Merged
	options Options
	names   map[string]string
	taken   map[graph.Address]bool
	at      map[graph.Target]graph.Address
	slugs   map[graph.Target]graph.ID // ids of objects by their slugs, which the old tool may have used as ids
	titles  []string                  // of Resources
}

// today is the current name of a type.
func (m *merging) today(typ string) string { return cmp.Or(m.names[typ], typ) }

func (m *merging) add(o Object) {
	to := o.Address
	to.Type = m.today(to.Type)
	if id := m.slugs[graph.Target{Type: to.Type, ID: o.ID}]; id != "" && !graph.IsUUID(string(o.ID)) {
		o.ID = id
	}
	schemaVersion, known := m.options.Today(to.Type)
	if !known {
		m.Left = append(m.Left, Left{o.Address.String(), o.ID, "the current provider has no such type"})
		return
	}
	if at, twice := m.at[graph.Target{Type: to.Type, ID: o.ID}]; twice {
		if at != to {
			m.Left = append(m.Left, Left{o.Address.String(), o.ID, "the same object as " + at.String()})
		}
		return
	}
	to.Name = valid(to.Name)
	for n, name := 2, to.Name; m.taken[to]; n++ {
		to.Name = fmt.Sprintf("%s_%d", name, n)
	}
	if to != o.Address {
		m.Renamed = append(m.Renamed, Move{o.Address, to})
	}
	m.taken[to], m.at[graph.Target{Type: to.Type, ID: o.ID}] = true, to
	m.Resources = append(m.Resources, tfstate.Resource{Address: to, ID: o.ID, SchemaVersion: schemaVersion})
	m.titles = append(m.titles, cmp.Or(o.Title, readable(o.Address.Name)))
}

// move gives readable addresses to all objects without one.
func (m *merging) move() {
	for i, r := range m.Resources {
		if graph.Word(r.Address.Name) == r.Address.Name {
			continue
		}
		to := graph.Free(graph.Address{Type: r.Address.Type}, m.titles[i], r.ID, m.taken)
		m.Moved = append(m.Moved, Move{r.Address, to})
	}
}

// prefix and escaped are how the old tool wrote characters that labels cannot have: the hexadecimal code of the
// character between dashes.
const prefix = "tfer--"

var (
	escaped = regexp.MustCompile(`-(?:00[0-9A-F]{2}|[0-9A-F]{2})-`)
	uuid    = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	illegal = regexp.MustCompile(`[^\p{L}\p{N}_-]`)
)

// readable decodes an old label; empty if it is an id.
func readable(label string) string {
	label = strings.TrimPrefix(label, prefix)
	if uuid.MatchString(label) {
		return ""
	}
	return escaped.ReplaceAllString(label, " ")
}

// valid is a label that current engines accept.
func valid(label string) string {
	label = illegal.ReplaceAllString(label, "_")
	if label == "" || label[0] >= '0' && label[0] <= '9' || label[0] == '-' {
		label = "_" + label
	}
	return label
}
