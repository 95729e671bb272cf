package importer

import (
	"context"
	"errors"
	"io/fs"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/snapshot"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
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
	root, err := Open(ctx, w, &looking)
	if err != nil {
		return nil, nil, err
	}
	defer root.Close()
	for _, o := range recorded.Objects {
		root.Job.compared = append(root.Job.compared, rootly.Known{Type: catalogue.Lookup(o.Type), ID: o.ID, Parent: o.Parent})
	}
	live, err := Fetch(ctx, root)
	if err != nil {
		return nil, nil, err
	}
	linked, err := Link(Whole(live, root))
	if err != nil {
		return nil, nil, err
	}
	now, err := drift.Of(linked.Graph)
	if err != nil {
		return nil, nil, err
	}
	lives := linked.elsewhere()
	return now.Keeping(recorded, func(o drift.Object) bool {
		return lives[o.Key()] || !live.Complete(o.Type) && !live.read.Gone[o.Key()]
	}), live.amiss(), nil
}

// KeepSnapshot stages the snapshot next to the code, and returns it too.
func (s Staged) KeepSnapshot() (Staged, *drift.Snapshot, error) {
	now, err := drift.Of(s.Linked.Graph)
	if err != nil {
		return s, nil, err
	}
	before, err := snapshot.ReadSnapshot(s.root().Name)
	if errors.Is(err, fs.ErrNotExist) {
		before, err = &drift.Snapshot{}, nil
	}
	if err != nil {
		return s, nil, err
	}
	now = now.Keeping(before, s.stays)
	content, err := drift.Encode(now)
	if err != nil {
		return s, nil, err
	}
	s.snapshot = true
	return s, now, s.root().stage.Put(state.File{Name: snapshot.SnapshotName, Content: content})
}

// stays reports whether an object of an earlier export stays in the snapshot although this run does
// not have it: the rule is the one for code.
func (s Staged) stays(o drift.Object) bool {
	for _, c := range s.Changes.Carried {
		if c.Address.Type == o.Type && c.ID == o.ID {
			return true
		}
	}
	return false
}

// keepSettings stages the settings that the provider cannot represent next to the code. An export has them in its snapshot.
func (s Staged) keepSettings() error {
	if s.snapshot {
		return nil
	}
	content, err := snapshot.NextSettings(s.root().Name, s.Linked.Graph.Resources, s.stays)
	if err != nil || content == nil {
		return err
	}
	return s.root().stage.Put(state.File{Name: snapshot.SettingsName, Content: content})
}
