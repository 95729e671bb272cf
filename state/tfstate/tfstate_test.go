package tfstate_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

func at(typ, name string) graph.Address { return graph.Address{Type: typ, Name: name} }

func resources() []tfstate.Resource {
	return []tfstate.Resource{
		{Address: at("rootly_team", "sre"), ID: "t1"},
		{Address: at("rootly_schedule", "primary"), ID: "s<1", SchemaVersion: 1,
			Dependencies: []graph.Address{at("rootly_user", "z"), at("rootly_team", "sre")}},
		{Address: at("rootly_edge_connector_action", "run"), ID: "a1", Attributes: map[string]cty.Value{"edge_connector_id": cty.StringVal("e1")}},
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	got, err := tfstate.New(resources(), tfstate.Options{Provider: tfstate.TofuProvider, Engine: "1.10.0", Lineage: "L"})
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join("testdata", "new.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("state:\n%s\nwant\n%s", got, want)
	}
}

func TestExtend(t *testing.T) {
	t.Parallel()
	const present = `{
  "version": 4,
  "terraform_version": "1.11.4",
  "serial": 41,
  "lineage": "theirs",
  "outputs": {"x": {"value": 1.50, "type": "number"}},
  "resources": [
    {"module": "module.m[\"a\"]", "mode": "managed", "type": "rootly_team", "name": "any", "provider": "p", "extra": 12345678901234567890,
     "instances": [{"index_key": "k", "schema_version": 0, "attributes": {"id": "t1"}, "private": "x"}]},
    {"mode": "data", "type": "rootly_team", "name": "sre", "provider": "p", "instances": [{"schema_version": 0, "attributes": {"id": "s1"}}]}
  ],
  "check_results": null
}`
	got, added, err := tfstate.Extend([]byte(present), resources(), tfstate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := "[rootly_edge_connector_action.run rootly_schedule.primary]"; fmt.Sprint(added) != want {
		t.Errorf("added %v, want %s: the team is held by a module", added, want)
	}
	for _, kept := range []string{`"serial": 42`, `"lineage": "theirs"`, `"value": 1.50`, `12345678901234567890`, `"private": "x"`, `"index_key": "k"`, `"terraform_version": "1.11.4"`} {
		if !strings.Contains(string(got), kept) {
			t.Errorf("%s was lost:\n%s", kept, got)
		}
	}
	head, err := tfstate.ReadHead(got)
	if err != nil || head != (tfstate.Head{Lineage: "theirs", Serial: 42}) {
		t.Errorf("head %v, %v", head, err)
	}
	again, added, err := tfstate.Extend(got, resources(), tfstate.Options{})
	if err != nil || len(added) != 0 || !bytes.Equal(again, got) {
		t.Errorf("the second time: %v, %v\n%s", added, err, again)
	}
}

func TestStatesThatCannotBeExtended(t *testing.T) {
	t.Parallel()
	first, err := tfstate.New(resources(), tfstate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = tfstate.Extend(first, []tfstate.Resource{{Address: at("rootly_team", "sre"), ID: "t2"}}, tfstate.Options{})
	var conflict *tfstate.Conflict
	if !errors.As(err, &conflict) || conflict.Held != "t1" || conflict.Hint() == "" {
		t.Errorf("another object at the address: %v", err)
	}
	for name, content := range map[string]string{
		"nothing":        "",
		"version 3":      `{"version": 3, "modules": []}`,
		"no version":     `{}`,
		"unknown fields": `{"version": 4, "secret_of_the_future": 1}`,
		"encrypted":      `{"serial": 1, "lineage": "x", "meta": {}, "encrypted_data": "abc"}`,
	} {
		if _, _, err := tfstate.Extend([]byte(content), resources(), tfstate.Options{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestLineagesDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 10 {
		content, err := tfstate.New(nil, tfstate.Options{})
		if err != nil {
			t.Fatal(err)
		}
		head, err := tfstate.ReadHead(content)
		if err != nil || len(head.Lineage) != 36 || seen[head.Lineage] {
			t.Errorf("lineage %q, %v", head.Lineage, err)
		}
		seen[head.Lineage] = true
	}
}

// The engine itself lists what stands in the state.
func TestEngineReadsTheState(t *testing.T) {
	t.Parallel()
	engine, err := exec.LookPath("terraform")
	if err != nil {
		if engine, err = exec.LookPath("tofu"); err != nil {
			t.Skip("no terraform and no tofu")
		}
	}
	dir := t.TempDir()
	rs := []tfstate.Resource{resources()[0], resources()[2]}
	content, err := tfstate.New(rs, tfstate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "terraform.tfstate")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(engine, "state", "list", "-state="+path)
	command.Dir = dir
	command.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+filepath.Join(dir, "none.tfrc"))
	if err := os.WriteFile(filepath.Join(dir, "none.tfrc"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := command.CombinedOutput()
	if err != nil || string(out) != "rootly_edge_connector_action.run\nrootly_team.sre\n" {
		t.Errorf("%v: %s", err, out)
	}
}

func TestScript(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	dir := t.TempDir()
	engine := filepath.Join(dir, "engine")
	log := filepath.Join(dir, "log")
	fake := "#!/bin/sh\nif [ \"$1\" = state ]; then echo rootly_team.held; exit; fi\nprintf '<%s>' \"$@\" >> \"$LOG\"\n"
	if err := os.WriteFile(engine, []byte(fake), 0o700); err != nil {
		t.Fatal(err)
	}
	awkward := graph.ID("it's $(rm -rf /) \"x\" `y` \\")
	script := tfstate.Script([]tfstate.Resource{
		{Address: at("rootly_team", "held"), ID: "1"},
		{Address: at("rootly_team", "held_not"), ID: awkward},
		{Address: at("rootly_team", "option"), ID: "-config=/tmp"},
	})
	path := filepath.Join(dir, "import.sh")
	if err := os.WriteFile(path, script, 0o700); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(shell, path)
	command.Env = append(os.Environ(), "TF="+engine, "LOG="+log)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got, err := os.ReadFile(log)
	if want := "<import><--><rootly_team.held_not><" + string(awkward) + "><import><--><rootly_team.option><-config=/tmp>"; err != nil || string(got) != want {
		t.Errorf("ran %s, want %s (%v)", got, want, err)
	}
}
