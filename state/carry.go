package state

import (
	"fmt"
	"sort"
	"strconv"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/code"
)

// carry puts into the files of the run what earlier runs wrote and what must stay: the code of objects that this run
// does not have although they may exist, and everything that this code or people's own code refers to. It returns the
// names of the files that therefore stay as they are.
func (d *reconciling) carry() (kept map[string]bool, err error) {
	stay := d.staying()
	d.changes.Gone = sortedObjects(d.changes.Gone)
	foreign, err := d.foreignCode(d.changes)
	if err != nil {
		return nil, err
	}
	if err := foreign.refuseTwice(d.path, d.run.Files); err != nil {
		return nil, err
	}
	if len(stay)+len(foreign.files) == 0 && !d.anyEdited() {
		return nil, nil
	}
	old, err := d.earlierCode()
	if err != nil {
		return nil, err
	}
	next, err := runCode(d.run.Files)
	if err != nil {
		return nil, err
	}
	k := &carrying{directory: d.Directory, run: d.run, changes: d.changes, old: old, next: next, foreign: foreign,
		renamed: renames(d.manifest, d.run), stay: stay, blocks: blocksOf(stay), keep: map[place]bool{}, edits: map[place][]code.Edit{},
		keys: map[string]map[string]bool{}, notes: map[graph.Address][]string{}}
	if err := k.choose(); err != nil {
		return nil, err
	}
	return (&composing{k}).compose()
}

// staying sorts the objects of earlier runs that this run does not have: those that were deleted, and those whose code
// stays, with the reason.
func (d *reconciling) staying() map[graph.Address]Carried {
	fresh := make(map[graph.Target]bool, len(d.run.Objects))
	for _, o := range d.run.Objects {
		fresh[o.Key()] = true
	}
	stay := map[graph.Address]Carried{}
	for _, rec := range d.manifest.records {
		k, reason := rec.Key(), ""
		switch {
		case fresh[k]:
			continue
		case d.run.Forget[k]:
		case d.run.Live[k]:
			reason = "it still exists, but this run left it out"
		case !d.run.complete(k.Type):
			reason = k.Type + " was not selected, or not listed completely"
		}
		if reason == "" {
			d.changes.Gone = append(d.changes.Gone, rec.Object)
			continue
		}
		stay[rec.Address] = Carried{Object: rec.Object, File: rec.file, Reason: reason}
	}
	return stay
}

// renames maps the earlier addresses of this run's objects to their present ones. An object without an address maps to
// nothing.
func renames(m *manifest, r Run) map[graph.Address]rename {
	now := make(map[graph.Target]graph.Address, len(r.Objects))
	for _, o := range r.Objects {
		now[o.Key()] = o.Address
	}
	out := make(map[graph.Address]rename, len(m.records))
	for _, rec := range m.records {
		out[rec.Address] = rename{id: rec.ID, to: now[rec.Key()]}
	}
	return out
}

// rename is the present address of an object, or none.
type rename struct {
	id graph.ID
	to graph.Address
}

// place is an item of an earlier file.
type place struct {
	file string
	item int
}

// carrying is the state of one carry.
type carrying struct {
	directory *Directory
	run       Run
	changes   *Changes
	old       *sources
	next      *sources
	foreign   *sources
	renamed   map[graph.Address]rename
	stay      map[graph.Address]Carried
	blocks    map[graph.Address][]graph.Address // of the code that stays, by the address of its block

	keep  map[place]bool
	edits map[place][]code.Edit
	keys  map[string]map[string]bool // keys needed of a map in locals, by the local's name; nil means all
	notes map[graph.Address][]string
	queue []place
}

// choose finds every item that must stay: the blocks of objects, then what they refer to.
func (k *carrying) choose() error {
	for _, name := range sortedNames(k.old.files) {
		for i, it := range k.old.files[name].Items {
			a, stands := k.stands(it)
			if !stands {
				continue
			}
			if k.next.declares(it.Same()) {
				return fmt.Errorf("the address %s would be given to a new object, but the code of %s stays", a, k.stay[k.blocks[a][0]].ID)
			}
			k.want(place{name, i})
		}
	}
	if !k.directory.options.Force {
		k.wantForPeople()
	}
	for len(k.queue) > 0 {
		p := k.queue[0]
		k.queue = k.queue[1:]
		for _, ref := range k.old.item(p).Refs {
			k.follow(p, ref)
		}
	}
	return nil
}

// blocksOf finds objects by the blocks that make them.
func blocksOf(stay map[graph.Address]Carried) map[graph.Address][]graph.Address {
	blocks := map[graph.Address][]graph.Address{}
	for a := range stay {
		blocks[a.Block()] = append(blocks[a.Block()], a)
	}
	for _, list := range blocks {
		sort.Slice(list, func(i, j int) bool { return list[i].Key < list[j].Key })
	}
	return blocks
}

// stands returns the address of the staying block that an item belongs to: the block itself, or its import block.
func (k *carrying) stands(it code.Item) (graph.Address, bool) {
	a, ok := addressOf(it)
	if it.Kind == "import" || it.Kind == "moved" {
		a, ok = targetOf(it, "to")
		if it.Kind == "moved" && k.next.declares(it.Same()) || it.Kind == "import" && k.held(a.Block()) {
			return a, false
		}
		if _, stays := k.stay[a]; it.Kind == "moved" && !stays {
			return a, false
		}
	}
	if !ok || a.Data {
		return a, false
	}
	return a.Block(), len(k.blocks[a.Block()]) > 0
}

// held reports whether the state has all objects of a block that stays.
func (k *carrying) held(block graph.Address) bool {
	for _, a := range k.blocks[block] {
		if !k.run.Held[k.stay[a].Key()] {
			return false
		}
	}
	return true
}

func (k *carrying) want(p place) {
	if !k.keep[p] {
		k.keep[p] = true
		k.queue = append(k.queue, p)
	}
}

// wantForPeople keeps what people's code refers to: their own files, and those of earlier runs that they edited.
func (k *carrying) wantForPeople() {
	for _, from := range []*sources{k.foreign, k.old} {
		for _, name := range sortedNames(from.files) {
			if from == k.old && !k.edited(name) {
				continue
			}
			for _, it := range from.files[name].Items {
				for _, ref := range it.Refs {
					k.wantReferred(ref)
				}
			}
		}
	}
}

// edited reports whether a file is not as an earlier run wrote it.
func (k *carrying) edited(name string) bool {
	then := k.directory.manifest.files[name]
	return then != "" && digestOf(k.old.files[name].Text) != then
}

// anyEdited reports whether people edited a file of an earlier run.
func (d *reconciling) anyEdited() bool {
	for name, then := range d.manifest.files {
		text, err := readIfThere(d.file(name))
		if isRead(name) && then != "" && err == nil && text != nil && digestOf(text) != then {
			return true
		}
	}
	return false
}

// follow makes sure that everything a staying item refers to exists, or rewrites the reference.
func (k *carrying) follow(from place, ref code.Ref) {
	k.wantReferred(ref)
	switch root := ref.Parts[0]; root {
	case "var", "local":
	case "data":
		if len(ref.Parts) > 2 {
			k.compareData(from, "data."+ref.Parts[1]+"."+ref.Parts[2])
		}
	default:
		k.redirect(from, ref)
	}
}

// wantReferred keeps what a reference leads to, unless that is an object.
func (k *carrying) wantReferred(ref code.Ref) {
	switch ref.Parts[0] {
	case "var":
		k.wantDeclared("variable." + ref.Parts[1])
		k.wantDeclared("value." + ref.Parts[1])
	case "local":
		k.wantLocal(ref)
	case "data":
		if len(ref.Parts) > 2 {
			k.wantDeclared("data." + ref.Parts[1] + "." + ref.Parts[2])
		}
	}
}

// wantDeclared keeps an earlier declaration unless the run declares the same.
func (k *carrying) wantDeclared(same string) {
	if k.next.declares(same) || k.foreign.declares(same) {
		return
	}
	for _, p := range k.old.declared[same] {
		k.want(p)
	}
}

// compareData records where this run uses the name of a lookup for another one.
func (k *carrying) compareData(from place, same string) {
	before, now := k.old.declared[same], k.next.declared[same]
	if len(before) == 0 || len(now) == 0 || k.old.text(before[0]) == k.next.text(now[0]) {
		return
	}
	whose, _ := k.stands(k.old.item(from))
	k.note(whose, same+" is written differently now")
}

// wantLocal keeps a local value, or records which of its keys the run's own map must have.
func (k *carrying) wantLocal(ref code.Ref) {
	name := ref.Parts[1]
	if _, ok := k.next.locals[name]; !ok {
		if p, ok := k.old.locals[name]; ok {
			k.want(p)
		}
		return
	}
	keys, asked := k.keys[name]
	switch {
	case len(ref.Parts) < 3:
		k.keys[name] = nil
	case !asked:
		k.keys[name] = map[string]bool{ref.Parts[2]: true}
	case keys != nil:
		keys[ref.Parts[2]] = true
	}
}

// redirect changes a reference to an object that has another address now, or none.
func (k *carrying) redirect(from place, ref code.Ref) {
	a, n := k.addressIn(ref)
	now, ours := k.renamed[a]
	if _, stays := k.stay[a]; !ours || stays || now.to == a {
		return
	}
	it := k.old.item(from)
	whose, _ := k.stands(it)
	switch {
	case !now.to.IsZero():
		k.edits[from] = append(k.edits[from], code.Edit{Start: ref.Start, End: ref.Ends[n-1], Text: now.to.String()})
		k.note(whose, fmt.Sprintf("%s is now %s", a, now.to))
	case len(ref.Parts) == n+1 && ref.Parts[n] == "id":
		k.edits[from] = append(k.edits[from], code.Edit{Start: ref.Start, End: ref.Ends[n], Text: strconv.Quote(string(now.id))})
		k.note(whose, fmt.Sprintf("%s was deleted: the reference was replaced by its id", a))
	default:
		k.note(whose, fmt.Sprintf("refers to %s, which was deleted", a))
	}
}

// addressIn returns the address at the start of a reference, and how many parts of the reference it takes.
func (k *carrying) addressIn(ref code.Ref) (graph.Address, int) {
	a := graph.Address{Type: ref.Parts[0], Name: ref.Parts[1]}
	if len(ref.Parts) > 2 {
		keyed := a
		keyed.Key = ref.Parts[2]
		if _, known := k.renamed[keyed]; known {
			return keyed, 3
		}
	}
	return a, 2
}

func (k *carrying) note(a graph.Address, text string) { k.notes[a] = append(k.notes[a], text) }
