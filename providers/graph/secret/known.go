package secret

import (
	"slices"
	"strings"
	"unicode"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// known are credentials that were found in one place, and may be in other places that do not look like one.
type known struct {
	values []string
	watch  *Watch
	labels []string // the form of the values in names of resources
}

// knownOf takes the values that would not appear in an ordinary text; nil if there are none.
func knownOf(values []string) *known {
	made := slices.DeleteFunc(slices.Clone(values), func(v string) bool { return !IsMadeUp(v) })
	if len(made) == 0 {
		return nil
	}
	k := &known{values: made, watch: NewWatch(made)}
	for _, v := range made {
		for _, part := range essence(v) {
			k.labels = append(k.labels, labelled(part))
		}
	}
	return k
}

// labelled is the part of a text that names of resources keep: lower-case letters and digits.
func labelled(text string) string {
	return strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

func valuesOf(variables []*graph.Variable) []string {
	values := make([]string, len(variables))
	for i, v := range variables {
		values[i] = v.Value
	}
	return values
}

// in reports whether a text contains one of them.
func (k *known) in(text string) bool {
	return k != nil && len(k.watch.Leaks([]byte(text))) > 0
}

// findings returns their positions in a text.
func (k *known) findings(text string) []Finding {
	if k == nil {
		return nil
	}
	var all []Finding
	for _, i := range k.watch.Leaks([]byte(text)) {
		for _, part := range essence(k.values[i]) {
			all = append(all, each(text, part)...)
		}
	}
	return all
}

// each finds one text in another.
func each(text, part string) []Finding {
	var all []Finding
	for at := 0; ; {
		next := strings.Index(text[at:], part)
		if next < 0 {
			return all
		}
		at += next + len(part)
		all = append(all, Finding{"known-credential", at - len(part), at})
	}
}

// IsMadeUp reports whether nobody would write a text by hand: long, one piece, letters and digits.
func IsMadeUp(s string) bool {
	const long = 12
	return len(s) >= long && !strings.ContainsAny(s, " \t\r\n{}<>") &&
		strings.ContainsAny(s, "0123456789") && strings.IndexFunc(s, unicode.IsLetter) >= 0
}

// A Leak is a credential that no variable can replace.
type Leak struct {
	Address graph.Address
	Place   string // where it stands
}

// Leaking finds the resources that cannot be written without showing one of the values: it is the name of a key or of
// the resource, or its id.
func Leaking(g *graph.Graph, values []string) []Leak {
	k := knownOf(values)
	if k == nil {
		return nil
	}
	var all []Leak
	for _, r := range g.Resources {
		if place := k.place(r); place != "" {
			all = append(all, Leak{r.Address, place})
		}
	}
	return all
}

// place says where a resource shows one of the values, or nothing.
func (k *known) place(r *graph.Resource) string {
	place := ""
	w := walker{
		text: func(cty.Path, string, string, mark) {},
		key: func(key string) {
			if k.in(key) {
				place = "the name of one of its keys"
			}
		},
	}
	w.walk(r.Config, nil, "", nil)
	for _, e := range r.Exprs {
		if encoded, ok := e.Expr.(graph.Encoded); ok {
			w.walk(encoded.Value, nil, "", nil)
		}
	}
	name := labelled(r.Address.Name + " " + r.Address.Key)
	switch {
	case k.in(r.Address.Key), slices.ContainsFunc(k.labels, func(l string) bool { return len(l) >= prefix && strings.Contains(name, l) }):
		return "its name"
	case k.in(string(r.ImportID())):
		return "its id"
	}
	return place
}
