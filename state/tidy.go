package state

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/state/code"
)

// Tidy takes out of the code the import blocks that have done their work: those for which held
// says that the state has every object at its address. Files that hold nothing else leave, when an
// earlier run wrote them. It returns how many blocks go.
func (d *Directory) Tidy(held func(Import) bool) (*Changes, int, error) {
	c := &Changes{files: map[string]File{}, base: map[string]string{}, yielded: map[string]bool{}}
	m := *d.manifest
	m.files, m.records = maps.Clone(d.manifest.files), slices.Clone(d.manifest.records)
	c.manifest = &m
	entries, err := readDir(d.path)
	if err != nil {
		return nil, 0, err
	}
	cut := 0
	for _, e := range entries {
		if e.IsDir() || !isCode(e.Name()) || e.Name() == barrierName {
			continue
		}
		n, err := d.tidyFile(c, e.Name(), held)
		if err != nil {
			return nil, 0, err
		}
		cut += n
	}
	return c, cut, nil
}

func (d *Directory) tidyFile(c *Changes, name string, held func(Import) bool) (int, error) {
	text, err := readIfThere(d.file(name))
	if err != nil || text == nil || !bytes.Contains(text, []byte("import")) {
		return 0, diskError("read", d.file(name), err)
	}
	s, err := parseSource(name, text)
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", d.file(name), err)
	}
	keep, cut, rest := map[int]bool{}, 0, false
	for i, it := range s.Items {
		if done(importsOf(s, it), held) {
			cut++
			continue
		}
		keep[i] = true
		rest = rest || it.Kind != "//"
	}
	if cut == 0 {
		return 0, nil
	}
	if err := d.free(name); err != nil {
		return 0, err
	}
	if c.base[name], err = d.digest(name); err != nil {
		return 0, err
	}
	then, ours := d.manifest.files[name]
	unedited := ours && then == digestOf(text)
	if !rest && unedited {
		c.Remove = append(c.Remove, name)
		delete(c.manifest.files, name)
	} else {
		f := File{Name: name, Content: s.Cut(keep, nil), Secret: d.manifest.secret[name]}
		c.files[name], c.Write = f, append(c.Write, name)
		if unedited {
			c.manifest.files[name] = digestOf(f.Content)
		}
	}
	c.unimport(name, s, keep)
	return cut, nil
}

// done reports whether the state has all that an import block is for.
func done(imports []Import, held func(Import) bool) bool {
	return len(imports) > 0 && !slices.ContainsFunc(imports, func(i Import) bool { return !held(i) })
}

// unimport forgets which import blocks stand in a file but for those that are kept.
func (c *Changes) unimport(name string, s code.Source, keep map[int]bool) {
	still := map[string]bool{}
	for i, it := range s.Items {
		if typ, label, ok := it.Target("to"); ok && it.Kind == "import" && keep[i] {
			still[typ+"."+label] = true
		}
	}
	for i, r := range c.manifest.records {
		if r.importFile == name && !still[r.Address.Block().String()] {
			c.manifest.records[i].importFile = ""
		}
	}
}
