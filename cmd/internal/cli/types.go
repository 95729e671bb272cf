package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// Settings say what to list, and how.
type typesOptions struct {
	connect.Connection

	count bool
	json  bool
}

func newTypes(w world.World) *cobra.Command {
	o := &typesOptions{}
	cmd := &cobra.Command{
		Use:   "types",
		Short: "List the resource types that can be imported",
		Long: `List the resource types that can be imported.

With --count the organisation is read, and each type comes with the number of
its objects. That costs as many requests as the reading part of an import. Types
that are not imported by default are not counted.

` + exit.Text,
		Example: `  $ terraformer-rootly types
  $ terraformer-rootly types --count --synthetic
  $ terraformer-rootly types --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runTypes(cmd.Context(), w, o) },
	}
	connectionFlags(cmd, &o.Connection)
	f := cmd.Flags()
	f.BoolVar(&o.count, "count", false, "read the organisation and count the objects of each type")
	f.BoolVar(&o.json, "json", false, "print as JSON, each type of workflow task by itself")
	return cmd
}

// Print prints the table of types, with live counts if wanted.
func runTypes(ctx context.Context, w world.World, o *typesOptions) error {
	entries := typeEntries()
	var partial bool
	if o.count {
		live, err := countable(ctx, w, o)
		if err != nil {
			return err
		}
		partial = countInto(entries, live)
	}
	if o.json {
		if err := writeTypesJSON(w.Out, entries); err != nil {
			return err
		}
	} else if err := writeTypes(w.Out, folded(entries), o.count); err != nil {
		return err
	}
	if partial {
		return exit.Status(exit.Partial)
	}
	return nil
}

// countable reads the objects of all types that are imported by default.
func countable(ctx context.Context, w world.World, o *typesOptions) (*rootly.Live, error) {
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
type typeEntry struct {
	Type       string   `json:"type"`
	Paths      []string `json:"listed_at"`
	Parents    []string `json:"parents"`
	Default    bool     `json:"by_default"`
	Deprecated bool     `json:"deprecated"`
	Remarks    []string `json:"remarks"`
	Objects    *int     `json:"objects,omitempty"` // live; nil when not counted

	members int // types in the entry, when it stands for several
}

// typeEntries is the catalogue in the words of the table.
func typeEntries() []*typeEntry {
	var all []*typeEntry
	for _, t := range catalogue.Types() {
		e := &typeEntry{
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
func folded(entries []*typeEntry) []*typeEntry {
	var out []*typeEntry
	var tasks *typeEntry
	for _, e := range entries {
		if !catalogue.Lookup(e.Type).IsTask() {
			out = append(out, e)
			continue
		}
		if tasks == nil {
			tasks = &typeEntry{Type: catalogue.AnyTask, Paths: e.Paths, Parents: e.Parents, Default: e.Default, Remarks: []string{}}
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
func countInto(entries []*typeEntry, live *rootly.Live) (partial bool) {
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

func writeTypesJSON(out io.Writer, entries []*typeEntry) error {
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(entries); err != nil {
		return fmt.Errorf("write types: %w", err)
	}
	return nil
}

// writeTypes prints the table for people.
func writeTypes(out io.Writer, entries []*typeEntry, counted bool) error {
	head := []string{"type", "parent", "listed at", "by default", "remarks"}
	if counted {
		head = append([]string{"type", "objects"}, head[1:]...)
	}
	var rows [][]string
	for _, e := range entries {
		row := []string{e.Type}
		if counted {
			row = append(row, e.objects())
		}
		rows = append(rows, append(row, e.parents(), e.place(), e.byDefault(), strings.Join(e.Remarks, "; ")))
	}
	return report.WriteTable(out, head, rows)
}

// place is the collection, or one of them with the number of the others.
func (e *typeEntry) place() string {
	last := e.Paths[len(e.Paths)-1]
	if len(e.Paths) == 1 {
		return last
	}
	return fmt.Sprintf("%s and %d more", last, len(e.Paths)-1)
}

func (e *typeEntry) byDefault() string {
	if e.Default {
		return "yes"
	}
	return "no"
}

func (e *typeEntry) objects() string {
	if e.Objects == nil {
		return "-"
	}
	return strconv.Itoa(*e.Objects)
}

// parents names the owners; the kinds of workflows, which own the same things, as one.
func (e *typeEntry) parents() string {
	var names []string
	workflows := 0
	for _, p := range e.Parents {
		if catalogue.Lookup(p).IsWorkflow() {
			if workflows++; workflows > 1 {
				continue
			}
			names = append(names, "workflow_*")
			continue
		}
		names = append(names, catalogue.Lookup(p).Short())
	}
	return strings.Join(names, ", ")
}
