package report

// A Split is how an organisation became several root modules.
type Split struct {
	Across string           `json:"across"` // remote-state or data
	Parts  []Part           `json:"parts"`  // in the order in which they are applied
	Shared []SharedResource `json:"shared_to_break_cycles"`
}

// A Part is one of several root modules.
type Part struct {
	Name       string   `json:"name"`
	Directory  string   `json:"directory"`
	Resources  int      `json:"resources"`
	References int      `json:"references_to_others"`
	Requests   int      `json:"requests_per_plan"`
	Reads      []string `json:"reads_state_of"`
	Proof      string   `json:"proof"`
	Plan       string   `json:"plan,omitempty"`
}

// A SharedResource is one that one team owns and that is shared all the same.
type SharedResource struct {
	Address string `json:"address"`
	Part    string `json:"part"` // that it would be in
	By      string `json:"by"`   // what refers to it
}

// split is the table of the root modules.
func (p *page) split(s *Split) {
	if s == nil {
		return
	}
	var rows [][]string
	reads := false
	for _, part := range s.Parts {
		rows = append(rows, []string{cut(part.Name, 60), number(part.Resources), number(part.References), number(part.Requests)})
		reads = reads || len(part.Reads) > 0
	}
	p.gap()
	for _, line := range tableLines([]string{"part", "objects", "references to others", "requests per plan"}, rows) {
		p.line(2, line)
	}
	if reads {
		p.paragraph(2, "", "Apply them in this order: a part may read the state of parts above it.")
	}
	taken := make([]entry, len(s.Shared))
	for i, t := range s.Shared {
		taken[i] = entry{reason: "a reference to it would close a cycle, and no data source finds it", name: t.Address + " of " + t.Part + ", for " + t.By}
	}
	p.list("Shared, although one team owns it: "+Plural(len(taken), "resource"), taken)
}

// sorted is a copy whose lists are never null. They keep their order, which means something.
func (s *Split) sorted() *Split {
	if s == nil {
		return nil
	}
	c := *s
	c.Parts, c.Shared = append([]Part{}, s.Parts...), append([]SharedResource{}, s.Shared...)
	for i := range c.Parts {
		c.Parts[i].Reads = append([]string{}, c.Parts[i].Reads...)
	}
	return &c
}
