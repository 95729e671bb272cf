package state

import (
	"errors"
	"io/fs"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// barrierName is a file that exists while a commit moves several files, so that a plan in between fails instead of
// taking half of the code for all of it. It contains a block that no engine knows: OpenTofu ignores required_version in
// .tf files since 1.12.
const barrierName = "terraformer-rootly-unfinished.tf"

const barrier = `# An import was interrupted while it moved its files in, so this directory contains only some
# of them. Run the import again: it finishes the interrupted one first and removes this file.
import_was_interrupted {}
`

// Commit moves the staged files in. If it fails halfway, the next Open finishes it; until the move begins, the
// directory is unchanged.
func (s *Stage) Commit() error {
	d := s.directory
	if err := s.addManifest(); err != nil {
		return err
	}
	steps, err := s.steps()
	if err != nil {
		return err
	}
	if len(steps) == 0 {
		return s.Discard()
	}
	if err := d.unedited(steps); err != nil {
		return err
	}

	// Make sure that everything the journal names is on the medium, and can be moved.
	if err := approach(s, steps); err != nil {
		return err
	}
	if err := s.flush(steps); err != nil {
		return err
	}
	if err := s.writeJournal(steps); err != nil {
		return err
	}

	// From here on, there is no way back.
	d.kept = true
	return d.recover(d.options.Force)
}

// addManifest stages the manifest of the future directory.
func (s *Stage) addManifest() error {
	m := s.changes.manifest
	for _, f := range s.extra {
		if !isShared(f.Name) {
			m.files[f.Name], m.secret[f.Name] = digestOf(f.Content), f.Secret
		}
	}
	public, local, err := m.encode()
	if err != nil {
		return err
	}
	for _, f := range []File{
		{Name: manifestName, Content: public},
		{Name: localName, Content: local, Mode: 0o600},
		{Name: ignoreName, Content: []byte(privateIgnore)},
	} {
		if f.Content == nil {
			continue
		}
		if err := s.ensurePrivate(); err != nil {
			return err
		}
		if err := s.writeFile(f); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stage) ensurePrivate() error {
	err := s.directory.disk.mkdir(s.file(privateDir), 0o700)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return diskError("make the directory", s.file(privateDir), err)
	}
	return nil
}

// steps lists what differs between the staged directory and the present one. The manifest comes after everything that
// it names.
func (s *Stage) steps() ([]stepV1, error) {
	c := s.changes
	var steps []stepV1
	for _, name := range c.Write {
		steps = append(steps, stepV1{Name: name, Before: c.base[name], After: s.staged[name]})
	}
	for _, name := range c.Remove {
		if s.extra.has(name) {
			continue
		}
		steps = append(steps, stepV1{Name: name, Before: c.base[name]})
	}
	for _, name := range append(s.extra.names(), ignoreName, localName, manifestName) {
		step, err := s.directory.difference(name, s.staged[name])
		if err != nil {
			return nil, err
		}
		if step != nil {
			steps = append(steps, *step)
		}
	}
	return s.guard(steps)
}

// difference returns the step that changes the named file, or nil.
func (d *folder) difference(name, after string) (*stepV1, error) {
	before, err := d.digest(name)
	if err != nil {
		return nil, err
	}
	step := &stepV1{Name: name, Before: before, After: after}
	if step.Before == step.After {
		return nil, nil
	}
	return step, nil
}

// guard puts the barrier around steps that change the code in more than one file.
func (s *Stage) guard(steps []stepV1) ([]stepV1, error) {
	code := 0
	for _, step := range steps {
		if isCode(step.Name) {
			code++
		}
	}
	if code < 2 {
		return steps, nil
	}
	if err := s.writeFile(File{Name: barrierName, Content: []byte(barrier)}); err != nil {
		return nil, err
	}
	digest := s.staged[barrierName]
	guarded := append([]stepV1{{Name: barrierName, After: digest, Passing: true}}, steps...)
	return append(guarded, stepV1{Name: barrierName, Before: digest, Passing: true}), nil
}

// unedited refuses if a file changed since Reconcile looked at it, or a link is in its place.
func (d *folder) unedited(steps []stepV1) error {
	var edited []string
	for _, step := range steps {
		if err := d.free(step.Name); err != nil {
			return err
		}
		now, err := d.digest(step.Name)
		if err != nil {
			return err
		}
		if !step.Passing && now != step.Before {
			edited = append(edited, step.Name)
		}
	}
	if len(edited) > 0 {
		return &Refusal{Path: d.path, Problem: "changed during the run: " + listed(edited),
			advice: "run it again; nothing was written"}
	}
	return nil
}

// digest returns the digest of a file as it is; empty if there is none.
func (d *folder) digest(name string) (string, error) {
	var content []byte
	var err error
	if strings.HasPrefix(name, privateDir+"/") {
		content, err = d.read(name)
	} else {
		content, err = readAsIs(d.file(name))
	}
	if err != nil || content == nil {
		return "", diskError("read", d.file(name), err)
	}
	return digestOf(content), nil
}

// asWritten reports whether a file still has the digest that a run recorded, whatever its line endings.
func asWritten(path, digest string) (bool, error) {
	text, err := readIfThere(path)
	if err != nil {
		return false, diskError("read", path, err)
	}
	return text != nil && digestOf(text) == digest, nil
}

// flush flushes the staged files that will be moved, with their directories.
func (s *Stage) flush(steps []stepV1) error {
	var g errgroup.Group
	g.SetLimit(4 * runtime.GOMAXPROCS(0))
	for _, step := range steps {
		if step.After == "" {
			continue
		}
		g.Go(func() error { return s.directory.flushPath(s.file(step.Name)) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, path := range []string{s.file(privateDir), s.path} {
		if err := s.directory.flushPath(path); err != nil {
			return err
		}
	}
	return s.flushParents()
}

// flushParents flushes the names of new directories. A parent that may be entered but not read cannot be flushed.
func (s *Stage) flushParents() error {
	parents := []string{filepath.Dir(s.path)}
	for _, made := range s.directory.created {
		parents = append(parents, filepath.Dir(made))
	}
	for _, path := range parents {
		if err := s.directory.flushPath(path); err != nil && !errors.Is(err, fs.ErrPermission) {
			return err
		}
	}
	return nil
}

// writeJournal decides the commit.
func (s *Stage) writeJournal(steps []stepV1) error {
	d := s.directory
	relative, err := filepath.Rel(d.path, s.path)
	if err != nil {
		return diskError("locate", s.path, err)
	}
	j := journalV1{Version: journalVersion, Stage: filepath.ToSlash(relative), Steps: steps}
	if err := j.check(d.stagePrefix()); err != nil {
		return diskError("write the commit log of", d.path, err)
	}
	content, err := j.encode()
	if err != nil {
		return err
	}
	if err := replace(d.disk, d.file(journalName), content, 0o600); err != nil {
		return diskError("write", d.file(journalName), err)
	}
	return s.directory.flushPath(d.file(privateDir))
}

// recover finishes a decided commit. Any of its steps may have been taken already.
func (d *folder) recover(force bool) error {
	content, err := disk.Dir(d.path).Read(journalName, disk.MostNote)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return diskError("read", d.file(journalName), err)
	}
	j, err := decodeJournal(content)
	if err == nil {
		err = j.check(d.stagePrefix())
	}
	if err != nil {
		return &Refusal{Path: d.file(journalName), Problem: "was not written by this program", cause: err,
			advice: "delete " + d.file(journalName) + " and check the directory against version control; nothing was changed"}
	}
	stage := filepath.Join(d.path, filepath.FromSlash(j.Stage))
	if err := d.checkStage(stage); err != nil {
		return err
	}
	if err := d.checkSteps(j, stage, force); err != nil {
		return err
	}
	for _, step := range j.Steps {
		if err := d.take(step, stage); err != nil {
			return diskError("move in", d.file(step.Name), err)
		}
	}
	return d.conclude(stage)
}

// checkSteps refuses, before any step is taken, what can no longer be done: a file was edited after the interruption,
// or a staged file was deleted.
func (d *folder) checkSteps(j journalV1, stage string, force bool) error {
	var edited, lost []string
	for _, step := range j.Steps {
		if err := d.free(step.Name); err != nil {
			return err
		}
		now, err := d.digest(step.Name)
		if err != nil {
			return err
		}
		waits, err := d.waits(step, stage)
		if err != nil {
			return err
		}
		switch {
		case step.Passing, now == step.After:
		case now != step.Before && waits && !force:
			edited = append(edited, step.Name)
		case now == step.Before && !waits:
			lost = append(lost, step.Name)
		}
	}
	if len(edited) > 0 {
		return &Refusal{Path: d.path, Problem: "edited after the interruption of a run that would have replaced it: " + listed(edited),
			advice: "move the edits to another file, or --force to overwrite them"}
	}
	if len(lost) > 0 {
		return &Refusal{Path: d.path, Problem: "a run was interrupted and its staged files were deleted: " + listed(lost),
			advice: "restore the directory from version control, without " + journalName}
	}
	return nil
}

// waits reports whether a step can be taken: its staged file is there, as it was staged.
func (d *folder) waits(step stepV1, stage string) (bool, error) {
	if step.After == "" {
		return true, nil
	}
	path := filepath.Join(stage, filepath.FromSlash(step.Name))
	dir, names := realMedium{d.path}.at(path)
	content, err := dir.Read(names[0], disk.MostCode)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil && digestOf(content) != step.After {
		return false, &Refusal{Path: path, Problem: "is not the file that was staged",
			advice: "delete " + d.file(journalName) + " and check the directory against version control; nothing was changed"}
	}
	return err == nil, diskError("read", path, err)
}

// free refuses a name of ours if a link or a directory has it.
func (d *folder) free(name string) error {
	return diskError("look at", d.file(name), disk.Dir(d.path).Free(name))
}

// take takes one step, unless it has been taken.
func (d *folder) take(step stepV1, stage string) error {
	target := d.file(step.Name)
	if step.After == "" {
		err := d.disk.remove(target)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	err := d.disk.rename(filepath.Join(stage, filepath.FromSlash(step.Name)), target)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // checkSteps has seen it in place
	}
	return err
}

func (d *folder) flushPath(path string) error { return diskError("flush", path, d.disk.flush(path)) }

// conclude flushes the commit and removes its journal.
func (d *folder) conclude(stage string) error {
	for _, path := range []string{d.path, d.file(privateDir)} {
		if err := d.flushPath(path); err != nil {
			return err
		}
	}
	if err := d.disk.remove(d.file(journalName)); err != nil {
		return diskError("remove", d.file(journalName), err)
	}
	if err := d.flushPath(d.file(privateDir)); err != nil {
		return err
	}
	return d.dropStage(stage)
}
