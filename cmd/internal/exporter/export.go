package exporter

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/authors"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/git"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/importer"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/snapshot"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/splitter"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// ExportSettings are the flags of export.
type ExportSettings struct {
	importer.Settings
	Commit bool
}

// Export turns the live organisation into code and a snapshot.
func Export(ctx context.Context, w world.World, o *ExportSettings) error {
	if err := splitter.Whole(o.Dir); err != nil {
		return err
	}
	run, err := importer.NewRun(ctx, w, &o.Settings)
	if err != nil {
		return err
	}
	defer run.Close()
	if o.Commit && !o.DryRun {
		if err := git.CanCommit(ctx, run.Dir.Path()); err != nil {
			return err
		}
	}
	run.RenderOptions.Import = func(*graph.Resource) bool { return false }

	if err := run.Fetch(ctx); err != nil {
		return err
	}
	if err := run.Link(ctx); err != nil {
		return err
	}
	if err := run.Render(); err != nil {
		return err
	}
	if err := run.Stage(); err != nil {
		return err
	}
	since, known := exportedAt(ctx, o.Dir)
	if !known {
		since = w.Now().Add(-authors.DefaultWindow)
	}
	before, now, err := run.KeepSnapshot()
	if err != nil {
		return err
	}
	run.Report.Command = "export"
	run.Report.Proof.State, run.Report.Proof.Reason = report.ProofSkipped, "an export has no plan"
	run.Sum()
	if err := run.Commit(ctx); err != nil {
		return err
	}
	if o.Commit && !o.DryRun {
		if err := commitExport(ctx, run, drift.Compare(before, now, snapshot.Unordered(run.Schema)), since, len(before.Objects) == 0); err != nil {
			return err
		}
	}
	return run.Tell()
}

// commitExport commits what this run and earlier ones wrote or removed, and nothing else that differs in the directory.
// What changed is by somebody, unless it is all there is.
func commitExport(ctx context.Context, r *importer.Run, d *drift.Diff, since time.Time, all bool) error {
	dir := r.Dir.Path()
	next, err := toCommit(ctx, r, dir)
	if err != nil || len(next.Paths) == 0 {
		return err
	}
	c := Told(d, "the last export", "now")
	if !all && !d.Empty() {
		say := func(text string) { report.Note(r.W.Err, text) }
		b := &authors.Blaming{Client: r.Client, Since: since, Say: say}
		answers, err := b.Blame(ctx, d, &c)
		if !authors.Blamable(err) {
			return err
		}
		if err != nil {
			say(authors.Without(err))
		}
		next.Author = authors.OnePerson(answers, say)
	}
	var message bytes.Buffer
	fmt.Fprintf(&message, "Rootly: %s\n\n", report.Plural(len(c.Changes), "object")+" changed")
	if err := report.WriteChanges(&message, c); err != nil {
		return err
	}
	next.Message = message.String()
	return next.Make(ctx, dir)
}

// toCommit is a commit of the files that differ from the last one because a run wrote or removed them.
func toCommit(ctx context.Context, r *importer.Run, dir string) (next git.Commit, err error) {
	changed, err := git.Uncommitted(ctx, dir)
	if err != nil || len(changed) == 0 {
		return next, err
	}
	before, err := git.Show(ctx, dir, "HEAD", "./"+state.ManifestName)
	if err != nil {
		before = "" // the first commit of this directory
	}
	once := state.FilesIn([]byte(before))
	for _, c := range changed {
		ours := once[c.Path] || slices.Contains(r.Changes.Remove, c.Path) // while it was there
		if world.Exists(filepath.Join(dir, c.Path)) {
			ours = r.Dir.Wrote(r.Changes, c.Path, c.IsNew())
		}
		if !ours {
			continue
		}
		next.Paths = append(next.Paths, c.Path)
		if c.IsUnknown() {
			next.Fresh = append(next.Fresh, c.Path)
		}
	}
	return next, nil
}
