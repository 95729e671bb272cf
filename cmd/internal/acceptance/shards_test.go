package acceptance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
)

// TestShardsKnowTheState imports into a state, folds included, and again when objects are gone and renamed: in shards, each
// state entry is planned with its code.
func TestShardsKnowTheState(t *testing.T) {
	t.Parallel()
	_, url := serve(t, of(150))
	for _, engine := range engineNames(t) {
		t.Run(filepath.Base(engine), func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "out")
			run := func(want int, args ...string) report.Summary {
				t.Helper()
				args = append([]string{"import", "-o", dir, "--url", url, "--token", token, "--provider", "stand-in", "--engine", engine}, args...)
				o := programSharded(t, shardsOf, nil, os.Environ(), args...)
				if o.code != want {
					t.Fatalf("exit code %d, want %d: %s", o.code, want, o.talk)
				}
				return o.summary
			}
			first := run(0, "--import-as", "state", "--fold")
			if p := first.Proof; p.Plans < 3 || p.AddedToState == 0 || p.State != report.ProofClean {
				t.Errorf("proof of the first import %+v", p)
			}
			again := run(0, "--import-as", "state", "--fold")
			if p := again.Proof; p.Plans < 3 || p.Managed != first.Proof.Managed || p.Imported != 0 || len(p.Differences) > 0 {
				t.Errorf("proof of the second import %+v", p)
			}
			whole := run(0, "--import-as", "state", "--fold", "--verify", "whole")
			if p := whole.Proof; p.Plans > 1 || p.Managed != again.Proof.Managed || p.Plan != again.Proof.Plan {
				t.Errorf("as a whole %+v, in shards %+v", p, again.Proof)
			}
			edit(t, filepath.Join(dir, "teams.tf"), func(text string) string { return text + "\n# by hand\n" })
			if p := run(0).Proof; p.Managed != first.Proof.Managed {
				t.Errorf("with an edited file %+v", p)
			}
		})
	}
}

// TestVerifyInShards verifies what imports wrote, in shards and as a whole.
func TestVerifyInShards(t *testing.T) {
	t.Parallel()
	_, url := serve(t, of(150))
	for _, engine := range engineNames(t) {
		for name, args := range map[string][]string{
			"state": {"--import-as", "state", "--fold"},
			"split": {"--split-by", "team"},
		} {
			t.Run(filepath.Base(engine)+" "+name, func(t *testing.T) {
				t.Parallel()
				dir := filepath.Join(t.TempDir(), "out")
				run := func(want, size int, args ...string) report.Proof {
					t.Helper()
					args = append(args, "--url", url, "--token", token, "--provider", "stand-in", "--engine", engine)
					o := programSharded(t, size, nil, os.Environ(), args...)
					if o.code != want {
						t.Fatalf("%q: exit code %d, want %d: %s", args, o.code, want, o.talk)
					}
					return o.summary.Proof
				}
				made := run(0, shardsOf, append([]string{"import", "-o", dir}, args...)...)
				clean := run(0, shardsOf, "verify", dir)
				if clean.Imported+clean.Managed != made.Imported+made.Managed {
					t.Errorf("verified %+v, imported %+v", clean, made)
				}
				edit(t, oneOf(t, dir, "teams.tf"), func(text string) string { return strings.Replace(text, `= "`, `= "Another `, 1) })
				parts, whole := run(exit.Differs, shardsOf, "verify", dir), run(exit.Differs, 10000, "verify", dir)
				if parts.Plans < 3 || parts.Plans <= whole.Plans || parts.Whole != "" {
					t.Errorf("planned in %d plans, as a whole in %d: %s", parts.Plans, whole.Plans, parts.Whole)
				}
				parts.Plans = whole.Plans
				if diff := cmp.Diff(whole, parts); diff != "" || len(parts.Differences) != 1 {
					t.Errorf("(-whole +in shards):\n%s", diff)
				}
			})
		}
	}
}

// oneOf is the path of a file in a directory or below it.
func oneOf(t *testing.T, dir, name string) string {
	t.Helper()
	for _, pattern := range []string{name, filepath.Join("*", name)} {
		if found, _ := filepath.Glob(filepath.Join(dir, pattern)); len(found) > 0 {
			return found[0]
		}
	}
	t.Fatalf("%s has no %s", dir, name)
	return ""
}

func edit(t *testing.T, path string, change func(string) string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, change(string(text)))
}
