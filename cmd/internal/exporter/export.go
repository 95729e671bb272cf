package exporter

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/authors"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
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
	root, err := importer.Open(ctx, w, &o.Settings)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := refuseImported(root.Dir); err != nil {
		return err
	}
	if o.Commit && !o.DryRun {
		if err := git.CanCommit(ctx, root.Dir.Path()); err != nil {
			return err
		}
	}
	root.Layout.Import = func(*graph.Resource) bool { return false }

	live, err := importer.Fetch(ctx, root)
	if err != nil {
		return err
	}
	linked, err := importer.Link(importer.Whole(live, root))
	if err != nil {
		return err
	}
	staged, err := linked.Stage()
	if err != nil {
		return err
	}
	staged, now, err := staged.KeepSnapshot()
	if err != nil {
		return err
	}
	proof := importer.Proof{Staged: staged, Facts: report.Proof{State: report.ProofSkipped, Reason: "an export has no plan"}}
	summary := importer.Summarize(proof)
	summary.Command = "export"
	if err := importer.Commit(ctx, proof, summary); err != nil {
		return err
	}
	var done string
	var refused error
	if o.Commit && !o.DryRun {
		done, refused = commitExport(ctx, staged, now)
	}
	printed := importer.Print(live, summary) // in any case, since it says what was written
	if done != "" {
		root.Watch.Progress.Note(done)
	}
	return cmp.Or(refused, printed)
}

// refuseImported keeps an export out of a directory that import wrote: it would remove the import blocks, the proof and
// the values of secrets.
func refuseImported(dir *state.Directory) error {
	if len(dir.Addresses()) == 0 || world.Exists(filepath.Join(dir.Path(), snapshot.SnapshotName)) {
		return nil
	}
	return exit.WithHint(fmt.Errorf("%s was written by import: an export would remove its import blocks and values of secrets", dir.Path()),
		"give the export a directory of its own, such as: terraformer-rootly export -o ./export")
}

// commitExport commits what this run and earlier ones wrote or removed, and nothing else that differs in the directory.
// The message describes the change since the last commit, even if runs without a commit came between. Done is what to
// report to the user.
func commitExport(ctx context.Context, s importer.Staged, now *drift.Snapshot) (done string, err error) {
	dir := s.Linked.Share.Root.Dir.Path()
	next, err := toCommit(ctx, s, dir)
	if err == nil && !slices.Contains(next.Paths, snapshot.SnapshotName) {
		if tracked, failed := git.Run(ctx, dir, "ls-files", "--", snapshot.SnapshotName); failed == nil && tracked == "" {
			return "", exit.Begun(fmt.Errorf("git ignores %s in %s, so nothing was committed", snapshot.SnapshotName, dir),
				"the files are written; find the rule with git check-ignore -v "+snapshot.SnapshotName+", remove it, and run the command again")
		}
	}
	if err == nil && len(next.Paths) > 0 {
		err = describe(ctx, s, now, &next)
	}
	if err != nil {
		return "", exit.Begun(err, "the files in "+dir+" are written, but not committed; run the command again to commit them")
	}
	if len(next.Paths) == 0 {
		return "nothing to commit: the export is the same as in the last commit", nil
	}
	if err := next.Make(ctx, dir); err != nil {
		return "", err
	}
	subject, _, _ := strings.Cut(next.Message, "\n")
	return "committed: " + subject, nil
}

// describe fills in the message and the author of a commit.
func describe(ctx context.Context, s importer.Staged, now *drift.Snapshot, next *git.Commit) error {
	root := s.Linked.Share.Root
	before, err := committed(ctx, root.Dir.Path())
	if err != nil {
		next.Message = fmt.Sprintf("Rootly: export\n\nThe objects are not compared: the snapshot of the commit before this one cannot be read (%v).\n", err)
		return nil
	}
	d := drift.Compare(before, now, snapshot.Unordered(root.Job.Schema))
	c := Reported(d, "the last commit", "now")
	if len(before.Objects) > 0 && !d.Empty() { // somebody changed it, unless this is the first export
		if next.Author, err = blame(ctx, root.Job, d, &c); err != nil {
			return err
		}
	}
	var message bytes.Buffer
	fmt.Fprintf(&message, "Rootly: %s\n\n", report.Plural(len(c.Changes), "object")+" changed")
	if err := report.New(report.Options{Out: &message}).Changes(c); err != nil {
		return err
	}
	next.Message = message.String()
	return nil
}

// committed is the snapshot in the last commit; empty if it has none.
func committed(ctx context.Context, dir string) (*drift.Snapshot, error) {
	text, err := git.Show(ctx, dir, "HEAD", "./"+snapshot.SnapshotName)
	if errors.Is(err, fs.ErrNotExist) {
		return &drift.Snapshot{}, nil
	}
	if err != nil {
		return nil, err
	}
	return drift.Decode(strings.NewReader(text))
}

// blame adds the authors to changes since the last commit, and returns the one person who made all of them.
func blame(ctx context.Context, job *importer.Job, d *drift.Diff, c *report.Changes) (git.Person, error) {
	since, err := authors.Since("", job.World.Now())
	if err != nil {
		return git.Person{}, err
	}
	say := job.World.Report().Note
	search := &authors.Search{Client: job.Client, Since: since, Say: say}
	answers, err := search.Blame(ctx, d, c)
	if err != nil {
		return git.Person{}, err
	}
	return authors.OnePerson(answers, say), nil
}

// toCommit is a commit of the files that a run wrote or removed and that differ from the last commit.
func toCommit(ctx context.Context, s importer.Staged, dir string) (next git.Commit, err error) {
	changed, err := git.Uncommitted(ctx, dir)
	if err != nil || len(changed) == 0 {
		return next, err
	}
	before, err := git.Show(ctx, dir, "HEAD", "./"+state.ManifestName)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return next, err
	}
	once := state.FilesIn([]byte(before))
	for _, c := range changed {
		ours := once[c.Path] || slices.Contains(s.Changes.Remove, c.Path) // while the file existed
		if world.Exists(filepath.Join(dir, c.Path)) {
			ours = s.Linked.Share.Root.Dir.Wrote(s.Changes, c.Path, c.IsNew())
		}
		if !ours {
			continue
		}
		next.Paths = append(next.Paths, c.Path)
		if c.IsUnknown() {
			next.Fresh = append(next.Fresh, c.Path)
		}
	}
	if slices.Equal(next.Paths, []string{state.ManifestName}) {
		return git.Commit{}, nil // such as which types could be read: it goes with the next change
	}
	return next, nil
}
