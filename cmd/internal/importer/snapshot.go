package importer

import (
	"context"
	"errors"
	"io/fs"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/snapshot"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// LiveSnapshot reads the organisation without writing anything. It has the objects of an export too that nothing
// says were deleted: those that were not asked for, or could not be read.
func LiveSnapshot(ctx context.Context, w world.World, o *Settings, recorded *drift.Snapshot) (*drift.Snapshot, []rootly.Skipped, error) {
	looking := *o
	looking.DryRun = true
	r, err := NewRun(ctx, w, &looking)
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	for _, o := range recorded.Objects {
		r.compared = append(r.compared, rootly.Known{Type: catalogue.Lookup(o.Type), ID: o.ID, Parent: o.Parent})
	}
	if err := r.Fetch(ctx); err != nil {
		return nil, nil, err
	}
	if err := r.Link(ctx); err != nil {
		return nil, nil, err
	}
	now, err := drift.Of(r.Graph)
	if err != nil {
		return nil, nil, err
	}
	lives := r.Elsewhere()
	return now.Keeping(recorded, func(o drift.Object) bool {
		return lives[graph.Target{Type: o.Type, ID: o.ID}] || !r.Complete(o.Type) && !r.live.Gone[o.Key()]
	}), slices.DeleteFunc(r.live.Skipped, func(s rootly.Skipped) bool { return !r.amiss(s) }), nil
}

// KeepSnapshot stages the snapshot next to the code, and returns it with the one that was there.
func (r *staged) KeepSnapshot() (before, now *drift.Snapshot, err error) {
	now, err = drift.Of(r.Graph)
	if err != nil {
		return nil, nil, err
	}
	before, err = snapshot.ReadSnapshot(r.o.Dir)
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
	return before, now, r.Staged.Put(state.File{Name: snapshot.SnapshotName, Content: content})
}

// stays reports whether an object of an earlier export stays in the snapshot although this run does
// not have it: the rule is the one for code.
func (r *staged) stays(o drift.Object) bool {
	for _, c := range r.Changes.Carried {
		if c.Address.Type == o.Type && c.ID == o.ID {
			return true
		}
	}
	return false
}

// keepSettings stages the settings that the provider cannot represent next to the code. An export has them in its snapshot.
func (r *staged) keepSettings() error {
	if r.snapshot {
		return nil
	}
	content, err := snapshot.NextSettings(r.o.Dir, r.Graph.Resources, r.stays)
	if err != nil || content == nil {
		return err
	}
	return r.Staged.Put(state.File{Name: snapshot.SettingsName, Content: content})
}
