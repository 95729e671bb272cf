package engines

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-exec/tfexec"
)

// recorder makes an engine that writes down its arguments and environment, one line per call, and does nothing else.
func recorder(t *testing.T) (engine Engine, calls func() []string) {
	t.Helper()
	if os.PathSeparator != '/' {
		t.Skip("the recorder is a shell script")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "terraform")
	script := `#!/bin/sh
case "$1" in
version) echo '{"terraform_version": "1.11.4"}' ;;
plan) private=$(dirname "$TF_DATA_DIR")
      ls -ld "$private" "$private/plan" | cut -c1-10 >>"` + dir + `/log" ;;
esac
echo "$@" >>"` + dir + `/log"
env | grep -E '^(ROOTLY|TF_)' | sort >"` + dir + `/env.$1"
`
	writeProgram(t, path, script)
	return Engine{Name: terraform, Version: "1.11.4", Path: path}, func() []string {
		text, err := os.ReadFile(filepath.Join(dir, "log"))
		if err != nil {
			t.Fatal(err)
		}
		return slices.DeleteFunc(strings.Split(strings.TrimSpace(string(text)), "\n"), func(line string) bool {
			return strings.HasPrefix(line, "version")
		})
	}
}

// writeProgram writes a script to be run. No other test may start a process meanwhile: it would hold the file open for
// writing, and the system runs no such file.
func writeProgram(t *testing.T, path, script string) {
	t.Helper()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
}

func TestCommandsByDefault(t *testing.T) {
	t.Parallel()
	engine, calls := recorder(t)
	temp := t.TempDir()
	if _, err := Plan(t.Context(), Job{Engine: engine, Dir: t.TempDir(), TempDir: temp}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"init -no-color -input=false -backend=true -get=true -upgrade=false",
		"drwx------",
		"-rw-------",
		"plan -no-color -input=false -detailed-exitcode -lock-timeout=0s -out=PRIVATE/plan -lock=false -parallelism=10 -refresh=true -json",
	}
	if diff := cmp.Diff(want, inPrivate(calls(), temp)); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
}

func TestCommandsWithEverything(t *testing.T) {
	t.Parallel()
	engine, calls := recorder(t)
	dir, temp := t.TempDir(), t.TempDir()
	state := filepath.Join(dir, "other.tfstate")
	if err := os.WriteFile(state, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Plan(t.Context(), Job{
		Engine: engine, Dir: dir, TempDir: temp,
		API: API{URL: "http://127.0.0.1:1", Token: "dummy"}, VarFiles: []string{"a.tfvars"},
		Scope:    Scope{StateFile: state, Targets: []string{"rootly_team.a", "rootly_team.b"}},
		Attached: Attached{Reattach: tfexec.ReattachInfo{"rootlyhq/rootly": {Protocol: "grpc", Pid: 1}}},
		Environ: []string{"PATH=" + os.Getenv("PATH"), "TF_CLI_ARGS=-x", "TF_CLI_ARGS_plan=-y", "TF_LOG=trace", "TF_LOG_SDK_PROTO=trace",
			"TF_REATTACH_PROVIDERS={}", "TF_DATA_DIR=/elsewhere", "ROOTLY_API_URL=https://api.rootly.com", "ROOTLY_API_TOKEN=real"},
	})
	if err != nil {
		t.Fatal(err)
	}

	want := []string{
		"init -no-color -input=false -backend=true -get=true -upgrade=false",
		"drwx------",
		"-rw-------",
		"plan -no-color -input=false -detailed-exitcode -lock-timeout=0s -out=PRIVATE/plan -state=PRIVATE/terraform.tfstate" +
			" -var-file=a.tfvars -lock=false -parallelism=10 -refresh=true -target=rootly_team.a -target=rootly_team.b -json",
	}
	if diff := cmp.Diff(want, inPrivate(calls(), temp)); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
	for _, step := range []string{"init", "plan"} {
		env, err := os.ReadFile(filepath.Join(filepath.Dir(engine.Path), "env."+step))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{
			"ROOTLY_API_TOKEN=dummy", "ROOTLY_API_URL=http://127.0.0.1:1", "TF_LOG_SDK_PROTO=OFF", "TF_LOG_PROVIDER_ROOTLY=OFF",
			`TF_REATTACH_PROVIDERS={"rootlyhq/rootly":{"Protocol":"grpc","ProtocolVersion":0,"Pid":1,`,
		} {
			if !strings.Contains(string(env), line) {
				t.Errorf("%s: environment lacks %s:\n%s", step, line, env)
			}
		}
		for _, word := range []string{"real", "TF_CLI_ARGS", "trace", "/elsewhere"} {
			if strings.Contains(string(env), word) {
				t.Errorf("%s: environment has %s:\n%s", step, word, env)
			}
		}
	}
}

// TestSessionInitialisesOnce plans a directory whose code changes in between.
func TestSessionInitialisesOnce(t *testing.T) {
	t.Parallel()
	engine, calls := recorder(t)
	dir := t.TempDir()
	s, err := Open(Job{Engine: engine, Dir: dir, TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	steps := func() string {
		var words []string
		for _, call := range calls() {
			if word, _, _ := strings.Cut(call, " "); word == stepInit || word == stepPlan {
				words = append(words, word)
			}
		}
		return strings.Join(words, " ")
	}
	for _, tt := range []struct{ name, file, text, want string }{
		{"first", "main.tf", "resource \"rootly_team\" \"a\" {\n}\n", "init plan"},
		{"as it is", "main.tf", "resource \"rootly_team\" \"a\" {\n}\n", "init plan plan"},
		{"other resources", "main.tf", "resource \"rootly_team\" \"b\" {\n  # terraform\n}\n", "init plan plan plan"},
		{"another provider", "more.tf", "terraform {\n  required_providers {\n    x = {}\n  }\n}\n", "init plan plan plan init plan"},
		{"as it is by now", "main.tf", "", "init plan plan plan init plan plan"},
		{"a module", "call.tf.json", `{"module": {"a": {"source": "./a"}}}`, "init plan plan plan init plan plan init plan"},
	} {
		if err := os.WriteFile(filepath.Join(dir, tt.file), []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Plan(t.Context(), "", nil); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if got := steps(); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// inPrivate names the private directory in commands PRIVATE.
func inPrivate(calls []string, temp string) []string {
	for i, call := range calls {
		before, after, found := strings.Cut(call, temp+"/terraformer-rootly-plan-")
		for found {
			_, rest, _ := strings.Cut(after, "/")
			call = before + "PRIVATE/" + rest
			before, after, found = strings.Cut(call, temp+"/terraformer-rootly-plan-")
		}
		calls[i] = call
	}
	return calls
}

func TestShowCommand(t *testing.T) {
	t.Parallel()
	s := &Session{job: Job{Dir: "/code", Engine: Engine{Path: "/bin/tofu"}, Attached: Attached{Reattach: tfexec.ReattachInfo{"x": {Pid: 7}}}}}
	cmd, err := s.command(t.Context(), "show", "-json", "-no-color", "/private/plan")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"/bin/tofu", "show", "-json", "-no-color", "/private/plan"}, cmd.Args); diff != "" {
		t.Errorf("arguments (-want +got):\n%s", diff)
	}
	if cmd.Dir != "/code" || !slices.ContainsFunc(cmd.Env, func(entry string) bool {
		return strings.HasPrefix(entry, `TF_REATTACH_PROVIDERS={"x":`)
	}) {
		t.Errorf("directory %s, environment %v", cmd.Dir, cmd.Env)
	}
}

func TestBackendKeepsTheDirectorysOwnSettings(t *testing.T) {
	t.Parallel()
	s, err := Open(Job{Dir: t.TempDir(), TempDir: t.TempDir(), Backend: true, Engine: Engine{Path: "/bin/terraform"},
		Environ: []string{"TF_DATA_DIR=.tf"}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := s.env.vars["TF_DATA_DIR"]; got != ".tf" {
		t.Errorf("TF_DATA_DIR is %q", got)
	}
}

// A workspace of the environment gets a data directory that names it; the directory's own stays as it is.
func TestWorkspaceOfTheEnvironment(t *testing.T) {
	t.Parallel()
	dir, temp := t.TempDir(), t.TempDir()
	for name, content := range map[string]string{"environment": "other", "terraform.tfstate": `{"backend":{}}`, "providers/here": "x"} {
		writeUnder(t, filepath.Join(dir, ".terraform"), name, content)
	}
	s, err := Open(Job{Dir: dir, TempDir: temp, Backend: true, Engine: Engine{Name: tofu, Path: "/bin/tofu"}, Environ: []string{"TF_WORKSPACE=prod"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"environment": "prod", "terraform.tfstate": `{"backend":{}}`, "providers/here": "x"} {
		if got, _ := os.ReadFile(filepath.Join(s.env.vars["TF_DATA_DIR"], name)); string(got) != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	for name, want := range map[string]string{"environment": "other", "providers/here": "x"} {
		if got, _ := os.ReadFile(filepath.Join(dir, ".terraform", name)); string(got) != want {
			t.Errorf("%s became %q, want %q", name, got, want)
		}
	}
}

func writeUnder(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Values for variables are taken over from the arguments of the environment, in their order; what would
// change the plan otherwise is refused.
func TestArgumentsOfTheEnvironment(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeUnder(t, dir, "main.tf", "variable \"who\" {}\nvariable \"list\" { type = list(string) }\n")
	for name, c := range map[string]struct {
		all, plan string
		want      string // names of files, and values
		refused   string
	}{
		"none":           {"", "", "", ""},
		"files":          {"-var-file=a.tfvars", "-no-color -var-file 'b c.tfvars'", "a.tfvars|b c.tfvars", ""},
		"a value":        {"", `-var "who=ada lovelace" -lock=false`, `who = "ada lovelace"`, ""},
		"an expression":  {"", `--var 'list=["a"]'`, `list = ["a"]`, ""},
		"a word apart":   {"", "-parallelism 4 -lock-timeout=5s -var-file x.tfvars", "x.tfvars", ""},
		"in their order": {"-var who=ken", "-var-file=x.tfvars", `who = "ken"|x.tfvars`, ""},
		"a part":         {"", "-target=rootly_team.a", "", "TF_CLI_ARGS_plan contains -target"},
		"not afresh":     {"-refresh=false", "", "", "TF_CLI_ARGS contains -refresh"},
		"none such":      {"", "-var list=[", "", "the variable list must be an expression"},
	} {
		job := Job{Dir: dir, Arguments: true, Environ: []string{"TF_CLI_ARGS=" + c.all, "TF_CLI_ARGS_plan=" + c.plan}}
		e := environment{job: &job, own: ownDir(t.TempDir())}
		files, err := e.argumentFiles()
		if c.refused != "" {
			if err == nil || !strings.Contains(err.Error(), c.refused) {
				t.Errorf("%s: %v, want %s", name, err, c.refused)
			}
			continue
		}
		var got []string
		for _, f := range files {
			if content, err := os.ReadFile(f); err == nil {
				f = strings.TrimSpace(string(content))
			}
			got = append(got, f)
		}
		if err != nil || strings.Join(got, "|") != c.want {
			t.Errorf("%s: %q %v, want %q", name, got, err, c.want)
		}
	}
}
