package state

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"sort"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

const (
	gitIgnore  = ".gitignore"
	attributes = ".gitattributes"
	codeOwners = "CODEOWNERS"
)

// isShared reports whether people and tools write to the file as well. Such a file is in no manifest, never counts as
// edited, and is never removed.
func isShared(name string) bool {
	return name == gitIgnore || name == attributes || name == codeOwners || name == ".terraform.lock.hcl"
}

// A File is the intended content of a file in the directory.
type File struct {
	Name      string
	Content   []byte
	Mode      fs.FileMode     // 0 means 0644, or 0600 for a secret file
	Addresses []graph.Address // of the resources and data sources in it
	Imports   []graph.Address // of the resources whose import blocks are in it
	Secret    bool            // only the owner may read it
}

func (f File) mode() fs.FileMode {
	switch {
	case f.Mode != 0:
		return f.Mode.Perm()
	case f.Secret:
		return 0o600
	}
	return 0o644
}

// A Run is what a run found and what it wants to write.
type Run struct {
	Files   []File
	Objects []Object // objects whose code is in Files

	// Complete reports whether every live object of a type is in Objects or in Live: the listing was requested,
	// succeeded, and reached its end. Nil means that no type is complete.
	Complete func(typ string) bool

	// Live has objects that were listed but are not in Objects: filtered out, or reported as not imported.
	Live map[graph.Target]bool

	// Forget has objects whose code is dropped although they exist.
	Forget map[graph.Target]bool

	// Aside has objects that are in no plan; nothing of this run may refer to their code where it stays.
	Aside map[graph.Target]bool

	// Held has objects that the state has, so that their import blocks may be removed.
	Held map[graph.Target]bool
}

func (r Run) complete(typ string) bool { return r.Complete != nil && r.Complete(typ) }

// Changes are what a run does to a directory. All lists are sorted.
type Changes struct {
	Write       []string  // files that are new or have other content
	Remove      []string  // files of an earlier run that have no content now
	Unchanged   []string  // files of this run that are as they were
	Edited      []string  // files that a person edited and that this run need not write: not touched
	Overwritten []string  // files that a person edited or made and that --force writes or removes
	Gone        []Object  // objects whose code is removed, since they were deleted or forgotten
	Carried     []Carried // objects whose code stays although this run does not have them
	Differing   []Object  // objects whose code a person edited and for which this run would write different code
	Left        []Object  // deleted objects whose code stays since a person edited it
	Missing     []Object  // objects that this run does not have and whose code a person removed

	Loose Loose // what leads nowhere

	yielded  map[string]bool // edited files that are written, but only in the parts that nobody edited
	files    map[string]File
	base     map[string]string // digest that each touched file must still have; empty if it must not exist
	manifest *manifest
}

// Carried is the code of an object that a run does not have, kept from an earlier run.
type Carried struct {
	Object
	File   string
	Reason string
	Notes  []string // what had to be changed in the code, or no longer fits
}

// Empty reports whether there is nothing to write or remove.
func (c *Changes) Empty() bool { return len(c.Write)+len(c.Remove) == 0 }

// Reconcile compares what a run wants to write with what is there. It refuses when a file
// that a person edited would have to change, unless Force was given.
func (d *Directory) Reconcile(r Run) (*Changes, error) {
	if err := checkRun(r); err != nil {
		return nil, err
	}
	c := &Changes{files: make(map[string]File, len(r.Files)), base: map[string]string{}, yielded: map[string]bool{}}
	for _, f := range r.Files {
		c.files[f.Name] = f
	}
	w := &reconciling{Directory: d, run: r, changes: c}
	var err error
	if w.stays, err = w.carry(); err != nil {
		return nil, err
	}
	if err := w.yield(); err != nil {
		return nil, err
	}
	records, err := w.records()
	if err != nil {
		return nil, err
	}
	for _, name := range []string{gitIgnore, attributes} {
		if err := w.mergeLines(name); err != nil {
			return nil, err
		}
	}
	if err := w.compare(); err != nil {
		return nil, err
	}
	w.recordRun()
	c.manifest.records = records
	c.manifest.sort()
	return c, nil
}

// reconciling is the work of one Reconcile.
type reconciling struct {
	*Directory
	run     Run
	changes *Changes
	stays   map[string]bool // names of files that stay as they are
}

func checkRun(r Run) error {
	names := make(map[string]bool, len(r.Files))
	for _, f := range r.Files {
		if err := checkName(f.Name); err != nil {
			return err
		}
		if names[f.Name] {
			return fmt.Errorf("two files with the name %s", f.Name)
		}
		names[f.Name] = true
	}
	return nil
}

// mergeLines adds lines to an existing file of git's instead of writing a new one.
func (d *reconciling) mergeLines(name string) error {
	f, ok := d.changes.files[name]
	if !ok {
		return nil
	}
	if err := d.free(name); err != nil {
		return err
	}
	present, err := readAsIs(d.file(name))
	if err != nil {
		return diskError("read", d.file(name), err)
	}
	if present != nil {
		f.Content = appendMissingLines(present, f.Content)
		d.changes.files[name] = f
	}
	return nil
}

func appendMissingLines(present, wanted []byte) []byte {
	out := bytes.Clone(present)
	has := map[string]bool{}
	for line := range bytes.Lines(present) {
		has[string(bytes.TrimSpace(line))] = true
	}
	for line := range bytes.Lines(wanted) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' || has[string(line)] {
			continue
		}
		if len(out) > 0 && out[len(out)-1] != '\n' {
			out = append(out, '\n')
		}
		out = append(append(out, line...), '\n')
	}
	return out
}

// compare decides for every file of this run and of earlier runs what happens to it.
func (d *reconciling) compare() error {
	var conflicts []string
	for _, name := range sortedNames(d.changes.files) {
		conflict, err := d.compareFile(name)
		if err != nil {
			return err
		}
		if conflict {
			conflicts = append(conflicts, name)
		}
	}
	for _, name := range sortedNames(d.manifest.files) {
		if _, stays := d.changes.files[name]; stays {
			continue
		}
		conflict, err := d.compareRemoved(name)
		if err != nil {
			return err
		}
		if conflict {
			conflicts = append(conflicts, name)
		}
	}
	if len(conflicts) > 0 {
		sort.Strings(conflicts)
		return &Refusal{Path: d.path, Problem: "edited since the last run, or not written by this program: " + listed(conflicts),
			advice: "move the edits to another file, or --force to overwrite them"}
	}
	return nil
}

// compareFile reports whether writing the file would overwrite a person's edits.
func (d *reconciling) compareFile(name string) (conflict bool, err error) {
	f := d.changes.files[name]
	present, err := readAsIs(d.file(name))
	if err != nil {
		return false, diskError("read", d.file(name), err)
	}
	if d.stays[name] || present != nil && bytes.Equal(present, f.Content) {
		d.changes.Unchanged = append(d.changes.Unchanged, name)
		return false, nil
	}
	if present == nil {
		d.changes.Write, d.changes.base[name] = append(d.changes.Write, name), ""
		return false, d.free(name)
	}
	now, then := digestOf(unixLines(present)), d.manifest.files[name]
	if now != then && !isShared(name) && !d.changes.yielded[name] {
		if then != "" && digestOf(f.Content) == then {
			d.changes.Edited = append(d.changes.Edited, name)
			f.Content = present
			d.changes.files[name] = f
			return false, nil
		}
		if !d.options.Force {
			return true, nil
		}
		d.changes.Overwritten = append(d.changes.Overwritten, name)
	}
	d.changes.Write, d.changes.base[name] = append(d.changes.Write, name), digestOf(present)
	return false, d.free(name)
}

// compareRemoved does the same for a file that this run does not write.
func (d *reconciling) compareRemoved(name string) (conflict bool, err error) {
	present, err := readAsIs(d.file(name))
	if err != nil {
		return false, diskError("read", d.file(name), err)
	}
	if present == nil {
		return false, nil
	}
	if digestOf(unixLines(present)) != d.manifest.files[name] {
		if !d.options.Force {
			return true, nil
		}
		d.changes.Overwritten = append(d.changes.Overwritten, name)
	}
	d.changes.Remove, d.changes.base[name] = append(d.changes.Remove, name), digestOf(present)
	return false, d.free(name)
}

// recordRun makes the manifest of the future directory.
func (d *reconciling) recordRun() {
	m := &manifest{tool: d.options.Version, files: make(map[string]string, len(d.changes.files)), secret: map[string]bool{}}
	edited := maps.Clone(d.changes.yielded)
	for _, name := range d.changes.Edited {
		edited[name] = true
	}
	for name, f := range d.changes.files {
		if isShared(name) {
			continue
		}
		m.files[name], m.secret[name] = d.manifest.files[name], f.Secret
		if !d.stays[name] && !edited[name] {
			m.files[name] = digestOf(f.Content)
		}
	}
	types := map[string]bool{}
	for _, o := range d.run.Objects {
		if typ := o.Address.Type; !types[typ] && d.run.complete(typ) {
			types[typ] = true
			m.complete = append(m.complete, typ)
		}
	}
	d.changes.manifest = m
}
