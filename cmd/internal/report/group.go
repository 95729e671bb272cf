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
	mend    string // what to do about it, if that is known
	name    string // the one object, place or file; empty: not worth naming
}

// A group is all entries with the same subject, reason and mend.
type group struct {
	subject, reason, mend string
	count                 int
	names                 []string
}

// detail is what differs between reasons that are the same: ids, quoted words and numbers.
var detail = regexp.MustCompile(`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|"(\\.|[^"\\])*"|\b[0-9]+\b`)

// grouped gathers entries, the largest group first. A reason stands as it is if it is the same for
// the whole group, and else with "..." for each detail.
func grouped(entries []entry) []group {
	at := map[string]int{}
	var groups []group
	for _, e := range entries {
		reason, mend := general(e.reason), general(e.mend)
		key := strings.Join([]string{e.subject, reason, mend}, "\x00")
		i, known := at[key]
		if !known {
			i = len(groups)
			at[key] = i
			groups = append(groups, group{subject: e.subject, reason: e.reason, mend: e.mend})
		}
		g := &groups[i]
		g.count++
		if e.reason != g.reason {
			g.reason = reason
		}
		if e.mend != g.mend {
			g.mend = mend
		}
		if e.name != "" {
			g.names = append(g.names, e.name)
		}
	}
	slices.SortStableFunc(groups, func(a, b group) int { return cmp.Compare(b.count, a.count) })
	return groups
}

func general(reason string) string { return detail.ReplaceAllString(reason, ellipsis) }
