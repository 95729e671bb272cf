package cli

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// selection is which objects to take.
type selection struct {
	resources []string
	excludes  []string
	filters   []string

	given func(flag string) bool // whether a flag was given; nil where there are no flags
}

// families are words that stand for several types.
func families() map[string]func(*catalogue.Type) bool {
	return map[string]func(*catalogue.Type) bool{
		"workflow":      (*catalogue.Type).IsWorkflow,
		"workflow_task": (*catalogue.Type).IsTask,
	}
}

// types resolves the selection against the catalogue. Explicit holds the types named one by one.
func (s *selection) types() (types []*catalogue.Type, explicit map[string]bool, err error) {
	explicit = map[string]bool{}
	chosen := map[string]bool{}
	if s.given != nil && s.given("resources") && blank(s.resources) {
		return nil, nil, usage(errors.New("--resources names no type"), "leave it out for all types, or see terraformer-rootly types")
	}
	err = eachNamed(s.resources, func(word, name string) {
		chosen[name] = true
		explicit[name] = word != "*"
	})
	if err != nil {
		return nil, nil, err
	}
	if len(s.resources) == 0 {
		for _, t := range catalogue.Types() {
			chosen[t.Name] = t.Optional == ""
		}
	}
	if err := eachNamed(s.excludes, func(_, name string) { delete(chosen, name) }); err != nil {
		return nil, nil, err
	}
	for _, t := range catalogue.Types() {
		if chosen[t.Name] {
			types = append(types, t)
		}
	}
	if len(types) == 0 {
		return nil, nil, usage(fmt.Errorf("--resources and --excludes leave no type"), "terraformer-rootly types lists what there is")
	}
	return types, explicit, nil
}

// blank reports whether a list has no word in it, as when a shell variable was empty.
func blank(words []string) bool {
	return strings.TrimSpace(strings.Join(words, "")) == ""
}

// eachNamed calls fn for every type that the words of a flag stand for.
func eachNamed(words []string, fn func(word, name string)) error {
	for _, word := range words {
		if strings.TrimSpace(word) == "" {
			continue
		}
		names, err := resolve(word)
		if err != nil {
			return err
		}
		for _, n := range names {
			fn(word, n)
		}
	}
	return nil
}

// resolve turns a word of the command line into types.
func resolve(word string) ([]string, error) {
	word = strings.ToLower(strings.TrimSpace(word))
	short := strings.TrimPrefix(strings.ReplaceAll(word, "-", "_"), "rootly_")
	if short == "*" {
		return namesOf(func(*catalogue.Type) bool { return true }), nil
	}
	if is := families()[strings.TrimSuffix(short, "s")]; is != nil {
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
	return nil, usage(fmt.Errorf("unknown type %q", word), fmt.Sprintf("did you mean %s? terraformer-rootly types lists all", nearest(short)))
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

// nearest is the short name of the type that looks most like a word.
func nearest(word string) string {
	var names []string
	for _, t := range catalogue.Types() {
		names = append(names, t.Short())
	}
	return closest(word, names)
}

// closest is the candidate that looks most like a word.
func closest(word string, candidates []string) string {
	distance := func(s string) int { return levenshtein.Distance(word, s, nil) }
	return slices.MinFunc(candidates, func(a, b string) int {
		return cmp.Or(cmp.Compare(distance(a), distance(b)), strings.Compare(a, b))
	})
}

// A filter keeps the objects of a type whose attribute matches a pattern.
type filter struct {
	typ, attr, pattern string
	text               string // as it was given
}

// parse reads the --filter flags.
func (s *selection) parse() ([]filter, error) {
	var all []filter
	for _, text := range s.filters {
		left, pattern, ok := strings.Cut(text, "=")
		word, attr, dotted := strings.Cut(left, ".")
		if !ok || !dotted || attr == "" {
			return nil, usage(fmt.Errorf("--filter %q makes no sense", text), "write TYPE.ATTRIBUTE=PATTERN, such as 'service.name=api-*'")
		}
		names, err := resolve(word)
		if err != nil {
			return nil, err
		}
		if _, err := path.Match(pattern, ""); err != nil {
			return nil, usage(fmt.Errorf("--filter %q: bad pattern", text), "* stands for any text, ? for one character, [ab] for one of them")
		}
		for _, n := range names {
			all = append(all, filter{n, attr, pattern, text})
		}
	}
	return all, nil
}

// checkSelected refuses filters on types that are not taken, which would have no effect.
func checkSelected(filters []filter, types []*catalogue.Type) error {
	used := map[string]bool{} // by filter
	for _, f := range filters {
		taken := slices.ContainsFunc(types, func(t *catalogue.Type) bool { return t.Name == f.typ })
		used[f.text] = used[f.text] || taken
	}
	for _, f := range filters {
		if !used[f.text] {
			return usage(fmt.Errorf("--filter %q: %s is not among the types to take", f.text, short(f.typ)),
				"add it to --resources, or leave the filter out")
		}
	}
	return nil
}

// checkFilters refuses filters on attributes that no object of their types has, since a slip of
// the pen would leave everything out.
func checkFilters(filters []filter, live *rootly.Live) error {
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
			return usage(fmt.Errorf("--filter %q: no %s has an attribute %q", f.text, word, f.attr),
				fmt.Sprintf("did you mean %s?", closest(f.attr, known[f.text])))
		}
	}
	return nil
}

// apply drops the objects that do not match, with everything below them, and returns those.
// Filters on one type and attribute are alternatives; filters on different attributes must all match.
func apply(filters []filter, live *rootly.Live) (dropped []*rootly.Object) {
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

func matches(filters []filter, o *rootly.Object) bool {
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
