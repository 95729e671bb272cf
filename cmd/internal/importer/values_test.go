package importer

import (
	"bytes"
	"errors"
	"io"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/entries"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
)

// opened is a root module without anything in it, of the built-in organisation.
func opened(t *testing.T) *Root {
	t.Helper()
	w := world.World{
		Out: io.Discard, Err: io.Discard, Getenv: func(string) string { return "" }, Environ: os.Environ,
		Now: func() time.Time { return time.Date(2025, 3, 4, 5, 6, 7, 0, time.UTC) },
	}
	root, err := Open(t.Context(), w, &Settings{
		Connection: connect.Connection{Synthetic: true, Seed: 1, Parallelism: 4},
		Proof:      planning.Proof{Off: true}, ImportAs: entries.ImportAs{ImportAs: entries.AsNone},
		Dir: t.TempDir(), Secrets: "plain", Users: "locals", References: "literal", System: "import", Fold: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(root.Close)
	return root
}

// Stages leave the values that they are given as they are: the same value gives the same result twice.
func TestStagesChangeNothingThatTheyAreGiven(t *testing.T) {
	t.Parallel()
	root := opened(t)
	live, err := Fetch(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	share := Whole(live, root)
	first, err := Link(share)
	if err != nil {
		t.Fatal(err)
	}
	files, err := Render(first, root.Layout)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Link(share)
	if err != nil {
		t.Fatal(err)
	}
	third, err := first.Relink()
	if err != nil {
		t.Fatal(err)
	}
	for name, l := range map[string]Linked{"linked again from its share": second, "linked again": third, "rendered again": first} {
		again, err := Render(l, root.Layout)
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range files {
			if f.Name != again[i].Name || !bytes.Equal(f.Content, again[i].Content) {
				t.Errorf("%s: %s differs", name, f.Name)
			}
		}
	}
	staged, err := Stage(first, files)
	if err != nil {
		t.Fatal(err)
	}
	proof := Proof{Staged: staged, Facts: report.Proof{State: report.ProofSkipped}}
	summary := Summarize(proof)
	if summary.Imported() == 0 || summary.Secrets == 0 || summary.Folds.Blocks == 0 || summary.Files.Written < len(files) {
		t.Errorf("%d objects, %d secrets, %d folds, %d of %d files", summary.Imported(), summary.Secrets, summary.Folds.Blocks, summary.Files.Written, len(files))
	}
	if !reflect.DeepEqual(summary, Summarize(proof)) {
		t.Error("summed up again, the report is another one")
	}
	hidden := 0
	for _, c := range summary.Coverage {
		hidden += c.Secret
	}
	if hidden < summary.Secrets {
		t.Errorf("the coverage counts %d secrets, the report %d", hidden, summary.Secrets)
	}
}

// The exit code follows from what was found, whatever was done in between.
func TestOutcome(t *testing.T) {
	t.Parallel()
	absent := rootly.Skipped{Type: "rootly_sla", Err: api.ErrNotFound}
	below := rootly.Skipped{Type: "rootly_sla", Parent: "1", Err: api.ErrNotFound}
	one := []report.TypeCount{{Type: "rootly_team", Listed: 1, Imported: 1}}
	dangling := report.Rerun{Dangling: []report.Unresolved{{}}}
	for name, test := range map[string]struct {
		summary  report.Summary
		skipped  []rootly.Skipped
		explicit bool
		earlier  int
		complete bool
		want     int
	}{
		"everything":                   {summary: report.Summary{Types: one}, complete: true},
		"an empty organisation":        {complete: true},
		"nothing that could be listed": {skipped: []rootly.Skipped{absent}, want: exit.Partial},
		"a plan with changes":          {summary: report.Summary{Types: one, Proof: report.Proof{State: report.ProofDiffers}, Rerun: dangling}, want: exit.Differs},
		"code that leads nowhere":      {summary: report.Summary{Types: one, Rerun: dangling}, want: exit.Partial},
		"a feature that is not there":  {summary: report.Summary{Types: one}, skipped: []rootly.Skipped{absent}, complete: true},
		"but was asked for":            {summary: report.Summary{Types: one}, skipped: []rootly.Skipped{absent}, explicit: true, complete: true, want: exit.Partial},
		"but was there before":         {summary: report.Summary{Types: one}, skipped: []rootly.Skipped{absent}, earlier: 2, complete: true, want: exit.Partial},
		"a part of a list":             {summary: report.Summary{Types: one}, skipped: []rootly.Skipped{below}, complete: true, want: exit.Partial},
		"people":                       {summary: report.Summary{Types: one}, skipped: []rootly.Skipped{{Type: graph.UserType, Err: api.ErrForbidden}}, complete: true, want: exit.Partial},
		"nothing of what was listed":   {summary: report.Summary{Types: []report.TypeCount{{Listed: 2}}}, complete: true, want: exit.Partial},
	} {
		live := &Live{
			Job:  &Job{explicit: map[string]bool{"rootly_sla": test.explicit}},
			read: &rootly.Live{Skipped: test.skipped, Complete: map[string]bool{"rootly_team": test.complete}}, earlier: map[string]int{"rootly_sla": test.earlier},
		}
		err := outcome(&test.summary, live)
		var status exit.Status
		if errors.As(err, &status); int(status) != test.want {
			t.Errorf("%s: %v, want exit code %d", name, err, test.want)
		}
	}
}
