// Package secret keeps credentials out of the code.
//
//	texts of a graph ──► Find (names, patterns, rules) ──► Hide ──► variables
//	files as written ──► Watch ──► which of their values still stand there
//
// A text is a credential by its name, by its form, or by the rule set of gitleaks, which is embedded
// (rules.json, with its MIT licence next to it; package upstream renews it).
//
// Not here: any I/O, any knowledge of Rootly. The values are never part of an error or of the
// results of Hide.
package secret

import (
	"sort"
	"strings"
)

// A Finding is a credential in a text, or a text that is one.
type Finding struct {
	Rule       string // what it looks like, such as "slack-webhook-url"
	Start, End int    // form of the credential, such as "slack-webhook-url"
}

// Find returns the credentials in a text with a name: an attribute, a header, a key of a JSON object. References such
// as "{{ secrets.token }}", placeholders and ids are not credentials. Time is linear in the length of the text.
func Find(name, text string) []Finding {
	all := find(classify(name), text, false)
	if len(all) < 2 {
		return all
	}
	sort.Slice(all, func(i, j int) bool {
		if all[i].Start != all[j].Start {
			return all[i].Start < all[j].Start
		}
		return all[i].End > all[j].End
	})
	return all
}

// IsName reports whether any text under a name is a credential, unless it is a reference or empty.
func IsName(name string) bool { return classify(name) == classCritical }

const masked = "[secret]"

// Mask returns the text with everything that looks like a credential replaced. It is for titles and other texts that
// are not values of attributes: those go through a [Veil], which knows the attribute.
func Mask(text string) string { return cutOut(text, Find("", text), masked) }

// cutOut replaces findings, which are in order, by a mark.
func cutOut(text string, found []Finding, mark string) string {
	if len(found) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, f := range found {
		if f.End <= at {
			continue
		}
		if f.Start >= at {
			b.WriteString(text[at:f.Start])
			b.WriteString(mark)
		}
		at = f.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// find looks for credentials; with first, it stops at the first.
func find(c class, text string, first bool) []Finding {
	if bare, places := withoutJoiners(text); places != nil {
		return placed(find(c, bare, first), places)
	}
	if c != classPlain {
		if rule := byName(c, text); rule != "" {
			return []Finding{{Rule: rule, End: len(text)}}
		}
	}
	if len(text) < shortest {
		return nil
	}
	return scan(text, first)
}

// shortest is the length below which no text has the form of a credential: "a://:b@c".
const shortest = 8
