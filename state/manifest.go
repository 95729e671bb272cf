package state

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime"
	"sort"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/code"
)

// An Object is a live object that has code in the directory.
type Object struct {
	Address graph.Address
	ID      graph.ID
	Parent  graph.ID // of the object that owns it; empty where none does
}

// Key returns the type and the id of the object.
func (o Object) Key() graph.Target { return graph.Target{Type: o.Address.Type, ID: o.ID} }

// record is an object with the place of its code.
type record struct {
	Object
	file       string // of the resource block
	importFile string // of the import block; empty when it has none
	digest     string // of the resource block; empty when it was not found
}

// manifest is what the directory remembers of the run that wrote it.
type manifest struct {
	tool     string            // version of the program
	files    map[string]string // name to digest of what was written; empty for secret files
	secret   map[string]bool   // names of the files that nobody else may read
	records  []record          // sorted by address
	complete []string          // types that were listed completely, sorted
}

// digestOf returns the digest of a content in the form of the manifest.
func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// byKey finds records by the keys of their objects.
func (m *manifest) byKey() map[graph.Target]record {
	out := make(map[graph.Target]record, len(m.records))
	for _, r := range m.records {
		out[r.Key()] = r
	}
	return out
}

func (m *manifest) sort() {
	sort.Slice(m.records, func(i, j int) bool {
		return m.records[i].Address.String() < m.records[j].Address.String()
	})
	sort.Strings(m.complete)
}

// records lists the objects of the future directory with the places of their code.
func (d *reconciling) records() ([]record, error) {
	digests, err := blockDigests(d.changes.files, d.stays)
	if err != nil {
		return nil, err
	}
	files, imports := map[graph.Address]string{}, map[graph.Address]string{}
	for name, f := range d.changes.files {
		for _, a := range f.Addresses {
			if twice, ok := files[a]; ok {
				return nil, fmt.Errorf("%s is in %s and in %s", a, twice, name)
			}
			files[a] = name
		}
		for _, a := range f.Imports {
			imports[a] = name
		}
	}
	out := make([]record, 0, len(d.run.Objects)+len(d.changes.Carried))
	for _, o := range d.run.Objects {
		out = append(out, record{Object: o, file: files[o.Address], importFile: imports[o.Address], digest: digests[o.Address.Block()]})
	}
	earlier := d.manifest.byKey()
	for i, rec := range out {
		if d.changes.yielded[rec.file] {
			out[i].digest = earlier[rec.Key()].digest // of what was written, not of what was edited
		}
	}
	for _, o := range d.changes.Carried {
		rec := earlier[o.Key()]
		rec.file = o.File
		rec.importFile = imports[o.Address]
		if len(o.Notes) > 0 {
			rec.digest = digests[o.Address.Block()]
		}
		out = append(out, rec)
	}
	return out, nil
}

// blockDigests returns the digest of every resource block in the files that are not kept.
func blockDigests(files map[string]File, kept map[string]bool) (map[graph.Address]string, error) {
	digests := map[graph.Address]string{}
	var mu sync.Mutex
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for name, f := range files {
		if kept[name] || !isCode(name) || !bytes.Contains(f.Content, []byte("resource")) {
			continue
		}
		g.Go(func() error {
			items, err := outline(f)
			if err != nil {
				return fmt.Errorf("read %s: %w", name, err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, it := range items {
				if a, ok := addressOf(it); ok && !a.Data {
					digests[a] = digestOf(f.Content[it.Head:it.End])
				}
			}
			return nil
		})
	}
	return digests, g.Wait()
}

func outline(f File) ([]code.Item, error) {
	if strings.HasSuffix(f.Name, ".json") {
		s, err := code.ParseJSON(f.Content)
		return s.Items, err
	}
	return code.Outline(f.Content)
}

// targetOf returns the address in an argument such as an import block's "to". An index that is an expression is left
// out.
func targetOf(it code.Item, arg string) (a graph.Address, ok bool) {
	a.Type, a.Name, a.Key, ok = it.Instance(arg)
	return a, ok
}

// addressOf returns the address of a resource or data block.
func addressOf(it code.Item) (graph.Address, bool) {
	if len(it.Labels) != 2 || it.Kind != "resource" && it.Kind != "data" {
		return graph.Address{}, false
	}
	return graph.Address{Data: it.Kind == "data", Type: it.Labels[0], Name: it.Labels[1]}, true
}
