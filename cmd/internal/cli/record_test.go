package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

// fences are the code blocks of a recipe.
var fences = regexp.MustCompile("(?ms)^```(?:sh|yaml|ini|cron)\n(.*?)^```$")

// Every command line of this program in the recipes and actions has flags that exist, with values that are taken.
func TestCommandLinesInRecipes(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "..", ".github")
	recipes, err := filepath.Glob(filepath.Join(root, "recipes", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	actions, err := filepath.Glob(filepath.Join(root, "actions", "*", "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, name := range append(recipes, actions...) {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		blocks := [][]string{{"", string(raw)}}
		if strings.HasSuffix(name, ".md") {
			blocks = fences.FindAllStringSubmatch(string(raw), -1)
		}
		for _, block := range blocks {
			for _, line := range strings.Split(block[1], "\n") {
				if _, command, found := strings.Cut(line, "terraformer-rootly "); found && !strings.Contains(line, "description:") {
					seen[filepath.Base(name)]++
					tryCommand(t, filepath.Base(name), command)
				}
			}
		}
	}
	for _, name := range []string{"github-actions-plan-record.md", "gitlab.md", "atlantis.md", "action.yml", "nightly-export.md", "drift-incident.md", "drift-pull-request.md", "gitlab-scheduled.md", "audit.md"} {
		if seen[name] == 0 {
			t.Errorf("%s has no command line", name)
		}
	}
}

// tryCommand parses a command line as the program does, up to where it would run.
func tryCommand(t *testing.T, where, line string) {
	t.Helper()
	words := shellWords(line)
	command, rest, err := newRoot(world.System()).Find(words)
	if err != nil || command.Parent() == nil {
		t.Errorf("%s: %s: %v", where, line, err)
		return
	}
	for i, w := range rest {
		if strings.HasPrefix(w, "$RECORD_STRICT") || strings.Contains(w, "=$RECORD_STRICT") {
			rest[i] = strings.ReplaceAll(w, "$RECORD_STRICT", "false")
		}
	}
	if err := command.ParseFlags(rest); err != nil {
		t.Errorf("%s: %s: %v", where, line, err)
		return
	}
	if command.Args != nil {
		if err := command.Args(command, command.Flags().Args()); err != nil {
			t.Errorf("%s: %s: %v", where, line, err)
		}
	}
	if command.Name() != "record" {
		return
	}
	if n := len(command.Flags().Args()); n != 1 {
		t.Errorf("%s: %s: %d plans", where, line, n)
	}
	command.Flags().Visit(func(f *pflag.Flag) {
		if f.Name == "map" && !strings.Contains(f.Value.String(), "$") && !strings.Contains(f.Value.String(), "service:") {
			t.Errorf("%s: %s: --map %s", where, line, f.Value)
		}
	})
}

// shellWords splits a line as a shell does, up to what is another command. Variables stay as they are.
func shellWords(line string) []string {
	var words []string
	var word strings.Builder
	quote, open := rune(0), false
	for _, r := range line + " " {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, open = r, true
		case r == '|' || r == ';' || r == '>' || r == '&':
			return words
		case r == ' ':
			if word.Len() > 0 || open {
				words = append(words, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteRune(r)
		}
	}
	return words
}

// call runs the program with an environment of its own.
func call(env map[string]string, in string, args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	code = Main(world.World{
		In: strings.NewReader(in), Out: &stdout, Err: &stderr,
		Getenv: func(name string) string { return env[name] }, Environ: func() []string { return nil }, Now: today,
	}, args)
	return code, stdout.String(), stderr.String()
}

const onePlan = `{"format_version":"1.2","planned_values":{},"resource_changes":[{"address":"module.db.a.b","module_address":"module.db","mode":"managed","type":"a",` +
	`"change":{"actions":["update"],"before":{"x":1},"after":{"x":2}}}]}`

// drafted is the part of a request that these tests look at.
type drafted struct {
	Object struct {
		Attributes struct {
			Summary string   `json:"summary"`
			Started string   `json:"started_at"`
			Ended   string   `json:"ended_at"`
			URL     string   `json:"external_url"`
			Ids     []string `json:"service_ids"`
			Labels  []pair   `json:"labels"`
			Refs    []pair   `json:"refs"`
		} `json:"attributes"`
	} `json:"data"`
}

type pair struct{ Key, Value string }

func draft(t *testing.T, env map[string]string, args ...string) drafted {
	t.Helper()
	code, out, errs := call(env, onePlan, append([]string{"record", "-", "--dry-run", "--strict"}, args...)...)
	if code != exit.Done || errs != "" {
		t.Fatalf("%v: code %d, %s", args, code, errs)
	}
	_, body, _ := strings.Cut(out, "\n")
	var d drafted
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return d
}

func valueOf(pairs []pair, key string) string {
	for _, p := range pairs {
		if p.Key == key {
			return p.Value
		}
	}
	return ""
}

func TestFlagsWinOverTheSystem(t *testing.T) {
	t.Parallel()
	env := map[string]string{
		"GITLAB_CI": "true", "CI_PIPELINE_ID": "1", "CI_JOB_URL": "https://ci/1", "CI_COMMIT_SHA": "aaaa", "GITLAB_USER_LOGIN": "ann",
		"CI_COMMIT_REF_NAME": "main", "TF_WORKSPACE": "prod",
	}
	a := draft(t, env).Object.Attributes
	if a.Summary != "prod: 1 changed" || a.URL != "https://ci/1" || valueOf(a.Labels, "actor") != "ann" || valueOf(a.Refs, "sha") != "aaaa" || valueOf(a.Labels, "ci") != "GitLab" {
		t.Errorf("%+v", a)
	}
	a = draft(t, env, "--name", "n", "--run-url", "https://x/2", "--actor", "bob", "--commit", "bbbb", "--pull-request", "https://x/pull/9",
		"--label", "status=mine", "--label", "empty=", "--label", "", "--map", "", "--service", "", "--environment", " ", "--ref", "sha=cccc", "--map", "module.db.* = service:postgres", "--map", "module.web.* = service:web").Object.Attributes
	if a.Summary != "n: 1 changed" || a.URL != "https://x/2" || valueOf(a.Labels, "actor") != "bob" || valueOf(a.Refs, "sha") != "cccc" ||
		valueOf(a.Refs, "pull_request") != "https://x/pull/9" || valueOf(a.Labels, "status") != "mine" || valueOf(a.Labels, "empty") != "" ||
		strings.Join(a.Ids, " ") != "service:postgres" {
		t.Errorf("%+v", a)
	}
}

// The fingerprint is of the run and what is recorded of it, not of how it ended.
func TestFingerprints(t *testing.T) {
	t.Parallel()
	env := map[string]string{"GITLAB_CI": "true", "CI_PIPELINE_ID": "1", "CI_JOB_NAME": "apply"}
	of := func(env map[string]string, args ...string) string {
		return valueOf(draft(t, env, args...).Object.Attributes.Labels, "fingerprint")
	}
	same := of(env)
	if got := of(env, "--status", "failed", "--service", "x", "--duration", "3s"); got != same {
		t.Error("a retried run has another fingerprint")
	}
	for _, other := range [][]string{{"--key", "x"}, {"--name", "x"}, {"--run-id", "2"}} {
		if of(env, other...) == same {
			t.Errorf("%v: the same fingerprint", other)
		}
	}
	if of(map[string]string{"GITLAB_CI": "true", "CI_PIPELINE_ID": "1", "CI_JOB_NAME": "other"}) == same {
		t.Error("another job has the same fingerprint")
	}
	if once := of(nil); of(nil) != once {
		t.Error("without a system, the plan is no identity")
	}
}
