package acceptance

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

// misreading is a provider that reads the names of causes otherwise than Rootly has them: of all, or of
// the one with a name.
func misreading(only string) serveProvider {
	return func(ctx context.Context, o standin.Options) (*standin.Served, error) {
		o.Sabotage = func(resource, _ string, attributes map[string]any) error {
			name, ok := attributes["name"].(string)
			if ok && resource == "rootly_cause" && (only == "" || name == only) {
				attributes["name"] = name + ", read otherwise"
			}
			return nil
		}
		return standin.Serve(ctx, o)
	}
}

// A fold whose plan is not clean comes apart and what is in it is repaired; the other folds stay.
func TestUncleanFoldsAreTakenApart(t *testing.T) {
	t.Parallel()
	_, url := serve(t, of(250))
	for _, engine := range engineNames(t) {
		dir := filepath.Join(t.TempDir(), "out")
		args := []string{
			"import", "-o", dir, "--url", url, "--token", token, "--provider", "stand-in", "--engine", engine, "--fold",
			"--resources", "cause,form_field,form_field_option",
		}
		before := program(t, os.Environ(), append(args, "--dry-run")...).summary
		if before.Proof.State != "clean" || len(before.Folds.Unfolded) > 0 || before.Folds.Blocks < 2 {
			t.Fatalf("by a provider that reads well: %s, %+v", before.Proof.State, before.Folds)
		}
		after := programWith(t, misreading(""), os.Environ(), args...)
		if after.code != 0 || after.summary.Proof.State != "clean" || len(after.summary.Repairs) == 0 {
			t.Fatalf("exit code %d, %s, %d repairs, %+v\n%s", after.code, after.summary.Proof.State, len(after.summary.Repairs), after.summary.Folds, after.talk)
		}
		if f := after.summary.Folds; f.Blocks != before.Folds.Blocks-1 || len(f.Unfolded) != 1 || f.Unfolded[0].Address != "rootly_cause.these" {
			t.Errorf("folds %+v, of %+v", f, before.Folds)
		}
		causes, err := os.ReadFile(filepath.Join(dir, "causes.tf"))
		if err != nil || strings.Contains(string(causes), "for_each") {
			t.Errorf("causes.tf: %v\n%s", err, causes)
		}
	}
}

var entry = regexp.MustCompile(`(?m)^    ([a-z_]+) = \{\n +name += "([A-Za-z ]+)"$`)

// Of a fold that is there already only the members leave that the plan has something against.
func TestUncleanMembersLeaveTheirFold(t *testing.T) {
	t.Parallel()
	_, url := serve(t, of(250))
	dir := filepath.Join(t.TempDir(), "out")
	args := []string{"import", "-o", dir, "--url", url, "--token", token, "--provider", "stand-in", "--engine", engineNames(t)[0], "--resources", "cause"}
	first := program(t, os.Environ(), append(args, "--fold")...)
	causes, err := os.ReadFile(filepath.Join(dir, "causes.tf"))
	one := entry.FindStringSubmatch(string(causes))
	if first.code != 0 || err != nil || one == nil {
		t.Fatalf("exit code %d, %v\n%s", first.code, err, causes)
	}
	then := programWith(t, misreading(one[2]), os.Environ(), args...)
	left, is := then.summary.Folds, first.summary.Folds
	if then.code != 0 || left.Objects != is.Objects-1 || len(left.Unfolded) != 1 || left.Unfolded[0].Address != `rootly_cause.these["`+one[1]+`"]` {
		t.Errorf("exit code %d, folds %+v, of %+v\n%s", then.code, left, is, then.talk)
	}
	moved, err := os.ReadFile(filepath.Join(dir, "moved.tf"))
	if want := `from = rootly_cause.these["` + one[1] + `"]`; err != nil || !strings.Contains(string(moved), want) {
		t.Errorf("no %s: %v\n%s", want, err, moved)
	}
}
