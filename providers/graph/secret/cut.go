package secret

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// hole stands for an expression. It reads like what Liquid inserts, which is not a credential.
const hole = "{{ id }}"

// longText is the length from which on a text stays in the code although it contains a credential: a runbook should be
// readable there.
const longText = 160

// replace returns the expression for a text: one variable or, if a long text contains its credentials in plain sight,
// the text with a variable for each of them.
func (h *hider) replace(r *graph.Resource, c catch, in *inside) graph.Expr {
	spans := h.cuts(c)
	if len(spans) == 0 {
		return h.variable(r, c, in)
	}
	var t graph.Template
	held := map[string]graph.VariableRef{}
	at := 0
	for _, s := range spans {
		if s.Start > at {
			t.Parts = append(t.Parts, graph.Part{Text: c.value[at:s.Start]})
		}
		part := c
		part.value, part.rule = c.value[s.Start:s.End], s.Rule
		ref, again := held[part.value]
		if !again {
			ref = h.variable(r, part, in)
			held[part.value] = ref
		}
		t.Parts = append(t.Parts, graph.Part{Expr: ref})
		at = s.End
	}
	if at < len(c.value) {
		t.Parts = append(t.Parts, graph.Part{Text: c.value[at:]})
	}
	return t
}

// cuts returns the credentials of a text that can be replaced one by one, in order and separate. It returns none if the
// whole text must be replaced: it is short, or the rest would still be suspicious.
func (h *hider) cuts(c catch) []Finding {
	if len(c.value) < longText || c.mark == markSecret {
		return nil
	}
	all := slices.Concat(Find(c.name, c.value), c.known, h.known.findings(c.value))
	sort.SliceStable(all, func(i, j int) bool { return all[i].Start < all[j].Start })
	spans := apart(all, c.value)
	var rest strings.Builder
	at, taken := 0, 0
	for _, s := range spans {
		rest.WriteString(c.value[at:s.Start])
		rest.WriteString(hole)
		at, taken = s.End, taken+s.End-s.Start
	}
	rest.WriteString(c.value[at:])
	if taken*2 > len(c.value) || h.credential(c.name, rest.String(), c.mark) != "" || hasRandom(literal(rest.String())) {
		return nil
	}
	return spans
}

// apart widens findings to whole words and joins adjacent ones.
func apart(found []Finding, text string) []Finding {
	var out []Finding
	for _, f := range found {
		for f.Start > 0 && isRandomByte(text[f.Start-1]) {
			f.Start--
		}
		for f.Start > 0 && !utf8.RuneStart(text[f.Start]) {
			f.Start--
		}
		for f.End < len(text) && (isRandomByte(text[f.End]) || text[f.End] == '=' || text[f.End] == '/') {
			f.End++
		}
		for f.End < len(text) && !utf8.RuneStart(text[f.End]) {
			f.End++
		}
		if n := len(out); n > 0 && f.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, f.End)
			continue
		}
		out = append(out, f)
	}
	return slices.Clip(out)
}

// partsOf returns an expression as parts of a template.
func partsOf(e graph.Expr) []graph.Part {
	if t, ok := e.(graph.Template); ok {
		return t.Parts
	}
	return []graph.Part{{Expr: e}}
}
