package shards

import (
	"fmt"
	"slices"
	"strings"
)

// linksFile is where the references are that blocks make which are left out.
const linksFile = "zz_rootly_verify_links.tf"

// linksOf is a part of the code whose validation proves as much of the whole as that of all code does, given that each
// shard was planned. It has all but import blocks, and of the resources only those that are referred to. The references
// of the others are in locals.
//
// A resource that nothing refers to is planned in its shard with all that it says but for the references to other
// shards, which are values there, and its address is not in two shards. So only those references are left to prove: that
// there is such a resource, and that it has such an attribute, of a type that can be text, as the value is. No cycle
// goes through what nothing refers to.
func (m *module) linksOf() map[string][]byte {
	kept, made := map[*piece]bool{}, map[reference]string{}
	for _, s := range m.sources {
		for i := range s.pieces {
			p := &s.pieces[i]
			kept[p] = !p.imports && (!m.isResource(p) || m.target[p.name])
			if kept[p] || p.imports {
				continue
			}
			for _, r := range p.refs {
				if _, replaced := m.values[r.bare()]; replaced {
					made[r.bare()] = string(s.src[r.from:r.to])
				}
			}
		}
	}
	files := m.written(kept)
	if text := locals(made); text != "" {
		name := linksFile
		for files[name] != nil {
			name = "z" + name
		}
		files[name] = []byte(text)
	}
	return files
}

// isResource reports whether a piece is the block of a resource.
func (m *module) isResource(p *piece) bool { return p.home != "" && p.name == p.home }

// locals makes texts of references. A text is never of the type of a reference alone.
func locals(made map[reference]string) string {
	const each = 100 // so that no local has so many references that the engine takes long for it
	refs := make([]string, 0, len(made))
	for _, text := range made {
		refs = append(refs, text)
	}
	slices.Sort(refs)
	var b strings.Builder
	n := 0
	for some := range slices.Chunk(refs, each) {
		n++
		fmt.Fprintf(&b, "locals {\n  rootly_verify_links_%d = [\n", n)
		for _, text := range some {
			fmt.Fprintf(&b, "    \"-${%s}\",\n", text)
		}
		b.WriteString("  ]\n}\n")
	}
	return b.String()
}

// written are the files with some of their pieces, as they are.
func (m *module) written(kept map[*piece]bool) map[string][]byte {
	files := map[string][]byte{}
	for _, s := range m.sources {
		if text := s.write(kept, func(reference) (string, bool) { return "", false }); text != nil {
			files[s.name] = text
		}
	}
	return files
}
