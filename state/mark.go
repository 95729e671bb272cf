package state

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A staged directory is recognised by its name and by a file in it. A directory with only the name belongs to somebody
// else: nothing is moved from it, and it is not removed.
const (
	stageInfix = ".terraformer-stage-"
	markName   = ".terraformer-rootly-stage"
	mark       = "The files of a run that was stopped. The next run removes this directory.\n"
)

// stagePrefix begins the names of staged directories, so that a later run recognises them.
func (d *folder) stagePrefix() string { return "." + filepath.Base(d.path) + stageInfix }

// mark marks a new directory as a staged one.
func (d *folder) mark(stage string) error {
	path := filepath.Join(stage, markName)
	if err := d.disk.create(path, []byte(mark), 0o600); err != nil {
		return errors.Join(diskError("write", path, err), d.disk.removeAll(stage))
	}
	return nil
}

// marked reports whether a run of this program made a directory. A missing directory was not.
func (d *folder) marked(stage string) (bool, error) {
	dir, names := realMedium{d.path}.at(filepath.Join(stage, markName))
	content, err := dir.Read(names[0], int64(len(mark)))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return strings.HasPrefix(mark, string(content)), err // a run may have been stopped while it wrote it
}

// checkStage refuses to move files from a directory that no run made.
func (d *folder) checkStage(stage string) error {
	dir, names := realMedium{d.path}.at(stage)
	if _, err := dir.Lstat(names[0]); errors.Is(err, fs.ErrNotExist) {
		return nil // the steps report what is lost with it
	}
	if err := dir.Real(names[0]); err != nil {
		return diskError("open", stage, err)
	}
	ours, err := d.marked(stage)
	if err == nil && !ours {
		err = &Refusal{Path: stage, Problem: "was not made by this program, but " + d.file(journalName) + " refers to it",
			advice: "delete " + d.file(journalName) + " and check the directory against version control; nothing was changed"}
	}
	return diskError("open", stage, err)
}

// dropStage removes a staged directory, its mark last, so that a half-removed one is still recognised. A directory
// without a mark is removed only if it is empty, as it is before it is marked.
func (d *folder) dropStage(stage string) error {
	ours, err := d.marked(stage)
	if err != nil {
		return nil // a link or something else that no run has put there
	}
	if !ours {
		_ = d.disk.remove(stage)
		return nil
	}
	entries, err := os.ReadDir(stage)
	if err != nil {
		return diskError("read", stage, err)
	}
	for _, e := range entries {
		if e.Name() == markName {
			continue
		}
		path := filepath.Join(stage, e.Name())
		if err := d.disk.removeAll(path); err != nil {
			return diskError("remove", path, err)
		}
	}
	return diskError("remove", stage, d.disk.removeAll(stage))
}
