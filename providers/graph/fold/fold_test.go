package fold_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/fold"
)

// causes makes resources of one type with a name, a text and a number each.
func causes(n int, change func(i int, attrs map[string]cty.Value)) []*graph.Resource {
	var list []*graph.Resource
	for i := range n {
		attrs := map[string]cty.Value{
			"name": cty.StringVal(fmt.Sprint("Cause ", i)), "color": cty.StringVal("#112233"), "position": cty.NumberIntVal(int64(i)),
		}
		if change != nil {
			change(i, attrs)
		}
		list = append(list, &graph.Resource{
			Address: graph.Address{Type: "rootly_cause", Name: fmt.Sprint("cause_", i)}, ID: graph.ID(fmt.Sprint("c", i)), Config: cty.ObjectVal(attrs),
		})
	}
	return list
}

func everyone(*graph.Resource) bool { return true }

// gathered says which of some resources are folded, by address.
func gathered(t *testing.T, resources []*graph.Resource, o fold.Options) []string {
	t.Helper()
	g := &graph.Graph{Resources: resources}
	out := fold.Gather(g, o)
	var list []string
	for _, r := range resources {
		if a, ok := out[r]; ok {
			list = append(list, a.String())
		}
	}
	return list
}

func TestAlikeObjectsAreFolded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("much to read ", 20)
	refer := func(to string, at ...string) func([]*graph.Resource) {
		return func(list []*graph.Resource) {
			for _, r := range list {
				path := cty.GetAttrPath(at[0])
				r.Exprs = append(r.Exprs, graph.Placed{Path: path, Expr: graph.Ref{Target: graph.Address{Type: "rootly_cause", Name: to}, Attr: "id"}})
			}
		}
	}
	for name, test := range map[string]struct {
		resources []*graph.Resource
		after     func([]*graph.Resource)
		options   fold.Options
		want      int
	}{
		"six":                  {resources: causes(6, nil), options: fold.Options{New: everyone}, want: 6},
		"four are too few":     {resources: causes(4, nil), options: fold.Options{New: everyone}},
		"not asked for":        {resources: causes(6, nil)},
		"none without an id":   {resources: causes(6, nil), after: func(l []*graph.Resource) { l[0].ID, l[1].ID = "", "" }, options: fold.Options{New: everyone}},
		"one that is kept out": {resources: causes(6, nil), options: fold.Options{New: everyone, Not: map[graph.Target]bool{{Type: "rootly_cause", ID: "c3"}: true}}, want: 5},
		"one without an attribute": {resources: causes(6, func(i int, a map[string]cty.Value) {
			if i == 2 {
				delete(a, "position")
			}
		}), options: fold.Options{New: everyone}, want: 6},
		"one with a long text": {resources: causes(6, func(i int, a map[string]cty.Value) {
			if i == 2 {
				a["text"] = cty.StringVal(long)
			}
		}), options: fold.Options{New: everyone}, want: 5},
		"long texts that differ": {resources: causes(6, func(i int, a map[string]cty.Value) {
			a["text"] = cty.StringVal(long + fmt.Sprint(i))
		}), options: fold.Options{New: everyone}},
		"one long text of all": {resources: causes(6, func(_ int, a map[string]cty.Value) {
			a["text"] = cty.StringVal(long)
		}), options: fold.Options{New: everyone}, want: 6},
		"texts of two lines": {resources: causes(6, func(i int, a map[string]cty.Value) {
			a["text"] = cty.StringVal(fmt.Sprintf("%d\nand more", i))
		}), options: fold.Options{New: everyone}},
		"maps that differ": {resources: causes(6, func(i int, a map[string]cty.Value) {
			a["labels"] = cty.MapVal(map[string]cty.Value{"n": cty.NumberIntVal(int64(i))})
		}), options: fold.Options{New: everyone}},
		"short lists that differ": {resources: causes(6, func(i int, a map[string]cty.Value) {
			a["tags"] = cty.ListVal([]cty.Value{cty.StringVal(fmt.Sprint(i))})
		}), options: fold.Options{New: everyone}, want: 6},
		"too many differences": {resources: causes(6, func(i int, a map[string]cty.Value) {
			for _, name := range []string{"a", "b", "c"} {
				a[name] = cty.NumberIntVal(int64(i))
			}
		}), options: fold.Options{New: everyone}},
		"too many differences, but not of most": {resources: causes(9, func(i int, a map[string]cty.Value) {
			for _, name := range []string{"a", "b", "c"} {
				a[name] = cty.NumberIntVal(int64(max(0, i-4)))
			}
		}), options: fold.Options{New: everyone}, want: 5},
		"blocks of two numbers": {resources: causes(8, func(i int, a map[string]cty.Value) {
			block := cty.ObjectVal(map[string]cty.Value{"at": cty.NumberIntVal(int64(i))})
			a["hours"] = cty.TupleVal([]cty.Value{block, block}[:1+i/6])
		}), options: fold.Options{New: everyone}, want: 6},
		"variables": {resources: causes(6, nil), after: func(l []*graph.Resource) {
			for i, r := range l[:2] {
				r.Exprs = []graph.Placed{{Path: cty.GetAttrPath("color"), Expr: graph.VariableRef{Name: fmt.Sprint("v", i)}}}
			}
		}, options: fold.Options{New: everyone}},
		"other reasons to ignore": {resources: causes(6, nil), after: func(l []*graph.Resource) {
			l[0].Ignore, l[1].Protect = []graph.Ignore{{Path: "color"}}, "made by Rootly"
		}, options: fold.Options{New: everyone}},
		"of two owners": {resources: causes(6, nil), after: func(l []*graph.Resource) {
			for i, r := range l {
				r.Parent = graph.ID(fmt.Sprint("p", i%2))
			}
		}, options: fold.Options{New: everyone}},
		"one refers to another": {resources: causes(6, nil), after: func(l []*graph.Resource) { refer("cause_1", "name")(l[:1]) }, options: fold.Options{New: everyone}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.after != nil {
				test.after(test.resources)
			}
			if got := gathered(t, test.resources, test.options); len(got) != test.want {
				t.Errorf("folded %d, want %d: %q", len(got), test.want, got)
			}
		})
	}
}

func TestNoFoldClosesACycle(t *testing.T) {
	t.Parallel()
	link := func(from, to *graph.Resource) {
		from.Exprs = append(from.Exprs, graph.Placed{Path: cty.GetAttrPath("name"), Expr: graph.Ref{Target: to.Address, Attr: "id"}})
	}
	ones, others := causes(5, nil), causes(5, nil)
	for i, r := range others {
		r.Address.Type, r.ID = "rootly_team", graph.ID(fmt.Sprint("t", i))
	}
	link(ones[0], others[0])
	got := gathered(t, slices.Concat(ones, others), fold.Options{New: everyone})
	if len(got) != 10 {
		t.Fatalf("references one way: folded %q", got)
	}
	link(others[1], ones[1])
	got = gathered(t, slices.Concat(ones, others), fold.Options{New: everyone})
	if len(got) != 5 || !strings.HasPrefix(got[0], "rootly_cause.these") {
		t.Errorf("references both ways between two folds: folded %q", got)
	}

	// By way of a third, which is no part of a fold.
	ones, third := causes(5, nil), causes(1, nil)[0]
	third.Address, third.ID = graph.Address{Type: "rootly_team", Name: "sre"}, "t"
	link(ones[0], third)
	link(third, ones[1])
	if got := gathered(t, append(ones, third), fold.Options{New: everyone}); len(got) != 0 {
		t.Errorf("references through another resource: folded %q", got)
	}
}

func TestNamesOfFolds(t *testing.T) {
	t.Parallel()
	owner := &graph.Resource{Address: graph.Address{Type: "rootly_form_field", Name: "region"}, ID: "f", Config: cty.EmptyObjectVal}
	options := causes(5, nil)
	for i, r := range options {
		r.Address, r.Parent, r.ID = graph.Address{Type: "rootly_form_field_option", Name: fmt.Sprint("region_", i)}, "f", graph.ID(fmt.Sprint("o", i))
	}
	got := gathered(t, append([]*graph.Resource{owner}, options...), fold.Options{New: everyone})
	if got[0] != `rootly_form_field_option.region["0"]` {
		t.Errorf("options of a field: %q", got)
	}
	taken := fold.Options{New: everyone, Taken: map[graph.Address]bool{{Type: "rootly_cause", Name: "these"}: true}, Locals: map[string]bool{"causes_2": true}}
	if got := gathered(t, causes(5, nil), taken); got[0] != `rootly_cause.these_3["cause_0"]` {
		t.Errorf("where names are taken: %q", got)
	}
	for address, want := range map[graph.Address]string{
		{Type: "rootly_severity", Name: "these"}:                "severities",
		{Type: "rootly_status_page", Name: "these_2"}:           "status_pages_2",
		{Type: "rootly_form_field_option", Name: "region"}:      "region_form_field_options",
		{Type: "rootly_workflow_task_print", Name: "escalate"}:  "escalate_print_tasks",
		{Type: "rootly_catalog_property", Name: "these_days"}:   "these_days_catalog_properties",
		{Type: "rootly_retrospective_process", Name: "these_2"}: "retrospective_processes_2",
	} {
		if got := fold.Local(address); got != want {
			t.Errorf("map of %s: %s, want %s", address, got, want)
		}
	}
}

// key gives resources the addresses that Gather found.
func key(resources []*graph.Resource, o fold.Options) *graph.Graph {
	g := &graph.Graph{Resources: resources}
	for r, a := range fold.Gather(g, o) {
		r.Address = a
	}
	return g
}

func TestWhatIsFoldedStaysSo(t *testing.T) {
	t.Parallel()
	list := causes(6, nil)
	key(list[:5], fold.Options{New: everyone})
	if got := gathered(t, list, fold.Options{}); len(got) != 5 || got[0] != list[0].Address.String() {
		t.Errorf("without a wish for new ones: %q", got)
	}
	if got := gathered(t, list, fold.Options{New: everyone}); len(got) != 6 || got[5] != `rootly_cause.these["cause_5"]` {
		t.Errorf("with a new one: %q", got)
	}
	if got := gathered(t, list[:2], fold.Options{}); len(got) != 2 {
		t.Errorf("two that are left: %q", got)
	}

	// One that is another thing now needs an address of its own.
	list[1].Protect = "made by Rootly"
	out := fold.Gather(&graph.Graph{Resources: list}, fold.Options{})
	if a, ok := out[list[1]]; !ok || !a.IsZero() {
		t.Errorf("what does not fit any more: %v, %t", a, ok)
	}
	if a := out[list[0]]; a != list[0].Address {
		t.Errorf("the others: %v", a)
	}
}

func TestFoldMakesOneBlock(t *testing.T) {
	t.Parallel()
	team := graph.Address{Type: "rootly_team", Name: "sre"}
	list := causes(5, func(i int, a map[string]cty.Value) {
		hours := map[string]cty.Value{"zone": cty.StringVal(fmt.Sprint(i % 2)), "start": cty.StringVal("08:00")}
		a["hours"] = cty.TupleVal([]cty.Value{cty.ObjectVal(hours)})
		a["owner"] = cty.StringVal("t")
		if i == 0 {
			delete(a, "position")
		}
	})
	for i, r := range list {
		r.Notes = []graph.Note{{Text: "of all"}, {Path: cty.GetAttrPath("name"), Text: fmt.Sprint("of ", i)}}
		r.Exprs = []graph.Placed{{Path: cty.GetAttrPath("owner"), Expr: graph.Ref{Target: team, Attr: "id"}}}
		if i == 4 {
			r.Exprs = nil
		}
	}
	g := key(list, fold.Options{New: everyone})
	folds, misfits := fold.Make(g)
	if len(misfits) > 0 || len(folds) != 1 {
		t.Fatalf("%d misfits, %d folds", len(misfits), len(folds))
	}
	f := folds[0]
	var exprs []string
	for _, e := range f.Template.Exprs {
		exprs = append(exprs, fmt.Sprint(graph.PathString(e.Path), e.Expr))
	}
	want := []string{"hours[0].zone{hours_zone}", "name{name}", "owner{owner}", "position{position}"}
	if f.Local != "causes" || !slices.Equal(exprs, want) {
		t.Errorf("local.%s, block reads %q, want %q", f.Local, exprs, want)
	}
	first, last := f.Entries.GetAttr("cause_0"), f.Entries.GetAttr("cause_4")
	if !first.GetAttr("position").IsNull() || last.GetAttr("hours_zone").AsString() != "0" {
		t.Errorf("entries %#v and %#v", first, last)
	}
	if len(f.Exprs) != 4 || graph.PathString(f.Exprs[0].Path) != "cause_0.owner" || !reflect.DeepEqual(f.Exprs[0].Expr, list[0].Exprs[0].Expr) {
		t.Errorf("expressions in the map: %v", f.Exprs)
	}
	if len(f.Template.Notes) != 1 || len(f.Notes) != 5 || graph.PathString(f.Notes[2].Path) != "cause_2.name" {
		t.Errorf("comments %v and %v", f.Template.Notes, f.Notes)
	}

	// Whoever does not fit is named, and no block is made of the rest.
	list[3].Protect = "made by Rootly"
	if folds, misfits := fold.Make(g); len(misfits) != 1 || misfits[0] != list[3] || len(folds) != 0 {
		t.Errorf("misfits %v, %d folds", misfits, len(folds))
	}
}

// What is not all of a type is called by what tells it from the rest.
func TestFoldsAreNamedByTheirContent(t *testing.T) {
	t.Parallel()
	kinds := func(i int) string { return []string{"service", "team"}[i/6] }
	list := causes(12, func(i int, a map[string]cty.Value) {
		a["kind"] = cty.StringVal(kinds(i))
		a["text"] = cty.StringVal(strings.Repeat("much to read ", 20) + kinds(i))
	})
	got := gathered(t, list, fold.Options{New: everyone})
	if got[0] != `rootly_cause.service["cause_0"]` || got[11] != `rootly_cause.team["cause_11"]` {
		t.Errorf("folded as %q", got)
	}

	team := graph.Address{Type: "rootly_team", Name: "sre"}
	list = causes(12, func(i int, a map[string]cty.Value) {
		a["owner"] = cty.StringVal([]string{"t", ""}[i/6])
		a["text"] = cty.StringVal(strings.Repeat("much to read ", 20) + kinds(i))
	})
	for _, r := range list[:6] {
		r.Exprs = []graph.Placed{{Path: cty.GetAttrPath("owner"), Expr: graph.Ref{Target: team, Attr: "id"}}}
	}
	got = gathered(t, list, fold.Options{New: everyone})
	if got[0] != `rootly_cause.sre["cause_0"]` || got[11] != `rootly_cause.these["cause_11"]` {
		t.Errorf("folded as %q", got)
	}
}
