package code

import (
	"bytes"
	"sort"
)

// A Source is a file with its items.
type Source struct {
	Text  []byte
	Items []Item

	leaves []leaf // for each item, in the JSON syntax; nil in Terraform's own
}

// Parse scans a text in Terraform's own syntax.
func Parse(text []byte) (Source, error) {
	items, err := Scan(text)
	return Source{Text: text, Items: items}, err
}

// An Edit replaces a range of a text.
type Edit struct {
	Start, End int
	Text       string
}

// Apply makes edits that do not overlap.
func Apply(text []byte, edits []Edit) []byte {
	sorted := append([]Edit(nil), edits...)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].Start < sorted[j].Start })
	var out []byte
	pos := 0
	for _, e := range sorted {
		out = append(append(out, text[pos:e.Start]...), e.Text...)
		pos = e.End
	}
	return append(out, text[pos:]...)
}

// gap returns the text between an item and the one before it.
func (s Source) gap(i int) []byte {
	if i == 0 {
		return s.Text[:s.Items[0].Start]
	}
	return s.Text[s.Items[i-1].End:s.Items[i].Start]
}

// Cut returns the text with only the items in keep, after the edits in those.
func (s Source) Cut(keep map[int]bool, edits map[int][]Edit) []byte {
	if s.leaves != nil {
		return s.cutJSON(keep, edits)
	}
	if len(s.Items) == 0 {
		return s.Text
	}
	out := bytes.Clone(s.gap(0))
	first := true
	for i := range s.Items {
		if !keep[i] {
			continue
		}
		gap := s.gap(i)
		if first {
			gap = nil
			if i > 0 {
				gap = bytes.TrimLeft(s.gap(i), " \t\r\n")
			}
		}
		first = false
		out = append(append(out, gap...), s.item(i, edits[i])...)
	}
	return append(out, s.Text[s.Items[len(s.Items)-1].End:]...)
}

// item returns the text of an item after edits.
func (s Source) item(i int, edits []Edit) []byte {
	it := s.Items[i]
	shifted := make([]Edit, len(edits))
	for n, e := range edits {
		shifted[n] = Edit{Start: e.Start - it.Start, End: e.End - it.Start, Text: e.Text}
	}
	return Apply(s.Text[it.Start:it.End], shifted)
}

// Weave returns the text of next with items of an older text at their old places: after the same item as before.
func (next Source) Weave(old Source, keep map[int]bool, edits map[int][]Edit) []byte {
	if next.leaves != nil {
		return next.weaveJSON(old, keep, edits)
	}
	behind := next.anchored(old, keep)
	var before []byte
	for _, i := range behind[front] {
		before = append(append(before, old.item(i, edits[i])...), old.space(i+1)...)
	}
	if len(next.Items) == 0 {
		return append(endLine(next.Text), endLine(bytes.TrimRight(before, "\n"))...)
	}
	var out []byte
	for i, it := range next.Items {
		out = append(out, next.gap(i)...)
		if i == 0 {
			out = append(out, before...)
		}
		out = append(out, next.Text[it.Start:it.End]...)
		for _, j := range behind[i] {
			out = append(append(out, old.space(j)...), old.item(j, edits[j])...)
		}
	}
	return append(out, next.Text[next.Items[len(next.Items)-1].End:]...)
}

// Borrow returns the text of next with some items, by number, replaced by older ones.
func (next Source) Borrow(old map[int]Borrowed) []byte {
	if next.leaves != nil {
		leaves := append([]leaf(nil), next.leaves...)
		for i, b := range old {
			leaves[i].text = b.From.leaves[b.Item].text
		}
		return assemble(leaves)
	}
	var edits []Edit
	for i, b := range old {
		it := next.Items[i]
		edits = append(edits, Edit{Start: it.Start, End: it.End, Text: string(b.From.item(b.Item, nil))})
	}
	return Apply(next.Text, edits)
}

// Borrowed is an item of an older source in the same syntax.
type Borrowed struct {
	From Source
	Item int
}

// Like reports whether two sources are in the same syntax.
func (s Source) Like(other Source) bool { return (s.leaves == nil) == (other.leaves == nil) }

// front is the place before all items.
const front = -1

// anchored returns for each item of next the older items that follow it. Items that next has are not repeated.
func (next Source) anchored(old Source, keep map[int]bool) map[int][]int {
	places := make(map[string]int, len(next.Items))
	for i, it := range next.Items {
		if same := it.Same(); same != "" {
			places[same] = i
		}
	}
	behind, anchor := map[int][]int{}, front
	for i, it := range old.Items {
		if at, ok := places[it.Same()]; ok {
			anchor = at
		} else if keep[i] {
			behind[anchor] = append(behind[anchor], i)
		}
	}
	return behind
}

// space returns the blank lines that separate an item from the one before it.
func (s Source) space(i int) []byte {
	if i > 0 && i < len(s.Items) {
		gap := s.gap(i)
		if len(bytes.TrimSpace(gap)) == 0 && bytes.IndexByte(gap, '\n') >= 0 {
			return gap
		}
	}
	return []byte("\n\n")
}

func endLine(text []byte) []byte {
	out := bytes.Clone(text)
	if len(out) > 0 && out[len(out)-1] != '\n' {
		out = append(out, '\n')
	}
	return out
}
