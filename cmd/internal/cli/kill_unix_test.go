//go:build unix

package cli

import (
	"errors"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/organisation"
)

const (
	leastKills = 8
	mostKills  = 24
	killTime   = 12 * time.Second // after which the least number of kills is enough
	barrier    = "terraformer-rootly-unfinished.tf"
)

// TestKilledImports ends runs with SIGKILL at random moments. Until the next run, which finishes,
// the directory is the old one, the new one, or refused by every engine.
func TestKilledImports(t *testing.T) {
	t.Parallel()
	small, large := rootlyOfSize(t, 60), rootlyOfSize(t, 90)
	for name, first := range map[string]string{"import": "", "re-import": small} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := filepath.Join(t.TempDir(), "out")
			before := map[string]string{}
			if first != "" {
				importInto(t, base, first)
				before = writtenIn(t, base)
			}
			whole := filepath.Join(t.TempDir(), "out")
			copyTree(t, base, whole)
			started := time.Now()
			importInto(t, whole, large)
			took, after := time.Since(started), writtenIn(t, whole)

			k := &killing{url: large, base: base, before: before, after: after, took: took}
			for n := 0; n < mostKills && (n < leastKills || time.Since(started) < killTime); n++ {
				k.once(t, n)
			}
			if k.killed < leastKills/2 {
				t.Errorf("only %d runs were killed before they ended", k.killed)
			}
		})
	}
}

type killing struct {
	url, base     string
	before, after map[string]string
	took          time.Duration
	killed        int
	planned       bool
}

// once kills a run and lets the next one finish. Every other kill waits for the moment at which
// files are being staged and moved in.
func (k *killing) once(t *testing.T, n int) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	copyTree(t, k.base, dir)
	run := importCommand(dir, k.url)
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- run.Wait() }()
	if n%2 == 0 {
		waitForStage(dir, ended)
		time.Sleep(time.Duration(rand.Int64N(int64(40 * time.Millisecond))))
	} else {
		time.Sleep(time.Duration(rand.Int64N(int64(k.took))))
	}
	_ = run.Process.Signal(syscall.SIGKILL)
	var exit *exec.ExitError
	if err := <-ended; errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL {
		k.killed++
	}

	k.look(t, dir)
	importInto(t, dir, k.url)
	if got := writtenIn(t, dir); !maps.Equal(got, k.after) {
		t.Errorf("kill %d: the next run left other files than an undisturbed one: %v", n, differing(got, k.after))
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(dir), ".out.terraformer-stage-*")); len(left) > 0 {
		t.Errorf("kill %d: left behind: %v", n, left)
	}
}

// look holds that no file is half-written, and that old and new code are never planned together.
func (k *killing) look(t *testing.T, dir string) {
	t.Helper()
	now := writtenIn(t, dir)
	old, fresh := false, false
	for name, content := range now {
		if name == barrier {
			continue
		}
		then, next := k.before[name], k.after[name]
		if content != then && content != next {
			t.Errorf("%s is neither what it was nor what it will be", name)
		}
		if strings.HasSuffix(name, ".tf") && then != next {
			old, fresh = old || content == then, fresh || content == next
		}
	}
	for name, then := range k.before {
		_, there := now[name]
		fresh = fresh || !there && strings.HasSuffix(name, ".tf") && then != ""
	}
	for name := range k.after {
		_, there := now[name]
		_, was := k.before[name]
		old = old || !there && !was && strings.HasSuffix(name, ".tf")
	}
	if _, refused := now[barrier]; old && fresh && !refused {
		t.Errorf("old and new code lie side by side, and nothing keeps an engine from planning them: %v", differing(now, k.after))
	} else if refused && !k.planned && engineOnPath() && !testing.Short() {
		k.planned = true
		refusedByEngine(t, dir)
	}
}

// refusedByEngine holds that a real engine will not plan a directory that is half one thing.
func refusedByEngine(t *testing.T, dir string) {
	t.Helper()
	engine := "terraform"
	if _, err := exec.LookPath(engine); err != nil {
		engine = "tofu"
	}
	plan := exec.Command(engine, "plan", "-input=false")
	plan.Dir = dir
	plan.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_DATA_DIR="+t.TempDir())
	if out, err := plan.CombinedOutput(); err == nil || !strings.Contains(string(out), "import_was_interrupted") {
		t.Errorf("%s plan: %v\n%s", engine, err, out)
	}
}

// waitForStage returns when a run has begun to stage its files, or has ended.
func waitForStage(dir string, ended chan error) {
	for {
		if found, _ := filepath.Glob(filepath.Join(filepath.Dir(dir), ".out.terraformer-stage-*")); len(found) > 0 {
			return
		}
		select {
		case err := <-ended:
			ended <- err
			return
		case <-time.After(time.Millisecond):
		}
	}
}

func rootlyOfSize(t *testing.T, size int) string {
	t.Helper()
	server := sandbox.New(sandbox.Options{Token: scriptToken, Objects: organisation.New(organisation.Options{Size: size, Seed: 1}), Seed: 1})
	listening := httptest.NewServer(server)
	t.Cleanup(func() {
		listening.CloseClientConnections()
		listening.Close()
	})
	return listening.URL
}

func importCommand(dir, url string) *exec.Cmd {
	return exec.Command(world.Program, "import", "-o", dir, "--no-verify", "-q", "--url", url, "--token", scriptToken)
}

func importInto(t *testing.T, dir, url string) {
	t.Helper()
	if out, err := importCommand(dir, url).CombinedOutput(); err != nil {
		t.Fatalf("import: %v\n%s", err, out)
	}
}

// writtenIn reads the files of a directory, with the memory of the program but without what only a
// run in progress needs.
func writtenIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, sub := range []string{"", ".terraformer-rootly"} {
		entries, err := os.ReadDir(filepath.Join(dir, sub))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.IsDir() || e.Name() == "lock" || strings.HasPrefix(e.Name(), "journal.json") || e.Name() == "probe" {
				continue
			}
			content, err := os.ReadFile(filepath.Join(dir, sub, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			files[filepath.Join(sub, e.Name())] = string(content)
		}
	}
	return files
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if _, err := os.Stat(from); errors.Is(err, os.ErrNotExist) {
		return
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

func differing(a, b map[string]string) []string {
	var names []string
	for name := range a {
		if a[name] != b[name] {
			names = append(names, name)
		}
	}
	for name := range b {
		if _, there := a[name]; !there {
			names = append(names, name)
		}
	}
	return names
}
