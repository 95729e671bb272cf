package graph

import (
	"fmt"
	"hash/fnv"
	"strings"
	"unicode/utf8"

	"github.com/mozillazg/go-unidecode"
)

// maxLabel bounds the length of a label; longer ones are cut at a word and made unique by a hash.
const maxLabel = 64

// Label returns copies of resources, each with a readable address: ASCII, unique, made from its title and, for children,
// from the label of its owner. A resource that had an address in an earlier run keeps it, whatever its present name and
// whatever was added since. The given resources stay as they are.
//
// Parents must come before their children. Remembered returns the earlier address of an object, or none; nil remembers
// nothing. Reserved addresses belong to objects that are not among the resources, but whose code stays.
func Label(resources []*Resource, remembered func(resourceType string, id ID) Address, reserved []Address) []*Resource {
	resources = copies(resources)
	if remembered == nil {
		remembered = func(string, ID) Address { return Address{} }
	}
	taken := make(map[Address]bool, len(resources)+len(reserved))
	for _, a := range reserved {
		taken[a], taken[a.Block()] = true, true
	}
	blocks := map[Address]bool{} // that make several objects
	for _, r := range resources {
		r.Address.Name, r.Address.Key = "", ""
		a := remembered(r.Address.Type, r.ID)
		if a.IsZero() || taken[a] || a.Key == "" && blocks[a] {
			continue
		}
		r.Address, taken[a] = a, true
		if a.Key != "" {
			blocks[a.Block()] = true
		}
	}
	for a := range blocks {
		taken[a] = true
	}
	labels := make(map[ID]string, len(resources))
	for _, r := range resources {
		if r.Address.Name == "" {
			r.Address.Name = free(r, base(r, labels[r.owner(func(id ID) bool { return labels[id] != "" })]), taken)
			taken[r.Address] = true
		}
		labels[r.ID] = r.Address.Label()
	}
	return resources
}

// Free completes an address with a label made from a title, and reserves it.
func Free(a Address, title string, id ID, taken map[Address]bool) Address {
	r := &Resource{Address: a, ID: id, Title: title}
	a.Name = free(r, base(r, ""), taken)
	taken[a] = true
	return a
}

// base is the label of a resource if no other had it.
func base(r *Resource, owner string) string {
	short := shortType(r.Address.Type)
	word := Word(r.Title)
	if word == "" {
		word = short + "_" + fragment(r.ID)
	}
	if owner != "" {
		word = owner + "_" + word
	}
	if c := word[0]; c >= '0' && c <= '9' || reserved(word) {
		word = short + "_" + word
	}
	return cut(word)
}

// shortType is the last word or two of a type, such as "team" or "form_field".
func shortType(t string) string {
	_, short, ok := strings.Cut(t, "_")
	if !ok {
		return t
	}
	if strings.HasPrefix(short, "workflow_task_") {
		return "task"
	}
	return short
}

// free returns the label, or the first numbered form of it that nobody has.
func free(r *Resource, label string, taken map[Address]bool) string {
	name := label
	for n := 2; taken[Address{Data: r.Address.Data, Type: r.Address.Type, Name: name}]; n++ {
		name = fmt.Sprintf("%s_%d", label, n)
	}
	return name
}

// Word turns a text into a word of lower-case ASCII letters, digits and single underscores. It is empty if the text
// contains none of these.
func Word(s string) string {
	var b strings.Builder
	gap := false
	for _, c := range strings.ToLower(ascii(s)) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('_')
			}
			gap = false
			b.WriteRune(c)
		case c == '\'':
			// it's becomes its
		default:
			gap = true
		}
	}
	return b.String()
}

// ascii transliterates. Only the beginning of very long texts matters.
func ascii(s string) string {
	const enough = 400
	if len(s) > enough {
		s = s[:enough]
		for !utf8.ValidString(s) && s != "" {
			s = s[:len(s)-1]
		}
	}
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return unidecode.Unidecode(s)
		}
	}
	return s
}

// fragment is the beginning of an id, as a word.
func fragment(id ID) string {
	w := Word(string(id))
	if i := strings.IndexByte(w, '_'); i > 0 {
		w = w[:i]
	}
	if len(w) > 8 {
		w = w[:8]
	}
	return w
}

// cut shortens a label at a word and adds a hash of the whole label. So two long labels with the same beginning stay
// distinct, and each stays the same when the other changes.
func cut(word string) string {
	if len(word) <= maxLabel {
		return word
	}
	h := fnv.New32a()
	h.Write([]byte(word))
	head := word[:maxLabel-9]
	if i := strings.LastIndexByte(head, '_'); i > maxLabel/2 {
		head = head[:i]
	}
	return fmt.Sprintf("%s_%08x", head, h.Sum32())
}

// reserved reports whether a word is a keyword of the language, which would make the label confusing.
func reserved(word string) bool {
	switch word {
	case "for", "in", "if", "else", "endif", "endfor", "null", "true", "false",
		"count", "each", "self", "path", "terraform", "var", "local", "locals", "data", "module",
		"provider", "resource", "variable", "output", "lifecycle", "depends_on", "for_each":
		return true
	}
	return false
}
