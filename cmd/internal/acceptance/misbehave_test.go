package acceptance

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

// TestNothingUnprovenIsWritten imports with providers that misbehave at random, and holds that what
// is in the directory afterwards plans clean with that very provider, or is what was there before.
// ROOTLY_TEST_PROVIDERS says how many providers to try.
func TestNothingUnprovenIsWritten(t *testing.T) {
	t.Parallel()
	seeds := number("ROOTLY_TEST_PROVIDERS", 5)
	server, url := serve(t, of(100))
	engine := engineNames(t)
	live := map[string]bool{}
	for _, o := range server.Snapshot() {
		live[o.API] = true
	}
	outcomes := map[string]int{}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			m := &misbehaving{live: server, url: url, engine: engine[seed%len(engine)], faults: newFaults(uint64(seed), live)}
			outcomes[m.run(t)]++
		})
	}
	t.Logf("runs that ended so: %v", outcomes)
	if seeds > 4 && len(outcomes) < 2 {
		t.Errorf("every run ended alike, %v: these providers show nothing", outcomes)
	}
}

// misbehaving is an import with a provider that misbehaves.
type misbehaving struct {
	live        *sandbox.Server
	url, engine string
	faults      *faults
}

// shardsOf makes several shards of the hundred objects.
const shardsOf = 30

// run imports, and returns how that ended.
func (m *misbehaving) run(t *testing.T) string {
	dir := filepath.Join(t.TempDir(), "out")
	args := []string{"import", "-o", dir, "--url", m.url, "--token", token}
	as := pickOne(m.faults.random, "blocks", "blocks", "state", "both")
	if m.faults.random.IntN(2) == 0 { // an import from before the provider was replaced by this one
		if o := program(t, os.Environ(), append(args, "--no-verify", "--resources", "service,team,severity,workflow_incident,schedule_rotation")...); o.code != 0 {
			t.Fatalf("first import: %d %s", o.code, o.talk)
		}
	}
	args = append(args, "--import-as", as, "--verify", pickOne(m.faults.random, "replay", "live"), "--engine", m.engine, "--provider", "stand-in")
	if m.faults.random.IntN(2) == 0 {
		args = append(args, "--fold")
	}
	before := everyFile(t, dir)
	o := programSharded(t, shardsOf, m.faults.serve, os.Environ(), args...)
	t.Logf("%s: exit code %d, %d repairs, %d objects not imported, %v", m.faults, o.code, len(o.summary.Repairs), len(o.summary.NotImported), args[7:])

	if o.code != 0 {
		if after := everyFile(t, dir); !maps.Equal(before, after) {
			t.Errorf("exit code %d, but the directory is another one: %v\n%s", o.code, len(after), o.talk)
		}
		if o.code != 1 && o.code != 2 || o.code == 1 && o.talk == "" {
			t.Errorf("exit code %d: %s", o.code, o.talk)
		}
		if m.faults.crashed.Load() && (o.code != 1 || !strings.Contains(o.talk, "Plugin error") && !strings.Contains(o.talk, "Request cancelled")) {
			t.Errorf("the provider crashed, and the run says something else, with exit code %d: %s", o.code, o.talk)
		}
		return "nothing written"
	}
	if o.summary.Proof.Against == "recording" && o.summary.Proof.Plans < 2 && o.summary.Proof.Whole == "" && !m.faults.crashed.Load() {
		t.Errorf("planned as a whole without a reason: %+v", o.summary.Proof)
	}
	m.clean(t, dir, o.summary)
	if len(o.summary.Repairs) > 0 {
		return "repaired"
	}
	return "as it was"
}

// clean holds that the directory plans clean with the provider that it was written with.
func (m *misbehaving) clean(t *testing.T, dir string, s report.Summary) {
	t.Helper()
	if m.faults.crashed.Load() {
		t.Error("the provider crashed, and the run wrote all the same")
	}
	m.faults.crash = 0
	served, err := m.faults.serve(t.Context(), standin.Options{URL: m.url, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	defer served.Close()
	engine, err := engines.Find(t.Context(), engines.Options{Engine: m.engine})
	if err != nil {
		t.Fatal(err)
	}
	result, err := engines.Plan(t.Context(), engines.Job{
		Engine: engine, Dir: dir, API: engines.API{URL: m.url, Token: token}, Attached: engines.Attached{Reattach: served.Reattach, StandIn: served.Name}, TempDir: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if result.Errored || len(result.Deferred)+len(result.Outputs) > 0 {
		t.Errorf("what was written cannot be planned as a whole: %v", result.Diagnostics)
	}
	managed := code{imports: map[string]string{}}
	for _, c := range result.Changes {
		if slices.Contains(s.Rerun.Outside, c.Address) && c.Action == plans.Update {
			continue // reported: code of the import before, which this one kept as it was
		}
		if c.Action != plans.NoOp {
			t.Errorf("what was written plans to %s %s", c.Action, c.Address)
		}
		if c.ID != "" {
			managed.imports[c.Address] = c.ID
		}
	}
	accounted(t, m.live.Snapshot(), managed, s)
	if n := len(managed.imports); n == 0 || n != s.Imported() || s.Proof.State != report.ProofClean {
		t.Errorf("%d objects in the plan, %d told as imported, proof %s", len(managed.imports), s.Imported(), s.Proof.State)
	}
}

// everyFile reads all files of a directory with their modes, but for the lock of a run.
func everyFile(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil
		}
		if err != nil || e.IsDir() || e.Name() == "lock" {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		found[path] = info.Mode().String() + " " + string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestShardsJudgeAsTheWhole imports with providers that misbehave at random, in shards and as a whole: both are clean, or
// neither is.
func TestShardsJudgeAsTheWhole(t *testing.T) {
	t.Parallel()
	seeds := number("ROOTLY_TEST_PROVIDERS", 4)
	server, url := serve(t, of(100))
	engine := engineNames(t)
	live := map[string]bool{}
	for _, o := range server.Snapshot() {
		live[o.API] = true
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			f := newFaults(uint64(seed)+1000, live)
			f.crash = 0 // counts what is read, which is less in a shard
			var proofs []report.Proof
			for _, how := range []string{"replay", "whole"} {
				o := programSharded(t, shardsOf, f.serve, os.Environ(), "import", "-o", filepath.Join(t.TempDir(), how), "--url", url, "--token", token,
					"--provider", "stand-in", "--engine", engine[seed%len(engine)], "--no-repair", "--verify", how)
				if o.code != 0 && o.code != 2 && o.code != 1 {
					t.Fatalf("--verify %s: exit code %d: %s", how, o.code, o.talk)
				}
				proofs = append(proofs, o.summary.Proof)
			}
			sharded, whole := proofs[0], proofs[1]
			t.Logf("%s: %s with %d differences in %d plans, %s with %d in one", f, sharded.State, len(sharded.Differences), sharded.Plans, whole.State, len(whole.Differences))
			if (sharded.State == report.ProofClean) != (whole.State == report.ProofClean) {
				t.Errorf("shards: %q, whole: %q\n%v\n%v", sharded.State, whole.State, sharded.Differences, whole.Differences)
			}
			at := map[string]bool{}
			for _, d := range sharded.Differences {
				at[d.Address] = true
			}
			for _, d := range whole.Differences {
				if sharded.Plans > 0 && !at[d.Address] && !unknown(d) {
					t.Errorf("only the whole plan has %+v", d)
				}
			}
		})
	}
}

// unknown reports whether a difference comes from another one: a value that is not known until that one is applied.
func unknown(d report.Difference) bool {
	return d.Action == "missing" || strings.Contains(string(d.After), "known after apply")
}
