// Package organisation makes the synthetic Rootly organisation that the sandbox serves.
//
//	seed, size ──► showcase: every type, every trap ──► growth: believable teams ──► objects
//
// The same seed and size give the same bytes for ever, or until the provider's schema gains a
// parameter: ids and choices come from a generator of its own, times from a fixed day. The showcase is what an importer must survive; the
// growth is what ordinary organisations are made of.
//
// Not here: serving the objects, and what a server derives from them (pages, includes).
package organisation

import (
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// Options say which organisation is made.
type Options struct {
	// Seed tells organisations of one size apart.
	Seed uint64

	// Size is the number of objects that an import takes by default. Users, statuses,
	// incidents and the types that are only imported by name come on top.
	//
	// From Complete on, the organisation holds every type and every trap. A smaller one has
	// the core types only. Zero means Complete.
	Size int
}

// New makes an organisation of exactly the size asked for. It is empty when the schema
// snapshot cannot be read, which that package's tests rule out.
func New(o Options) []sandbox.Object {
	b, err := newBuilder(o)
	if err != nil {
		return nil
	}
	b.make()
	return b.objects
}

// make makes the organisation: whole from Complete on, only its core below.
func (b *builder) make() {
	if b.left < Complete {
		b.people()
		b.grow(b.coreScript())
		return
	}
	b.showcase()
	b.grow(b.fullScript())
}
