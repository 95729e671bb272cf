package change

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
)

// quote quotes a text, to distinguish it from other values.
func quote(text string) string { return strconv.Quote(text) }

// show returns a function that prepares an attribute for display: without what is hidden elsewhere, and not too long.
func (d *differ) show() func(*Attribute) {
	words := make([]string, 0, len(d.hidden))
	for text := range d.hidden {
		words = append(words, text)
	}
	sort.Slice(words, func(i, j int) bool {
		if len(words[i]) != len(words[j]) {
			return len(words[i]) > len(words[j])
		}
		return words[i] < words[j]
	})
	pairs := make([]string, 0, 4*len(words))
	for _, text := range words {
		pairs = append(pairs, text, hiddenText)
		if quoted := strings.Trim(quote(text), `"`); quoted != text {
			pairs = append(pairs, quoted, hiddenText)
		}
	}
	replace := strings.NewReplacer(pairs...).Replace
	return func(a *Attribute) {
		a.Path = replace(secret.Mask(a.Path)) // keys of maps are part of it
		before, after := replace(a.Before), replace(a.After)
		a.Sensitive = a.Sensitive || before != a.Before || after != a.After
		a.Before, a.After = cut(before, after, d.options.Length)
	}
}

// cut shortens two texts and keeps the first difference visible.
func cut(a, b string, most int) (before, after string) {
	const context = 20
	x, y := []rune(a), []rune(b)
	if len(x) <= most && len(y) <= most {
		return a, b
	}
	from := 0
	for from < min(len(x), len(y)) && x[from] == y[from] {
		from++
	}
	from = max(0, from-context)
	if from+context < most {
		from = 0
	}
	return excerpt(x, from, most), excerpt(y, from, most)
}

// excerpt is a part of a text, with the length of the whole.
func excerpt(text []rune, from, most int) string {
	if len(text) <= most {
		return string(text)
	}
	from = min(from, len(text)-most)
	head, tail := "", ""
	if from > 0 {
		head = "…"
	}
	if from+most < len(text) {
		tail = "…"
	}
	return fmt.Sprintf("%s%s%s (%d characters)", head, string(text[from:from+most]), tail, len(text))
}
