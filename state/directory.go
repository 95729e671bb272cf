// Package state keeps what outlives a run: the files of a directory, and a record of who
// wrote them.
//
//	Open ──► Reconcile ──► Stage ──► (proof, by others) ──► Commit
//	lock,    compare,      the future directory             by a journal that the
//	recover  keep          next to the present one          next Open finishes
//
// The file .terraformer-rootly/manifest.json records which objects the code is for, and a digest of
// each file as it was written. It makes these guarantees possible:
//
//   - a file that did not change is not written,
//   - a file that a person edited is not overwritten,
//   - code is removed only if a complete listing no longer has its object,
//   - after a crash at any moment, the next Open leaves the old directory or the new one,
//     never a mixture.
//
// Not here: what the code means, and whether it is right. Files are bytes to this package.
package state

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
	"github.com/terraformer-rootly/terraformer-rootly/state/lock"
)

// Names inside a directory that belong to this package.
const (
	privateDir   = ".terraformer-rootly"
	manifestName = privateDir + "/manifest.json"
	localName    = privateDir + "/local.json"
	journalName  = privateDir + "/journal.json"
	lockName     = privateDir + "/lock"
	probeName    = privateDir + "/probe"
	ignoreName   = privateDir + "/.gitignore"
)

// MovesFile holds the moved blocks of an upgraded state. It may stand in a directory before any run.
const MovesFile = "state_upgrade.tf"

// privateIgnore keeps out of version control what only this machine needs.
const privateIgnore = "# Only manifest.json is worth keeping.\n*\n!.gitignore\n!manifest.json\n"

// Options say how a directory is opened. The zero value is the careful default.
type Options struct {
	// Version of the program, for the manifest.
	Version string

	// Force overwrites what a person edited, and accepts a directory with unknown code.
	Force bool

	// Adopt accepts a directory with code that people wrote, and writes next to it.
	Adopt bool

	// LookOnly opens without a lock, and Stage refuses: for dry runs and for reading.
	LookOnly bool

	wrap func(medium) medium // nil means the machine's own
}

// A Directory is the place that a run writes to. It is locked against other runs until Close.
type Directory struct {
	folder
	*manifest

	options Options
	lock    *lock.Lock
	created []string // directories that Open made, outermost first
	before  []byte   // manifest.json as it was found
	kept    bool     // whether something was committed
}

// A folder is a directory on disk with its journal and the staged directories next to it. What the files contain does
// not matter here.
type folder struct {
	path string
	disk medium
}

// Open prepares the directory at path, which need not exist, and first finishes what an earlier run left unfinished. It
// refuses a file, a read-only directory, a directory that another run is using, and one with code that this program did
// not write.
func Open(path string, o Options) (*Directory, error) {
	d := &Directory{options: o}
	if err := d.locate(path); err != nil {
		return nil, err
	}
	d.disk = realMedium{d.path}
	if o.wrap != nil {
		d.disk = o.wrap(d.disk)
	}
	if err := d.prepare(); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// locate finds out what is at path.
func (d *Directory) locate(path string) error {
	full, err := filepath.Abs(path)
	if err != nil {
		return diskError("resolve", path, err)
	}
	d.path = full
	stat, err := os.Stat(full)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return diskError("open", path, err)
	}
	if !stat.IsDir() {
		return &Refusal{Path: path, Problem: "is a file, not a directory", advice: "choose another directory with -o"}
	}
	if d.path, err = filepath.EvalSymlinks(full); err != nil {
		return diskError("open", path, err)
	}
	return nil
}

func (d *Directory) prepare() error {
	// Refuse before anything is touched.
	if err := disk.Dir(d.path).Real(privateDir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return diskError("open", d.file(privateDir), err)
	}
	if _, err := os.Stat(d.file(manifestName)); errors.Is(err, fs.ErrPermission) {
		return diskError("read", d.file(manifestName), err)
	}
	if err := d.refuseForeign(); err != nil {
		return err
	}
	if d.options.LookOnly {
		if d.exists(journalName) {
			return &Refusal{Path: d.path, Problem: "an earlier run was interrupted while it moved its files in",
				advice: "run import again, which finishes it first"}
		}
		return d.remember()
	}

	// Make the directory, and lock it.
	if err := d.makeAll(d.file(privateDir)); err != nil {
		return err
	}
	var err error
	if d.lock, err = lock.Acquire(d.file(lockName)); errors.Is(err, lock.ErrLocked) {
		return &Refusal{Path: d.path, Problem: "another run is using this directory", advice: "wait until it ends"}
	} else if err != nil {
		return diskError("lock", d.path, err)
	}

	// Finish what an earlier run began, and remove what it only staged.
	if err := d.recover(d.options.Force); err != nil {
		return err
	}
	if err := d.sweep(); err != nil {
		return err
	}
	return d.remember()
}

// refuseForeign refuses a directory with code but without a manifest.
func (d *Directory) refuseForeign() error {
	if d.options.Force || d.options.Adopt || d.exists(manifestName) || d.exists(journalName) {
		return nil
	}
	entries, err := os.ReadDir(d.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return diskError("read", d.path, err)
	}
	var foreign []string
	for _, e := range entries {
		if isCode(e.Name()) && !e.IsDir() && e.Name() != MovesFile {
			foreign = append(foreign, e.Name())
		}
	}
	if len(foreign) == 0 {
		return nil
	}
	return &Refusal{Path: d.path, Problem: "contains code that this program did not write: " + listed(foreign),
		advice: "choose another directory with -o, or use --force to add to it"}
}

// remember reads the manifest.
func (d *Directory) remember() error {
	d.manifest = &manifest{files: map[string]string{}}
	public, err := d.read(manifestName)
	if err != nil {
		return err
	}
	local, err := d.read(localName)
	if err != nil {
		return err
	}
	d.before = public
	if public == nil {
		return nil
	}
	m, err := decodeManifest(public, local)
	if err == nil {
		d.manifest = m
		return nil
	}
	if d.options.Force {
		return nil
	}
	advice := "restore it from version control"
	if !d.options.LookOnly {
		advice += "; --force starts without it, and objects may get new addresses"
	}
	return &Refusal{Path: d.file(manifestName), Problem: "cannot be read", cause: err, advice: advice}
}

// makeAll makes a directory with its parents and records which ones it made. Only the private directory is closed to
// others.
func (d *Directory) makeAll(path string) error {
	if stat, err := os.Stat(path); err == nil && stat.IsDir() {
		return nil
	}
	if parent := filepath.Dir(path); parent != path {
		if err := d.makeAll(parent); err != nil {
			return err
		}
	}
	mode := fs.FileMode(0o755)
	if filepath.Base(path) == privateDir {
		mode = 0o700
	}
	err := d.disk.mkdir(path, mode)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return diskError("make the directory", path, err)
	}
	d.created = append(d.created, path)
	return nil
}

// Close ends the run. A directory that Open made is removed if nothing was committed to it.
func (d *Directory) Close() error {
	if !d.kept && !d.exists(manifestName) && !d.exists(journalName) {
		d.undoCreation()
	}
	return d.lock.Release()
}

// undoCreation removes what Open made. A directory that is not empty stays: it is not ours.
func (d *Directory) undoCreation() {
	if len(d.created) == 0 {
		return
	}
	if d.lock != nil {
		_ = d.sweep()
		_ = d.disk.remove(d.file(lockName))
	}
	for i := len(d.created) - 1; i >= 0; i-- {
		if err := d.disk.remove(d.created[i]); err != nil {
			return
		}
	}
}

// Path returns the absolute path of the directory.
func (d *Directory) Path() string { return d.path }

// Known reports whether a run of this program has written the directory.
func (d *Directory) Known() bool { return d.before != nil }

// Addresses returns the address of every object that the directory has code for.
func (m *manifest) Addresses() map[graph.Target]graph.Address {
	out := make(map[graph.Target]graph.Address, len(m.records))
	for _, r := range m.records {
		out[r.Key()] = r.Address
	}
	return out
}

// Objects returns all objects that the directory has code for, sorted by address.
func (m *manifest) Objects() []Object {
	list := make([]Object, len(m.records))
	for i, r := range m.records {
		list[i] = r.Object
	}
	return list
}

// Files returns the names of the files that contain resource blocks, and of those that contain import blocks.
func (m *manifest) Files() (resources, imports map[graph.Address]string) {
	resources = make(map[graph.Address]string, len(m.records))
	imports = make(map[graph.Address]string, len(m.records))
	for _, r := range m.records {
		resources[r.Address] = r.file
		if r.importFile != "" {
			imports[r.Address] = r.importFile
		}
	}
	return resources, imports
}

func (d *folder) file(name string) string { return filepath.Join(d.path, filepath.FromSlash(name)) }

func (d *folder) exists(name string) bool {
	_, err := os.Lstat(d.file(name))
	return err == nil
}

// read reads a file that a run left, unless it is a link. It returns nil if there is none.
func (d *folder) read(name string) ([]byte, error) {
	content, err := disk.Dir(d.path).Read(name, disk.MostCode)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return content, diskError("read", d.file(name), err)
}

// readIfThere reads a file that a person may have written, with the line endings of this program: a checkout may have
// changed them, which is no edit. It returns nil if there is none.
func readIfThere(path string) ([]byte, error) {
	content, err := readAsIs(path)
	return unixLines(content), err
}

// readAsIs reads a file that a person may have written. It returns nil if there is none.
func readAsIs(path string) ([]byte, error) {
	content, err := disk.ReadFile(path, disk.MostCode)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return content, err
}

// unixLines is a text without Windows line endings. In code, those that are part of a value are escaped.
func unixLines(text []byte) []byte {
	if !bytes.Contains(text, []byte("\r\n")) {
		return text
	}
	return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
}

// isCode reports whether terraform or tofu reads a file of this name as code.
func isCode(name string) bool {
	for _, ext := range []string{".tf", ".tf.json", ".tofu", ".tofu.json"} {
		if strings.HasSuffix(name, ext) {
			return true
		}
	}
	return false
}

// isValues reports whether a file of this name holds values of variables.
func isValues(name string) bool {
	return strings.HasSuffix(name, ".tfvars") || strings.HasSuffix(name, ".tfvars.json")
}
