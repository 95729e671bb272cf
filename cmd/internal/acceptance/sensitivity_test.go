package acceptance

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// Every change of a setting in Rootly shows in the plan, and nothing else does. One import serves
// for all; each plan then meets an organisation in which a share of all settings was changed.
func TestAcceptanceOfSensitivity(t *testing.T) {
	t.Parallel()
	shares := 2
	if large() {
		shares = 8
	}
	live, url := serve(t, of(0))
	dir, summary := imported(t, url, os.Environ(), "--no-verify")
	s := sensitivity{dir: dir, live: live.Snapshot(), told: told(summary), code: read(t, dir), engine: engineNames(t)[0]}
	unprotect(t, dir)
	for share := range shares {
		t.Run(fmt.Sprint(share+1, " of ", shares), func(t *testing.T) {
			s.run(t, func(i int, l leaf) bool { return i%shares == share && !l.attr.ForceNew })
		})
	}
	// What is replaced is unknown to those that refer to it, so that replacements get a plan of their own.
	t.Run("replacements", func(t *testing.T) {
		s.replacing = true
		s.run(t, func(_ int, l leaf) bool { return l.attr.ForceNew })
	})
}

type sensitivity struct {
	replacing   bool // whether only what forces a replacement is looked at
	dir, engine string
	live        []sandbox.Object
	told        map[string][]string
	code        code
}

// unprotect lets the engine plan replacements, so that it tells which attribute wants one.
func unprotect(t *testing.T, dir string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.tf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		write(t, name, strings.ReplaceAll(string(text), "prevent_destroy = true", "prevent_destroy = false"))
	}
}

// run changes the settings that are picked, and compares the plan with what was changed.
func (s sensitivity) run(t *testing.T, picked func(i int, l leaf) bool) {
	provider, err := schema.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	addresses := s.addresses()
	changed := map[string][]leaf{} // by address
	var objects []sandbox.Object
	for i, o := range s.live {
		address := addresses[[2]string{o.API, o.ID}]
		if address != "" {
			o, changed[address] = mutated(t, provider.Resources[kindOf(address)].Block, o, func(n int, l leaf) bool {
				return picked(i+n, l) && reason(untouched, kindOf(address), l.path) == ""
			})
		}
		objects = append(objects, o)
	}
	s.compare(t, changed, s.plan(t, objects))
}

func (s sensitivity) addresses() map[[2]string]string {
	found := map[[2]string]string{}
	for address, id := range s.code.imports {
		found[[2]string{catalogue.Lookup(kindOf(address)).API, plain(id)}] = address
	}
	return found
}

// mutated changes those settings of an object that are picked.
func mutated(t *testing.T, b *schema.Block, o sandbox.Object, picked func(n int, l leaf) bool) (sandbox.Object, []leaf) {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(o.Body, &doc); err != nil {
		t.Fatal(err)
	}
	attributes, _ := doc["attributes"].(map[string]any)
	var done []leaf
	for n, l := range leaves(b, attributes, "", false) {
		if picked(n, l) && l.change() {
			done = append(done, l)
		}
	}
	body, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	o.Body = body
	return o, done
}

// plan plans the code against an organisation, and returns the paths of what differs by address.
func (s sensitivity) plan(t *testing.T, objects []sandbox.Object) map[string]*seen {
	t.Helper()
	_, url := serve(t, sandbox.Options{Objects: objects, ReadOnly: true})
	served, err := standin.Serve(t.Context(), standin.Options{URL: url, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	defer served.Close()
	engine, err := engines.Find(t.Context(), engines.Options{Engine: s.engine})
	if err != nil {
		t.Fatal(err)
	}
	result, err := engines.Plan(t.Context(), engines.Job{
		Engine: engine, Dir: s.dir, API: engines.API{URL: url, Token: token}, Attached: engines.Attached{Reattach: served.Reattach, StandIn: served.Name}, TempDir: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	var expect verify.Expect
	for address, id := range s.code.imports {
		expect.Listed = append(expect.Listed, verify.Object{Type: kindOf(address), ID: id, Address: address})
	}
	verdict := verify.Judge(&result.Plan, expect)
	for _, e := range verdict.Errors {
		t.Errorf("the plan failed: %s", e)
	}
	found := map[string]*seen{}
	for _, d := range verdict.Differences {
		at := found[d.Address]
		if at == nil {
			at = &seen{}
			found[d.Address] = at
		}
		at.paths = append(at.paths, names(d.Attribute()))
		if d.Forces {
			at.forcing = append(at.forcing, names(d.Attribute()))
		}
	}
	return found
}

// seen is what the plan of a resource shows.
type seen struct {
	paths   []string
	forcing []string // those that want the resource replaced; everything that Rootly decides is then open
}

// compare holds every change to being seen, and everything seen to having been changed.
func (s sensitivity) compare(t *testing.T, changed map[string][]leaf, plan map[string]*seen) {
	t.Helper()
	total, visible := 0, 0
	missed := finds{}
	for address, done := range changed {
		at := cmp.Or(plan[address], &seen{})
		for _, l := range done {
			total++
			if slices.ContainsFunc(at.paths, l.covers) {
				visible++
			} else if !s.excused(address, l) {
				missed.add(address, l.path, l.value)
			}
		}
	}
	surprising := finds{}
	for address, at := range plan {
		suspects := at.paths
		if s.replacing {
			suspects = at.forcing
		}
		for _, path := range suspects {
			known := slices.ContainsFunc(changed[address], func(l leaf) bool { return l.covers(path) })
			if !known && reason(consequences, kindOf(address), path) == "" {
				surprising.add(address, path, nil)
			}
		}
	}
	t.Logf("%d settings of %d objects changed, %d seen", total, len(changed), visible)
	missed.tell(t, "changed and nothing showed")
	surprising.tell(t, "differs where nothing was changed")
}

func (l leaf) covers(path string) bool { return within(path, l.path) }

// excused reports whether nobody can expect a change of the setting to show.
func (s sensitivity) excused(address string, l leaf) bool {
	kind := kindOf(address)
	said := slices.Concat(s.told[address], s.told[kind+" "+plain(s.code.imports[address])])
	return slices.ContainsFunc(said, l.covers) || l.kept && l.blank || reasonUnseen(kind, l.path) != ""
}

// finds are places by type and path.
type finds map[string][]string

func (f finds) add(address, path string, value any) {
	key := kindOf(address) + "." + path
	f[key] = append(f[key], fmt.Sprintf("%s, where it was %v", address, value))
}

func (f finds) tell(t *testing.T, what string) {
	t.Helper()
	for _, path := range slices.Sorted(maps.Keys(f)) {
		t.Errorf("%s: %s in %d objects, such as %.200s", path, what, len(f[path]), slices.Min(f[path]))
	}
}

// reason looks into a table. All tasks may share a row.
func reason(table map[string]string, kind, path string) string {
	if strings.HasPrefix(kind, "rootly_workflow_task_") && table["rootly_workflow_task_*."+path] != "" {
		return table["rootly_workflow_task_*."+path]
	}
	return table[kind+"."+path]
}

// reasonUnseen says why the provider cannot see a setting: from the table, or from what the
// catalogue says of attributes that are never written or read.
func reasonUnseen(kind, path string) string {
	if why := reason(unseen, kind, path); why != "" {
		return why
	}
	row := catalogue.Lookup(kind)
	if why := row.Omit[path]; why != "" {
		return why
	}
	switch {
	case row.Follows[path] != "":
		return "follows " + row.Follows[path]
	case row.Shown == path:
		return "is left out, since moving another object changes it"
	case isAbsent(kind, path):
		return "is left out, since Rootly sets it by itself"
	}
	first, _, _ := strings.Cut(path, ".")
	if row.Read[first] == catalogue.ReadNever {
		return "the provider never reads it"
	}
	return ""
}

// isAbsent reports whether code leaves an attribute to Rootly, which Terraform then does not watch.
func isAbsent(kind, path string) bool {
	s, err := schema.Snapshot()
	if err != nil {
		return false
	}
	a := s.Resources[kind].Block.Find(path)
	return a != nil && a.Absent != cty.NilVal
}
