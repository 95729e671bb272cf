package catalogue_test

import (
	"maps"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

func snapshot(t *testing.T) *schema.Provider {
	t.Helper()
	p, err := schema.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestWalk holds every row against the schema: one fact, one place, and no dangling name.
func TestWalk(t *testing.T) {
	t.Parallel()
	types := catalogue.Types()
	if !sort.SliceIsSorted(types, func(i, j int) bool { return types[i].Name < types[j].Name }) {
		t.Error("the table is not sorted by name")
	}
	p := snapshot(t)
	seen := map[string]bool{}
	for _, row := range types {
		if seen[row.Name] {
			t.Errorf("%s: two rows", row.Name)
		}
		seen[row.Name] = true
		s := p.Resources[row.Name]
		if s == nil {
			t.Errorf("%s: not in the schema", row.Name)
			continue
		}
		checkRow(t, row, s.Block)
	}
	for name := range p.Resources {
		if !seen[name] {
			t.Errorf("%s: in the schema, but without a row", name)
		}
	}
}

func checkRow(t *testing.T, row *catalogue.Type, b *schema.Block) {
	t.Helper()
	if len(row.Paths) == 0 || row.Get == "" || row.API == "" || row.Group == "" {
		t.Errorf("%s: a required field is empty", row.Name)
	}
	for _, path := range row.Paths {
		if !strings.HasPrefix(path, "/v1/") {
			t.Errorf("%s: path %q", row.Name, path)
		}
	}
	if row.ParentAttr != "" && !b.Has(row.ParentAttr) {
		t.Errorf("%s: parent attribute %q is not in the schema", row.Name, row.ParentAttr)
	}
	if row.Include != "" && len(row.Relations) == 0 {
		t.Errorf("%s: include without relations", row.Name)
	}
	for _, parent := range row.Parents {
		if catalogue.Lookup(parent) == nil {
			t.Errorf("%s: parent %q has no row", row.Name, parent)
		}
	}
	for path, why := range row.Omit {
		if !b.Has(path) || why == "" {
			t.Errorf("%s: omit %q (%q)", row.Name, path, why)
		}
	}
	for path := range row.Read {
		if !b.Has(path) {
			t.Errorf("%s: read rule for %q, which is not in the schema", row.Name, path)
		}
	}
	for _, path := range row.Picked {
		if b.FindNested(path) == nil {
			t.Errorf("%s: picked block %q is not in the schema", row.Name, path)
		}
	}
	for _, rule := range row.Refs {
		checkRule(t, row, rule, b)
	}
	checkSecrets(t, row, b)
	checkIrregular(t, row, b)
}

// checkIrregular holds that what a row says about its irregularities names something that exists.
func checkIrregular(t *testing.T, row *catalogue.Type, b *schema.Block) {
	t.Helper()
	paths := slices.Concat(slices.Collect(maps.Keys(row.From)), row.ReadIfInState, row.Withheld)
	for path, source := range row.Follows {
		paths = append(paths, path, source)
	}
	for list := range row.Sorted {
		paths = append(paths, list)
	}
	for path, other := range row.Yields {
		paths = append(paths, path, other)
	}
	for _, path := range append(paths, row.Members, row.AlertConditions, row.Below, row.RankBy, row.Shown) {
		if path != "" && !b.Has(path) {
			t.Errorf("%s: %q is not in the schema", row.Name, path)
		}
	}
	for _, name := range []string{row.Predecessor, row.Duplicates, sibling(row)} {
		if name != "" && catalogue.Lookup(name) == nil {
			t.Errorf("%s: %q has no row", row.Name, name)
		}
	}
	if a := b.Attribute(row.Shown); a != nil && a.Mode != schema.OptionalComputed {
		t.Errorf("%s: %q cannot be left out", row.Name, row.Shown)
	}
	if a := b.Attribute(row.RankBy); a != nil && a.Order == nil {
		t.Errorf("%s: the values of %q have no order", row.Name, row.RankBy)
	}
	if (row.Kind == "") != (row.KindPath == "") {
		t.Errorf("%s: kind %q at %q", row.Name, row.Kind, row.KindPath)
	}
	if row.BuiltIn != nil && (row.BuiltIn.Reason == "" || (row.BuiltIn.Attr == "") != (row.BuiltIn.Custom == "")) {
		t.Errorf("%s: %+v", row.Name, *row.BuiltIn)
	}
	for _, c := range row.Constraints {
		compares := c.Check == catalogue.Within || c.Check == catalogue.AnyTrue || c.Check == catalogue.OneOf
		if c.Path == "" || c.Reason == "" || compares != (c.Other != "") {
			t.Errorf("%s: constraint %+v", row.Name, c)
		}
	}
}

func sibling(row *catalogue.Type) string {
	if row.Strays == nil {
		return ""
	}
	return row.Strays.Sibling
}

// checkSecrets holds that the declared paths exist and that what the schema marks is declared.
func checkSecrets(t *testing.T, row *catalogue.Type, b *schema.Block) {
	t.Helper()
	for _, path := range append(append([]string{}, row.Secret...), row.Suspect...) {
		if !b.Has(path) {
			t.Errorf("%s: secret at %q, which is not in the schema", row.Name, path)
		}
	}
	for _, path := range row.Suspect {
		if slices.Contains(row.Secret, path) {
			t.Errorf("%s: %q is both secret and suspect", row.Name, path)
		}
	}
	for _, path := range sensitive(b, "") {
		if !slices.Contains(row.Secret, path) {
			t.Errorf("%s: the schema marks %q, the row does not", row.Name, path)
		}
	}
}

// sensitive lists the paths that the schema marks.
func sensitive(b *schema.Block, above string) []string {
	var all []string
	for _, a := range b.Attributes {
		if a.Sensitive {
			all = append(all, above+a.Name)
		}
	}
	for _, n := range b.Blocks {
		all = append(all, sensitive(n.Block, above+n.Name+".")...)
	}
	return all
}

func checkRule(t *testing.T, row *catalogue.Type, r graph.Rule, b *schema.Block) {
	t.Helper()
	if !b.Has(r.Path) {
		t.Errorf("%s: reference at %q, which is not in the schema", row.Name, r.Path)
	}
	meanings := 0
	for _, has := range []bool{len(r.To) > 0, r.By != "", r.Any, r.Not != ""} {
		if has {
			meanings++
		}
	}
	if meanings != 1 {
		t.Errorf("%s: reference at %q has %d meanings, want one", row.Name, r.Path, meanings)
	}
	if r.By != "" && (!b.Has(r.By) || len(r.Kinds) == 0) {
		t.Errorf("%s: reference at %q depends on %q, which is not in the schema", row.Name, r.Path, r.By)
	}
	if a := b.Find(r.By); a != nil && a.HasDefault() && a.Type == cty.String && r.Kinds[""] != r.Kinds[a.Default.AsString()] {
		t.Errorf("%s: reference at %q means %q where %q has its default", row.Name, r.Path, r.Kinds[""], r.By)
	}
	targets := append([]string{}, r.To...)
	for _, target := range r.Kinds {
		targets = append(targets, target)
	}
	for _, target := range targets {
		if target != graph.UserType && catalogue.Lookup(target) == nil {
			t.Errorf("%s: reference at %q to %q, which has no row", row.Name, r.Path, target)
		}
	}
}

// An owner is a list of ids of teams, which the row declares as such.
func TestOwnersAreTeams(t *testing.T) {
	t.Parallel()
	provider, err := schema.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	owned := 0
	for _, row := range catalogue.Types() {
		if row.Owner == "" {
			continue
		}
		owned++
		a := provider.Resources[row.Name].Block.Attribute(row.Owner)
		if a == nil || !a.Type.Equals(cty.List(cty.String)) {
			t.Errorf("%s: owner %q is no list of ids in the schema", row.Name, row.Owner)
		}
		declared := slices.ContainsFunc(row.Refs, func(r graph.Rule) bool {
			return r.Path == row.Owner && slices.Equal(r.To, []string{"rootly_team"})
		})
		if !declared || !row.TopLevel() {
			t.Errorf("%s: owner %q is not declared as a reference to teams, or the type has a parent that decides", row.Name, row.Owner)
		}
	}
	if owned != 14 {
		t.Errorf("%d types have owners, want 14", owned)
	}
}

func TestReferencesAreAllDeclared(t *testing.T) {
	t.Parallel()
	n := 0
	for _, row := range catalogue.Types() {
		n += len(row.Refs)
	}
	// The count of paths that the provider's documents and the API declare as ids.
	if n != 488 {
		t.Errorf("the table declares %d reference paths, want 488", n)
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	task := catalogue.Lookup("rootly_workflow_task_send_email")
	if got := task.CollectionPath(0, "w1"); got != "/v1/workflows/w1/workflow_tasks" {
		t.Errorf("collection path %q", got)
	}
	action := catalogue.Lookup("rootly_edge_connector_action")
	if got := action.GetPath("a1", "c1"); got != "/v1/edge_connectors/c1/actions/a1" {
		t.Errorf("get path %q", got)
	}
	if catalogue.Lookup("rootly_team").Group != "teams" || catalogue.Lookup("rootly_severity").Group != "severities" {
		t.Error("groups are not plural")
	}
}
