package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// snapshotName is the file that comparisons read.
const snapshotName = "snapshot.json"

// exportOptions are the flags of export.
type exportOptions struct {
	importOptions
	commit bool
}

func newExport(w World) *cobra.Command {
	o := &exportOptions{}
	o.unplanned()
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the organisation as code and a snapshot, for version control",
		Long: `Write the organisation as code and a snapshot, for version control.

Like import, but without import blocks, state and plan: made to be run again and
again and compared. snapshot.json beside the code holds every object with its id
and values, one a line, without secrets; diff reads it.

` + exitText,
		Example: `  $ terraformer-rootly export --synthetic -o ./export
  $ terraformer-rootly export -o ./export --commit
  $ terraformer-rootly diff HEAD~1:./export ./export`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := check(importChoices(&o.importOptions)); err != nil {
				return err
			}
			return runExport(cmd.Context(), w, o)
		},
	}
	connectionFlags(cmd, &o.connection)
	selectionFlags(cmd, &o.selection)
	codeFlags(cmd, &o.importOptions)
	cmd.Flags().BoolVar(&o.commit, "commit", false, "commit the files that export wrote or removed, with a message that lists what changed")
	return cmd
}

// unplanned sets the flags that a command which makes no plan does not have.
func (o *importOptions) unplanned() {
	o.proof.off, o.proof.provider, o.proof.against = true, "official", "replay"
	o.secrets, o.importAs.importAs = "blank", asNone
}

// runExport turns the live organisation into code and a snapshot.
func runExport(ctx context.Context, w World, o *exportOptions) error {
	run, err := newRun(ctx, w, &o.importOptions)
	if err != nil {
		return err
	}
	defer run.close()
	if o.commit && !o.dryRun {
		if err := canCommit(ctx, run.dir.Path()); err != nil {
			return err
		}
	}
	run.renderOptions.Import = func(*graph.Resource) bool { return false }

	if err := run.fetch(ctx); err != nil {
		return err
	}
	if err := run.link(ctx); err != nil {
		return err
	}
	if err := run.render(); err != nil {
		return err
	}
	if err := run.stage(); err != nil {
		return err
	}
	since, known := exportedAt(ctx, o.dir)
	if !known {
		since = w.Now().Add(-defaultWindow)
	}
	before, now, err := run.keepSnapshot()
	if err != nil {
		return err
	}
	run.report.Command = "export"
	run.report.Proof.State, run.report.Proof.Reason = report.ProofSkipped, "an export is not planned"
	run.sum()
	if err := run.commit(ctx); err != nil {
		return err
	}
	if o.commit && !o.dryRun {
		if err := commitExport(ctx, run, drift.Compare(before, now, unordered(run.schema)), since, len(before.Objects) == 0); err != nil {
			return err
		}
	}
	return run.tell()
}

// keepSnapshot puts the snapshot beside the code, and returns it with the one that was there.
func (r *run) keepSnapshot() (before, now *drift.Snapshot, err error) {
	now, err = drift.Of(r.graph)
	if err != nil {
		return nil, nil, err
	}
	before, err = readSnapshot(r.o.dir)
	if errors.Is(err, fs.ErrNotExist) {
		before, err = &drift.Snapshot{}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	now = now.Keeping(before, func(o drift.Object) bool { return r.stays(o) })
	content, err := drift.Encode(now)
	if err != nil {
		return nil, nil, err
	}
	r.snapshot = true
	return before, now, r.staged.Put(state.File{Name: snapshotName, Content: content})
}

// stays reports whether an object of an earlier export stays in the snapshot although this run does
// not have it: the rule is the one for code.
func (r *run) stays(o drift.Object) bool {
	for _, c := range r.changes.Carried {
		if c.Address.Type == o.Type && c.ID == o.ID {
			return true
		}
	}
	return false
}

// readSnapshot reads the snapshot of an exported directory.
func readSnapshot(dir string) (*drift.Snapshot, error) {
	data, err := disk.Dir(dir).Read(snapshotName, disk.MostCode)
	if err != nil {
		return nil, err
	}
	s, err := drift.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, advised(fmt.Errorf("%s: %w", filepath.Join(dir, snapshotName), err), "restore it from version control, or delete it")
	}
	return s, nil
}

// unordered tells from the schema where order makes no difference.
func unordered(s *schema.Provider) drift.Unordered {
	return func(resourceType, path string) bool {
		r := s.Resources[resourceType]
		if r == nil {
			return false
		}
		if a := r.Block.Find(path); a != nil {
			return a.Suppress == schema.SuppressOrder || a.Type.IsSetType()
		}
		n := r.Block.FindNested(path)
		return n != nil && n.Nesting == schema.NestingSet
	}
}

// commitExport commits what this run and earlier ones wrote or removed, and nothing else that differs in the directory.
// What changed is by somebody, unless it is all there is.
func commitExport(ctx context.Context, r *run, d *drift.Diff, since time.Time, all bool) error {
	dir := r.dir.Path()
	next, err := toCommit(ctx, r, dir)
	if err != nil || len(next.paths) == 0 {
		return err
	}
	c := told(d, "the last export", "now")
	if !all && !d.Empty() {
		say := func(text string) { report.Note(r.w.Err, text) }
		b := &blaming{client: r.client, since: since, say: say}
		answers, err := b.blame(ctx, d, &c)
		if !blamable(err) {
			return err
		}
		if err != nil {
			say(fmt.Sprintf(silentLog, err))
		}
		next.author = onePerson(answers, say)
	}
	var message bytes.Buffer
	fmt.Fprintf(&message, "Rootly: %s\n\n", report.Plural(len(c.Changes), "object")+" changed")
	if err := report.WriteChanges(&message, c); err != nil {
		return err
	}
	next.message = message.String()
	return next.make(ctx, dir)
}

// toCommit is a commit of the files that differ from the last one because a run wrote or removed them.
func toCommit(ctx context.Context, r *run, dir string) (next commit, err error) {
	changed, err := uncommitted(ctx, dir)
	if err != nil || len(changed) == 0 {
		return next, err
	}
	before, err := gitShow(ctx, dir, "HEAD", "./"+state.ManifestName)
	if err != nil {
		before = "" // the first commit of this directory
	}
	once := state.FilesIn([]byte(before))
	for _, c := range changed {
		ours := once[c.path] || slices.Contains(r.changes.Remove, c.path) // while it was there
		if exists(filepath.Join(dir, c.path)) {
			ours = r.dir.Wrote(r.changes, c.path, c.isNew())
		}
		if !ours {
			continue
		}
		next.paths = append(next.paths, c.path)
		if c.isUnknown() {
			next.fresh = append(next.fresh, c.path)
		}
	}
	return next, nil
}
