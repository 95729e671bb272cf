package state

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sync/errgroup"

	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// A Stage is the complete future directory, at a private place next to the directory. What is done in it (such as
// terraform init) does not touch the directory.
type Stage struct {
	directory *Directory
	path      string
	near      bool // whether files can be moved from there into the directory
	changes   *Changes
	extra     extras            // in addition to the files of the run
	staged    map[string]string // name to digest of the files that are to be moved in
}

// Stage writes the future directory: the files of the run, and from the present directory everything that terraform may
// read with them.
func (d *Directory) Stage(c *Changes) (*Stage, error) {
	if d.options.LookOnly {
		return nil, fmt.Errorf("stage %s: the directory was opened for reading only", d.path)
	}
	path, near, err := d.makeStage()
	if err != nil {
		return nil, err
	}
	s := &Stage{directory: d, path: path, near: near, staged: map[string]string{}}
	s.changes = c
	if err := s.borrow(); err != nil {
		return nil, errors.Join(err, s.Discard())
	}
	if err := s.write(c); err != nil {
		return nil, errors.Join(err, s.Discard())
	}
	return s, nil
}

// Dir returns the absolute path of the staged directory.
func (s *Stage) Dir() string { return s.path }

// Update rewrites the staged files after other changes and leaves the rest of the staged directory alone, so that what
// terraform init made there can be used again.
func (s *Stage) Update(c *Changes) error {
	for name := range s.staged {
		if _, stays := c.files[name]; stays || s.extra.has(name) {
			continue
		}
		if err := s.directory.disk.remove(s.file(name)); err != nil {
			return diskError("rewrite", s.file(name), err)
		}
		delete(s.staged, name)
	}
	s.changes = c
	return s.write(c)
}

// Put adds a file that could not be known before the stage was made, such as the proof.
func (s *Stage) Put(f File) error {
	if err := s.checkExtra(f.Name); err != nil {
		return err
	}
	kept := s.extra[:0]
	for _, e := range s.extra {
		if e.Name != f.Name {
			kept = append(kept, e)
		}
	}
	s.extra = append(kept, f)
	return s.writeFile(f)
}

// checkExtra refuses a file that would overwrite one that this program did not write.
func (s *Stage) checkExtra(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	d := s.directory
	if _, ours := s.changes.files[name]; ours {
		return fmt.Errorf("two files with the name %s", name)
	}
	if err := d.free(name); err != nil {
		return err
	}
	now, err := d.digest(name)
	if err != nil {
		return err
	}
	if now == "" || isShared(name) || d.options.Force {
		return nil
	}
	if ours, err := asWritten(d.file(name), d.manifest.files[name]); err != nil || ours {
		return err
	}
	return &Refusal{Path: d.file(name), Problem: "edited since the last run, or not written by this program", advice: hintForce}
}

type extras []File

func (e extras) has(name string) bool { return slices.Contains(e.names(), name) }

func (e extras) names() []string {
	names := make([]string, len(e))
	for i, f := range e {
		names[i] = f.Name
	}
	return names
}

// Discard removes the staged directory. It does nothing after Commit, even if that failed while it moved files in: the
// next Open continues from there.
func (s *Stage) Discard() error {
	if s.directory.exists(journalName) {
		return nil
	}
	return s.directory.dropStage(s.path)
}

// makeStage makes the staged directory next to the directory, so that relative paths to other directories stay valid.
// If that is impossible, it makes it inside the directory. It reports whether files can be moved in from there.
func (d *folder) makeStage() (path string, near bool, err error) {
	beside := filepath.Join(filepath.Dir(d.path), d.stagePrefix()+rand.Text())
	err = d.disk.mkdir(beside, 0o700)
	switch {
	case err == nil:
		if err := d.mark(beside); err != nil {
			return "", false, err
		}
		return beside, canMoveFrom(d, beside), nil
	case !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EROFS):
		return "", false, diskError("make the directory", beside, err)
	}
	path, err = makeInside(d)
	return path, true, err
}

// makeInside makes a staged directory inside the directory.
func makeInside(d *folder) (string, error) {
	inside := filepath.Join(d.path, privateDir, d.stagePrefix()+rand.Text())
	if err := d.disk.mkdir(inside, 0o700); err != nil {
		return "", diskError("make the directory", inside, err)
	}
	return inside, d.mark(inside)
}

// approach copies the staged files to where they can be moved in: the directory may be a mounted volume, and its code
// may refer to modules next to it, so that it was staged on another file system.
func approach(s *Stage, steps []stepV1) error {
	if s.near {
		return nil
	}
	d, far := s.directory, s.path
	inside, err := makeInside(&d.folder)
	if err != nil {
		return err
	}
	s.path, s.near = inside, true
	for _, step := range steps {
		if step.After == "" {
			continue
		}
		if strings.HasPrefix(step.Name, privateDir+"/") {
			if err := s.ensurePrivate(); err != nil {
				return err
			}
		}
		if err := copyFrom(s, far, step.Name); err != nil {
			return err
		}
	}
	return d.dropStage(far)
}

func copyFrom(s *Stage, far, name string) error {
	from := filepath.Join(far, filepath.FromSlash(name))
	content, err := disk.ReadFile(from, disk.MostCode)
	if err != nil {
		return diskError("read", from, err)
	}
	stat, err := os.Stat(from)
	if err != nil {
		return diskError("read", from, err)
	}
	if err := s.directory.disk.create(s.file(name), content, stat.Mode().Perm()); err != nil && !errors.Is(err, fs.ErrExist) {
		return diskError("write", s.file(name), err)
	}
	return nil
}

// canMoveFrom tests whether a file can be renamed from there into the directory. Across file systems it cannot, such as
// from next to a mounted volume.
func canMoveFrom(d *folder, beside string) bool {
	probe, target := filepath.Join(beside, "probe"), d.file(probeName)
	if err := d.disk.create(probe, nil, 0o600); err != nil {
		return true // the first real file reports what is wrong
	}
	if err := d.disk.rename(probe, target); err != nil {
		_ = d.disk.remove(probe)
		return false
	}
	_ = d.disk.remove(target)
	return true
}

// sweep removes what a killed run staged and never committed.
func (d *folder) sweep() error {
	for _, parent := range []string{filepath.Dir(d.path), d.file(privateDir)} {
		entries, err := os.ReadDir(parent)
		if err != nil {
			continue // a parent that cannot be listed contains no stage that we could have made
		}
		for _, e := range entries {
			id, ours := strings.CutPrefix(e.Name(), d.stagePrefix())
			if !ours || !e.IsDir() || !stageID.MatchString(id) {
				continue
			}
			if err := d.dropStage(filepath.Join(parent, e.Name())); err != nil {
				return err
			}
		}
	}
	for _, name := range []string{probeName, journalName + nextSuffix} {
		if !d.exists(name) {
			continue
		}
		if err := d.disk.removeAll(d.file(name)); err != nil {
			return diskError("remove the files of an earlier run", d.file(name), err)
		}
	}
	return nil
}

// write writes the files of the run that are not staged yet.
func (s *Stage) write(c *Changes) error {
	var g errgroup.Group
	g.SetLimit(2 * runtime.GOMAXPROCS(0))
	for _, name := range sortedNames(c.files) {
		f := c.files[name]
		digest := digestOf(f.Content)
		if s.staged[name] == digest {
			continue
		}
		replaces := s.staged[name] != ""
		s.staged[name] = digest
		g.Go(func() error { return s.writeStaged(f, replaces) })
	}
	return g.Wait()
}

func (s *Stage) writeFile(f File) error {
	_, err := os.Lstat(s.file(f.Name)) // staged before, or a link to a file that no run knows
	s.staged[f.Name] = digestOf(f.Content)
	return s.writeStaged(f, err == nil)
}

func (s *Stage) writeStaged(f File, replaces bool) error {
	if replaces {
		if err := s.directory.disk.remove(s.file(f.Name)); err != nil {
			return diskError("rewrite", s.file(f.Name), err)
		}
	}
	mode := f.mode()
	if present, err := os.Lstat(s.directory.file(f.Name)); err == nil && present.Mode().IsRegular() {
		mode &= present.Mode() | 0o700 // a file that people protect stays protected
	}
	if err := s.directory.disk.create(s.file(f.Name), f.Content, mode); err != nil {
		return diskError("write", s.file(f.Name), err)
	}
	return nil
}

// borrow brings over what stays in the directory: copies of files that terraform may write to or this run may replace,
// and links to the rest, such as modules and templates.
func (s *Stage) borrow() error {
	d := s.directory
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return diskError("read", d.path, err)
	}
	for _, e := range entries {
		name := e.Name()
		if s.replaced(name) || isWorking(name) || strings.HasPrefix(name, d.stagePrefix()) {
			continue
		}
		if err := s.bring(e); err != nil {
			return err
		}
	}
	return nil
}

// replaced reports whether the run writes or removes the file.
func (s *Stage) replaced(name string) bool {
	if _, ours := s.changes.files[name]; ours {
		return true
	}
	_, earlier := s.directory.manifest.files[name]
	return earlier
}

// isWorking reports whether the name is that of a tool's working files.
func isWorking(name string) bool {
	switch name {
	case ".terraform", ".git", privateDir, barrierName, markName, "crash.log", ".terraform.tfstate.lock.info":
		return true
	}
	return false
}

func (s *Stage) bring(e fs.DirEntry) error {
	from, to := s.directory.file(e.Name()), s.file(e.Name())
	stat, err := os.Stat(from)
	if err != nil {
		return nil // a dangling link
	}
	if !stat.Mode().IsRegular() || !isCopied(e.Name()) {
		if err := s.directory.disk.link(from, to); err != nil {
			return diskError("link", to, err)
		}
		return nil
	}
	content, err := disk.ReadFile(from, disk.MostCode)
	if err != nil {
		return diskError("read", from, err)
	}
	mode := stat.Mode().Perm() & 0o644
	if isState(e.Name()) {
		mode = 0o600
	}
	if err := s.directory.disk.create(to, content, mode); err != nil {
		return diskError("write", to, err)
	}
	return nil
}

func isCopied(name string) bool {
	return isCode(name) || isValues(name) || isState(name) || name == ".terraform.lock.hcl"
}

func isState(name string) bool { return strings.Contains(name, ".tfstate") }

func (s *Stage) file(name string) string { return filepath.Join(s.path, filepath.FromSlash(name)) }
