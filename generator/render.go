package generator

import (
	"fmt"
	"runtime"
	"slices"
	"sort"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/fold"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// Render returns the files with the graph as code, sorted by name. The schema determines the order, and which
// attributes are blocks; attributes that it does not know are written too. The same arguments give the same bytes.
func Render(g *graph.Graph, s *schema.Provider, o Options) ([]File, error) {
	r := &rendering{graph: g, schema: s, options: o, syntax: syntaxOf(o.Syntax), drafts: map[string]*draft{}, folds: foldsByBlock(o.Folds)}
	for _, step := range []func() error{r.check, r.addFixed, r.addData, r.addResources, r.addImports, r.addRemoved, r.addOutputs} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("render: %w", err)
		}
	}
	files := r.assemble()

	if len(g.Variables) > 0 {
		values, err := valuesFiles(g.Variables, o.Blank)
		if err != nil {
			return nil, fmt.Errorf("render the values of variables: %w", err)
		}
		files = append(files, values...)
	}
	files = append(files, gitIgnore(), gitAttributes())
	sort.Slice(files, func(i, j int) bool { return files[i].Name < files[j].Name })
	return files, nil
}

// A rendering is the state of one call of Render.
type rendering struct {
	graph   *graph.Graph
	schema  *schema.Provider
	options Options
	syntax  syntax
	order   []*draft
	drafts  map[string]*draft // by name
	folds   map[graph.Address]*fold.Fold
}

// A draft is a file whose blocks are printed but not yet joined.
type draft struct {
	file   File
	header string
	blocks []printed
}

// draft returns the draft of that name, and begins it if needed.
func (r *rendering) draft(name string) *draft {
	d := r.drafts[name]
	if d == nil {
		d = &draft{file: File{Name: name}}
		r.drafts[name] = d
		r.order = append(r.order, d)
	}
	return d
}

// nameOf returns the file for blocks that do not depend on the layout otherwise.
func (r *rendering) nameOf(stem string) string {
	if r.options.Layout == Single {
		stem = mainFile
	}
	return stem + r.syntax.extension
}

// add prints blocks into the file of that stem.
func (r *rendering) add(stem string, blocks ...block) error {
	if len(blocks) == 0 {
		return nil
	}
	d := r.draft(r.nameOf(stem))
	for _, b := range blocks {
		p, err := r.syntax.print(b)
		if err != nil {
			return fmt.Errorf("%s: %w", d.file.Name, err)
		}
		d.blocks = append(d.blocks, p)
	}
	return nil
}

// check refuses names and values that would not be valid code in any form.
func (r *rendering) check() error {
	seen := make(map[graph.Address]bool, len(r.graph.Resources)+len(r.graph.Data))
	see := func(a graph.Address) error {
		if seen[a] {
			return fmt.Errorf("two objects with the address %s", a)
		}
		seen[a] = true
		return checkAddress(a)
	}
	for _, res := range r.graph.Resources {
		if err := see(res.Address); err != nil {
			return err
		}
	}
	for _, d := range r.graph.Data {
		if err := see(d.Address); err != nil {
			return err
		}
	}
	variables := make(map[string]bool, len(r.graph.Variables))
	for _, v := range r.graph.Variables {
		if variables[v.Name] {
			return fmt.Errorf("two variables with the name %q", v.Name)
		}
		variables[v.Name] = true
		if !isIdentifier(v.Name) {
			return fmt.Errorf("variable %q is not an identifier", v.Name)
		}
	}
	return nil
}

func (r *rendering) addFixed() error {
	if err := r.add(versionsFile, versionsBlock(r.options.local(), r.options.engine(), constraintOf(r.options, r.schema))); err != nil {
		return err
	}
	if err := r.add(providerFile, providerBlock(r.options.local())); err != nil {
		return err
	}
	header := ""
	if slices.ContainsFunc(r.graph.Variables, func(v *graph.Variable) bool { return !v.Sensitive }) {
		header = variablesHeader
	}
	if err := r.addUnder(variablesFile, header, variableBlocks(r.graph.Variables)); err != nil {
		return err
	}
	dead, err := deadBlocks(r.graph.Unresolved)
	if err != nil {
		return err
	}
	if err := r.add(deadFile, dead...); err != nil {
		return err
	}
	if len(r.graph.Users) == 0 {
		return nil
	}
	users, err := usersBlock(r.graph.Users)
	if err != nil {
		return err
	}
	return r.add(usersFile, users)
}

func (r *rendering) addData() error {
	sources := map[string][]*graph.DataSource{}
	for _, d := range r.graph.Data {
		stem := dataFile
		if d.Address.Type == StateType {
			stem = statesFile
		}
		sources[stem] = append(sources[stem], d)
	}
	for _, stem := range []string{dataFile, statesFile} {
		blocks, addresses, err := dataBlocks(sources[stem], r.schema, r.options)
		if err != nil {
			return err
		}
		if len(blocks) == 0 {
			continue
		}
		if err := r.add(stem, blocks...); err != nil {
			return err
		}
		d := r.draft(r.nameOf(stem))
		d.file.Addresses = append(d.file.Addresses, addresses...)
	}
	return nil
}

// addResources prints all resources and puts each unit into its file.
func (r *rendering) addResources() error {
	units := unitsOf(r.graph, r.options.Layout, r.options.Remembered)
	texts := make([][]printed, len(units))
	err := inParallel(len(units), func(i int) error {
		folded := map[graph.Address]bool{}
		for _, member := range units[i].members {
			blocks, err := r.blocksFor(member, !folded[member.Address.Block()])
			if err != nil {
				return fmt.Errorf("%s: %w", member.Address, err)
			}
			folded[member.Address.Block()] = true
			for _, b := range blocks {
				text, err := r.syntax.print(b)
				if err != nil {
					return fmt.Errorf("%s: %w", member.Address, err)
				}
				texts[i] = append(texts[i], text)
			}
			if r.options.Release {
				member.Config = cty.NilVal
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, name := range r.placeUnits(units, texts) {
		d := r.draft(name)
		d.blocks = append(d.blocks, texts[i]...)
		for _, member := range units[i].members {
			d.file.Addresses = append(d.file.Addresses, member.Address)
		}
	}
	return nil
}

// placeUnits returns the file of each unit in the chosen layout.
func (r *rendering) placeUnits(units []*unit, texts [][]printed) []string {
	files := make([]string, len(units))
	if r.options.Layout == Single {
		for i := range files {
			files[i] = r.nameOf(mainFile)
		}
		return files
	}
	ns := names{extension: r.syntax.extension, taken: r.reserved(), closed: r.options.Closed}
	for _, shelf := range r.shelvesOf(units) {
		items := make([]item, len(shelf))
		for n, i := range shelf {
			items[n] = item{size: sizeOf(texts[i]), drawer: letterOf(units[i], r.options.Layout), remembered: r.rememberedFile(units[i])}
		}
		for n, name := range place(items, units[shelf[0]].group, ns, r.options.maxBytes()) {
			files[shelf[n]] = name
		}
	}
	return files
}

// letterOf is the first letter of a unit's label, for files with many objects.
func letterOf(u *unit, l Layout) string {
	first := strings.ToLower(u.members[0].Address.Name[:1])
	if l != ByType || first >= "\x80" {
		return ""
	}
	return first
}

// shelvesOf collects the units of each stem, in order. Remembered units come first, so that nobody else takes their
// names.
func (r *rendering) shelvesOf(units []*unit) [][]int {
	var shelves [][]int
	known := map[string]int{}
	remembered := map[int]bool{}
	for i, u := range units {
		s, found := known[u.group]
		if !found || r.options.Layout == ByObject && !u.orphan {
			s = len(shelves)
			known[u.group] = s
			shelves = append(shelves, nil)
		}
		shelves[s] = append(shelves[s], i)
		remembered[i] = r.rememberedFile(u) != ""
	}
	sort.SliceStable(shelves, func(a, b int) bool {
		return remembersAny(shelves[a], remembered) && !remembersAny(shelves[b], remembered)
	})
	return shelves
}

func remembersAny(shelf []int, remembered map[int]bool) bool {
	for _, i := range shelf {
		if remembered[i] {
			return true
		}
	}
	return false
}

// reserved are the file names that no resource may use.
func (r *rendering) reserved() map[string]bool {
	taken := map[string]bool{}
	for _, stem := range []string{versionsFile, providerFile, importsFile, usersFile, deadFile, variablesFile, dataFile, mainFile, movedFile, removedFile, outputsFile, statesFile} {
		taken[stem+r.syntax.extension] = true
	}
	return taken
}

// rememberedFile returns the file of the first member that had one before.
func (r *rendering) rememberedFile(u *unit) string {
	for _, member := range u.members {
		if name := r.options.Remembered[member.Address]; name != "" {
			return name
		}
	}
	return ""
}

// addImports prints the import blocks. They have their own files in every layout, because they are deleted after they
// were applied.
func (r *rendering) addImports() error {
	wanted := r.imports()
	texts := make([]printed, len(wanted))
	err := inParallel(len(wanted), func(i int) (err error) {
		texts[i], err = r.syntax.print(importBlock(wanted[i], r.options))
		return err
	})
	if err != nil {
		return err
	}

	items := make([]item, len(wanted))
	for i, group := range wanted {
		items[i] = item{size: sizeOf(texts[i : i+1]), drawer: groupOf(group[0]), remembered: r.options.RememberedImports[group[0].Address]}
	}
	ns := names{extension: r.syntax.extension, taken: map[string]bool{}, closed: r.options.Closed}
	for i, name := range place(items, importsFile, ns, r.importLimit()) {
		d := r.draft(name)
		d.header = importsHeader
		d.blocks = append(d.blocks, texts[i])
		for _, res := range wanted[i] {
			d.file.Imports = append(d.file.Imports, res.Address)
		}
	}
	return nil
}

// importLimit is the size at which the file of imports is split.
func (r *rendering) importLimit() int {
	const never = 1 << 40
	if r.options.Layout == Single {
		return never
	}
	const markup = 16 // of the header
	return r.options.maxBytes() - len(importsHeader) - markup
}

// assemble puts each file together.
func (r *rendering) assemble() []File {
	files := make([]File, len(r.order))
	for i, d := range r.order {
		d.file.Content = r.syntax.assemble(d.header, d.blocks)
		d.blocks = nil // half of the memory of a large run
		files[i] = d.file
	}
	return files
}

// inParallel calls f for 0 to n-1. It returns the error of the lowest index that failed.
func inParallel(n int, f func(i int) error) error {
	const chunk = 64 // enough to make the cost of starting it invisible
	errs := make([]error, n)
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for start := 0; start < n; start += chunk {
		group.Go(func() error {
			for i := start; i < min(start+chunk, n); i++ {
				errs[i] = f(i)
			}
			return nil
		})
	}
	_ = group.Wait() // the functions report through errs
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
