package cli

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/guard"
)

var update = flag.Bool("update", false, "rewrite expected outputs")

// TestMain lets scripts run the program as a process of its own, which is this test binary. The clock of
// processes that tests start stands still.
func TestMain(m *testing.M) {
	if code, hidden := guard.Enter(); hidden {
		os.Exit(code)
	}
	if _, said := os.LookupEnv(clockVariable); !said {
		if err := os.Setenv(clockVariable, clockText(today(), "UTC")); err != nil {
			log.Fatal(err)
		}
	}
	testscript.Main(m, map[string]func(){
		blockedName: blockedProvider,
		world.Program: func() {
			w, err := systemUnderTest()
			if err != nil {
				log.Fatal(err)
			}
			w.Guard = &guard.Guard{}
			code := Main(w, os.Args[1:])
			w.Guard.Close()
			os.Exit(code)
		},
	})
}

// TestScripts runs testdata/scripts. What they can do beyond testscript's own commands is in the README there.
func TestScripts(t *testing.T) {
	t.Parallel()
	runScripts(t, today(), "UTC")
}

// runScripts runs some scripts, or all, as if it were a certain time.
func runScripts(t *testing.T, now time.Time, zone string, names ...string) {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "testdata", "scripts")
	params := testscript.Params{
		UpdateScripts:       *update,
		RequireUniqueNames:  true,
		RequireExplicitExec: false,
		Setup:               func(env *testscript.Env) error { return setup(env, now, zone) },
		Condition:           condition,
		Cmds:                scriptCommands(),
	}
	for _, name := range names {
		params.Files = append(params.Files, filepath.Join(dir, name+".txtar"))
	}
	if len(names) == 0 {
		params.Dir = dir
	}
	testscript.Run(t, params)
}

// scriptCommands are those that testscript does not have.
func scriptCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"exits": exits, "serve": serveRootly, "api": change, "pick": pick, "asked": asked,
		"note": noteFiles, "same": same, "equal": equal, "oldstates": oldStates, "keys": keys, "json": jsonValue, "count": countLines,
		"port": freePort, "await": await, "small": small, "made": made,
		"apply": applyCode, "click": click, "faults": setFaults, "decoy": decoy, "actor": actor, "recipe": recipe, "guide": guide, "requests": requests, "substitute": substitute,
	}
}

// The page that newcomers read has every command.
func TestScriptCommandsAreDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "testdata", "scripts", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `([a-z]+)[^|]*` (?:or `[^|]*` )?\\|").FindAllStringSubmatch(string(page), -1)
	documented := map[string]bool{}
	for _, row := range rows {
		documented[row[1]] = true
	}
	for name := range scriptCommands() {
		if !documented[name] {
			t.Errorf("testdata/scripts/README.md has no row for the command %s", name)
		}
	}
}

// setup gives a script the program, the engine, and no account.
func setup(env *testscript.Env, now time.Time, zone string) error {
	home := filepath.Join(env.WorkDir, ".home")
	if err := os.Mkdir(home, 0o755); err != nil {
		return err
	}
	env.Setenv("HOME", home)
	env.Setenv("CHECKPOINT_DISABLE", "1")
	env.Setenv(clockVariable, clockText(now, zone))
	env.Setenv("TZ", zone)
	env.Setenv("SELF", filepath.Dir(lookPath(world.Program, env.Getenv("PATH"))))
	env.Values[rootlyKey{}] = &rootlyUnderTest{notes: map[string]map[string]string{}, now: now}
	return nil
}

func lookPath(name, path string) string {
	for _, dir := range filepath.SplitList(path) {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return filepath.Join(dir, name)
		}
	}
	return name
}

// condition knows [plans], where an engine is found and long tests are wanted, [root], and
// [tmpfs], where small works.
func condition(cond string) (bool, error) {
	switch cond {
	case "plans":
		return !testing.Short() && engineOnPath(), nil
	case "root":
		return os.Geteuid() == 0, nil
	case "tmpfs":
		return canMount(), nil
	}
	return false, fmt.Errorf("unknown condition %s", cond)
}

func engineOnPath() bool {
	for _, name := range []string{"terraform", "tofu"} {
		if _, err := exec.LookPath(name); err == nil {
			return true
		}
	}
	return false
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	if exit, ok := err.(*exec.ExitError); ok {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// countLines holds how many lines of some files contain a text.
func countLines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: count N TEXT FILES")
	}
	n := 0
	for _, name := range args[2:] {
		matches, err := filepath.Glob(ts.MkAbs(name))
		ts.Check(err)
		for _, file := range matches {
			for _, line := range strings.Split(ts.ReadFile(file), "\n") {
				if strings.Contains(line, args[1]) {
					n++
				}
			}
		}
	}
	if fmt.Sprint(n) != args[0] {
		ts.Fatalf("%d lines with %q, want %s", n, args[1], args[0])
	}
}
