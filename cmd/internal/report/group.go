package report

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// An entry is one line of a list that is told by reason.
type entry struct {
	subject string // what the reason is about, if it is the same for many
	reason  string
	hint    string // what to do about it, if that is known
	name    string // the one object, place or file; empty: not worth naming
}

// A group is all entries with the same subject and, but for details, the same reason and hint.
type group struct {
	subject      string
	reason, hint phrase
	count        int
	names        []string
}

// grouped gathers entries, the largest group first.
func grouped(entries []entry) []group {
	at := map[string]int{}
	var groups []group
	for _, e := range entries {
		reason, hint := phraseOf(e.reason), phraseOf(e.hint)
		key := strings.Join([]string{e.subject, reason.key(), hint.key()}, "\x00")
		i, known := at[key]
		if !known {
			i = len(groups)
			at[key] = i
			groups = append(groups, group{subject: e.subject, reason: reason, hint: hint})
		}
		g := &groups[i]
		g.count++
		g.reason.blur(reason)
		g.hint.blur(hint)
		if e.name != "" {
			g.names = append(g.names, e.name)
		}
	}
	slices.SortStableFunc(groups, func(a, b group) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.subject, b.subject), cmp.Compare(a.reason.String(), b.reason.String()))
	})
	return groups
}

// detail is what may differ between sentences that say the same: ids, quoted words and numbers.
var detail = regexp.MustCompile(`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|"(\\.|[^"\\])*"|\b[0-9]+\b`)

// A phrase is a sentence, taken apart at its details.
type phrase struct {
	fixed   []string // one more than details
	details []string
}

func phraseOf(s string) phrase {
	return phrase{fixed: detail.Split(s, -1), details: detail.FindAllString(s, -1)}
}

// key is the same for phrases that differ in details alone.
func (p phrase) key() string { return strings.Join(p.fixed, "\x01") }

// blur puts "..." for each detail that is another one in q, which has the same key.
func (p *phrase) blur(q phrase) {
	for i := range p.details {
		if p.details[i] != q.details[i] {
			p.details[i] = ellipsis
		}
	}
}

func (p phrase) String() string {
	var b strings.Builder
	for i, text := range p.fixed {
		if i > 0 {
			b.WriteString(p.details[i-1])
		}
		b.WriteString(text)
	}
	return b.String()
}
