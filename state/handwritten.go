package state

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/code"
)

// Handwritten is what people have in the directory: their own files, and files of earlier runs that they edited. None
// of them is overwritten, unless Force is set.
type Handwritten struct {
	Files     map[string]bool            // code that takes no block of a run; true for files of earlier runs
	Declared  map[graph.Address]string   // the resources in it, with their files
	Repeated  map[graph.Address]string   // count or for_each, for those that have one
	Changed   map[graph.Address]bool     // those of earlier runs whose own block was edited
	Mentioned map[graph.Address]Dangling // what it refers to, and where first
	Locals    map[string]string          // the local values in it, with their files
	Imports   []Import                   // the import blocks of the whole directory
	Unread    []Unread                   // import blocks whose ids are expressions
	Leaves    []string                   // the addresses in removed blocks of people's own files
	Moves     []Move                     // the moved blocks of the whole directory
	Away      []Object                   // objects of earlier runs whose blocks were moved or removed
}

// MayDeclare reports whether only this program declares a local value of that name.
func (h *Handwritten) MayDeclare(local string) bool {
	file, taken := h.Locals[local]
	return !taken || h.Files[file]
}

// A Move is a moved block, with the addresses as states write them.
type Move struct{ From, To string }

// Unread is an import block whose ids are expressions.
type Unread struct {
	To   string // the address, with keys as they are written; empty if the file cannot be read
	File string
	Line int
}

// An Import is an import block with the id that it names.
type Import struct {
	To   string // the whole address, with module and index
	ID   graph.ID
	Ours bool // whether an earlier run wrote the file
}

// Handwritten reads what people have in the directory. A file that cannot be read is ignored: the engine reports it.
func (d *Directory) Handwritten() (Handwritten, error) {
	h := Handwritten{Files: map[string]bool{}, Declared: map[graph.Address]string{}, Changed: map[graph.Address]bool{},
		Repeated: map[graph.Address]string{}, Mentioned: map[graph.Address]Dangling{}, Locals: map[string]string{}}
	digests := map[graph.Address]string{}
	for _, r := range d.manifest.records {
		digests[r.Address.Block()] = r.digest
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
		text, err := readIfThere(d.file(name))
		if err != nil {
			return h, diskError("read", d.file(name), err)
		}
		untouched := earlier && digestOf(text) == then || d.options.Force
		if untouched && !bytes.Contains(text, []byte("import")) && !bytes.Contains(text, []byte("moved")) {
			continue
		}
		source, err := parseSource(name, text)
		switch {
		case err == nil:
			h.addImports(name, source, earlier)
			h.addMoves(source)
		case isCode(name) && bytes.Contains(text, []byte("import")):
			h.Unread = append(h.Unread, Unread{File: name, Line: 1})
		}
		if untouched {
			continue
		}
		h.Files[name] = earlier
		if err == nil {
			h.add(name, source, digests)
		}
	}
	h.addInstances(d.manifest.records)
	for _, r := range d.manifest.records {
		_, edited := h.Files[r.file]
		if _, declared := h.Declared[r.Address.Block()]; !declared && (edited || !d.exists(r.file)) {
			h.Away = append(h.Away, r.Object)
		}
	}
	return h, nil
}

func (h *Handwritten) addMoves(s code.Source) {
	plain := strings.NewReplacer("$${", "${", "%%{", "%{")
	for _, it := range s.Items {
		if it.Kind == "moved" {
			h.Moves = append(h.Moves, Move{From: plain.Replace(pathIn(s, it, "from")), To: plain.Replace(pathIn(s, it, "to"))})
		}
	}
}

// addInstances declares the objects that one block makes. If its file was edited, any entry of its map may have been.
func (h *Handwritten) addInstances(records []record) {
	for _, r := range records {
		file, declared := h.Declared[r.Address.Block()]
		if r.Address.Key == "" || !declared {
			continue
		}
		h.Declared[r.Address] = file
		h.Changed[r.Address], h.Changed[r.Address.Block()] = true, true
	}
}

func (h *Handwritten) addImports(name string, s code.Source, ours bool) {
	for _, it := range s.Items {
		if it.Kind != "import" {
			continue
		}
		list := importsOf(s, it)
		if len(list) == 0 {
			h.Unread = append(h.Unread, Unread{To: pathIn(s, it, "to"), File: name, Line: lineOf(s.Text, it.Head)})
		}
		for _, i := range list {
			i.Ours = ours
			h.Imports = append(h.Imports, i)
		}
	}
}

// pathIn is the address in an argument, as it is written. The JSON syntax quotes it.
func pathIn(s code.Source, it code.Item, name string) string {
	a, ok := it.Arg(name)
	if !ok {
		return ""
	}
	path := string(s.Text[a.Start:a.End])
	var text string
	if json.Unmarshal([]byte(path), &text) == nil {
		return text
	}
	return path
}

func (h *Handwritten) add(name string, s code.Source, digests map[graph.Address]string) {
	for _, it := range s.Items {
		if a, ok := addressOf(it); ok && !a.Data {
			h.Declared[a] = name
			for _, repeat := range []string{"count", "for_each"} {
				if _, has := it.Arg(repeat); has {
					h.Repeated[a] = repeat
				}
			}
			h.Changed[a] = digests[a] != digestOf(s.Text[it.Head:it.End])
		}
		if it.Kind == "locals" {
			for _, a := range it.Args {
				h.Locals[a.Name] = name
			}
		}
		if !h.Files[name] && it.Kind == "removed" {
			h.Leaves = append(h.Leaves, pathIn(s, it, "from"))
		}
		if listedKind(it.Kind) {
			continue
		}
		for _, ref := range it.Refs {
			a := graph.Address{Type: ref.Parts[0], Name: ref.Parts[1]}
			if _, again := h.Mentioned[a]; !again {
				h.Mentioned[a] = Dangling{File: name, Line: lineOf(s.Text, ref.Start), In: declaredName(it), To: a.String()}
			}
		}
	}
}

func listedKind(kind string) bool { return kind == "import" || kind == "moved" || kind == "removed" }

// importsOf reads an import block: one object, or those of a fold.
func importsOf(s code.Source, it code.Item) []Import {
	if it.Kind != "import" {
		return nil
	}
	if ids := s.Texts(it, "for_each"); ids != nil {
		return importsFor(s, it, ids)
	}
	if i, ok := importOf(s, it); ok {
		return []Import{i}
	}
	return nil
}

// importsFor reads an import block with for_each over a map of ids.
func importsFor(s code.Source, it code.Item, ids map[string]string) []Import {
	a, ok := targetOf(it, "to")
	if !ok || !s.Says(it, "to", a.String()+"[each.key]") || !s.Says(it, "id", "each.value") {
		return nil
	}
	var list []Import
	for _, key := range sortedNames(ids) {
		a.Key = key
		list = append(list, Import{To: a.String(), ID: plainID(ids[key])})
	}
	return list
}

// plainID is the id of an object in its import id, which may be a path.
func plainID(text string) graph.ID { return graph.ID(text[strings.LastIndexByte(text, '/')+1:]) }

// importOf reads an import block. If its id is an expression, the id is known only after a plan.
func importOf(s code.Source, it code.Item) (Import, bool) {
	path := pathIn(s, it, "to")
	id, given := it.Arg("id")
	_, repeated := it.Arg("for_each")
	if path == "" || !given || repeated {
		return Import{}, false
	}
	value := string(s.Text[id.Start:id.End])
	var text string
	if json.Unmarshal([]byte(value), &text) != nil || strings.Contains(value, "${") || strings.Contains(value, "%{") {
		return Import{}, false
	}
	return Import{To: path, ID: plainID(text)}, true
}

// Removed returns what earlier runs wrote about addresses that were removed from the code: the moved blocks as pairs of
// old and new, and the addresses of the removed blocks.
func (d *Directory) Removed() (moved [][2]graph.Address, removed []graph.Address, err error) {
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
			from, ok := targetOf(it, "from")
			if !ok {
				continue
			}
			to, ok := targetOf(it, "to")
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
