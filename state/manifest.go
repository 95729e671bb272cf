package state

import (
	"crypto/sha256"
	"encoding/hex"
	"sort"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// An Object is a live object that has code in the directory.
type Object struct {
	Address graph.Address
	ID      graph.ID
}

// A Key is what an object is known by, whatever its address.
type Key struct {
	Type string
	ID   graph.ID
}

// Key returns what the object is known by.
func (o Object) Key() Key { return Key{Type: o.Address.Type, ID: o.ID} }

// record is an object with where its code stands.
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

// digestOf returns the digest of a content in the form that the manifest holds.
func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// byKey finds records by what their objects are known by.
func (m *manifest) byKey() map[Key]record {
	out := make(map[Key]record, len(m.records))
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
