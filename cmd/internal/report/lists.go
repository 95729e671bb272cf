package report

import (
	"fmt"
	"regexp"
	"strings"
)

// lists are what a person should know of objects one by one.
func (p *page) lists(s *Summary) {
	p.edited(s.Files.Edited)
	p.again(s.Rerun)
	p.list("Ids left as text: "+number(len(s.References.Unresolved)), places(s.References.Unresolved))
	p.list("Cycles broken: "+number(len(s.References.Cycles)), places(s.References.Cycles))
	p.notImported(s.NotImported)
	p.list("Settings that the provider cannot represent: "+number(len(s.Losses)), losses(s.Losses))
	p.list("Changes that the code ignores (ignore_changes): "+number(len(s.Ignored)), ignored(s.Ignored))
	p.list("Repairs to make the plan clean: "+number(len(s.Repairs)), repairs(s.Repairs))
	p.list("Not folded, since the plan was not clean: "+number(len(s.Folds.Unfolded)), keptCode(s.Folds.Unfolded))
	p.list("Code kept, although its object was not read in this run: "+Plural(len(s.Kept), "resource"), keptCode(s.Kept))

	absent, _ := notListed(s.NotListed)
	p.list("Not available to this organisation or token: "+Plural(len(absent), "collection"), absent)
	p.notRead(s.NotListed)
}

func (p *page) notImported(list []NotImported) {
	p.list("Not imported: "+Plural(len(list), "object"), notImported(list))
}

func (p *page) notRead(list []NotListed) {
	_, failed := notListed(list)
	p.list("Not read: "+Plural(len(failed), "collection"), failed)
}

func (p *page) edited(names []string) {
	if len(names) == 0 {
		return
	}
	p.heading("Edited by people, and kept: " + Plural(len(names), "file") + " (--force overwrites)")
	p.names(2, names)
}

func places(list []Unresolved) []entry {
	entries := make([]entry, len(list))
	for i, u := range list {
		entries[i] = entry{reason: u.Reason, name: attribute(u.From, u.Path) + " = " + u.ID}
	}
	return entries
}

func notImported(list []NotImported) []entry {
	entries := make([]entry, len(list))
	for i, n := range list {
		name := n.Type
		if title := clean(n.Title); title != "" {
			name += ` "` + cut(title, 40) + `"`
		}
		entries[i] = entry{reason: n.Reason, hint: n.Hint, name: name + " " + n.ID}
	}
	return entries
}

// index is a position in a list, which says nothing about the attribute.
var index = regexp.MustCompile(`\[[^\]]*\]`)

func losses(list []Loss) []entry {
	entries := make([]entry, len(list))
	for i, l := range list {
		entries[i] = entry{subject: attribute(l.Type, index.ReplaceAllString(l.Path, "")), reason: l.Reason}
	}
	return entries
}

func ignored(list []Ignored) []entry {
	entries := make([]entry, len(list))
	for i, g := range list {
		entries[i] = entry{reason: g.Reason}
	}
	return entries
}

// repairs are told by type, attribute and cause, so that each can become a rule.
func repairs(list []Repair) []entry {
	entries := make([]entry, len(list))
	for i, r := range list {
		resourceType, _, _ := strings.Cut(r.Address, ".")
		reason := r.How + ": " + r.Cause
		if r.Unruled {
			reason += " (no rule covers this: please report it)"
		}
		entries[i] = entry{subject: attribute(resourceType, index.ReplaceAllString(r.Path, "")), reason: reason, name: r.Address}
	}
	return entries
}

func keptCode(list []KeptCode) []entry {
	entries := make([]entry, len(list))
	for i, c := range list {
		entries[i] = entry{reason: c.Reason, name: c.Address}
	}
	return entries
}

// notListed parts what an organisation or a token simply does not have from what went wrong.
func notListed(list []NotListed) (absent, failed []entry) {
	for _, n := range list {
		e := entry{subject: n.Type, reason: n.Reason}
		if n.Parent != "" {
			e.name = "of " + n.Parent
		}
		if n.Requested {
			e.subject += ", which was requested"
		}
		if n.Absent && n.Known > 0 {
			e.subject += fmt.Sprintf(", which was readable before: the code of %s stays", Plural(n.Known, "object"))
		}
		if n.Absent && !n.Requested && n.Known == 0 {
			absent = append(absent, e)
		} else {
			failed = append(failed, e)
		}
	}
	return absent, failed
}

// attribute is the place of an attribute as it is written in code.
func attribute(of, path string) string {
	if path == "" {
		return of
	}
	if strings.HasPrefix(path, "[") {
		return of + path
	}
	return of + "." + strings.TrimPrefix(path, ".")
}
