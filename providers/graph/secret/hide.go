package secret

import (
	"fmt"
	"sort"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// A Mode says what happens to the values that are removed from the code.
type Mode int

// The modes.
const (
	Plain  Mode = iota // in their own file; plans are clean and show them
	Masked             // likewise, but declared sensitive: engines hide them, and may plan a change once
	Blank              // to be filled in by people
)

// ParseMode reads "plain", "masked" or "blank".
func ParseMode(s string) (Mode, error) {
	for _, m := range []Mode{Plain, Masked, Blank} {
		if s == m.String() {
			return m, nil
		}
	}
	return Plain, fmt.Errorf("secrets mode %q: want plain, masked or blank", s)
}

// String returns what ParseMode reads.
func (m Mode) String() string {
	return [...]string{"plain", "masked", "blank"}[m]
}

// Options are what Hide needs to know. The zero value hides what has the form or the name of a credential.
type Options struct {
	Mode Mode

	// Secret returns the paths of a type that contain credentials: their texts become variables unless they are plainly
	// harmless.
	Secret func(resourceType string) []string

	// Suspect returns the paths of a type that often contain credentials: their texts become variables as soon as a
	// part of them looks random.
	Suspect func(resourceType string) []string

	// Withheld returns the attributes of a type whose values only people know. A variable without a value stands for
	// each.
	Withheld func(resourceType string) []string
}

// Hidden is a credential that became a variable.
type Hidden struct {
	Address  graph.Address
	Path     string // inside a JSON text, followed by the path there
	Variable string
	Rule     string // why it counts as a credential
}

// Hide turns every credential in the code of a linked graph into a variable: whole texts, texts inside JSON, and the
// texts between the references of a template. In a long text it replaces only the credentials, if they are clearly
// separate. The variables have the values in every mode, so that a Watch can look for them. Credentials are removed
// from titles.
//
// Config still contains the literals, as it does for references: Exprs are what is written.
func Hide(g *graph.Graph, o Options) []Hidden {
	h := &hider{g: g, judge: newJudge(o)}
	h.names.start(g.Variables)
	for _, r := range g.Resources {
		h.resource(r)
	}
	h.again(valuesOf(g.Variables))
	return h.told
}

// HideAlso hides the values that were found to be credentials elsewhere, in a graph in which Hide has already run.
func HideAlso(g *graph.Graph, o Options, values []string) []Hidden {
	h := &hider{g: g, judge: newJudge(o)}
	h.names.start(g.Variables)
	h.again(values)
	return h.told
}

// again hides each text that contains a known credential, in any spelling.
func (h *hider) again(values []string) {
	if h.known = knownOf(values); h.known == nil {
		return
	}
	for _, r := range h.g.Resources {
		h.resource(r)
	}
}

// CountByType counts what was hidden, by resource type.
func CountByType(all []Hidden) map[string]int {
	n := map[string]int{}
	for _, h := range all {
		n[h.Address.Type]++
	}
	return n
}

type hider struct {
	judge
	g     *graph.Graph
	ids   map[string]bool // of all resources; made when first needed
	names namer
	known *known // credentials of the graph; nil until all of them are found
	told  []Hidden
}

// A catch is a text that must be replaced.
type catch struct {
	path  cty.Path
	key   string // the path as text
	value string
	rule  string
	name  string // name of the text
	mark  mark
	known []Finding // in it, judged with its surroundings
}

func (h *hider) resource(r *graph.Resource) {
	r.Title = Mask(r.Title)
	h.withheld(r)
	declared := h.places(r.Address.Type)
	for i := range r.Exprs {
		h.expression(r, &r.Exprs[i], declared)
	}
	caught := h.texts(r.Config, "", declared, r.Exprs)
	if len(caught) == 0 {
		return
	}
	for _, c := range caught {
		r.Exprs = append(r.Exprs, graph.Placed{Path: c.path, Expr: h.replace(r, c, nil)})
	}
	sort.SliceStable(r.Exprs, func(i, j int) bool {
		return graph.PathString(r.Exprs[i].Path) < graph.PathString(r.Exprs[j].Path)
	})
}

// withheld makes variables for values that people have to fill in.
func (h *hider) withheld(r *graph.Resource) {
	if h.o.Withheld == nil {
		return
	}
	for _, name := range h.o.Withheld(r.Address.Type) {
		if !r.Config.Type().HasAttribute(name) || covered(r.Exprs, cty.GetAttrPath(name)) {
			continue
		}
		v := &graph.Variable{
			Name: h.names.name(r.Address, []string{name}), Optional: true, Sensitive: h.o.Mode == Masked,
			Description: "Secret of " + r.Address.String() + " at " + name + ". Rootly never returns it. Fill it in before the object is created in a new organisation.",
		}
		h.g.Variables = append(h.g.Variables, v)
		r.Exprs = append(r.Exprs, graph.Placed{Path: cty.GetAttrPath(name), Expr: graph.VariableRef{Name: v.Name}})
	}
}

// texts returns the texts of a value that must be replaced, except those that an expression stands for.
func (h *hider) texts(v cty.Value, name string, p *places, exprs []graph.Placed) []catch {
	var caught []catch
	w := walker{text: func(at cty.Path, name, text string, m mark) {
		rule := h.credential(name, text, m)
		if rule == "" || covered(exprs, at) {
			return
		}
		caught = append(caught, catch{path: at.Copy(), key: graph.PathString(at), value: text, rule: rule, name: name, mark: m})
	}}
	w.walk(v, nil, name, p)
	sort.Slice(caught, func(i, j int) bool { return caught[i].key < caught[j].key })
	return caught
}

func covered(exprs []graph.Placed, at cty.Path) bool {
	for _, e := range exprs {
		if !e.Key && at.HasPrefix(e.Path) {
			return true
		}
	}
	return false
}

// credential returns the rule by which a text in the code is a credential, or nothing.
func (h *hider) credential(name, text string, m mark) string {
	rule := h.rule(name, text, m)
	if rule == "" && h.known.in(text) {
		rule = "known-credential"
	}
	if rule != "" && h.isID(text) {
		return ""
	}
	return rule
}

// isID reports whether a text is the id of a resource, which is never a secret.
func (h *hider) isID(text string) bool {
	if h.ids == nil {
		h.ids = make(map[string]bool, len(h.g.Resources))
		for _, r := range h.g.Resources {
			h.ids[string(r.ID)] = true
		}
	}
	return h.ids[text]
}

// expression hides the texts of an expression.
func (h *hider) expression(r *graph.Resource, p *graph.Placed, declared *places) {
	if p.Key {
		return // a credential is a value
	}
	switch e := p.Expr.(type) {
	case graph.Template:
		name, place := follow(r.Config, p.Path, declared)
		p.Expr = h.template(r, e, p.Path, name, place.is())
	case graph.Encoded:
		name, place := follow(r.Config, p.Path, declared)
		p.Expr = h.encoded(r, e, p.Path, name, place)
	}
}

// encoded hides the texts in a JSON text. A number or a key cannot be replaced there, so the whole text is hidden.
func (h *hider) encoded(r *graph.Resource, e graph.Encoded, at cty.Path, name string, place *places) graph.Expr {
	if rule := h.irreplaceable(e.Value, name, place); rule != "" {
		if raw, err := at.Apply(r.Config); err == nil && raw.Type() == cty.String {
			return h.variable(r, catch{path: at, key: graph.PathString(at), value: raw.AsString(), rule: rule}, nil)
		}
	}
	exprs := append([]graph.Placed(nil), e.Exprs...)
	for i, inner := range exprs {
		if t, ok := inner.Expr.(graph.Template); ok && !inner.Key {
			under, below := follow(e.Value, inner.Path, place)
			if under == "" {
				under = name
			}
			exprs[i].Expr = h.template(r, t, append(at.Copy(), inner.Path...), under, below.is())
		}
	}
	for _, c := range h.texts(e.Value, name, place, e.Exprs) {
		exprs = append(exprs, graph.Placed{Path: c.path, Expr: h.replace(r, c, &inside{at: at, value: e.Value})})
	}
	sort.SliceStable(exprs, func(i, j int) bool {
		return graph.PathString(exprs[i].Path) < graph.PathString(exprs[j].Path)
	})
	e.Exprs = exprs
	return e
}

// irreplaceable returns the rule by which a number or a key in a JSON text is a credential.
func (h *hider) irreplaceable(v cty.Value, name string, place *places) string {
	rule := ""
	w := walker{
		text: func(cty.Path, string, string, mark) {},
		number: func(name, digits string, m mark) {
			if len(digits) >= 4 && (classify(name) == classCritical || m == markSecret && !isHarmless(name, digits)) {
				rule = "credential-number"
			}
		},
		key: func(key string) {
			if found := find(classPlain, key, true); len(found) > 0 {
				rule = found[0].Rule
			}
		},
	}
	w.walk(v, nil, name, place)
	return rule
}

// template hides the texts of a template that contain a part of a credential. Its references stay.
func (h *hider) template(r *graph.Resource, t graph.Template, at cty.Path, name string, m mark) graph.Template {
	joined := ""
	for _, part := range t.Parts {
		if part.Expr != nil {
			joined += hole
			continue
		}
		joined += part.Text
	}
	rule := h.credential(name, joined, m)
	if rule == "" {
		return t
	}
	spans := Find(name, joined)
	var parts []graph.Part
	offset := 0
	for _, part := range t.Parts {
		if part.Expr != nil {
			parts = append(parts, part)
			offset += len(hole)
			continue
		}
		c := catch{path: at, key: graph.PathString(at), value: part.Text, rule: rule, name: name, mark: m}
		c.known = within(spans, offset, offset+len(part.Text))
		if len(spans) > 0 && len(c.known) == 0 {
			parts = append(parts, part)
		} else {
			parts = append(parts, partsOf(h.replace(r, c, nil))...)
		}
		offset += len(part.Text)
	}
	return graph.Template{Parts: parts}
}

// within returns the findings between start and end, relative to start.
func within(spans []Finding, start, end int) []Finding {
	var inside []Finding
	for _, s := range spans {
		if s.Start < end && start < s.End {
			inside = append(inside, Finding{s.Rule, max(s.Start, start) - start, min(s.End, end) - start})
		}
	}
	return inside
}

// variable makes the variable for a text, and records it.
func (h *hider) variable(r *graph.Resource, c catch, in *inside) graph.VariableRef {
	path, words := c.key, wordsOf(r.Config, c.path)
	if in != nil {
		path = graph.PathString(in.at) + ": " + c.key
		words = append(wordsOf(r.Config, in.at), wordsOf(in.value, c.path)...)
	}
	name := h.names.name(r.Address, words)
	h.g.Variables = append(h.g.Variables, &graph.Variable{
		Name:        name,
		Description: "Secret of " + r.Address.String() + " at " + path,
		Value:       c.value,
		Sensitive:   h.o.Mode == Masked,
	})
	h.told = append(h.told, Hidden{Address: r.Address, Path: path, Variable: name, Rule: c.rule})
	return graph.VariableRef{Name: name}
}

// inside reports whether a path leads through the value of a JSON text.
type inside struct {
	at    cty.Path
	value cty.Value
}
