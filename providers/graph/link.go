package graph

import (
	"sort"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// LinkOptions describe what is outside the resources.
type LinkOptions struct {
	// Rules returns the declared references of a type.
	Rules func(resourceType string) []Rule

	// Users are the people that ids may mean, by id.
	Users map[ID]User

	// UserExpr makes the expression for a user, and the data source that it reads, if any. Numeric says that a number
	// is wanted. Nil leaves the ids as text.
	UserExpr func(u User, numeric bool) (Expr, *DataSource)

	// Explain says why an id resolves to no object, given the types that it may belong to; none if that is unknown. The
	// text becomes a comment and part of the report.
	Explain func(types []string, id ID) string

	// Lookup returns a data source for an object that is not a resource of this run, or nil.
	Lookup func(resourceType string, id ID) *DataSource

	// Outside are objects that other code manages, and how to refer to them.
	Outside map[Target]Ref

	// GatherDead names the map for unresolved ids that several places contain. Empty leaves them as text.
	GatherDead string

	// Known reports whether code outside the resources may have the object of an id. Such an id stays text in its
	// place, so that earlier code with a reference there can be kept. Nil knows none.
	Known func(types []string, id ID) bool

	// Slugged are resources that the state knows by their slug. Their id in the code is that slug, so references by id
	// cannot use it.
	Slugged map[Target]bool

	// Sources are the data sources that Outside reads, by address.
	Sources map[Address]*DataSource
}

// Link turns ids into references: declared paths first, then whole values that are the UUID of
// exactly one resource, then such UUIDs inside texts. References that would close a cycle stay
// text. The resources must have their addresses. They stay as they are: the graph has copies, which share their values.
func Link(resources []*Resource, o LinkOptions) *Graph {
	resources = copies(resources)
	l := &linker{o: o, g: &Graph{Resources: resources}, index: newIndex(resources, o), usersSeen: map[ID]bool{}, dataSeen: map[Address]bool{}}
	for _, r := range resources {
		l.resource(r)
	}
	if o.GatherDead != "" {
		gatherDead(l.g, o.GatherDead, l.dead)
	}
	l.g.breakCycles()
	l.finish()
	return l.g
}

type linker struct {
	o LinkOptions
	g *Graph

	index

	usersSeen map[ID]bool
	dataSeen  map[Address]bool

	dead []deadEnd // what is Unresolved, with its places
}

// index finds resources by what refers to them.
type index struct {
	byType map[string]map[ID]*Resource
	bySlug map[string]map[string]*Resource // by type and slug, for references by another attribute
	byUUID map[ID]*Resource                // nil where several resources share it
	odd    map[ID]*Resource                // imported by something other than their id, which becomes their id

	outsideUUID map[ID]*Ref // of what is managed outside of the graph; nil if several share it
}

func newIndex(resources []*Resource, o LinkOptions) index {
	l := index{
		byType: map[string]map[ID]*Resource{}, bySlug: map[string]map[string]*Resource{},
		byUUID: make(map[ID]*Resource, len(resources)), odd: map[ID]*Resource{},
	}
	for _, r := range resources {
		t := r.Address.Type
		if r.ImportID() != r.ID || o.Slugged[Target{t, r.ID}] {
			l.odd[r.ID] = r
			continue
		}
		if l.byType[t] == nil {
			l.byType[t], l.bySlug[t] = map[ID]*Resource{}, map[string]*Resource{}
		}
		l.byType[t][r.ID] = r
		if r.Slug != "" {
			l.bySlug[t][r.Slug] = r
		}
		if !IsUUID(string(r.ID)) {
			continue
		}
		if _, twice := l.byUUID[r.ID]; twice {
			l.byUUID[r.ID] = nil
			continue
		}
		l.byUUID[r.ID] = r
	}
	l.indexOutside(o)
	return l
}

func (l *index) indexOutside(o LinkOptions) {
	l.outsideUUID = make(map[ID]*Ref, len(o.Outside))
	for target, ref := range o.Outside {
		if !IsUUID(string(target.ID)) || o.Slugged[target] {
			continue
		}
		if _, twice := l.outsideUUID[target.ID]; twice {
			l.outsideUUID[target.ID] = nil
			continue
		}
		l.outsideUUID[target.ID] = &ref
	}
}

// resource links one resource: the declared paths, then everything else that looks like an id.
func (l *linker) resource(r *Resource) {
	done := map[string]bool{}
	for _, rule := range l.o.Rules(r.Address.Type) {
		for _, h := range hits(r.Config, strings.Split(rule.Path, "."), nil) {
			slot := h.slot()
			if done[slot] {
				continue
			}
			done[slot] = l.declared(r, rule, h)
		}
	}
	l.undeclared(r, done)
	sortPlaced(r.Exprs)
}

// declared links a value that a rule declares as an id. It reports whether the value is settled, so that no other rule
// applies.
func (l *linker) declared(r *Resource, rule Rule, h hit) bool {
	id := idText(h.value)
	if id == "" || rule.Not != "" {
		return rule.Not != ""
	}
	for _, target := range l.targets(r, rule, h) {
		if target == UserType {
			if l.user(r, h, ID(id)) {
				return true
			}
			continue
		}
		if to := l.find(target, rule.Attr, id); to != nil {
			place(r, h, Ref{Target: to.Address, Attr: attrOr(rule.Attr), Numeric: h.value.Type() == cty.Number})
			return true
		}
		if l.outside(r, h, Target{target, ID(id)}, rule.Attr) || l.lookup(r, h, target, ID(id)) {
			return true
		}
	}
	if l.byUUID[ID(id)] != nil || l.outsideUUID[ID(id)] != nil || !l.isID(rule, id) {
		return false
	}
	l.unresolved(r, h.path, ID(id), l.targets(r, rule, h))
	return true
}

// isID reports whether a text at a declared path can only be an id. Some paths contain names of built-in things too.
func (l *linker) isID(rule Rule, id string) bool {
	return IsUUID(id) || len(rule.To) == 1 && rule.To[0] == UserType
}

// targets lists the types that a value may point at.
func (l *linker) targets(r *Resource, rule Rule, h hit) []string {
	if rule.By == "" {
		return rule.To
	}
	kind := l.kindAt(r, rule.By, h.path)
	if t := rule.Kinds[kind]; t != "" {
		return []string{t}
	}
	return nil
}

// kindAt reads the value that determines the type of an id: the sibling with the same indexes.
func (l *linker) kindAt(r *Resource, by string, at cty.Path) string {
	v := r.Config
	i := 0
	for _, name := range strings.Split(by, ".") {
		// Follow the indexes that the id's own path has at this depth.
		for ; i < len(at); i++ {
			step, ok := at[i].(cty.IndexStep)
			if !ok || step.Key.Type() != cty.Number {
				break
			}
			next, ok := child(v, step)
			if !ok {
				return ""
			}
			v = next
		}
		next, ok := childByName(v, name)
		if !ok {
			return ""
		}
		v = next
		i++
	}
	if v.IsNull() || v.Type() != cty.String {
		return ""
	}
	return v.AsString()
}

func attrOr(attr string) string {
	if attr == "" {
		return "id"
	}
	return attr
}

func (l *index) find(target, attr, id string) *Resource {
	if attr != "" && attr != "id" {
		return l.bySlug[target][id]
	}
	return l.byType[target][ID(id)]
}

func (l *linker) user(r *Resource, h hit, id ID) bool {
	u, known := l.o.Users[id]
	if !known || l.o.UserExpr == nil {
		return false
	}
	expr, source := l.o.UserExpr(u, h.value.Type() == cty.Number)
	switch {
	case source != nil:
		l.source(source)
	case !l.usersSeen[id]:
		l.usersSeen[id] = true
		l.g.Users = append(l.g.Users, u)
	}
	place(r, h, expr)
	return true
}

// outside links to an object that other code manages.
func (l *linker) outside(r *Resource, h hit, target Target, attr string) bool {
	ref, ok := l.o.Outside[target]
	if !ok || l.o.Slugged[target] || attr != "" && attr != "id" {
		return false
	}
	ref.Numeric = h.value.Type() == cty.Number
	l.leanOn(ref)
	place(r, h, ref)
	return true
}

// leanOn adds the data source that a reference reads to the graph, if there is one.
func (l *linker) leanOn(ref Ref) {
	if d := l.o.Sources[ref.Target]; d != nil {
		l.source(d)
	}
}

// mention returns a reference for a UUID in the code of a resource, or nil if it must stay text.
func (l *linker) mention(r *Resource, path cty.Path, id ID) *Ref {
	switch {
	case l.byUUID[id] == r || l.odd[id] == r:
		l.self(r, path)
		return nil
	case l.odd[id] != nil:
		l.unresolved(r, path, id, nil)
		return nil
	}
	return l.uuid(id)
}

// uuid returns a reference to the only object with a UUID, in the graph or outside of it, or nil.
func (l *linker) uuid(id ID) *Ref {
	if to := l.byUUID[id]; to != nil {
		return &Ref{Target: to.Address, Attr: "id"}
	}
	ref := l.outsideUUID[id]
	if ref != nil {
		l.leanOn(*ref)
	}
	return ref
}

func (l *linker) lookup(r *Resource, h hit, target string, id ID) bool {
	if l.o.Lookup == nil {
		return false
	}
	d := l.o.Lookup(target, id)
	if d == nil {
		return false
	}
	l.source(d)
	place(r, h, Ref{Target: d.Address, Attr: "id", Numeric: h.value.Type() == cty.Number})
	return true
}

// source adds a data source to the graph, once.
func (l *linker) source(d *DataSource) {
	if !l.dataSeen[d.Address] {
		l.dataSeen[d.Address] = true
		l.g.Data = append(l.g.Data, d)
	}
}

func place(r *Resource, h hit, e Expr) {
	r.Exprs = append(r.Exprs, Placed{Path: h.path.Copy(), Expr: e, Key: h.key})
}

// undeclared looks at every text and every key that no rule settled. A UUID of exactly one resource becomes a
// reference, alone or inside a text.
func (l *linker) undeclared(r *Resource, done map[string]bool) {
	encoded := map[string]bool{}
	for _, p := range r.Exprs {
		encoded[hit{path: p.Path, key: p.Key}.slot()] = true
	}
	walkTexts(r.Config, nil, func(path cty.Path, s string, key bool) {
		if len(s) < uuidLen || strings.IndexByte(s, '-') < 0 {
			return
		}
		h := hit{path: path, key: key}
		if slot := h.slot(); done[slot] || encoded[slot] {
			return
		}
		if len(s) == uuidLen && IsUUID(s) {
			l.wholeUUID(r, h, ID(s))
			return
		}
		if t := l.template(r, path, s); t != nil {
			place(r, h, *t)
		}
	})
	for i, p := range r.Exprs {
		if e, ok := p.Expr.(Encoded); ok {
			r.Exprs[i].Expr = l.encoded(r, p.Path, e)
		}
	}
}

func (l *linker) wholeUUID(r *Resource, h hit, id ID) {
	// Ids of other systems look the same: without a reference nothing shows that this one means an object here.
	if ref := l.mention(r, h.path, id); ref != nil {
		place(r, h, *ref)
	}
}

// self leaves a resource's own id as text. It is reported once, even if a text repeats it.
func (l *linker) self(r *Resource, path cty.Path) {
	if n := len(l.g.BrokenCycles); n > 0 && l.g.BrokenCycles[n-1].From == r.Address && l.g.BrokenCycles[n-1].Path == PathString(path) {
		return
	}
	r.Notes = append(r.Notes, Note{Path: path.Copy(), Text: ownID})
	l.g.BrokenCycles = append(l.g.BrokenCycles, BrokenCycle{From: r.Address, To: r.Address, Path: PathString(path), Cycle: []Address{r.Address}})
}

// template finds the UUIDs of resources inside a text at a path.
func (l *linker) template(r *Resource, path cty.Path, s string) *Template {
	var t Template
	rest := s
	for {
		at := nextUUID(rest)
		if at < 0 {
			break
		}
		id := ID(rest[at : at+uuidLen])
		ref := l.mention(r, path, id)
		if ref == nil {
			t.Parts = appendText(t.Parts, rest[:at+uuidLen])
		} else {
			t.Parts = appendText(t.Parts, rest[:at])
			t.Parts = append(t.Parts, Part{Expr: *ref})
		}
		rest = rest[at+uuidLen:]
	}
	if !t.hasExpr() {
		return nil
	}
	t.Parts = appendText(t.Parts, rest)
	return &t
}

func (t Template) hasExpr() bool {
	for _, p := range t.Parts {
		if p.Expr != nil {
			return true
		}
	}
	return false
}

// appendText joins neighbouring texts.
func appendText(parts []Part, s string) []Part {
	if s == "" {
		return parts
	}
	if n := len(parts); n > 0 && parts[n-1].Expr == nil {
		parts[n-1].Text += s
		return parts
	}
	return append(parts, Part{Text: s})
}

// encoded links inside a JSON text.
func (l *linker) encoded(r *Resource, at cty.Path, e Encoded) Encoded {
	walkTexts(e.Value, nil, func(path cty.Path, s string, key bool) {
		if len(s) < uuidLen {
			return
		}
		if len(s) == uuidLen && IsUUID(s) {
			if ref := l.mention(r, at, ID(s)); ref != nil {
				e.Exprs = append(e.Exprs, Placed{Path: path.Copy(), Expr: *ref, Key: key})
			}
			return
		}
		if t := l.template(r, at, s); t != nil {
			e.Exprs = append(e.Exprs, Placed{Path: path.Copy(), Expr: *t, Key: key})
		}
	})
	sortPlaced(e.Exprs)
	return e
}

// finish sorts what was collected, so that the order is always the same.
func (l *linker) finish() {
	g := l.g
	sort.Slice(g.Users, func(i, j int) bool {
		if g.Users[i].Email != g.Users[j].Email {
			return g.Users[i].Email < g.Users[j].Email
		}
		return g.Users[i].ID < g.Users[j].ID
	})
	sort.Slice(g.Data, func(i, j int) bool { return g.Data[i].Address.String() < g.Data[j].Address.String() })
}

func sortPlaced(list []Placed) {
	if len(list) < 2 {
		return
	}
	keys := make(map[int]string, len(list))
	order := make([]int, len(list))
	for i, p := range list {
		keys[i], order[i] = PathString(p.Path), i
	}
	sort.SliceStable(order, func(i, j int) bool { return keys[order[i]] < keys[order[j]] })
	sorted := make([]Placed, len(list))
	for i, o := range order {
		sorted[i] = list[o]
	}
	copy(list, sorted)
}

// Needs reports whether a declared path of a resource that may refer to the target contains an id.
func Needs(resources []*Resource, rules func(resourceType string) []Rule, target string) bool {
	for _, r := range resources {
		for _, rule := range rules(r.Address.Type) {
			if !rule.mayPointAt(target) {
				continue
			}
			for _, h := range hits(r.Config, strings.Split(rule.Path, "."), nil) {
				if idText(h.value) != "" {
					return true
				}
			}
		}
	}
	return false
}

func (r Rule) mayPointAt(target string) bool {
	for _, t := range r.To {
		if t == target {
			return true
		}
	}
	for _, t := range r.Kinds {
		if t == target {
			return true
		}
	}
	return false
}
