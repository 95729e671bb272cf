package rootly

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// manyGone is the number of objects of one kind from which on it is suspicious if most of the known ones answer 404.
const manyGone = 5

// probes is how many objects of a kind are read by id before the others are skipped.
const probes = 3

// A Known is an object that code or a state has.
type Known struct {
	Type   *catalogue.Type // nil if it is not in the catalogue
	ID     graph.ID
	Parent graph.ID // empty if it has none, or none is known
}

func (k Known) target() graph.Target { return graph.Target{Type: k.Type.Name, ID: k.ID} }

// A Doubt is an object that is not listed but may exist.
type Doubt struct {
	Type   string
	ID     graph.ID
	Reason string
}

// Confirm reads known objects by id that the listings lack, since a list may be stale, or incomplete for this token.
// Objects that exist are added to live, with their children. Objects that answer 404 are added to live.Gone, unless the
// token may not be allowed to see them: Rootly answers 404 then too. The others are added to live.Doubts. Live.Skipped
// gets the reasons.
//
// AcceptDeleted treats every 404 as a deletion.
func Confirm(ctx context.Context, c Client, live *Live, known []Known, acceptDeleted bool) error {
	k := &confirming{
		fetcher: &fetcher{client: c, selected: map[string]bool{}, incomplete: map[string]bool{}},
		live:    live, accept: acceptDeleted, here: map[graph.Target]bool{}, listed: map[string]int{}, reasons: map[string]map[string]int{},
	}
	for name := range live.Complete {
		k.selected[name] = true
		k.o.Types = append(k.o.Types, catalogue.Lookup(name))
	}
	for _, o := range live.Objects {
		k.here[graph.Target{Type: o.Type.Name, ID: o.ID}] = true
		k.listed[o.Type.API]++
	}
	var err error
	if live.Partial, err = TeamKey(ctx, c, live, live.Lacks(known)); err != nil {
		return err
	}
	k.forest = plan(k.o.Types)
	absent := k.absent(known)
	for len(absent) > 0 {
		var later []Known
		now := slices.DeleteFunc(slices.Clone(absent), func(a Known) bool {
			waits := slices.ContainsFunc(absent, a.isBelow)
			if waits {
				later = append(later, a)
			}
			return waits
		})
		if err := k.round(ctx, now); err != nil {
			return err
		}
		absent = later
	}
	k.report()
	return nil
}

// A confirming is the state of one call of Confirm.
type confirming struct {
	*fetcher
	live    *Live
	accept  bool
	forest  []*collection
	here    map[graph.Target]bool     // listed, or found by id
	listed  map[string]int            // objects in the listings, by JSON:API type
	reasons map[string]map[string]int // objects by type and what is wrong
}

// absent are the known objects that a complete listing lacks, each once, in a fixed order.
func (k *confirming) absent(known []Known) []Known {
	seen := map[graph.Target]bool{}
	var list []Known
	for _, a := range known {
		if a.Type == nil {
			continue
		}
		if t := a.target(); k.live.Complete[t.Type] && !k.here[t] && !seen[t] {
			seen[t] = true
			list = append(list, a)
		}
	}
	slices.SortFunc(list, func(a, b Known) int {
		return cmp.Or(strings.Compare(a.Type.Name, b.Type.Name), strings.Compare(string(a.ID), string(b.ID)))
	})
	return list
}

// isBelow reports whether the parent is another known object.
func (k Known) isBelow(parent Known) bool {
	return k.Parent != "" && k.Parent == parent.ID && slices.Contains(k.Type.Parents, parent.Type.Name)
}

// round decides about objects whose parents are settled.
func (k *confirming) round(ctx context.Context, absent []Known) error {
	byAPI := map[string][]Known{}
	for _, a := range absent {
		doubtful, gone := k.parent(a)
		switch {
		case k.here[a.target()]: // came with its parent
		case gone:
			k.gone(a)
		case doubtful:
			k.doubt(a, "their owner may exist")
		default:
			byAPI[a.Type.API] = append(byAPI[a.Type.API], a)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(byAPI)) {
		if err := k.kind(ctx, kind, byAPI[kind]); err != nil {
			return err
		}
	}
	return nil
}

// parent is the decision about the owner of an object.
func (k *confirming) parent(a Known) (doubtful, gone bool) {
	if a.Parent == "" {
		return false, false
	}
	for _, name := range a.Type.Parents {
		gone = gone || k.live.Gone[graph.Target{Type: name, ID: a.Parent}]
	}
	return slices.ContainsFunc(k.live.Doubts, func(d Doubt) bool {
		return d.ID == a.Parent && slices.Contains(a.Type.Parents, d.Type)
	}), gone
}

// kind reads objects of one JSON:API type. If the first ones cannot be read, for whatever reason, the others are
// skipped.
func (k *confirming) kind(ctx context.Context, kind string, absent []Known) error {
	first := min(probes, len(absent))
	answers, err := k.read(ctx, absent[:first])
	if err != nil {
		return err
	}
	failed := slices.IndexFunc(answers, func(a answer) bool { return a.err == nil || errors.Is(a.err, api.ErrNotFound) }) < 0
	if failed {
		for range absent[first:] {
			answers = append(answers, answers[0])
		}
	} else {
		more, err := k.read(ctx, absent[first:])
		if err != nil {
			return err
		}
		answers = append(answers, more...)
	}
	return k.settle(ctx, kind, absent, answers)
}

// An answer is the answer to a read by id.
type answer struct {
	node *api.Object
	err  error
}

func (k *confirming) read(ctx context.Context, list []Known) ([]answer, error) {
	answers := make([]answer, len(list))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parentsAtOnce)
	for i, a := range list {
		g.Go(func() error {
			if a.Parent == "" && strings.Contains(a.Type.Get, "{parent}") {
				answers[i].err = errors.New("it is read as part of its owner, which is unknown")
				return nil
			}
			node, _, err := k.client.Get(ctx, a.Type.GetPath(a.ID, a.Parent), nil)
			answers[i] = answer{node, err}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if errors.Is(err, api.ErrUnauthorized) || errors.Is(err, api.ErrHTML) {
				return err
			}
			return nil
		})
	}
	return answers, g.Wait()
}

// settle decides by the answers.
func (k *confirming) settle(ctx context.Context, kind string, absent []Known, answers []answer) error {
	var missing []Known
	var found []*Object
	for i, a := range absent {
		switch err := answers[i].err; {
		case err == nil:
			if o := k.found(a, answers[i].node); o != nil {
				found = append(found, o)
			}
		case errors.Is(err, api.ErrNotFound):
			missing = append(missing, a)
		default:
			k.doubt(a, "reading by id fails: "+failure(err))
		}
	}
	why := k.suspicion(kind, len(missing))
	for _, a := range missing {
		if why == "" || k.accept {
			k.gone(a)
			continue
		}
		k.doubt(a, why)
	}
	return k.add(ctx, found)
}

// failure says why a read failed, with the same text for all objects.
func failure(err error) string {
	var e *api.Error
	if errors.As(err, &e) && e.Status != 0 {
		return fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status))
	}
	return err.Error()
}

// suspicion says why 404 may not mean that objects of a kind were deleted; empty if it does.
func (k *confirming) suspicion(kind string, missing int) string {
	const way = ", which Rootly also answers when the token may not see them; --accept-deleted drops their code"
	switch listed := k.listed[kind]; {
	case missing > 0 && k.live.Partial != "":
		return "the API key may see only a part of the organisation; --accept-deleted drops their code"
	case missing < manyGone:
		return ""
	case listed == 0:
		return "all known objects answer 404" + way
	case missing > listed:
		return "more than half of the known objects answer 404" + way
	}
	return ""
}

// found makes an object of an answer. It returns nothing if the object is listed under another id, or if its owner is
// unknown: then its code stays as it is.
func (k *confirming) found(a Known, node *api.Object) *Object {
	if k.here[graph.Target{Type: a.Type.Name, ID: graph.ID(node.ID)}] {
		return nil // known by its slug
	}
	k.note(a.Type.Name, "a read by id finds missing objects")
	row, _ := find(k.forest, a.Type).row(node.Attributes)
	parent := cmp.Or(a.Parent, graph.ID(text(node.Attributes, a.Type.ParentAttr)))
	if row != a.Type || parent == "" && !a.Type.TopLevel() {
		k.live.Doubts = append(k.live.Doubts, Doubt{a.Type.Name, a.ID, "it is not in its list, but a read by id finds it"})
		return nil
	}
	return &Object{Type: row, ID: graph.ID(node.ID), Parent: parent, Node: node}
}

// add adds a found object to live, with its children.
func (k *confirming) add(ctx context.Context, found []*Object) error {
	for len(found) > 0 {
		c := find(k.forest, found[0].Type)
		var b batch
		var rest []*Object
		for _, o := range found {
			if find(k.forest, o.Type) == c {
				b.objects = append(b.objects, o)
			} else {
				rest = append(rest, o)
			}
		}
		found = rest
		if err := k.members(ctx, c, b); err != nil {
			return err
		}
		family, err := k.below(ctx, c, b)
		if err != nil {
			return err
		}
		for _, o := range k.assemble(family).Objects {
			if t := (graph.Target{Type: o.Type.Name, ID: o.ID}); !k.here[t] {
				k.here[t] = true
				k.live.Objects = append(k.live.Objects, o)
			}
		}
	}
	return nil
}

// find returns the collection that lists a type.
func find(forest []*collection, t *catalogue.Type) *collection {
	for _, c := range forest {
		if slices.Contains(c.rows, t) {
			return c
		}
		if below := find(c.children, t); below != nil {
			return below
		}
	}
	return nil
}

func (k *confirming) gone(a Known) {
	if k.live.Gone == nil {
		k.live.Gone = map[graph.Target]bool{}
	}
	k.live.Gone[a.target()] = true
}

func (k *confirming) doubt(a Known, why string) {
	k.note(a.Type.Name, why)
	k.live.Doubts = append(k.live.Doubts, Doubt{a.Type.Name, a.ID, "it is not in its list: " + why})
}

func (k *confirming) note(typ, why string) {
	if k.reasons[typ] == nil {
		k.reasons[typ] = map[string]int{}
	}
	k.reasons[typ][why]++
}

// report adds to live what is wrong with the listing of each type.
func (k *confirming) report() {
	k.live.Skipped = append(k.live.Skipped, k.skipped...)
	for name := range k.incomplete {
		k.live.Complete[name] = false
	}
	for _, typ := range slices.Sorted(maps.Keys(k.reasons)) {
		for _, why := range slices.Sorted(maps.Keys(k.reasons[typ])) {
			objects := "1 object"
			if n := k.reasons[typ][why]; n > 1 {
				objects = fmt.Sprintf("%d objects", n)
			}
			k.live.Skipped = append(k.live.Skipped, Skipped{Type: typ, Err: fmt.Errorf("%s not in the list, code kept: %s", objects, why)})
		}
	}
	slices.SortStableFunc(k.live.Skipped, func(a, b Skipped) int {
		return cmp.Or(strings.Compare(a.Type, b.Type), strings.Compare(string(a.Parent), string(b.Parent)))
	})
}
