package selection

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/printed"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
	"github.com/terraformer-rootly/terraformer-rootly/state/ignore"
)

// Selection says which objects to take.
type Selection struct {
	Resources []string
	Excludes  []string
	Filters   []string

	Given func(flag string) bool // whether a flag was given; nil where there are no flags
}

// Families are words that stand for several types.
func Families() map[string]func(*catalogue.Type) bool {
	return map[string]func(*catalogue.Type) bool{
		"workflow":      (*catalogue.Type).IsWorkflow,
		"workflow_task": (*catalogue.Type).IsTask,
	}
}

// Types resolves the selection against the catalogue. Explicit holds the types named one by one.
func (s *Selection) Types() (types []*catalogue.Type, explicit map[string]bool, err error) {
	explicit = map[string]bool{}
	chosen := map[string]bool{}
	if s.Given != nil && s.Given("resources") && blank(s.Resources) {
		return nil, nil, exit.Usage(errors.New("--resources is empty"), "leave it out for all types; terraformer-rootly types lists them")
	}
	err = eachNamed(s.Resources, func(word, name string) {
		chosen[name] = true
		explicit[name] = word != "*"
	})
	if err != nil {
		return nil, nil, err
	}
	if len(s.Resources) == 0 {
		for _, t := range catalogue.Types() {
			chosen[t.Name] = t.Optional == ""
		}
	}
	if err := eachNamed(s.Excludes, func(_, name string) { delete(chosen, name) }); err != nil {
		return nil, nil, err
	}
	for _, t := range catalogue.Types() {
		if chosen[t.Name] {
			types = append(types, t)
		}
	}
	if len(types) == 0 {
		return nil, nil, exit.Usage(fmt.Errorf("--resources and --excludes leave no type"), "terraformer-rootly types lists all types")
	}
	return types, explicit, nil
}

// Twice warns about selected types that describe the same objects; empty if there are none.
func Twice(types []*catalogue.Type) string {
	var pairs []string
	for _, t := range types {
		if slices.ContainsFunc(types, func(other *catalogue.Type) bool { return other.Name == t.Duplicates }) {
			pairs = append(pairs, Short(t.Name)+" and "+Short(t.Duplicates))
		}
	}
	if len(pairs) == 0 {
		return ""
	}
	return "these types describe the same, so that a change to the code of one is undone by the other: " + strings.Join(pairs, ", ") +
		"; leave out one of each with --excludes"
}

// blank reports whether a list contains no word, as when a shell variable was empty.
func blank(words []string) bool {
	return strings.TrimSpace(strings.Join(words, "")) == ""
}

// eachNamed calls fn for every type that the words of a flag stand for.
func eachNamed(words []string, fn func(word, name string)) error {
	for _, word := range words {
		if strings.TrimSpace(word) == "" {
			continue
		}
		names, err := Resolve(word)
		if err != nil {
			return err
		}
		for _, n := range names {
			fn(word, n)
		}
	}
	return nil
}

// Resolve turns a word of the command line into types.
func Resolve(word string) ([]string, error) {
	word = strings.ToLower(strings.TrimSpace(word))
	short := strings.TrimPrefix(strings.ReplaceAll(word, "-", "_"), "rootly_")
	if short == "*" {
		return namesOf(func(*catalogue.Type) bool { return true }), nil
	}
	if is := Families()[strings.TrimSuffix(short, "s")]; is != nil {
		return namesOf(is), nil
	}
	if t := catalogue.Lookup("rootly_" + short); t != nil {
		return []string{t.Name}, nil
	}
	for _, t := range catalogue.Types() {
		if t.Group == short && !t.IsTask() {
			return []string{t.Name}, nil
		}
	}
	return nil, exit.Usage(fmt.Errorf("unknown type %q", word), fmt.Sprintf("did you mean %s? terraformer-rootly types lists all", nearest(short)))
}

func namesOf(is func(*catalogue.Type) bool) []string {
	var names []string
	for _, t := range catalogue.Types() {
		if is(t) {
			names = append(names, t.Name)
		}
	}
	return names
}

// nearest is the short name of the most similar type.
func nearest(word string) string {
	var names []string
	for _, t := range catalogue.Types() {
		names = append(names, t.Short())
	}
	return closest(word, names)
}

// closest is the candidate that is most similar to a word.
func closest(word string, candidates []string) string {
	distance := func(s string) int { return levenshtein.Distance(word, s, nil) }
	return slices.MinFunc(candidates, func(a, b string) int {
		return cmp.Or(cmp.Compare(distance(a), distance(b)), strings.Compare(a, b))
	})
}

// A Filter keeps the objects of a type whose attribute matches a pattern.
type Filter struct {
	typ, attr, pattern string
	text               string // as it was given
}

// Parse reads the --filter flags.
func (s *Selection) Parse() ([]Filter, error) {
	var all []Filter
	for _, text := range s.Filters {
		left, pattern, ok := strings.Cut(text, "=")
		word, attr, dotted := strings.Cut(left, ".")
		if !ok || !dotted || attr == "" {
			return nil, exit.Usage(fmt.Errorf("--filter %q is not a filter", text), "write TYPE.ATTRIBUTE=PATTERN, such as 'service.name=api-*'")
		}
		names, err := Resolve(word)
		if err != nil {
			return nil, err
		}
		if _, err := path.Match(pattern, ""); err != nil {
			return nil, exit.Usage(fmt.Errorf("--filter %q: bad pattern", text), "* stands for any text, ? for one character, [ab] for one of them")
		}
		for _, n := range names {
			all = append(all, Filter{n, attr, pattern, text})
		}
	}
	return all, nil
}

// CheckSelected refuses filters on types that are not selected, which would have no effect.
func CheckSelected(filters []Filter, types []*catalogue.Type) error {
	used := map[string]bool{} // by filter
	for _, f := range filters {
		taken := slices.ContainsFunc(types, func(t *catalogue.Type) bool { return t.Name == f.typ })
		used[f.text] = used[f.text] || taken
	}
	for _, f := range filters {
		if !used[f.text] {
			return exit.Usage(fmt.Errorf("--filter %q: %s is not one of the selected types", f.text, Short(f.typ)),
				"add it to --resources, or leave the filter out")
		}
	}
	return nil
}

// CheckFilters refuses filters on attributes that no object of their types has: a typing error would leave everything
// out.
func CheckFilters(filters []Filter, live *rootly.Live) error {
	attributes := map[string]map[string]bool{} // by type
	for _, o := range live.Objects {
		if attributes[o.Type.Name] == nil {
			attributes[o.Type.Name] = map[string]bool{"id": true}
		}
		for name := range o.Node.Attributes {
			attributes[o.Type.Name][name] = true
		}
	}
	known, found := map[string][]string{}, map[string]bool{} // by filter
	for _, f := range filters {
		for name := range attributes[f.typ] {
			known[f.text] = append(known[f.text], name)
		}
		found[f.text] = found[f.text] || attributes[f.typ][f.attr]
	}
	for _, f := range filters {
		if len(known[f.text]) > 0 && !found[f.text] {
			word, _, _ := strings.Cut(f.text, ".")
			return exit.Usage(fmt.Errorf("--filter %q: no %s has an attribute %q", f.text, word, f.attr),
				fmt.Sprintf("did you mean %s?", closest(f.attr, known[f.text])))
		}
	}
	return nil
}

// Apply drops the objects that do not match, with everything below them, and returns those.
// Filters on one type and attribute are alternatives; filters on different attributes must all match.
func Apply(filters []Filter, live *rootly.Live) (dropped []*rootly.Object) {
	if len(filters) == 0 {
		return nil
	}
	gone := map[graph.ID]bool{}
	live.Objects = slices.DeleteFunc(live.Objects, func(o *rootly.Object) bool {
		if gone[o.Parent] && o.Parent != "" || !matches(filters, o) {
			gone[o.ID] = true
			dropped = append(dropped, o)
			return true
		}
		return false
	})
	return dropped
}

func matches(filters []Filter, o *rootly.Object) bool {
	verdict := map[string]bool{}
	for _, f := range filters {
		if f.typ != o.Type.Name {
			continue
		}
		// Slashes are ordinary characters in names.
		hit, _ := path.Match(noSlash(f.pattern), noSlash(o.Text(f.attr)))
		verdict[f.attr] = verdict[f.attr] || hit
	}
	for _, ok := range verdict {
		if !ok {
			return false
		}
	}
	return true
}

func noSlash(s string) string { return strings.ReplaceAll(s, "/", "\x00") }

// Short is the name of a type without the prefix of the provider.
func Short(typ string) string {
	if len(typ) > len("rootly_") {
		return typ[len("rootly_"):]
	}
	return typ
}

// ReadIgnore reads the ignore file of a directory, which need not be there.
func ReadIgnore(dir string) (ignore.File, error) {
	path := filepath.Join(dir, ignore.Name)
	text, err := disk.ReadFile(path, disk.MostNote)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the ignore file: %w", err)
	}
	list, err := ignore.Parse(printed.UTF8(text))
	if err != nil {
		return nil, exit.Usage(fmt.Errorf("%s: %w", path, err), "write patterns as in .gitignore, such as rootly_team.sre or rootly_workflow_task_*")
	}
	return list, nil
}
