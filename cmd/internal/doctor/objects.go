package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

func objectRows() []assumption {
	return []assumption{
		{"types", "every type can be listed", "A type that cannot be read is left out and reported.", typesExist},
		{"key", "the key sees the whole organisation", "The import reports that it may be partial, and removes nothing.", wholeKey},
		{"lists", "a list has every object that can be read by its id", "", listsComplete},
		{"includes", "children are included with their parents when asked for", "Children that are named and not included are read from their own list.", includesComplete},
		{"json-types", "an object has the JSON:API type that the catalogue has", "", jsonTypes},
		{"ids", "ids are UUIDs", "", idsAreUUIDs},
		{"references", "a reference is an id, not a slug", "A slug is resolved as an id is.", referencesAreIDs},
		{"parents", "a child names its parent in an attribute", "The parent is the one in whose list the child is.", parentsNamed},
		{"single", "an object read by its id has the attributes that the list has", "Some objects are read again in every import, and differences are reported.", singleSame},
		{"built-in", "the attribute that marks objects of Rootly's own is there", "", builtInMarked},
		{"kinds", "the kinds of workflows and of their tasks are known", "Objects of other kinds are reported as not imported.", kindsKnown},
	}
}

func typesExist(_ context.Context, a *account) (verdict, error) {
	refused := map[string]bool{}
	for _, s := range a.live.Skipped {
		if s.Absent() {
			refused[s.Type] = true
		}
	}
	if len(refused) > 0 {
		return no(strings.Join(slices.Sorted(maps.Keys(refused)), ", "))
	}
	return yes()
}

func wholeKey(ctx context.Context, a *account) (verdict, error) {
	why, err := rootly.TeamKey(ctx, a.client, a.live, true)
	if why != "" {
		return no("one team is listed and incidents are not found, as with the key of a team")
	}
	return verdict{status: holds}, err
}

// unresolved are the references that lead to no listed object.
func (a *account) unresolved() ([]graph.Unresolved, error) {
	provider, err := schema.Snapshot()
	if err != nil {
		return nil, err
	}
	decoded, err := rootly.Decode(a.live, rootly.DecodeOptions{Schema: provider})
	if err != nil {
		return nil, err
	}
	for _, r := range decoded.Resources {
		r.Address = graph.Address{Type: r.Address.Type, Name: string(r.ID)}
	}
	rules := func(typ string) []graph.Rule {
		if t := catalogue.Lookup(typ); t != nil {
			return t.Refs
		}
		return nil
	}
	here := map[graph.Target]bool{}
	for _, o := range a.live.Objects {
		here[graph.Target{Type: o.Type.Name, ID: o.ID}] = true
	}
	return slices.DeleteFunc(graph.Link(decoded.Resources, graph.LinkOptions{Rules: rules}).Unresolved, func(u graph.Unresolved) bool {
		return slices.ContainsFunc(u.Types, func(t string) bool { return here[graph.Target{Type: t, ID: u.ID}] })
	}), nil
}

// mostAsked is how many references without an object are looked up.
const mostAsked = 40

// refused reports whether the API refused the request itself, so that nothing was found.
func refused(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && e.Decided()
}

// listsComplete reads objects by id that references name and no list has.
func listsComplete(ctx context.Context, a *account) (verdict, error) {
	list, err := a.unresolved()
	if err != nil {
		return verdict{}, err
	}
	asked, counts := map[graph.Target]bool{}, map[string]int{}
	for _, u := range list {
		for _, name := range u.Types {
			t, target := catalogue.Lookup(name), graph.Target{Type: name, ID: u.ID}
			if t == nil || !a.live.Complete[name] || strings.Contains(t.Get, "{parent}") || asked[target] || len(asked) == mostAsked {
				continue
			}
			asked[target] = true
			found, _, err := a.client.Get(ctx, t.GetPath(u.ID, ""), nil)
			switch {
			case err == nil && graph.ID(found.ID) == u.ID:
				counts[name]++
			case err != nil && !refused(err):
				return verdict{}, err
			}
		}
	}
	if len(counts) > 0 {
		return no("not listed, and found by id: " + counted(counts))
	}
	return yes()
}

// referencesAreIDs looks for slugs of listed objects where ids should be.
func referencesAreIDs(_ context.Context, a *account) (verdict, error) {
	slugs := map[graph.Target]bool{}
	for _, o := range a.live.Objects {
		if slug := o.Text("slug"); slug != "" {
			slugs[graph.Target{Type: o.Type.Name, ID: graph.ID(slug)}] = true
		}
	}
	return each(a, func(o *rootly.Object) bool {
		return slices.ContainsFunc(o.Type.Refs, func(r graph.Rule) bool {
			return slices.ContainsFunc(words(o, r.Path), func(value string) bool {
				return slices.ContainsFunc(r.To, func(typ string) bool { return slugs[graph.Target{Type: typ, ID: graph.ID(value)}] })
			})
		})
	})
}

// words are the texts in an attribute that is a text or a list of texts.
func words(o *rootly.Object, attribute string) []string {
	raw, err := json.Marshal(o.Node.Attributes[attribute])
	if err != nil {
		return nil
	}
	one, many := "", []string{}
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}
	}
	_ = json.Unmarshal(raw, &many) // none in anything else
	return many
}

// counted writes counts by name.
func counted(counts map[string]int) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[name], name))
	}
	return strings.Join(parts, ", ")
}

// includesComplete compares what the parents' lists include with the children that an import found.
func includesComplete(ctx context.Context, a *account) (verdict, error) {
	asked, missing := map[string]bool{}, map[string]int{}
	for _, t := range catalogue.Types() {
		for _, name := range t.Parents {
			path := catalogue.Lookup(name).Paths[0]
			if t.Include == "" || strings.Contains(path, "{parent}") || asked[path+"?include="+t.Include] {
				continue
			}
			asked[path+"?include="+t.Include] = true
			n, err := a.notIncluded(ctx, path, t.Include)
			if err != nil {
				return verdict{}, err
			}
			if n > 0 {
				missing[path+"?include="+t.Include] = n
			}
		}
	}
	if len(missing) > 0 {
		return no("objects that are not included: " + counted(missing))
	}
	return yes()
}

// notIncluded counts the children that one page of their parents should include and does not.
func (a *account) notIncluded(ctx context.Context, path, include string) (int, error) {
	d, err := a.list(ctx, path, "include", include, "page[size]", "100")
	if refused(err) {
		return 0, nil
	}
	parents, included, n := ids(d.Data), ids(d.Included), 0
	for _, o := range a.live.Objects {
		if o.Type.Include == include && slices.Contains(parents, string(o.Parent)) && !slices.Contains(included, string(o.ID)) {
			n++
		}
	}
	return n, err
}

// each counts by type the objects that break a rule.
func each(a *account, broken func(*rootly.Object) bool) (verdict, error) {
	counts := map[string]int{}
	for _, o := range a.live.Objects {
		if broken(o) {
			counts[o.Type.Name]++
		}
	}
	if len(counts) > 0 {
		return no(counted(counts))
	}
	if len(a.live.Objects) == 0 {
		return unknown("there are no objects")
	}
	return yes()
}

func jsonTypes(_ context.Context, a *account) (verdict, error) {
	return each(a, func(o *rootly.Object) bool { return o.Node.Type != o.Type.API })
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func idsAreUUIDs(_ context.Context, a *account) (verdict, error) {
	return each(a, func(o *rootly.Object) bool { return !uuid.MatchString(string(o.ID)) })
}

func parentsNamed(_ context.Context, a *account) (verdict, error) {
	return each(a, func(o *rootly.Object) bool {
		return o.Type.ParentAttr != "" && o.Parent != "" && o.Text(o.Type.ParentAttr) != string(o.Parent)
	})
}

func singleSame(ctx context.Context, a *account) (verdict, error) {
	const many = 60
	found, err := rootly.Reread(ctx, a.client, rootly.Sample(a.live.Objects, many))
	counts := map[string]int{}
	for _, d := range found {
		counts[d.Type+"."+d.Attribute]++
	}
	if len(counts) > 0 {
		return no(counted(counts))
	}
	return verdict{status: holds}, err
}

func builtInMarked(_ context.Context, a *account) (verdict, error) {
	return each(a, func(o *rootly.Object) bool {
		b := o.Type.BuiltIn
		if b == nil || b.Attr == "" {
			return false
		}
		_, has := o.Node.Attributes[b.Attr]
		return !has
	})
}

func kindsKnown(_ context.Context, a *account) (verdict, error) {
	if n := len(a.live.Unknown); n > 0 {
		return no(fmt.Sprintf("%d objects have a kind that is not known", n))
	}
	return yes()
}
