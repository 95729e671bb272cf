package state

import (
	"bytes"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/state/code"
)

// A Dangling is a reference in people's code to something of this program that will not exist in the future directory.
type Dangling struct {
	File string
	Line int
	In   string // the block with the reference, such as rootly_service.api
	To   string // what will be missing, such as rootly_team.sre, var.token or local.users
}

// Loose is everything of the future directory that depends on a missing declaration.
type Loose struct {
	Refs   []Dangling      // in people's code
	Broken map[string]bool // blocks that contain them, or read such a block, by names such as rootly_team.sre or module.x
}

// dangle finds the references in people's code to missing declarations, and everything that reads the blocks with such
// references: the engines plan none of it.
func (y *yielding) dangle() error {
	all := newSources()
	for _, name := range sortedNames(y.changes.files) {
		if f := y.changes.files[name]; isRead(name) {
			if err := all.add(name, f.Content); err != nil {
				return err
			}
		}
	}
	for _, name := range sortedNames(y.present) {
		if _, again := y.changes.files[name]; again {
			continue
		}
		if err := all.add(name, y.present[name].Text); err != nil {
			return err
		}
	}
	there, reads := readings(all)
	broken := map[string]bool{}
	for _, r := range reads {
		if _, byHand := y.hand.files[r.file]; !byHand || there[r.to] || !ofThisProgram(r.to) {
			continue
		}
		broken[r.to], broken[r.in] = true, true
		d := Dangling{File: r.file, Line: lineOf(all.files[r.file].Text, r.at), In: r.in, To: r.to}
		if loose := &y.changes.Loose; !slices.Contains(loose.Refs, d) {
			loose.Refs = append(loose.Refs, d)
		}
	}
	for more := len(broken) > 0; more; {
		more = false
		for _, r := range reads {
			if broken[r.to] && !broken[r.in] {
				broken[r.in], more = true, true
			}
		}
	}
	y.changes.Loose.Broken = broken
	return nil
}

func lineOf(text []byte, at int) int { return 1 + bytes.Count(text[:at], []byte("\n")) }

// ofThisProgram reports whether a name may be one that a run declared.
func ofThisProgram(name string) bool {
	return strings.HasPrefix(name, "rootly_") || strings.HasPrefix(name, "var.") || strings.HasPrefix(name, "local.")
}

// A reading is a reference from one block to another.
type reading struct {
	file   string
	at     int // in the text of the file
	in, to string
}

// readings lists what the code declares, by names as references have them, and what reads what.
func readings(all *sources) (there map[string]bool, list []reading) {
	there = map[string]bool{}
	for _, name := range sortedNames(all.files) {
		for _, it := range all.files[name].Items {
			own := declaredName(it)
			there[own] = true
			for _, a := range it.Args {
				if it.Kind == "locals" {
					there["local."+a.Name] = true
				}
			}
			for _, ref := range it.Refs {
				to := readName(ref)
				if to == "" || listedKind(it.Kind) {
					continue
				}
				list = append(list, reading{file: name, at: ref.Start, in: nameIn(it, own, ref), to: to})
			}
		}
	}
	return there, list
}

// declaredName is the name by which references call an item.
func declaredName(it code.Item) string {
	name := strings.Join(it.Labels, ".")
	switch it.Kind {
	case "resource":
		return name
	case "variable":
		return "var." + name
	}
	return strings.TrimSuffix(it.Kind+"."+name, ".")
}

// nameIn is the block that contains a reference; in a locals block, the single value.
func nameIn(it code.Item, own string, ref code.Ref) string {
	for _, a := range it.Args {
		if it.Kind == "locals" && a.Start <= ref.Start && ref.Start < a.End {
			return "local." + a.Name
		}
	}
	return own
}

// readName is what a reference reads; empty if nothing.
func readName(ref code.Ref) string {
	n := 2
	if ref.Parts[0] == "data" {
		n = 3
	}
	if len(ref.Parts) < n {
		return ""
	}
	return strings.Join(ref.Parts[:n], ".")
}
