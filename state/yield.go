package state

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/code"
)

// yield gives way to people: what they edited or wrote stays as it is, what the run declares a
// second time is left out, and what has no place any more goes into files of its own. Out of an
// edited file go only blocks that were not edited themselves and whose objects are gone.
func (d *reconciling) yield() error {
	if d.options.Force {
		return nil
	}
	y := &yielding{directory: d.Directory, changes: d.changes, kept: d.stays, hand: newSources(), present: map[string]code.Source{}}
	if err := y.look(); err != nil || len(y.hand.files) == 0 {
		return err
	}
	y.index(d.run)
	for _, name := range sortedNames(d.changes.files) {
		if err := y.file(name); err != nil {
			return err
		}
	}
	for _, name := range sortedNames(y.present) {
		if _, fresh := d.changes.files[name]; !fresh && d.changes.yielded[name] {
			y.settle(name, File{Name: name}, y.present[name].Text)
		}
	}
	if err := y.spill(); err != nil {
		return err
	}
	return y.dangle()
}

type yielding struct {
	directory *Directory
	changes   *Changes
	kept      map[string]bool
	hand      *sources                   // all that people wrote or edited
	present   map[string]code.Source     // the same, by file; edited ones are in yielded too
	known     map[graph.Address][]Object // by the address of their block
	gone      map[graph.Address][]record
	spilt     []spill
}

// A spill is what found no place in the file that the run had for it.
type spill struct {
	file  File
	from  code.Source
	items map[int]bool
}

// look finds the files that the run must leave alone.
func (y *yielding) look() error {
	d := y.directory
	entries, err := readDir(d.path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || isShared(name) || !isRead(name) || y.kept[name] || name == barrierName {
			continue
		}
		then, earlier := d.manifest.files[name]
		text, err := readIfThere(d.file(name))
		if err != nil {
			return diskError("read", d.file(name), err)
		}
		if earlier && (then == "" || digestOf(text) == then) {
			continue // as it was written; or secret, and written on another machine
		}
		f, fresh := y.changes.files[name]
		if fresh && bytes.Equal(f.Content, text) {
			continue
		}
		s, err := parseSource(name, text)
		if err != nil {
			continue // a conflict where the run wants the file, else the engine's business
		}
		y.present[name], y.changes.yielded[name] = s, earlier
		if err := y.hand.add(name, text); err != nil {
			return fmt.Errorf("read %s: %w", d.file(name), err)
		}
	}
	return nil
}

func (y *yielding) index(r Run) {
	y.known, y.gone = map[graph.Address][]Object{}, map[graph.Address][]record{}
	for _, o := range r.Objects {
		y.known[o.Address.Block()] = append(y.known[o.Address.Block()], o)
	}
	for _, o := range y.changes.Carried {
		y.known[o.Address.Block()] = append(y.known[o.Address.Block()], o.Object)
	}
	records := y.directory.manifest.byKey()
	for _, o := range y.changes.Gone {
		y.gone[o.Address.Block()] = append(y.gone[o.Address.Block()], records[o.Key()])
	}
}

// file takes out of a file of the run what stands elsewhere, and moves the rest aside where the
// file itself is not the run's to write.
func (y *yielding) file(name string) error {
	f := y.changes.files[name]
	if y.kept[name] || !isRead(name) {
		return nil
	}
	present, taken := y.present[name]
	wanted, err := parseSource(name, f.Content)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	left, all := map[int]bool{}, true
	for i, it := range wanted.Items {
		if y.stands(it) || taken && it.Kind == "//" {
			y.compare(wanted, i)
			all = false
			continue
		}
		left[i] = true
	}
	switch {
	case taken:
		text, err := y.locals(present, wanted, left)
		if err != nil {
			return err
		}
		delete(y.changes.files, name)
		if y.changes.yielded[name] {
			y.settle(name, f, text)
		}
		if len(left) > 0 {
			y.spilt = append(y.spilt, spill{file: f, from: wanted, items: left})
		}
	case !all && len(left) == 0:
		delete(y.changes.files, name)
	case !all:
		f.Content = wanted.Cut(left, nil)
		y.changes.files[name] = y.listed(f)
	}
	return nil
}

// stands reports whether people have what an item of the run declares.
func (y *yielding) stands(it code.Item) bool {
	if it.Kind != "terraform" {
		return it.Same() != "" && y.hand.declares(it.Same())
	}
	for _, s := range y.hand.files {
		for _, other := range s.Items {
			if other.Kind == "terraform" && bytes.Contains(s.Text[other.Start:other.End], []byte("required_providers")) {
				return true
			}
		}
	}
	return false
}

// compare notes a resource for which the run would write other code than people have.
func (y *yielding) compare(wanted code.Source, i int) {
	a, ok := addressOf(wanted.Items[i])
	objects := y.known[a]
	if !ok || a.Data || len(objects) == 0 {
		return
	}
	p := y.hand.declared["resource."+a.String()][0]
	none := func(code.Ref) string { return "" }
	theirs := y.hand.files[p.file]
	if !theirs.Like(wanted) || theirs.Resolved(p.item, none) != wanted.Resolved(i, none) {
		y.changes.Differing = append(y.changes.Differing, objects...)
	}
}

// locals adds to the maps in an edited file the entries that the run has beyond them, and takes
// those maps out of what is left to place.
func (y *yielding) locals(present, wanted code.Source, left map[int]bool) ([]byte, error) {
	text := present.Text
	for i, it := range wanted.Items {
		if it.Kind != "locals" {
			continue
		}
		for _, a := range it.Args {
			p, ok := y.hand.locals[a.Name]
			if !ok {
				continue
			}
			delete(left, i)
			if at, same := localIn(present, a.Name); same {
				merged, err := present.AddEntries(at, a.Name, wanted, i, nil)
				if err != nil {
					return nil, &Refusal{Path: y.directory.file(p.file), Problem: "local." + a.Name + " does not have all entries that this run needs",
						cause: err, advice: "write local." + a.Name + " as a plain map, or --users literal"}
				}
				text = merged
			}
		}
	}
	return text, nil
}

func localIn(s code.Source, name string) (int, bool) {
	for i, it := range s.Items {
		if _, ok := it.Arg(name); ok && it.Kind == "locals" {
			return i, true
		}
	}
	return 0, false
}

// settle keeps an edited file but for blocks of objects that are gone.
func (y *yielding) settle(name string, f File, text []byte) {
	s, err := parseSource(name, text)
	if err != nil {
		return
	}
	keep, cut := map[int]bool{}, false
	for i, it := range s.Items {
		if y.leaves(s, it) {
			cut = true
			continue
		}
		keep[i] = true
	}
	if cut {
		text = s.Cut(keep, nil)
	}
	f.Content = text
	f.Secret = f.Secret || y.directory.manifest.secret[name]
	y.changes.files[name] = y.listed(f)
	y.changes.Edited = append(y.changes.Edited, name)
}

// leaves reports whether an item stands for an object that is gone, as an earlier run wrote it.
func (y *yielding) leaves(s code.Source, it code.Item) bool {
	a, ok := addressOf(it)
	if it.Kind == "import" || it.Kind == "moved" {
		a, ok = targetOf(it, "to")
		a = a.Block()
	}
	gone := y.gone[a]
	if !ok || a.Data || len(gone) == 0 {
		return false
	}
	last := len(y.known[a]) == 0 // nothing of a fold is left
	if last && (it.Kind != "resource" || gone[0].digest == digestOf(s.Text[it.Head:it.End])) {
		return true
	}
	for _, rec := range gone {
		if it.Kind == "resource" {
			y.changes.Left = append(y.changes.Left, rec.Object)
		}
	}
	return false
}

// listed notes in a file which objects stand in it.
func (y *yielding) listed(f File) File {
	s, err := parseSource(f.Name, f.Content)
	if err != nil {
		return f
	}
	data := map[graph.Address]bool{}
	for _, a := range f.Addresses {
		data[a] = a.Data
	}
	f.Addresses, f.Imports = nil, nil
	for _, it := range s.Items {
		if a, ok := addressOf(it); ok {
			if data[a] {
				f.Addresses = append(f.Addresses, a)
			}
			for _, o := range y.known[a] {
				f.Addresses = append(f.Addresses, o.Address)
			}
		}
		if a, ok := targetOf(it, "to"); ok && it.Kind == "import" {
			f.Imports = append(f.Imports, y.instances(a)...)
		}
	}
	return f
}

// instances are the objects that a block makes: one, or those of a fold.
func (y *yielding) instances(block graph.Address) []graph.Address {
	list := []graph.Address{block}
	for i, o := range y.known[block] {
		list = append(list[:i], o.Address)
	}
	return list
}

// spill puts what has no place into files that are the run's to write.
func (y *yielding) spill() error {
	for _, s := range y.spilt {
		f := File{Secret: s.file.Secret, Addresses: s.file.Addresses, Mode: s.file.Mode}
		f.Name = y.free(s.file.Name)
		if beside, there := y.changes.files[f.Name]; there {
			next, err := parseSource(f.Name, beside.Content)
			if err != nil {
				return fmt.Errorf("read %s: %w", f.Name, err)
			}
			f.Content, f.Addresses = next.Weave(s.from, s.items, nil), append(f.Addresses, beside.Addresses...)
		} else {
			f.Content = s.from.Cut(s.items, nil)
		}
		y.changes.files[f.Name] = y.listed(f)
		if ignore, ok := y.changes.files[gitIgnore]; ok && f.Secret {
			ignore.Content = append(bytes.Clone(ignore.Content), f.Name+"\n"...)
			y.changes.files[gitIgnore] = ignore
		}
	}
	return nil
}

// free returns the first numbered form of a name that no person has used.
func (y *yielding) free(name string) string {
	stem, extension, _ := strings.Cut(name, ".")
	for n := 2; ; n++ {
		numbered := fmt.Sprintf("%s_%d.%s", stem, n, extension)
		if _, taken := y.present[numbered]; !taken && !y.kept[numbered] {
			return numbered
		}
	}
}
