package sandbox_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

func named(t *testing.T, r resource, relation string) []string {
	t.Helper()
	var ids []struct{ ID, Type string }
	if err := json.Unmarshal(r.Relationships[relation].Data, &ids); err != nil {
		t.Fatalf("%s of %s: %v", relation, r.ID, err)
	}
	out := []string{}
	for _, id := range ids {
		out = append(out, id.Type+" "+id.ID)
	}
	return out
}

func included(a answer) []string {
	out := []string{}
	for _, r := range a.Included {
		out = append(out, r.Type+" "+r.ID)
	}
	return out
}

func TestEveryIncludeOfTheCatalogueBringsTheChildrenAlong(t *testing.T) {
	t.Parallel()
	made := everyType()
	_, c := start(t, sandbox.Options{Objects: values(made)})
	tried := 0
	for _, ty := range catalogue.Types() {
		if ty.Include == "" {
			continue
		}
		tried++
		list, parentOf := ty.ParentPath, ""
		if len(ty.Parents) > 0 {
			owner := catalogue.Lookup(ty.Parents[0])
			list, parentOf = owner.Paths[0], made[owner.API].Parent
		}
		a := c.ok(strings.ReplaceAll(list, "{parent}", parentOf) + "?include=" + ty.Include)
		want := []string{ty.API + " id-" + ty.API}
		if got := included(a); !cmp.Equal(got, want) {
			t.Errorf("%s: included %v", ty.Name, got)
		}
		if got := named(t, a.list(t)[0], ty.Include); !cmp.Equal(got, want) {
			t.Errorf("%s: named %v", ty.Name, got)
		}
		if string(encodeAttributes(t, a.Included[0])) != string(encodeAttributes(t, resourceOf(t, made[ty.API]))) {
			t.Errorf("%s: included object differs", ty.Name)
		}
	}
	if tried < 10 {
		t.Errorf("only %d types have an include", tried)
	}
}

func resourceOf(t *testing.T, o sandbox.Object) resource {
	t.Helper()
	var r resource
	if err := json.Unmarshal(o.Body, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func encodeAttributes(t *testing.T, r resource) []byte {
	t.Helper()
	b, err := json.Marshal(r.Attributes)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func workflows() []sandbox.Object {
	return []sandbox.Object{
		object("workflows", "w1", "", `{"name":"A"}`),
		object("workflows", "w2", "", `{"name":"B <b> & c"}`),
		object("workflow_tasks", "t1", "w1", `{"position":1}`),
		object("workflow_tasks", "t2", "w1", `{"position":2}`),
		object("workflow_tasks", "t3", "w1", `{"position":3}`),
		object("workflow_form_field_conditions", "c1", "w1", `{}`),
	}
}

func TestSeveralIncludesAtOnce(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: workflows()})
	a := c.ok("/v1/workflows?include=" + url.QueryEscape("genius_tasks,form_field_conditions,nonsense"))
	want := []string{"workflow_tasks t1", "workflow_tasks t2", "workflow_tasks t3", "workflow_form_field_conditions c1"}
	if got := included(a); !cmp.Equal(got, want) {
		t.Errorf("included %v", got)
	}
	list := a.list(t)
	if got := named(t, list[0], "genius_tasks"); !cmp.Equal(got, want[:3]) {
		t.Errorf("named %v", got)
	}
	if got := named(t, list[1], "genius_tasks"); len(got) != 0 {
		t.Errorf("a workflow without tasks names %v", got)
	}
	if _, ok := list[0].Relationships["nonsense"]; ok {
		t.Error("an unknown include is named")
	}
	if got := string(list[1].Attributes["name"]); got != `"B <b> & c"` {
		t.Errorf("escaped: %s", got)
	}
	if !strings.Contains(a.Links.Self, "include=genius_tasks") {
		t.Errorf("the next pages would lose the include: %s", a.Links.Self)
	}
}

func TestIncludesCanBeLessThanDocumented(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		how             sandbox.Includes
		named, included int
	}{
		{sandbox.IncludesWhole, 3, 3},
		{sandbox.IncludesNamed, 3, 0},
		{sandbox.IncludesPartly, 3, 2},
	} {
		_, c := start(t, sandbox.Options{Objects: workflows(), Includes: test.how})
		a := c.ok("/v1/workflows?include=genius_tasks")
		if got := len(named(t, a.list(t)[0], "genius_tasks")); got != test.named {
			t.Errorf("%d: %d named", test.how, got)
		}
		if len(a.Included) != test.included {
			t.Errorf("%d: %d included", test.how, len(a.Included))
		}
	}
	_, c := start(t, sandbox.Options{Objects: workflows(), Includes: sandbox.IncludesIgnored})
	a := c.ok("/v1/workflows?include=genius_tasks")
	if len(a.list(t)[0].Relationships) != 0 || a.Included != nil {
		t.Errorf("ignored include: %s", a.raw)
	}
}

func TestUndocumentedIncludesAreIgnored(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: workflows()})
	if a := c.ok("/v1/workflows?include=options"); len(a.Included) != 0 {
		t.Errorf("included %v", included(a))
	}
}

func TestRotationsNameTheirMembers(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{ReadOnly: true, Objects: []sandbox.Object{
		object("schedules", "s", "", `{}`),
		object("schedule_rotations", "r", "s", `{"name":"R"}`),
		object("schedule_rotation_members", "m", "r", `{"member_type":"User","member_id":"7","position":1}`),
	}})
	for _, path := range []string{"/v1/schedule_rotations/r", "/v1/schedules/s/schedule_rotations"} {
		a := c.ok(path + "?include=schedule_rotation_members")
		if got := included(a); !cmp.Equal(got, []string{"schedule_rotation_members m"}) {
			t.Errorf("%s: included %v", path, got)
		}
		if !strings.Contains(string(a.Data), `"schedule_rotation_members":{"data":[{"id":"m","type":"schedule_rotation_members"}]}`) {
			t.Errorf("%s: %s", path, a.Data)
		}
	}
}

// A replay holds what a list answered, so relationships may stand in the stored object alone.
func TestStoredRelationshipsAreFollowed(t *testing.T) {
	t.Parallel()
	user := object("users", "7", "", `{"email":"a@example.com"}`)
	user.Body = json.RawMessage(`{"id":"7","type":"users","attributes":{},"relationships":{"on_call_role":{"data":{"id":"o","type":"on_call_roles"}}}}`)
	rotation := object("schedule_rotations", "r", "s", `{}`)
	rotation.Body = json.RawMessage(`{"id":"r","type":"schedule_rotations","attributes":{},"relationships":{"schedule_rotation_members":{"data":[{"id":"m","type":"schedule_rotation_members"},{"id":"gone","type":"schedule_rotation_members"}]}}}`)
	_, c := start(t, sandbox.Options{ReadOnly: true, Objects: []sandbox.Object{user, rotation,
		object("on_call_roles", "o", "", `{}`), object("schedule_rotation_members", "m", "", `{}`)}})
	if got := included(c.ok("/v1/users/7?include=on_call_role")); !cmp.Equal(got, []string{"on_call_roles o"}) {
		t.Errorf("role: %v", got)
	}
	a := c.ok("/v1/schedule_rotations/r?include=schedule_rotation_members")
	if got := named(t, a.one(t), "schedule_rotation_members"); !cmp.Equal(got, []string{"schedule_rotation_members m"}) {
		t.Errorf("members: %v", got)
	}
}

func TestListsOfIdsAreIncludedAsDocumented(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: []sandbox.Object{
		object("playbooks", "p", "", `{"severity_ids":["v2","v1","gone"]}`),
		object("severities", "v1", "", `{}`), object("severities", "v2", "", `{}`),
	}})
	if got := included(c.ok("/v1/playbooks?include=severities")); !cmp.Equal(got, []string{"severities v2", "severities v1"}) {
		t.Errorf("included %v", got)
	}
}
