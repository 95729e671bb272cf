package report

// A Rerun is what a run did about what earlier runs and people had left in the directory.
type Rerun struct {
	Elsewhere int      `json:"managed_elsewhere"`    // objects that other code of the directory manages
	Ignored   int      `json:"ignored_by_file"`      // objects that the ignore file leaves out
	Differing []string `json:"edited_that_differs"`  // resources that people edited and that differ from live
	Outside   []string `json:"outside_that_differs"` // resources outside the selection that changed in Rootly
	Before    []string `json:"planned_before"`       // resources that the directory would change already
	Left      []string `json:"edited_but_deleted"`   // resources that people edited and whose objects are gone
	Deleted   []string `json:"deleted"`              // addresses whose objects are gone, with their code
	Forgotten []string `json:"forgotten"`            // addresses that leave code and state, and live on
	Moved     []Moved  `json:"moved"`

	Dangling []Unresolved `json:"broken_references"`   // in code of people, which no plan can read
	Parted   []Moved      `json:"moved_between_parts"` // resources that are in another root module now
}

// Moved is a resource with another address than before.
type Moved struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// again tells what a person would look for after a second run.
func (p *page) again(a Rerun) {
	if a.Elsewhere > 0 {
		p.heading("Skipped, since other code in the directory manages them: " + Plural(a.Elsewhere, "object"))
	}
	if a.Ignored > 0 {
		p.heading("Left out by the ignore file: " + Plural(a.Ignored, "object"))
	}
	p.list("Edited by people, and different from live: "+Plural(len(a.Differing), "resource"), named("the plan changes it, or it differs from what import would write", a.Differing))
	p.list("Outside the selection, and changed in Rootly: "+Plural(len(a.Outside), "resource"), named("an import without the filter takes the change over; apply undoes it", a.Outside))
	p.list("Changed by the plan, as before this run: "+Plural(len(a.Before), "resource"), named("the directory already planned this before the run", a.Before))
	p.list("Edited by people, but the object was deleted in Rootly: "+Plural(len(a.Left), "resource"), named("remove the block", a.Left))
	p.list("Edited by people, and refers to what is deleted or not selected: "+Plural(len(a.Dangling), "line"), dangling(a.Dangling))
	p.list("Code removed, since its object was deleted in Rootly: "+Plural(len(a.Deleted), "resource"), named("a complete listing no longer has it", a.Deleted))
	p.list("Forgotten: "+Plural(len(a.Forgotten), "resource"), named("the next apply removes it from the state; it stays in Rootly", a.Forgotten))
	moves := make([]string, len(a.Moved))
	for i, m := range a.Moved {
		moves[i] = m.From + " is " + m.To + " now"
	}
	p.list("New addresses: "+Plural(len(a.Moved), "resource"), named("moved.tf has the moved blocks", moves))
	p.list("Moved to another part: "+Plural(len(a.Parted), "resource"), parted(a.Parted))
}

func dangling(list []Unresolved) []entry {
	entries := make([]entry, len(list))
	for i, d := range list {
		entries[i] = entry{
			subject: d.ID, reason: d.Reason, hint: "change the line: without code for the object, every plan of the directory stops there",
			name: d.Path + ", in " + d.From,
		}
	}
	return entries
}

func parted(list []Moved) []entry {
	names := make([]string, len(list))
	for i, m := range list {
		names[i] = m.From + " is " + m.To + " now"
	}
	return named("apply both parts: one removes it from its state, the other imports it", names)
}

func named(reason string, names []string) []entry {
	entries := make([]entry, len(names))
	for i, name := range names {
		entries[i] = entry{reason: reason, name: name}
	}
	return entries
}

// sorted is a copy whose lists are in order, and never null.
func (a Rerun) sorted() Rerun {
	itself := func(name string) []string { return []string{name} }
	for _, list := range []*[]string{&a.Differing, &a.Outside, &a.Before, &a.Left, &a.Deleted, &a.Forgotten} {
		*list = order(*list, itself)
	}
	a.Dangling = order(a.Dangling, func(d Unresolved) []string { return []string{d.From, d.Path, d.ID} })
	a.Moved = order(a.Moved, func(m Moved) []string { return []string{m.From, m.To} })
	a.Parted = order(a.Parted, func(m Moved) []string { return []string{m.From, m.To} })
	return a
}
