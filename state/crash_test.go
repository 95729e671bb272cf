package state_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/state"
)

const barrier = "terraformer-rootly-unfinished.tf"

// earlier and later are two runs of which the second adds, changes and removes files.
func earlier() state.Run {
	return everything(file("teams.tf", team("sre"), team("web")), file("services.tf", service("api")), file("old.tf", team("old")),
		state.File{Name: "secrets.auto.tfvars", Content: []byte("a = \"1\"\n"), Secret: true})
}

func later() state.Run {
	return everything(file("teams.tf", team("sre")), file("services.tf", service("api"), service("db")), file("more.tf", team("web")),
		state.File{Name: "secrets.auto.tfvars", Content: []byte("a = \"2\"\n"), Secret: true})
}

// scene is a directory as the earlier run left it, with a file of somebody's own.
func scene(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	commit(t, dir, state.Options{}, earlier())
	write(t, dir, "backend.tf", "# mine\n")
	return dir
}

// outcomes are the two states that a directory may be in.
func outcomes(t *testing.T) (before, after map[string]string) {
	t.Helper()
	dir := scene(t)
	before = everyFile(t, dir)
	commit(t, dir, state.Options{}, later())
	return before, everyFile(t, dir)
}

// everyFile reads the directory with what belongs to the package, but for the lock.
func everyFile(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := contents(dir)
	for name, content := range contents(filepath.Join(dir, ".terraformer-rootly")) {
		if name != "lock" {
			out[".terraformer-rootly/"+name] = content
		}
	}
	return out
}

// count returns the number of steps of a run that nothing disturbs.
func count(t *testing.T, dir string, r state.Run) int {
	t.Helper()
	n := 0
	commit(t, dir, state.OnDisk(state.Options{}, func(state.Step) error { n++; return nil }), r)
	return n
}

var errDead = errors.New("the process is dead")

// dying fails the n-th step and all that come after it, as if the process had ended there.
func dying(n int) func(state.Step) error {
	return func(state.Step) error {
		if n--; n <= 0 {
			return errDead
		}
		return nil
	}
}

// failing fails the n-th step only.
func failing(n int, err error) func(state.Step) error {
	return func(state.Step) error {
		if n--; n == 0 {
			return err
		}
		return nil
	}
}

func TestDeathAtEveryStepLeavesOldOrNew(t *testing.T) {
	t.Parallel()
	before, after := outcomes(t)
	steps := count(t, scene(t), later())
	if steps < 20 {
		t.Fatalf("only %d steps: the seam is not used", steps)
	}
	seen := map[string]int{}
	for n := 1; n <= steps; n++ {
		dir := scene(t)
		if _, err := try(dir, state.OnDisk(state.Options{}, dying(n)), later()); err == nil {
			t.Fatalf("step %d: the run did not notice its death", n)
		}
		wantNoHalf(t, n, contents(dir), before, after)
		reopen(t, dir)
		seen[wantOutcome(t, n, dir, before, after)]++
		wantAlone(t, n, dir)
	}
	if seen["old"] == 0 || seen["new"] == 0 {
		t.Errorf("outcomes: %v, want both", seen)
	}
}

func TestDeathDuringRecovery(t *testing.T) {
	t.Parallel()
	before, after := outcomes(t)
	steps := count(t, scene(t), later())
	for n := steps / 2; n <= steps; n += 3 {
		for m := 1; m < 30; m += 2 {
			dir := scene(t)
			_, err := try(dir, state.OnDisk(state.Options{}, dying(n)), later())
			if err == nil {
				t.Fatal("no death")
			}
			d, err := state.Open(dir, state.OnDisk(state.Options{}, dying(m)))
			if err == nil {
				_ = d.Close()
			}
			wantNoHalf(t, n, contents(dir), before, after)
			reopen(t, dir)
			wantOutcome(t, n, dir, before, after)
			wantAlone(t, n, dir)
			if err == nil {
				break // the recovery has no more steps than that
			}
		}
	}
}

func TestFaultAtEveryStepIsOneClearError(t *testing.T) {
	t.Parallel()
	before, after := outcomes(t)
	steps := count(t, scene(t), later())
	for _, fault := range []error{syscall.ENOSPC, syscall.EIO, syscall.EROFS} {
		for n := 1; n <= steps; n++ {
			dir := scene(t)
			_, err := try(dir, state.OnDisk(state.Options{}, failing(n, fault)), later())
			var hint interface{ Hint() string }
			switch {
			case err == nil: // a step that is only tidying, or that has another way
			case !errors.As(err, &hint) || hint.Hint() == "":
				t.Errorf("step %d: error without hint: %v", n, err)
			case strings.Contains(err.Error(), "\n"):
				t.Errorf("step %d: more than one error: %q", n, err)
			}
			reopen(t, dir)
			outcome := wantOutcome(t, n, dir, before, after)
			if err == nil && outcome == "old" {
				t.Errorf("step %d: no error, and nothing was written", n)
			}
			wantAlone(t, n, dir)
		}
	}
}

func TestFailedRunLeavesNoNewDirectory(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	steps := count(t, filepath.Join(parent, "whole"), later())
	remained := 0
	for n := 1; n <= steps; n++ {
		parent := t.TempDir()
		dir := filepath.Join(parent, "a", "b")
		if _, err := try(dir, state.OnDisk(state.Options{}, failing(n, syscall.ENOSPC)), later()); err == nil {
			continue
		}
		entries, err := os.ReadDir(parent)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) == 0 {
			continue
		}
		// What was decided is brought to its end by the next run.
		if remained++; !strings.Contains(fmt.Sprint(everyFile(t, dir)), "manifest.json") {
			t.Errorf("step %d: %v remain of a failed run", n, everyFile(t, dir))
		}
	}
	if remained == steps {
		t.Error("every failed run left something")
	}
}

func TestEditAfterInterruptionIsNotLost(t *testing.T) {
	t.Parallel()
	steps := count(t, scene(t), later())
	refused := 0
	for n := 1; n <= steps; n++ {
		dir := scene(t)
		_, _ = try(dir, state.OnDisk(state.Options{}, dying(n)), later())
		write(t, dir, "services.tf", "# edited meanwhile\n")
		d, err := state.Open(dir, state.Options{})
		if err == nil {
			err = d.Close()
		} else {
			wantHint(t, err, "--force")
			refused++
		}
		if read(t, dir, "services.tf") != "# edited meanwhile\n" {
			t.Fatalf("step %d: the edit was lost (%v)", n, err)
		}
	}
	if refused == 0 {
		t.Error("no recovery met the edit")
	}
}

func TestEditDuringTheRunIsNotLost(t *testing.T) {
	t.Parallel()
	dir := scene(t)
	d, err := state.Open(dir, state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	changes, err := d.Reconcile(later())
	if err != nil {
		t.Fatal(err)
	}
	stage, err := d.Stage(changes)
	if err != nil {
		t.Fatal(err)
	}
	before := everyFile(t, dir)
	write(t, dir, "services.tf", "# edited meanwhile\n")
	wantHint(t, stage.Commit(), "run it again")
	before["services.tf"] = "# edited meanwhile\n"
	if got := everyFile(t, dir); !maps.Equal(got, before) {
		t.Errorf("the refused commit changed the directory: %v", got)
	}
	if err := stage.Discard(); err != nil {
		t.Fatal(err)
	}
}

// reopen lets the next run begin.
func reopen(t *testing.T, dir string) {
	t.Helper()
	d, err := state.Open(dir, state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

// wantOutcome tells which of the two states the directory is in, modes included.
func wantOutcome(t *testing.T, n int, dir string, before, after map[string]string) string {
	t.Helper()
	stat, err := os.Stat(filepath.Join(dir, "secrets.auto.tfvars"))
	if err != nil || stat.Mode().Perm() != 0o600 {
		t.Errorf("step %d: secrets: %v, %v", n, stat.Mode(), err)
	}
	switch got := everyFile(t, dir); {
	case maps.Equal(got, before):
		return "old"
	case maps.Equal(got, after):
		return "new"
	default:
		t.Fatalf("step %d: neither old nor new: %v", n, slices.Sorted(maps.Keys(got)))
		return ""
	}
}

// wantNoHalf checks the directory as the interrupted run left it: every file is whole, and
// where files of both runs meet, the barrier keeps a plan from being made.
func wantNoHalf(t *testing.T, n int, got, before, after map[string]string) {
	t.Helper()
	asBefore, asAfter := true, true
	for _, name := range []string{"teams.tf", "services.tf", "old.tf", "more.tf", "secrets.auto.tfvars", "backend.tf"} {
		content, there := got[name]
		b, wasThere := before[name]
		a, willBe := after[name]
		isBefore, isAfter := there == wasThere && content == b, there == willBe && content == a
		if !isBefore && !isAfter {
			t.Fatalf("step %d: %s is half-written: %q", n, name, content)
		}
		asBefore, asAfter = asBefore && isBefore, asAfter && isAfter
	}
	if _, guarded := got[barrier]; !asBefore && !asAfter && !guarded {
		t.Fatalf("step %d: files of both runs without a barrier", n)
	}
}

// wantAlone checks that nothing is left beside the directory.
func wantAlone(t *testing.T, n int, dir string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(dir))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 {
		t.Fatalf("step %d: %v remain", n, entries)
	}
}
