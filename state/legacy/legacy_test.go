package legacy_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/legacy"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// v3 is a state of version 3 with these entries in its root module.
func v3(entries ...string) []byte {
	return []byte(`{"version": 3, "serial": 6, "lineage": "old", "modules": [{"path": ["root"], "outputs": {"x": {}}, "resources": {` +
		strings.Join(entries, ",") + `}}]}`)
}

func entry(address, id, name string) string {
	typ, _, _ := strings.Cut(address, ".")
	return fmt.Sprintf(`%q: {"type": %q, "primary": {"id": %q, "attributes": {"id": %q, "name": %q, "secret": "hunter2"}}, "provider": "provider.rootly"}`,
		address, typ, id, id, name)
}

// today knows teams, and post mortem templates by their name of today.
func today(resourceType string) (int, bool) {
	return len(resourceType) % 2, resourceType == "rootly_team" || resourceType == "rootly_post_mortem_template"
}

func read(t *testing.T, content []byte) *legacy.State {
	t.Helper()
	s, err := legacy.Read("old.tfstate", content)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestMerge(t *testing.T) {
	t.Parallel()
	a := read(t, v3(entry("rootly_team.sre", "t1", "SRE"), entry("rootly_postmortem_template.tfer--p", "p1", ""), entry("rootly_gone.x", "g1", "")))
	b := read(t, v3(entry("rootly_team.sre", "t2", "Other SRE"), entry("rootly_team.again", "t1", "SRE")))
	m := legacy.Merge([]*legacy.State{a, b}, legacy.Options{Today: today})

	var got []string
	for _, r := range m.Resources {
		got = append(got, fmt.Sprintf("%s=%s/%d", r.Address, r.ID, r.SchemaVersion))
		if len(r.Attributes) > 0 {
			t.Errorf("%s takes attributes over: %v", r.Address, r.Attributes)
		}
	}
	if want := "rootly_post_mortem_template.tfer--p=p1/1 rootly_team.sre=t1/1 rootly_team.sre_2=t2/1"; strings.Join(got, " ") != want {
		t.Errorf("resources %s, want %s", got, want)
	}
	if len(m.Renamed) != 2 || m.Renamed[0].From.Type != "rootly_postmortem_template" || m.Renamed[1].To.Name != "sre_2" {
		t.Errorf("renamed %v", m.Renamed)
	}
	if want := "[{rootly_gone.x g1 the current provider has no such type} {rootly_team.again t1 the same object as rootly_team.sre}]"; fmt.Sprint(m.Left) != want {
		t.Errorf("left %v, want %s", m.Left, want)
	}
	if m.Outputs != 2 || len(m.Moved) != 0 {
		t.Errorf("%d outputs, moved %v", m.Outputs, m.Moved)
	}
}

func TestReadableAddresses(t *testing.T) {
	t.Parallel()
	for label, want := range map[string]string{
		"tfer--foo-0020-bar":                         "from_name",
		"tfer--0d9b8a3c-1111-4222-8333-444455556666": "from_name",
		"already_fine":                               "",
		"payments-api":                               "from_name",
	} {
		s := read(t, v3(entry("rootly_team."+label, "t1", "From name")))
		m := legacy.Merge([]*legacy.State{s}, legacy.Options{Today: today, Readable: true})
		got := ""
		for _, move := range m.Moved {
			if move.From.Name != label {
				t.Errorf("%s is moved from %s", label, move.From)
			}
			got = move.To.Name
		}
		if got != want {
			t.Errorf("%s becomes %q, want %q", label, got, want)
		}
	}
	s := read(t, v3(entry("rootly_team.tfer--foo-0020-bar", "t1", ""), entry("rootly_team.foo-20-bar", "t2", ""), entry("rootly_team.foo_bar", "t3", "")))
	m := legacy.Merge([]*legacy.State{s}, legacy.Options{Today: today, Readable: true})
	taken := map[graph.Address]bool{{Type: "rootly_team", Name: "foo_bar"}: true}
	for _, move := range m.Moved {
		if taken[move.To] {
			t.Errorf("%s is taken", move.To)
		}
		taken[move.To] = true
	}
	blocks := legacy.Blocks(m.Moved)
	back, err := legacy.ReadBlocks("moved.tf", blocks)
	if err != nil || fmt.Sprint(back) != fmt.Sprint(m.Moved) || len(back) != 2 {
		t.Errorf("blocks %s\nread back: %v, %v", blocks, back, err)
	}
}

// Engines from 0.12 on rewrote old states into version 4, with the provider where it was looked for then.
func TestStatesThatOldEnginesTouched(t *testing.T) {
	t.Parallel()
	const form = `{"version": 4, "serial": 3, "lineage": "l", "outputs": {}, "resources": [
	  {"mode": "managed", "type": "rootly_team", "name": "sre", "provider": %q, "instances": [{"schema_version": 0, "attributes_flat": {"id": "t1", "name": "x"}}]},
	  {"mode": "managed", "type": "rootly_team", "name": "each", "provider": %q, "instances": [{"index_key": "a", "schema_version": 0, "attributes": {"id": "t2"}}]}]}`
	for provider, old := range map[string]bool{
		"provider.rootly": true, `provider["registry.terraform.io/-/rootly"]`: true, `provider["registry.terraform.io/hashicorp/rootly"]`: true,
		`provider["registry.terraform.io/rootlyhq/rootly"]`: false, `provider["registry.opentofu.org/rootlyhq/rootly"].eu`: false,
	} {
		s := read(t, fmt.Appendf(nil, form, provider, provider))
		if s.Old() != old || len(s.Objects) != 1 || s.Objects[0].ID != "t1" || len(s.Left) != 1 {
			t.Errorf("%s: old %t, objects %v, left %v", provider, s.Old(), s.Objects, s.Left)
		}
	}
}

func TestNoStates(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"empty": "", "text": "hello", "no version": "{}", "list": "[]", "newer": `{"version": 5}`, "older": `{"version": 2}`,
		"encrypted": `{"serial": 1, "encrypted_data": "x"}`, "damaged": `{"version": 3, "modules": 7}`, "damaged 4": `{"version": 4, "resources": 7}`,
	} {
		_, err := legacy.Read("f", []byte(content))
		var unreadable *tfstate.Unreadable
		if !errors.As(err, &unreadable) || unreadable.Hint() == "" || !strings.HasPrefix(err.Error(), "f: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMergeKnowsAnObjectByItsSlug(t *testing.T) {
	t.Parallel()
	const id = "46f4415c-35eb-44cd-88df-0370767c058d"
	bySlug := read(t, v3(entry("rootly_team.by_slug", "sre", "SRE")))
	byID := read(t, v3(fmt.Sprintf(`"rootly_team.by_id": {"type": "rootly_team", "primary": {"id": %q, "attributes": {"id": %q, "slug": "sre"}}}`, id, id)))
	m := legacy.Merge([]*legacy.State{bySlug, byID}, legacy.Options{Today: today})
	if len(m.Resources) != 1 || m.Resources[0].ID != id || len(m.Left) != 1 {
		t.Errorf("resources %+v, left %v", m.Resources, m.Left)
	}
}
