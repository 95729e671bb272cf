package standin_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

const header = `
terraform {
  required_providers {
    rootly = { source = "rootlyhq/rootly" }
  }
}
`

// engines are the programs that can use the stand-in here.
func engines(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			found = append(found, path)
		}
	}
	if len(found) == 0 {
		t.Skip("neither terraform nor tofu is on the PATH")
	}
	return found
}

// workspace initialises a directory with a configuration.
func workspace(t *testing.T, engine string, served *standin.Served, config string) *tfexec.Terraform {
	t.Helper()
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "main.tf"), []byte(header+config), 0o600))
	tf, err := tfexec.NewTerraform(dir, engine)
	must(t, err)
	must(t, tf.SetEnv(map[string]string{"HOME": dir, "CHECKPOINT_DISABLE": "1", "PATH": os.Getenv("PATH")}))
	must(t, tf.Init(context.Background(), tfexec.Reattach(served.Reattach)))
	return tf
}

func plan(t *testing.T, tf *tfexec.Terraform, served *standin.Served) map[string]*tfjson.ResourceChange {
	t.Helper()
	out := filepath.Join(tf.WorkingDir(), "plan")
	_, err := tf.Plan(context.Background(), tfexec.Out(out), tfexec.Lock(false), tfexec.Reattach(served.Reattach))
	must(t, err)
	shown, err := tf.ShowPlanFile(context.Background(), out, tfexec.Reattach(served.Reattach))
	must(t, err)
	changes := map[string]*tfjson.ResourceChange{}
	for _, c := range shown.ResourceChanges {
		changes[c.Address] = c
	}
	return changes
}

func serve(t *testing.T, o standin.Options) *standin.Served {
	t.Helper()
	served, err := standin.Serve(context.Background(), o)
	must(t, err)
	t.Cleanup(served.Close)
	if served.Name != "stand-in" {
		t.Errorf("it calls itself %q", served.Name)
	}
	return served
}

// TestEngine imports with real engines: one object that matches its code, one that does not, one
// rotation, and a user that is looked up.
func TestEngine(t *testing.T) {
	t.Parallel()
	for _, engine := range engines(t) {
		t.Run(filepath.Base(engine), func(t *testing.T) {
			t.Parallel()
			r := serveRootly(t, map[string]string{
				"/v1/severities/1":         single("severities", `{"name":"SEV0","severity":"critical","notify_emails":["b","a"]}`),
				"/v1/teams/1":              single("groups", `{"name":"SRE","color":"#fff","user_ids":[7]}`),
				"/v1/schedule_rotations/1": rotationDoc,
				"/v1/users":                `{"data":[{"id":"7","type":"users","attributes":{"email":"a@example.com"}}]}`,
			})
			served := serve(t, standin.Options{URL: r.url, Token: "secret"})
			tf := workspace(t, engine, served, `
data "rootly_user" "a" {
  email = "a@example.com"
}
import {
  to = rootly_severity.s
  id = "1"
}
resource "rootly_severity" "s" {
  name          = "SEV0"
  notify_emails = ["a", "b"]
}
import {
  to = rootly_team.t
  id = "1"
}
resource "rootly_team" "t" {
  name     = "SRE"
  color    = "#000"
  user_ids = [tonumber(data.rootly_user.a.id)]
}
import {
  to = rootly_schedule_rotation.r
  id = "1"
}
resource "rootly_schedule_rotation" "r" {
  schedule_id = "s"
  name        = "n"
  time_zone   = ""
  schedule_rotationable_attributes = {
    handoff_time = "09:00"
  }
}
`)
			changes := plan(t, tf, served)
			for address, want := range map[string]tfjson.Actions{
				"rootly_severity.s":          {tfjson.ActionNoop},
				"rootly_team.t":              {tfjson.ActionUpdate},
				"rootly_schedule_rotation.r": {tfjson.ActionNoop},
			} {
				c := changes[address]
				if c == nil || c.Change.Importing == nil || fmt.Sprint(c.Change.Actions) != fmt.Sprint(want) {
					t.Errorf("%s: %+v, want an import with %v", address, c, want)
				}
			}
			if r.token != "Bearer secret" {
				t.Errorf("token %q", r.token)
			}
		})
	}
}

// TestConfiguredHost holds that a provider block wins over the options, so that one stand-in can
// serve several plans.
func TestConfiguredHost(t *testing.T) {
	t.Parallel()
	engine := engines(t)[0]
	served := serve(t, standin.Options{URL: "http://127.0.0.1:1"})
	for _, name := range []string{"one", "two"} {
		r := serveRootly(t, map[string]string{"/v1/causes/1": single("causes", `{"name":"`+name+`"}`)})
		tf := workspace(t, engine, served, `
provider "rootly" {
  api_host  = "`+r.url+`"
  api_token = "`+name+`"
}
import {
  to = rootly_cause.c
  id = "1"
}
resource "rootly_cause" "c" {
  name = "`+name+`"
}
`)
		if c := plan(t, tf, served)["rootly_cause.c"]; c == nil || !c.Change.Actions.NoOp() || r.token != "Bearer "+name {
			t.Errorf("%s: %+v, token %q", name, c, r.token)
		}
	}
}

// TestMissingObject holds that an import of nothing is an error.
func TestMissingObject(t *testing.T) {
	t.Parallel()
	engine := engines(t)[0]
	r := serveRootly(t, nil)
	served := serve(t, standin.Options{URL: r.url})
	tf := workspace(t, engine, served, `
import {
  to = rootly_cause.c
  id = "1"
}
resource "rootly_cause" "c" {
  name = "n"
}
`)
	_, err := tf.Plan(context.Background(), tfexec.Lock(false), tfexec.Reattach(served.Reattach))
	if err == nil || !strings.Contains(err.Error(), "non-existent") {
		t.Errorf("error %v, want one about an object that does not exist", err)
	}
}

func TestCloseEndsService(t *testing.T) {
	t.Parallel()
	served, err := standin.Serve(context.Background(), standin.Options{})
	must(t, err)
	addr := served.Reattach["rootlyhq/rootly"].Addr
	served.Close()
	if addr.Network == "unix" {
		if _, err := os.Stat(addr.String); err == nil {
			t.Errorf("socket %s is left behind", addr.String)
		}
	}
}

func TestServeRefusesBadHost(t *testing.T) {
	t.Parallel()
	s := server(t, standin.Options{URL: "rootly.example.com"})
	if text := configure(t, s); !strings.Contains(text, "is not a URL") {
		t.Errorf("errors %q", text)
	}
}

func TestEnvironmentComesLast(t *testing.T) {
	t.Parallel()
	r := serveRootly(t, map[string]string{"/v1/causes/1": single("causes", `{"name":"n"}`)})
	env := func(name string) string {
		return map[string]string{"ROOTLY_API_URL": "http://127.0.0.1:1", "ROOTLY_API_TOKEN": "env"}[name]
	}
	open(t, "rootly_cause", standin.Options{URL: r.url, Env: env}).state()
	if r.token != "Bearer env" {
		t.Errorf("token %q, want that of the environment where the options have none", r.token)
	}
}
