package cli

import (
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

const (
	guardKills = 2
	leaveTime  = 5 * time.Second // after which nothing may be left
)

// TestKilledPlans ends runs whose provider is blocked in a read.
func TestKilledPlans(t *testing.T) {
	t.Parallel()
	if testing.Short() || !engineOnPath() {
		t.Skip("needs an engine")
	}
	kills := guardKills
	if text := os.Getenv("ROOTLY_TEST_KILLS"); text != "" {
		var err error
		if kills, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	url := rootlyOfSize(t, 30)
	for signal, times := range map[syscall.Signal]int{syscall.SIGKILL: kills, syscall.SIGHUP: guardKills} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			for range times {
				b := block(t, url)
				b.end(t, signal)
				if t.Failed() {
					return
				}
			}
		})
	}
}

// A blockedRun is a run whose provider waits for an answer.
type blockedRun struct {
	url, temp, out string
	environ        []string
	command        *exec.Cmd
	ended          chan error
	provider       net.Conn         // which the system closes with the provider
	family         map[int]struct{} // the processes that the run started, by id
}

// block starts a run and waits until its provider is blocked.
func block(t *testing.T, url string) *blockedRun {
	t.Helper()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() })
	base := t.TempDir()
	b := &blockedRun{url: url, temp: filepath.Join(base, "tmp"), out: filepath.Join(base, "out"), ended: make(chan error, 1)}
	if err := os.Mkdir(b.temp, 0o700); err != nil {
		t.Fatal(err)
	}
	b.environ = append(os.Environ(), "TMPDIR="+b.temp, "CHECKPOINT_DISABLE=1", silentVariable+"="+silent.Addr().String(), "TF_CLI_CONFIG_FILE="+mirrorOfBlocked(t, base))
	b.command = b.run("import", "-o", b.out, "-q", "--url", url, "--token", scriptToken)
	var said strings.Builder
	b.command.Stderr = &said
	if err := b.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { b.ended <- b.command.Wait() }()
	accepted := make(chan net.Conn, 1)
	go func() {
		if conn, err := silent.Accept(); err == nil {
			accepted <- conn
		}
	}()
	select {
	case b.provider = <-accepted:
		t.Cleanup(func() { b.provider.Close() })
	case err := <-b.ended:
		t.Fatalf("ended before the provider was blocked: %v\n%s", err, said.String())
	}
	b.family = startedBy(t, b.command.Process.Pid)
	if len(b.family) < 3 {
		t.Fatalf("processes %v, want at least the engine, its provider and the leader of their group", b.family)
	}
	return b
}

func (b *blockedRun) run(args ...string) *exec.Cmd {
	cmd := exec.Command(world.Program, args...)
	cmd.Env = b.environ
	return cmd
}

// end sends a signal, and looks what is left after some seconds, and after the next run.
func (b *blockedRun) end(t *testing.T, signal syscall.Signal) {
	t.Helper()
	if err := b.command.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	var status *exec.ExitError
	err := <-b.ended
	if !errors.As(err, &status) || status.ExitCode() != exit.Failed && status.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Errorf("ended with %v", err)
	}
	closed := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, b.provider)
		close(closed)
	}()
	late := time.After(leaveTime)
	select {
	case <-closed:
	case <-late:
		t.Error("the provider is still alive")
	}
	for pid := range b.family {
		for alive(pid) {
			select {
			case <-time.After(time.Millisecond):
				continue
			case <-late:
				command, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
				t.Fatalf("process %d is still alive: %q", pid, command)
			}
		}
	}
	if left, _ := os.ReadDir(b.temp); signal != syscall.SIGKILL && len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if out, err := b.run("import", "-o", b.out, "-q", "--no-verify", "--url", b.url, "--token", scriptToken).CombinedOutput(); err != nil {
		t.Errorf("the next run: %v\n%s", err, out)
	}
	left, _ := os.ReadDir(b.temp)
	stages, _ := filepath.Glob(filepath.Join(filepath.Dir(b.out), ".out.terraformer-stage-*"))
	if len(left)+len(stages) > 0 {
		t.Errorf("left behind by the next run: %v, %v", left, stages)
	}
}

// mirrorOfBlocked makes engines install the blocked provider, and returns the settings file for that.
func mirrorOfBlocked(t *testing.T, base string) string {
	t.Helper()
	const name = "terraform-provider-rootly"
	script := "#!/bin/sh\nexec " + lookPath(blockedName, os.Getenv("PATH")) + "\n"
	for _, registry := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		dir := filepath.Join(base, "mirror", registry, schema.Source, schema.SnapshotVersion, "linux_"+runtime.GOARCH)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+"_v"+schema.SnapshotVersion), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(base, "settings")
	text := "provider_installation {\n  filesystem_mirror {\n    path = \"" + filepath.Join(base, "mirror") + "\"\n  }\n}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// startedBy are the processes that a process started, and those that they started.
func startedBy(t *testing.T, pid int) map[int]struct{} {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	parents := map[int]int{}
	for _, e := range entries {
		if id, err := strconv.Atoi(e.Name()); err == nil {
			_, parents[id] = statusOf(id)
		}
	}
	family := map[int]struct{}{}
	for id := range parents {
		for up := parents[id]; up > 1; up = parents[up] {
			if up == pid {
				family[id] = struct{}{}
			}
		}
	}
	return family
}

// alive reports whether a process is there and not only waits for its parent to notice that it ended.
func alive(pid int) bool {
	state, _ := statusOf(pid)
	return state != "" && state != "Z" && state != "X"
}

func statusOf(pid int) (state string, parent int) {
	content, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, rest, _ := strings.Cut(string(content[strings.LastIndexByte(string(content), ')')+1:]), " ")
	fields := strings.Fields(rest)
	if len(fields) < 2 {
		return "", 0
	}
	parent, _ = strconv.Atoi(fields[1])
	return fields[0], parent
}
