//go:build unix

package state_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/state"
)

// TestKillAtEveryStep ends a process of its own with SIGKILL before each step of a run.
func TestKillAtEveryStep(t *testing.T) {
	t.Parallel()
	const dirVariable, stepVariable = "STATE_TEST_KILL_DIR", "STATE_TEST_KILL_STEP"
	if dir := os.Getenv(dirVariable); dir != "" {
		n, err := strconv.Atoi(os.Getenv(stepVariable))
		if err != nil {
			t.Fatal(err)
		}
		commit(t, dir, state.OnDisk(state.Options{}, func(state.Step) error {
			if n--; n == 0 {
				return syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
			return nil
		}), later())
		return
	}
	before, after := outcomes(t)
	steps := count(t, scene(t), later())
	for n := 1; n <= steps; n++ {
		dir := scene(t)
		command := exec.Command(os.Args[0], "-test.run=^TestKillAtEveryStep$")
		command.Env = append(os.Environ(), dirVariable+"="+dir, stepVariable+"="+strconv.Itoa(n))
		var exit *exec.ExitError
		if err := command.Run(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("step %d: not killed: %v", n, err)
		}
		wantNoHalf(t, n, contents(dir), before, after)
		if _, err := os.Stat(filepath.Join(dir, ".terraformer-rootly", "lock")); err != nil {
			t.Fatal(err)
		}
		reopen(t, dir)
		wantOutcome(t, n, dir, before, after)
		wantAlone(t, n, dir)
	}
}
