// Package typelist lists the resource types that can be imported.
//
//	catalogue ──► entries ──► live counts, if wanted ──► [report.Result]
//
// Not here: what a type is, which is the catalogue, or choosing types, which is a selection.
package typelist

import (
	"context"
	"fmt"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// Settings say what to list, and how.
type Settings struct {
	connect.Connection

	Count bool
}

// Print reports the table of types, with live counts if wanted.
func Print(ctx context.Context, w world.World, o *Settings) error {
	all := entries()
	var partial bool
	if o.Count {
		live, err := countable(ctx, w, o)
		if err != nil {
			return err
		}
		partial = countInto(all, live)
	}
	if err := w.Report().Result(result(all, o.Count)); err != nil {
		return err
	}
	if partial {
		return exit.Status(exit.Partial)
	}
	return nil
}

// countable reads the objects of all types that are imported by default.
func countable(ctx context.Context, w world.World, o *Settings) (*rootly.Live, error) {
	client, _, disconnect, err := o.Open(w, nil)
	if err != nil {
		return nil, err
	}
	defer disconnect()
	types, _, err := (&selection.Selection{}).Types()
	if err != nil {
		return nil, err
	}
	return rootly.Fetch(ctx, client, rootly.FetchOptions{Types: types})
}

// An entry is one type as users see it. Its JSON form is part of the interface.
type entry struct {
	Type       string   `json:"type"`
	Paths      []string `json:"listed_at"`
	Parents    []string `json:"parents"`
	Default    bool     `json:"by_default"`
	Deprecated bool     `json:"deprecated"`
	Remarks    []string `json:"remarks"`
	Objects    *int     `json:"objects,omitempty"` // live; nil when not counted

	members int // types in the entry, when it stands for several
}

// entries is the catalogue in the words of the table.
func entries() []*entry {
	var all []*entry
	for _, t := range catalogue.Types() {
		e := &entry{
			Type: t.Name, Paths: t.Paths, Parents: append([]string{}, t.Parents...),
			Default: t.Optional == "", Deprecated: t.Deprecated, Remarks: remarks(t),
		}
		all = append(all, e)
	}
	return all
}

// remarks is what a user should know of a type beyond its place.
func remarks(t *catalogue.Type) []string {
	list := []string{}
	if t.Optional != "" {
		list = append(list, t.Optional)
	}
	if t.Deprecated && !strings.Contains(t.Optional, "deprecated") {
		list = append(list, "deprecated by the provider")
	}
	if len(t.Lost) > 0 {
		list = append(list, "no place in the provider for "+strings.Join(t.Lost, ", "))
	}
	return list
}

// folded puts the types of workflow tasks into one entry.
func folded(entries []*entry) []*entry {
	var out []*entry
	var tasks *entry
	for _, e := range entries {
		if !catalogue.Lookup(e.Type).IsTask() {
			out = append(out, e)
			continue
		}
		if tasks == nil {
			tasks = &entry{Type: catalogue.AnyTask, Paths: e.Paths, Parents: e.Parents, Default: e.Default, Remarks: []string{}}
			out = append(out, tasks)
		}
		tasks.members++
		if e.Objects != nil {
			tasks.Objects = sum(tasks.Objects, *e.Objects)
		}
	}
	if tasks != nil {
		tasks.Remarks = append(tasks.Remarks, fmt.Sprintf("%d types, one for each kind of task", tasks.members))
	}
	return out
}

func sum(total *int, n int) *int {
	if total != nil {
		n += *total
	}
	return &n
}

// countInto adds live counts to the entries, and reports whether reading went wrong. A type that the organisation
// does not have is no fault.
func countInto(entries []*entry, live *rootly.Live) (partial bool) {
	counts := map[string]int{}
	for _, o := range live.Objects {
		counts[o.Type.Name]++
	}
	missing := map[string]string{}
	for _, s := range live.Skipped {
		missing[s.Type] = strings.Join(strings.Fields(s.Err.Error()), " ")
		partial = partial || !s.Absent()
	}
	for _, e := range entries {
		if why, ok := missing[e.Type]; ok {
			e.Remarks = append(e.Remarks, "not counted in full: "+why)
			if counts[e.Type] == 0 {
				continue
			}
		}
		if e.Default {
			e.Objects = sum(nil, counts[e.Type])
		}
	}
	return partial
}
