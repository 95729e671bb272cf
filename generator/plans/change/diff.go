package change

import (
	"strconv"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
)

const (
	unknownText = "(known after apply)"
	hiddenText  = "(sensitive value)"
)

// A differ compares values, and records texts that must not be shown anywhere.
type differ struct {
	options Options
	masks   *secret.Veil
	hidden  map[string]bool
}

// A place is where two values are compared: its path, the names above it, and what is known about it.
type place struct {
	path          string
	names         []string
	before, after *node
	unknown       *node
	marks         [2]*node
}

// compare lists differences up to a limit, and counts the others.
func (d *differ) compare(v values) (list []Attribute, more int) {
	w := walk{differ: d, typ: v.typ, replacing: v.replacing}
	start := place{before: v.before, after: v.after, unknown: v.unknown, marks: v.hidden}
	if v.name != "" {
		start.path, start.names = "value", []string{v.name}
	}
	w.at(start)
	if most := d.options.Attributes; len(w.found) > most {
		return w.found[:most], len(w.found) - most
	}
	return w.found, 0
}

type walk struct {
	*differ
	typ       string
	replacing []string
	found     []Attribute
}

func (w *walk) at(p place) {
	inner := p.inside()
	switch {
	case p.unknown.marked() && p.before.missing():
		// a new object always gets an id
	case p.unknown.marked():
		w.add(p, unknownText)
	case same(p.before, p.after) && !p.unknown.marks():
	case p.marks[0].marked() || p.marks[1].marked():
		w.add(p, "")
	case p.has('{'):
		w.object(p)
	case p.has('['):
		w.list(p)
	case inner != nil:
		w.at(*inner)
	default:
		w.add(p, "")
	}
}

// has reports whether one value is a kind of container, and the other one is the same kind or missing.
func (p place) has(kind byte) bool {
	return p.before.is(kind) && (p.after.is(kind) || p.after.missing()) || p.after.is(kind) && p.before.missing()
}

func (w *walk) object(p place) {
	pairs := []string{pairName(p.before), pairName(p.after)} // which one side may have and the other not
	for _, key := range keys(p.before, p.after, p.unknown) {
		names := append(append([]string(nil), p.names...), key)
		for _, pair := range pairs {
			if pair != "" && key == "value" {
				names = append(names, pair)
			}
		}
		w.at(place{
			path: join(p.path, key), names: names,
			before: p.before.field(key), after: p.after.field(key), unknown: p.unknown.field(key),
			marks: [2]*node{p.marks[0].child(key, -1), p.marks[1].child(key, -1)},
		})
	}
}

// child returns the mark of a part.
func (n *node) child(key string, i int) *node {
	if n == nil || n.marked() {
		return n
	}
	if i >= 0 {
		return n.item(i)
	}
	return n.field(key)
}

// pairName is the name that an object gives to the value in it, as lists of variables do.
func pairName(n *node) string {
	for _, key := range []string{"name", "key", "header", "field"} {
		if name := n.field(key); name.is('s') && name.text != "" {
			return name.text
		}
	}
	return ""
}

// list compares lists. Their common start and end are left out, the rest is compared one by one; lists of plain values
// are shown in full.
func (w *walk) list(p place) {
	before, after := itemsOf(p.before), itemsOf(p.after)
	plain := (p.before == nil || p.before.flat()) && (p.after == nil || p.after.flat())
	if plain && !p.marks[0].marks() && !p.marks[1].marks() && !p.unknown.marks() {
		w.add(p, "")
		return
	}
	start, end := 0, 0
	for start < min(len(before), len(after)) && same(before[start], after[start]) && !p.unknown.item(start).marks() {
		start++
	}
	for end < min(len(before), len(after))-start && same(before[len(before)-1-end], after[len(after)-1-end]) &&
		!p.unknown.item(len(after)-1-end).marks() {
		end++
	}
	for i := start; i < max(len(before), len(after))-end; i++ {
		part := place{path: index(p.path, strconv.Itoa(i)), names: p.names}
		if i < len(before)-end {
			part.before, part.marks[0] = before[i], p.marks[0].child("", i)
		}
		if i < len(after)-end {
			part.after, part.unknown, part.marks[1] = after[i], p.unknown.item(i), p.marks[1].child("", i)
		}
		w.at(part)
	}
}

func itemsOf(n *node) []*node {
	if n == nil {
		return nil
	}
	return n.items
}

// inside is the place of the contents of two JSON texts, or nil.
func (p place) inside() *place {
	before, after := p.before.inside(), p.after.inside()
	if before == nil && after == nil || before == nil && !p.before.missing() || after == nil && !p.after.missing() {
		return nil
	}
	if before != nil && after != nil && before.kind != after.kind || same(before, after) {
		return nil
	}
	return &place{path: p.path, names: p.names, before: before, after: after}
}

// add records a difference. The texts stay complete until everything that must be hidden is known.
func (w *walk) add(p place, after string) {
	a := Attribute{Path: p.path, Replaces: w.forces(p.path)}
	a.Before = w.text(&a, p, p.before)
	a.After = after
	if after == "" {
		a.After = w.text(&a, p, p.after)
	}
	if a.Before == "" && a.After == "" {
		return
	}
	w.found = append(w.found, a)
}

// forces reports whether a path, or one above it, forces the replacement.
func (w *walk) forces(path string) bool {
	for _, r := range w.replacing {
		if path == r || strings.HasPrefix(path, r+".") || strings.HasPrefix(path, r+"[") {
			return true
		}
	}
	return false
}

// text is a value that may be shown: hidden by its marks, then by names and by its form.
func (w *walk) text(a *Attribute, p place, n *node) string {
	switch {
	case n.missing() && !(p.marks[0].marked() || p.marks[1].marked()):
		if n == nil || p.before.missing() && p.after.missing() {
			return ""
		}
		return "null"
	case n == nil:
		return ""
	case p.marks[0].marked() || p.marks[1].marked():
		a.Sensitive = true
		return hiddenText
	}
	shown, sensitive := w.veil(p.names, n, p.marks)
	a.Sensitive = a.Sensitive || sensitive
	return shown
}

// veil spells a value without the credentials in it, and without what either mark covers.
func (w *walk) veil(names []string, n *node, marks [2]*node) (text string, hidden bool) {
	if marks[0].marked() || marks[1].marked() {
		return hiddenText, true
	}
	switch n.kind {
	case 's':
		return w.veilText(names, n.text)
	case 'n':
		if w.masks.HidesNumber(w.typ, names, n.text) {
			return hiddenText, true
		}
		return n.text, false
	case '[':
		parts := make([]string, len(n.items))
		for i, item := range n.items {
			part, h := w.veil(names, item, [2]*node{marks[0].child("", i), marks[1].child("", i)})
			parts[i], hidden = part, hidden || h
		}
		return "[" + strings.Join(parts, ", ") + "]", hidden
	case '{':
		return w.veilObject(names, n, marks)
	}
	return n.text, false
}

func (w *walk) veilObject(names []string, n *node, marks [2]*node) (text string, hidden bool) {
	var parts []string
	pair := pairName(n)
	for _, key := range keys(n, nil, nil) {
		under := append(append([]string(nil), names...), key)
		if pair != "" && key == "value" {
			under = append(under, pair)
		}
		part, h := w.veil(under, n.fields[key], [2]*node{marks[0].child(key, -1), marks[1].child(key, -1)})
		parts, hidden = append(parts, w.masks.Path(key)+": "+part), hidden || h
	}
	return "{" + strings.Join(parts, ", ") + "}", hidden
}

// veilText hides the whole text if its place says so, otherwise the parts that look like credentials.
func (w *walk) veilText(names []string, text string) (string, bool) {
	shown, hidden := w.masks.Text(w.typ, names, text)
	if string(shown) == hiddenText {
		w.note(text)
		return hiddenText, true
	}
	return quote(string(shown)), hidden
}

// remember records the texts that the marks cover.
func (d *differ) remember(v values) {
	d.covered(v.before, v.hidden[0])
	d.covered(v.after, v.hidden[1])
}

func (d *differ) covered(n, mark *node) {
	switch {
	case n == nil || !mark.marks():
	case mark.marked():
		d.conceal(n)
	default:
		for key, child := range n.fields {
			d.covered(child, mark.field(key))
		}
		for i, child := range n.items {
			d.covered(child, mark.item(i))
		}
	}
}

// conceal records every text of a value.
func (d *differ) conceal(n *node) {
	if n == nil {
		return
	}
	if n.kind == 's' {
		d.note(n.text)
	}
	for _, child := range n.fields {
		d.conceal(child)
	}
	for _, child := range n.items {
		d.conceal(child)
	}
}

// note records a text that must not be shown. A very short one would hide half of the report.
func (d *differ) note(text string) {
	const shortest = 6
	if len(strings.TrimSpace(text)) >= shortest {
		d.hidden[text] = true
	}
}
