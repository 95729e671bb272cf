package rewrite_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/state/drift/rewrite"
)

var update = flag.Bool("update", false, "rewrite expected outputs")

func texts(list ...string) cty.Value {
	var values []cty.Value
	for _, s := range list {
		values = append(values, cty.StringVal(s))
	}
	return cty.TupleVal(values)
}

func channel(id, name string) cty.Value {
	return cty.ObjectVal(map[string]cty.Value{"id": cty.StringVal(id), "name": cty.StringVal(name)})
}

// Hand-written code changes where it must, and nowhere else.
func TestFiles(t *testing.T) {
	t.Parallel()
	before, err := os.ReadFile(filepath.Join("testdata", "before.tf"))
	if err != nil {
		t.Fatal(err)
	}
	at := cty.GetAttrPath
	plain := cty.ObjectVal(map[string]cty.Value{
		"description": cty.StringVal(`new "${quoted}"`), "color": cty.StringVal("#333333"), "show_uptime": cty.NullVal(cty.Bool),
		"notify_emails": texts("c@example.com"), "public_description": cty.StringVal("added"),
	})
	computed := cty.ObjectVal(map[string]cty.Value{
		"name": cty.StringVal("n"), "description": cty.StringVal("d"), "color": cty.StringVal("c"),
		"slack_channels": cty.TupleVal([]cty.Value{channel("C9", "one"), channel("C2", "live"), channel("C3", "three")}),
		"service_ids":    texts("7"), "notify_emails": texts("z@example.com"),
	})
	flush := cty.ObjectVal(map[string]cty.Value{"description": cty.StringVal("Another line\n  indented ${not}\n\nThe end\n")})
	here := cty.ObjectVal(map[string]cty.Value{"description": cty.StringVal("no newline")})
	chomped := cty.ObjectVal(map[string]cty.Value{"description": cty.StringVal("Other\n${x}")})
	const service = "rootly_service"
	cases := []struct {
		edit   rewrite.Edit
		path   string // where it differs from the edit's
		reason string
	}{
		{rewrite.Edit{Type: service, Name: "plain", Path: at("description"), Live: plain}, "description", ""},
		{rewrite.Edit{Type: service, Name: "plain", Path: at("color"), Live: plain}, "color", ""},
		{rewrite.Edit{Type: service, Name: "plain", Path: at("show_uptime"), Live: plain}, "show_uptime", ""},
		{rewrite.Edit{Type: service, Name: "plain", Path: at("notify_emails").IndexInt(0), Live: plain}, "notify_emails", ""},
		{rewrite.Edit{Type: service, Name: "plain", Path: at("public_description"), Live: plain}, "public_description", ""},
		{rewrite.Edit{Type: service, Name: "expressions", Path: at("name"), Live: computed}, "name", "an expression computes it"},
		{rewrite.Edit{Type: service, Name: "expressions", Path: at("description"), Live: computed}, "description", "an expression computes it"},
		{rewrite.Edit{Type: service, Name: "expressions", Path: at("color"), Live: computed}, "color", "an expression computes it"},
		{rewrite.Edit{Type: service, Name: "expressions", Path: at("slack_channels").IndexInt(0).GetAttr("id"), Live: computed}, "slack_channels[0].id", ""},
		{rewrite.Edit{Type: service, Name: "expressions", Path: at("slack_channels").IndexInt(1).GetAttr("name"), Live: computed}, "slack_channels[1].name", "an expression computes it"},
		{rewrite.Edit{Type: service, Name: "expressions", Path: at("slack_channels").IndexInt(2).GetAttr("name"), Live: computed}, "slack_channels[2]", "a whole block was added outside of code"},
		{rewrite.Edit{Type: service, Name: "expressions", Path: at("slack_channels"), Live: computed}, "slack_channels", "whole blocks were added or removed outside of code"},
		{rewrite.Edit{Type: service, Name: "expressions", Path: at("service_ids").IndexInt(0), Live: computed}, "service_ids", "an expression computes it"},
		{rewrite.Edit{Type: service, Name: "expressions", Path: at("notify_emails").IndexInt(0), Live: computed}, "notify_emails", "there are comments inside the value"},
		{rewrite.Edit{Type: "rootly_team", Name: "flush", Path: at("description"), Live: flush}, "description", ""},
		{rewrite.Edit{Type: "rootly_team", Name: "plain_heredoc", Path: at("description"), Live: here}, "description", ""},
		{rewrite.Edit{Type: "rootly_cause", Name: "chomped", Path: at("description"), Live: chomped}, "description", ""},
		{rewrite.Edit{Type: "rootly_cause", Name: "many", Path: at("name"), Live: here}, "name", "one block with for_each makes several objects"},
		{rewrite.Edit{Type: "rootly_cause", Name: "elsewhere", Path: at("name"), Live: here}, "name", "its block is not in this directory"},
	}
	var edits []rewrite.Edit
	for _, c := range cases {
		c.edit.Secret = nothing
		edits = append(edits, c.edit)
	}
	r, err := rewrite.Files(map[string][]byte{"main.tf": before, "other.tf": []byte("locals {}\n")}, edits)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Deeds) != len(cases) {
		t.Fatalf("%d deeds for %d edits", len(r.Deeds), len(cases))
	}
	for i, c := range cases {
		if got := r.Deeds[i]; got.Path != c.path || got.Reason != c.reason {
			t.Errorf("%s.%s: %s %q, want %s %q", c.edit.Type, c.edit.Name, got.Path, got.Reason, c.path, c.reason)
		}
	}
	golden := filepath.Join("testdata", "after.tf")
	if *update {
		if err := os.WriteFile(golden, r.Files["main.tf"], 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Files["main.tf"]; string(got) != string(want) || len(r.Files) != 1 {
		t.Errorf("%d files changed; main.tf:\n%s", len(r.Files), got)
	}
}

func TestBrokenCodeIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := rewrite.Files(map[string][]byte{"main.tf": []byte("resource {")}, nil); err == nil {
		t.Error("code that cannot be read was taken")
	}
}

func nothing(cty.Path) bool { return false }

// A secret goes to the file for secrets where its variable is its own, and never into code.
func TestSecrets(t *testing.T) {
	t.Parallel()
	code := `variable "own" {}
resource "rootly_status_page" "a" {
  authentication_password = var.own
  saml                    = "old literal"
  shared                  = var.shared
  also                    = var.shared
  headers = {
    "X-Plain" = "one"
    "X-Token" = var.header
  }
  list = [var.listed]
  block {
    value = var.nested
  }
  redacted = var.redacted
  joined   = "Bearer ${var.joined}"
}
`
	values := "# by hand\nown = \"old\"\nshared = \"old\"\nheader = \"old\"\nlisted = \"old\"\nnested = \"old\"\nredacted = \"old\"\njoined = \"old\"\n"
	live := cty.ObjectVal(map[string]cty.Value{
		"authentication_password": cty.StringVal("live ${1}"), "saml": cty.StringVal("live"), "shared": cty.StringVal("live"), "missing": cty.StringVal("live"),
		"headers": cty.ObjectVal(map[string]cty.Value{"X-Plain": cty.StringVal("two"), "X-Token": cty.StringVal("live header")}),
		"list":    texts("live listed"), "redacted": cty.StringVal("[REDACTED]"), "joined": cty.StringVal("Bearer live"),
		"block": cty.TupleVal([]cty.Value{cty.ObjectVal(map[string]cty.Value{"value": cty.StringVal("live nested")})}),
	})
	at := cty.GetAttrPath
	const whole = "secrets are not written into code; use a variable with its value in secrets.auto.tfvars"
	cases := []struct {
		path   cty.Path
		reason string
	}{
		{at("authentication_password"), ""},
		{at("saml"), whole},
		{at("shared"), "var.shared has a secret that other code uses too"},
		{at("missing"), whole},
		{at("headers").GetAttr("X-Token"), ""},
		{at("list").IndexInt(0), ""},
		{at("block").IndexInt(0).GetAttr("value"), ""},
		{at("redacted"), "Rootly does not show the live value of the secret"},
		{at("joined"), whole},
		{at("headers").GetAttr("X-Plain"), "the value contains a secret, which is not written into code"},
	}
	var edits []rewrite.Edit
	for _, c := range cases {
		plain := c.path.Equals(at("headers").GetAttr("X-Plain"))
		edits = append(edits, rewrite.Edit{Type: "rootly_status_page", Name: "a", Path: c.path, Live: live, Secret: func(p cty.Path) bool {
			return !plain || !p.Equals(c.path)
		}})
	}
	r, err := rewrite.Files(map[string][]byte{"main.tf": []byte(code), "secrets.auto.tfvars": []byte(values)}, edits)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		if got := r.Deeds[i]; got.Reason != c.reason {
			t.Errorf("%s: %q, want %q", got.Path, got.Reason, c.reason)
		}
	}
	want := "# by hand\nown = \"live $${1}\"\nshared = \"old\"\nheader = \"live header\"\nlisted = \"live listed\"\nnested = \"live nested\"\nredacted = \"old\"\njoined = \"old\"\n"
	if got := string(r.Files["secrets.auto.tfvars"]); got != want || len(r.Files) != 1 {
		t.Errorf("%d files, values:\n%s", len(r.Files), got)
	}
	none, err := rewrite.Files(map[string][]byte{"main.tf": []byte(code)}, edits[:1])
	if err != nil || len(none.Files) != 0 || none.Deeds[0].Reason != whole {
		t.Errorf("without a file of values: %+v, %v", none, err)
	}
}
