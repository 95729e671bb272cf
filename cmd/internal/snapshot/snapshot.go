package snapshot

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// SnapshotName is the file that comparisons read.
const SnapshotName = "snapshot.json"

// SettingsName is the file next to imported code with the settings that the provider cannot represent.
const SettingsName = "settings.json"

// ReadSnapshot reads the snapshot of an exported directory.
func ReadSnapshot(dir string) (*drift.Snapshot, error) { return read(dir, SnapshotName) }

// ReadSettings reads the recorded settings that Terraform lacks: those of an import, otherwise those of an export;
// empty if there are none.
func ReadSettings(dir string) (*drift.Snapshot, error) {
	for _, name := range []string{SettingsName, SnapshotName} {
		s, err := read(dir, name)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return s, err
		}
	}
	return &drift.Snapshot{}, nil
}

// NextSettings is the content of the settings file after an import, so that drift can compare them; nil if there are
// none. Objects that are not among the resources stay if stays says so.
func NextSettings(dir string, resources []*graph.Resource, stays func(drift.Object) bool) ([]byte, error) {
	before, err := ReadSettings(dir)
	if err != nil {
		return nil, err
	}
	now := drift.SettingsOf(resources).Keeping(before, stays)
	if len(now.Objects) == 0 {
		return nil, nil
	}
	return drift.Encode(now)
}

func read(dir, name string) (*drift.Snapshot, error) {
	data, err := disk.Dir(dir).Read(name, disk.MostCode)
	if err != nil {
		return nil, err
	}
	s, err := drift.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, exit.WithHint(fmt.Errorf("%s: %w", filepath.Join(dir, name), err), "restore it from version control, or delete it")
	}
	return s, nil
}

// Unordered finds out from the schema where order makes no difference.
func Unordered(s *schema.Provider) drift.Unordered {
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
