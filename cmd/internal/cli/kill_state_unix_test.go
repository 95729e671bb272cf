//go:build unix

package cli

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

const stateKills = 3 // of each kind of run

// TestKilledStateRuns ends runs that write the state with SIGKILL at random moments. Until the next
// run, which finishes, the state is the old or the new one, and what the directory plans changes
// nothing: each object is imported, or managed, or not yet in the code. ROOTLY_TEST_KILLS asks for
// more kills.
func TestKilledStateRuns(t *testing.T) {
	t.Parallel()
	if testing.Short() || !engineOnPath() {
		t.Skip("neither terraform nor tofu is here, or long tests are not wanted")
	}
	kills := stateKills
	if said, err := strconv.Atoi(os.Getenv("ROOTLY_TEST_KILLS")); err == nil {
		kills = said
	}
	small, large := rootlyOfSize(t, 60), rootlyOfSize(t, 90)
	for name, k := range map[string]*stateKilling{
		"import into a new state":      {state: planning.StateName},
		"re-import into a state":       {state: planning.StateName, first: small},
		"re-import behind a backend":   {state: "kept/rootly.tfstate", first: small},
		"import of what a state lacks": {state: planning.StateName, first: small, lacking: true},
	} {
		t.Run(name, func(t *testing.T) {
			k.seen = map[string]int{}
			k.url, k.base = large, filepath.Join(t.TempDir(), "out")
			k.prepare(t)
			for n := range kills {
				k.once(t, n)
			}
			t.Logf("%d of %d runs were killed before they ended; then there were %v", k.killed, kills, k.seen)
			if k.killed == 0 && kills > 5 {
				t.Error("no run was killed before it ended")
			}
		})
	}
}

// stateKilling is a directory, what it is to become, and where its state is.
type stateKilling struct {
	url, base, first, state string
	lacking                 bool // the first run left import blocks, and no state

	took          time.Duration
	before, after []string          // what the state holds
	files         map[string]string // of an undisturbed run, but for the state
	killed        int
	seen          map[string]int // what kills left behind
}

const keptElsewhere = "terraform {\n  backend \"local\" {\n    path = \"kept/rootly.tfstate\"\n  }\n}\n"

func (k *stateKilling) command(dir, url string) *exec.Cmd {
	run := importCommand(dir, url)
	run.Args = append(run.Args, "--import-as", "state")
	run.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // what it starts can be waited for
	return run
}

func (k *stateKilling) mustRun(t *testing.T, dir, url string, more ...string) {
	t.Helper()
	run := k.command(dir, url)
	run.Args = append(run.Args, more...)
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("import: %v\n%s", err, out)
	}
}

// prepare makes the directory to begin with, and runs undisturbed in a copy.
func (k *stateKilling) prepare(t *testing.T) {
	t.Helper()
	switch {
	case k.lacking:
		importInto(t, k.base, k.first)
	case k.first != "":
		if err := os.Mkdir(k.base, 0o755); err != nil {
			t.Fatal(err)
		}
		if k.state != planning.StateName {
			if err := os.WriteFile(filepath.Join(k.base, "backend.tf"), []byte(keptElsewhere), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		k.mustRun(t, k.base, k.first, "--force") // beside code by hand
	}
	whole := filepath.Join(t.TempDir(), "out")
	copyTree(t, k.base, whole)
	started := time.Now()
	k.mustRun(t, whole, k.url)
	k.took = time.Since(started)
	k.before, k.after, k.files = k.holds(t, k.base), k.holds(t, whole), k.code(t, whole)
	if len(k.after) <= len(k.before) {
		t.Fatalf("the state holds %d objects before and %d after: nothing to see here", len(k.before), len(k.after))
	}
}

// holds lists what the state holds. It must be whole.
func (k *stateKilling) holds(t *testing.T, dir string) []string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, k.state))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	held, err := tfstate.Objects(content)
	if err != nil {
		t.Errorf("half a state: %v", err)
	}
	list := make([]string, 0, len(held))
	for _, h := range held {
		list = append(list, h.Address.String()+" "+string(h.ID))
	}
	sort.Strings(list)
	return list
}

// code reads the files without the state, whose lineage is another one each time.
func (k *stateKilling) code(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := writtenIn(t, dir)
	for name := range files {
		if strings.Contains(name, ".tfstate") || name == ".terraform.lock.hcl" {
			delete(files, name)
		}
	}
	return files
}

// once kills a run and lets the next one finish. Two of three kills wait for files to be moved in.
func (k *stateKilling) once(t *testing.T, n int) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	copyTree(t, k.base, dir)
	run := k.command(dir, k.url)
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- run.Wait() }()
	pause := rand.Int64N(int64(k.took))
	if n%3 > 0 {
		waitForStage(dir, ended)
		pause = rand.Int64N(int64(k.took / 2))
	}
	time.Sleep(time.Duration(pause))
	_ = run.Process.Signal(syscall.SIGKILL)
	var exit *exec.ExitError
	if err := <-ended; errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL {
		k.killed++
	}
	waitForOrphans(t, run.Process.Pid)

	now := strings.Join(k.holds(t, dir), "\n")
	if now != strings.Join(k.before, "\n") && now != strings.Join(k.after, "\n") {
		t.Errorf("kill %d: the state is neither what it was nor what it will be", n)
	}
	_, blocks := os.Stat(filepath.Join(dir, "imports.tf"))
	_, between := os.Stat(filepath.Join(dir, barrier))
	k.seen[fmt.Sprintf("new state %t, import blocks %t, refused %t", now == strings.Join(k.after, "\n"), blocks == nil, between == nil)]++
	k.plan(t, dir)
	k.mustRun(t, dir, k.url)
	if now := strings.Join(k.holds(t, dir), "\n"); now != strings.Join(k.after, "\n") {
		t.Errorf("kill %d: the next run left another state than an undisturbed one", n)
	}
	if got := k.code(t, dir); len(differing(got, k.files)) > 0 {
		t.Errorf("kill %d: the next run left other files than an undisturbed one: %v", n, differing(got, k.files))
	}
}

// waitForOrphans returns when the engine that a killed run had started has ended, too.
func waitForOrphans(t *testing.T, group int) {
	t.Helper()
	for range 1000 {
		if err := syscall.Kill(-group, 0); errors.Is(err, syscall.ESRCH) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("what the killed run had started does not end")
}

// plan holds that nobody who applies the directory now would change anything.
func (k *stateKilling) plan(t *testing.T, dir string) {
	t.Helper()
	if code, _ := filepath.Glob(filepath.Join(dir, "*.tf")); len(code) == 0 {
		return // nothing was written yet
	}
	engine, err := engines.Find(t.Context(), engines.Options{})
	if err != nil {
		t.Fatal(err)
	}
	served, err := standin.Serve(t.Context(), standin.Options{URL: k.url, Token: scriptToken})
	if err != nil {
		t.Fatal(err)
	}
	defer served.Close()
	result, err := engines.Plan(t.Context(), engines.Job{
		Engine: engine, Dir: dir, API: engines.API{URL: k.url, Token: scriptToken}, Attached: engines.Attached{Reattach: served.Reattach, StandIn: served.Name},
		Scope: engines.Scope{StateFile: existing(filepath.Join(dir, k.state))}, TempDir: t.TempDir(),
	})
	if _, unfinished := os.Stat(filepath.Join(dir, barrier)); unfinished == nil {
		if err == nil {
			t.Error("a directory that is half one thing can be planned")
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range result.Changes {
		if c.Action != plans.NoOp {
			t.Errorf("a plan would %s %s", c.Action, c.Address)
		}
	}
	if result.Errored {
		t.Errorf("the plan failed: %v", result.Diagnostics)
	}
}

func existing(path string) string {
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}
