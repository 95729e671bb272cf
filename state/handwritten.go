package state

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/code"
)

// Handwritten is what people have in the directory: files of their own, and files of earlier
// runs that they edited. None of them is overwritten, unless Force was given.
type Handwritten struct {
	Files     map[string]bool          // code that takes no block of a run; true for files of earlier runs
	Declared  map[graph.Address]string // the resources in it, with their files
	Changed   map[graph.Address]bool   // those of earlier runs whose own block was edited
	Mentioned map[graph.Address]bool   // what it refers to
	Locals    map[string]string        // the local values in it, with their files
	Imports   []Import                 // the import blocks of the whole directory
}

// An Import is an import block with the id that it names.
type Import struct {
	To   string // the whole address, with module and index
	ID   graph.ID
	Ours bool // whether an earlier run wrote the file
}

// Handwritten reads what people have in the directory. What cannot be read is left for the
// engine to complain about.
func (d *Directory) Handwritten() (Handwritten, error) {
	h := Handwritten{Files: map[string]bool{}, Declared: map[graph.Address]string{}, Changed: map[graph.Address]bool{},
		Mentioned: map[graph.Address]bool{}, Locals: map[string]string{}}
	digests := map[graph.Address]string{}
	for _, r := range d.manifest.records {
		digests[r.Address] = r.digest
	}
	entries, err := readDir(d.path)
	if err != nil {
		return h, err
	}
	for _, e := range entries {
		name := e.Name()
		then, earlier := d.manifest.files[name]
		if e.IsDir() || !isRead(name) || name == barrierName {
			continue
		}
		text, err := os.ReadFile(d.file(name))
		if err != nil {
			return h, diskError("read", d.file(name), err)
		}
		untouched := earlier && digestOf(text) == then || d.options.Force
		if untouched && !bytes.Contains(text, []byte("import")) {
			continue
		}
		source, err := parseSource(name, text)
		if err == nil {
			h.addImports(source, earlier)
		}
		if untouched {
			continue
		}
		h.Files[name] = earlier
		if err == nil {
			h.add(name, source, digests)
		}
	}
	return h, nil
}

func (h *Handwritten) addImports(s code.Source, ours bool) {
	for _, it := range s.Items {
		if i, ok := importOf(s, it); ok {
			i.Ours = ours
			h.Imports = append(h.Imports, i)
		}
	}
}

func (h *Handwritten) add(name string, s code.Source, digests map[graph.Address]string) {
	for _, it := range s.Items {
		if a, ok := addressOf(it); ok && !a.Data {
			h.Declared[a] = name
			h.Changed[a] = digests[a] != digestOf(s.Text[it.Head:it.End])
		}
		if it.Kind == "locals" {
			for _, a := range it.Args {
				h.Locals[a.Name] = name
			}
		}
		if listedKind(it.Kind) {
			continue
		}
		for _, ref := range it.Refs {
			h.Mentioned[graph.Address{Type: ref.Parts[0], Name: ref.Parts[1]}] = true
		}
	}
}

func listedKind(kind string) bool { return kind == "import" || kind == "moved" || kind == "removed" }

// importOf reads an import block. One whose id is an expression says nothing before it is planned.
func importOf(s code.Source, it code.Item) (Import, bool) {
	to, ok := it.Arg("to")
	id, given := it.Arg("id")
	if it.Kind != "import" || !ok || !given {
		return Import{}, false
	}
	path := string(s.Text[to.Start:to.End])
	var text string
	if json.Unmarshal([]byte(path), &text) == nil {
		path = text // the JSON syntax quotes addresses
	}
	value := string(s.Text[id.Start:id.End])
	if json.Unmarshal([]byte(value), &text) != nil || strings.Contains(value, "${") {
		return Import{}, false
	}
	return Import{To: path, ID: graph.ID(text[strings.LastIndexByte(text, '/')+1:])}, true
}

// Leavers returns what earlier runs wrote of addresses that left the code: the moved blocks as
// pairs of old and new, and the addresses of the removed blocks.
func (d *Directory) Leavers() (moved [][2]graph.Address, removed []graph.Address, err error) {
	for _, name := range sortedNames(d.manifest.files) {
		if !isCode(name) {
			continue
		}
		text, err := readIfThere(d.file(name))
		if err != nil {
			return nil, nil, diskError("read", d.file(name), err)
		}
		if !strings.Contains(string(text), "moved") {
			continue
		}
		s, err := parseSource(name, text)
		if err != nil {
			continue
		}
		for _, it := range s.Items {
			from, to := graph.Address{}, graph.Address{}
			var ok bool
			if from.Type, from.Name, ok = it.Target("from"); !ok {
				continue
			}
			to.Type, to.Name, ok = it.Target("to")
			switch {
			case it.Kind == "moved" && ok:
				moved = append(moved, [2]graph.Address{from, to})
			case it.Kind == "removed":
				removed = append(removed, from)
			}
		}
	}
	return moved, removed, nil
}
