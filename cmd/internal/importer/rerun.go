package importer

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/prooffile"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/snapshot"
)

// rerun reports what happened to what was there before. The plan decides which edited resources differ; without a
// plan, the code does.
func (p Proof) rerun() report.Rerun {
	changes, linked, root := p.Staged.Changes, p.Staged.Linked, p.Staged.root()
	s := report.Rerun{Elsewhere: len(linked.Share.elsewhere.objects), Ignored: len(linked.Share.ignored)}
	seen := map[string]bool{}
	note := func(list *[]string, address string) {
		if !seen[address] {
			seen[address] = true
			*list = append(*list, address)
		}
	}
	outside := map[string]bool{}
	for _, c := range changes.Carried {
		outside[c.Address.String()] = true
	}
	for _, d := range p.Verdict.Accepted {
		switch {
		case root.around.edited(d.Address):
			note(&s.Differing, d.Address)
		case outside[d.Address]:
			note(&s.Outside, d.Address)
		default:
			note(&s.Before, d.Address)
		}
	}
	if p.Facts.State != report.ProofClean && p.Facts.State != report.ProofDiffers {
		for _, o := range changes.Differing {
			note(&s.Differing, o.Address.String())
		}
	}
	for _, o := range changes.Left {
		note(&s.Left, o.Address.String())
	}
	for _, o := range changes.Gone {
		switch {
		case linked.Share.elsewhere.has(o.Key()): // counted as managed elsewhere
		case linked.forget[o.Key()]:
			note(&s.Forgotten, o.Address.String())
		default:
			note(&s.Deleted, o.Address.String())
		}
	}
	known := root.Dir.Addresses()
	for _, res := range linked.Graph.Resources {
		if was := known[res.Target()]; !was.IsZero() && was != res.Address {
			s.Moved = append(s.Moved, report.Moved{From: was.String(), To: res.Address.String()})
		}
	}
	return s
}

// dangling says which lines people have to change, and why.
func (s Staged) dangling() []report.Unresolved {
	reasons := map[string]string{}
	for _, o := range s.Changes.Gone {
		reasons[o.Address.Block().String()] = "it was deleted in Rootly"
	}
	known := s.root().Dir.Addresses()
	for _, o := range s.Linked.Rejected() {
		if a := known[o.Target()]; !a.IsZero() {
			reasons[a.Block().String()] = o.Reason
		}
	}
	var list []report.Unresolved
	for _, d := range s.Linked.keptFor {
		list = append(list, report.Unresolved{From: d.In, Path: fmt.Sprintf("%s:%d", d.File, d.Line), ID: d.To, Reason: "it is not selected, and its code is kept for this line only"})
	}
	for _, d := range s.Changes.Loose.Refs {
		list = append(list, report.Unresolved{From: d.In, Path: fmt.Sprintf("%s:%d", d.File, d.Line), ID: d.To, Reason: cmp.Or(reasons[d.To], "the code does not have it")})
	}
	return list
}

// adviseGone adds a hint if the plan fails at an object that was deleted in Rootly: for some types, the provider treats
// a 404 as a failure and does not remove the object from the state. No block in the code helps, since engines read an
// object before they forget it.
func adviseGone(differences []report.Difference, gone []string) {
	for i, d := range differences {
		if d.Action == "error" && slices.Contains(gone, d.Address) {
			differences[i].Message = fmt.Sprintf("it was deleted in Rootly, which the provider reports as a failure; remove it from the state with: state rm '%s' (%s)", d.Address, d.Message)
		}
	}
}

// edited reports whether an address stands in a file of an earlier run that a person edited.
func (s *surroundings) edited(address string) bool {
	for a, file := range s.Hand.Declared {
		if a.String() == address {
			return s.Hand.Files[file]
		}
	}
	return false
}

// removedFiles counts the files that leave. The proof is written anew after it was counted out.
func (s Staged) removedFiles(proven bool) int {
	n := 0
	for _, name := range s.Changes.Remove {
		renewed := name == prooffile.Name && proven || name == snapshot.SnapshotName && s.snapshot || name == snapshot.SettingsName && !s.snapshot
		if !renewed {
			n++
		}
	}
	return n
}
