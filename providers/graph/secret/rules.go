package secret

import (
	_ "embed"
	"encoding/json"
	"regexp"
	"strings"
	"sync"
)

// rulesJSON is what package upstream wrote.
//
//go:embed rules.json
var rulesJSON []byte

// A rule finds one form of credential near its keywords.
type rule struct {
	ID       string   `json:"id"`
	Regex    string   `json:"regex"`
	Group    int      `json:"group"`
	Entropy  float64  `json:"entropy"`
	Keywords []string `json:"keywords"`
	Allow    []allow  `json:"allow"`

	loose bool                   // whether it also applies if no word of the text looks random
	check func(said string) bool // another condition for the credential; may be nil

	// at looks for the credential after a keyword, instead of a pattern. Start and end are equal if there is none.
	at func(text string, keywordEnd int) (start, end int)

	assigns  bool // whether the pattern requires an assignment after its keyword
	compiled func() *regexp.Regexp
}

// An allow says which matches are not credentials.
type allow struct {
	Target    string   `json:"target"` // what is compared: the credential unless "match" or "line"
	Regexes   []string `json:"regexes"`
	StopWords []string `json:"stopwords"`

	compiled func() []*regexp.Regexp
}

// A rulebook is all rules with the automaton of their keywords.
type rulebook struct {
	rules   []*rule
	allow   allow // for all rules
	words   *keywords
	rulesOf [][]int16 // by keyword
	length  []int     // of each keyword
	err     error     // errors in the embedded rules; a test makes sure that there are none
}

// book reads the rules once. Patterns are compiled when first needed.
var book = sync.OnceValue(func() *rulebook {
	var t struct {
		Rules []*rule `json:"rules"`
		Allow allow   `json:"allow"`
	}
	b := &rulebook{}
	b.err = json.Unmarshal(rulesJSON, &t)
	b.allow = t.Allow
	b.allow.prepare()
	for _, r := range t.Rules {
		r.assigns = assignsToKeyword(r)
		r.Regex = strings.ReplaceAll(r.Regex, sourceEnd, proseEnd)
	}
	b.rules = append(ownRules(), t.Rules...)
	index := map[string]int{}
	var words []string
	for i, r := range b.rules {
		r.prepare()
		for _, w := range r.Keywords {
			at, known := index[w]
			if !known {
				at = len(words)
				index[w] = at
				words = append(words, w)
				b.rulesOf = append(b.rulesOf, nil)
				b.length = append(b.length, len(w))
			}
			b.rulesOf[at] = append(b.rulesOf[at], int16(i))
		}
	}
	b.words = newKeywords(words)
	return b
})

// What may follow a token: in source code, for which most rules of the set are made, and in prose, lists, HTML and
// URLs.
const (
	sourceEnd = `(?:[\x60'"\s;]|\\[nr]|$)`
	proseEnd  = `(?:[\x60'"\s;,:)\]}<>&|\\]|[.!?](?:\s|$)|$)`
)

// The parts of most rules of the set: a name, an operator, a token.
const (
	assignStart  = `(?i)[\w.-]{0,50}?`
	assignMiddle = `(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)`
)

// assignsToKeyword reports whether a rule is of that kind and its keywords belong to the name.
func assignsToKeyword(r *rule) bool {
	rest, ok := strings.CutPrefix(r.Regex, assignStart)
	name, _, found := strings.Cut(rest, assignMiddle)
	if !ok || !found || strings.Contains(r.Regex, `|\b(`) {
		return false
	}
	named, err := regexp.Compile("(?i)" + name)
	if err != nil {
		return false
	}
	for _, w := range r.Keywords {
		if !named.MatchString(w) {
			return false
		}
	}
	return true
}

// The part of a text around a keyword that a pattern is tried on. A longer match is found by its beginning.
const (
	reachBefore = 96
	reachAfter  = 640
	windowMax   = 2048
)

func (r *rule) prepare() {
	r.compiled = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(r.Regex) })
	for i := range r.Allow {
		r.Allow[i].prepare()
	}
}

func (a *allow) prepare() {
	a.compiled = sync.OnceValue(func() []*regexp.Regexp {
		var all []*regexp.Regexp
		for _, r := range a.Regexes {
			all = append(all, regexp.MustCompile(r))
		}
		return all
	})
}

// match appends the credentials of one rule in a part of a text.
func (b *rulebook) match(found []Finding, r *rule, text string, from, to int) []Finding {
	part := text[from:to]
	for _, m := range r.compiled().FindAllStringSubmatchIndex(part, -1) {
		start, end := r.credential(m)
		said := part[start:end]
		if r.Entropy > 0 && entropy(said) <= r.Entropy {
			continue
		}
		if r.check != nil && !r.check(said) || r.check == nil && b.allows(r, said, part[m[0]:m[1]]) {
			continue
		}
		found = append(found, Finding{Rule: r.ID, Start: from + start, End: from + end})
	}
	return found
}

// credential is the group with the credential: the one that the rule names, or the first that matched.
func (r *rule) credential(m []int) (start, end int) {
	if g := r.Group; g > 0 && 2*g+1 < len(m) && m[2*g] >= 0 {
		return m[2*g], m[2*g+1]
	}
	for g := 2; g+1 < len(m); g += 2 {
		if m[g] >= 0 && m[g+1] > m[g] {
			return m[g], m[g+1]
		}
	}
	return m[0], m[1]
}

func (b *rulebook) allows(r *rule, said, match string) bool {
	if isPlaceholder(said) || b.allow.holds(said, match) {
		return true
	}
	for i := range r.Allow {
		if r.Allow[i].holds(said, match) {
			return true
		}
	}
	return false
}

func (a *allow) holds(said, match string) bool {
	target := said
	if a.Target != "" {
		target = match
	}
	for _, r := range a.compiled() {
		if r.MatchString(target) {
			return true
		}
	}
	if len(a.StopWords) == 0 {
		return false
	}
	lower := strings.ToLower(said)
	for _, w := range a.StopWords {
		if strings.Contains(lower, w) {
			return true
		}
	}
	return false
}

// behind appends the findings of rules without a pattern after a keyword.
func (b *rulebook) behind(found []Finding, h hit, text string, strict bool) []Finding {
	for _, i := range b.rulesOf[h.word] {
		r := b.rules[i]
		if r.at == nil || strict && !r.loose {
			continue
		}
		if start, end := r.at(text, h.end); start < end {
			found = append(found, Finding{Rule: r.ID, Start: start, End: end})
		}
	}
	return found
}

// A window is the part of a text that a rule has to read.
type window struct {
	rule, start, end int
}

// scan looks for keywords first, and with patterns only around those.
func scan(text string, first bool) []Finding {
	b := book()
	var space [16]hit
	hits := b.words.scan(space[:0], text)
	if len(hits) == 0 {
		return nil
	}
	strict := !mayHoldToken(text)
	var found []Finding
	for _, h := range hits {
		found = b.behind(found, h, text, strict)
		if first && len(found) > 0 {
			return found
		}
	}
	for _, w := range b.windows(hits, strict, text) {
		found = b.match(found, b.rules[w.rule], text, w.start, w.end)
		if first && len(found) > 0 {
			return found
		}
	}
	return found
}

// windows joins the text around the keywords of each rule.
func (b *rulebook) windows(hits []hit, strict bool, text string) []window {
	var all []window
	open := map[int16]int{} // the last window of a rule
	for _, h := range hits {
		for _, i := range b.rulesOf[h.word] {
			r := b.rules[i]
			if r.at != nil || strict && !r.loose || !b.plausible(r, h, text) {
				continue
			}
			start, end := max(0, h.end-reachBefore), min(len(text), h.end+reachAfter)
			if at, ok := open[i]; ok && start <= all[at].end && end-all[at].start <= windowMax {
				all[at].end = end
				continue
			}
			open[i] = len(all)
			all = append(all, window{int(i), start, end})
		}
	}
	return all
}

// plausible excludes most keywords by looking at their surroundings.
func (b *rulebook) plausible(r *rule, h hit, text string) bool {
	if r.assigns {
		return assignmentFollows(text[h.end:])
	}
	switch last := text[h.end-1]; {
	case last == '-' || last == '_':
		return tokenFollows(text[h.end:], "")
	case b.length[h.word] <= 2 && last != '~':
		return tokenFollows(text[h.end:], "./")
	}
	return true
}

// assignmentFollows reports whether the rest of a name, an operator and a token come next.
func assignmentFollows(s string) bool {
	i := 0
	for i < len(s) && i < 40 && (isTokenByte(s[i]) && s[i] != '=' && s[i] != '+' && s[i] != '/' && s[i] != '~' || s[i] == ' ' || s[i] == '\t') {
		i++
	}
	for end := i + 3; i < len(s) && i < end && strings.IndexByte(" \t\r\n\f'\"", s[i]) >= 0; {
		i++
	}
	if i == len(s) || strings.IndexByte("=>:|?,", s[i]) < 0 {
		return false
	}
	for end := i + 9; i < len(s) && i < end && strings.IndexByte("=>:|?, \t\r\n\f'\"`", s[i]) >= 0; {
		i++
	}
	n := 0
	for i+n < len(s) && n < 10 && (isTokenByte(s[i+n]) || s[i+n] == ':' || s[i+n] == '%') {
		n++
	}
	return n == 10
}

// tokenFollows reports whether the rest of a token comes next, after one of the keywords that many words contain or
// begin with. The bytes in but are part of tokens but do not count.
func tokenFollows(s, but string) bool {
	const enough = 12
	for i := range enough {
		if i == len(s) || !isTokenByte(s[i]) || strings.IndexByte(but, s[i]) >= 0 {
			return false
		}
	}
	return true
}

func isTokenByte(c byte) bool {
	return isLetter(c) || isDigit(c) || strings.IndexByte("_-.+/=~", c) >= 0
}

// mayHoldToken reports whether a text contains a word that could be a token: at least ten bytes with a digit, or
// sixteen in both cases.
func mayHoldToken(text string) bool {
	n, digit, upper, lower := 0, false, false, false
	for i := range len(text) {
		c := text[i]
		if !isRandomByte(c) && c != '=' && c != '~' && c != '.' {
			n, digit, upper, lower = 0, false, false, false
			continue
		}
		n++
		digit = digit || isDigit(c)
		upper = upper || isUpper(c)
		lower = lower || isLower(c)
		if n >= 10 && digit || n >= 16 && upper && lower {
			return true
		}
	}
	return false
}
