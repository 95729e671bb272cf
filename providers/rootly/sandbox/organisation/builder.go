package organisation

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// person is the pool of users, who are no resource type.
const person = "user"

// A slot is the place of an object: its id is known before its body is made, so that objects
// can point at each other in circles.
type slot struct {
	kind   string // Terraform type, or person
	id     string
	parent string
}

// A family is the children of one type that a parent has.
type family struct {
	parent, kind string
}

// A recipe makes the attributes of an object.
type recipe func(b *builder, s slot) fields

// A builder makes an organisation object by object.
type builder struct {
	rng         *rand.Rand
	objects     []sandbox.Object
	recipes     map[string]recipe
	rows        map[string]*catalogue.Type
	tasks       []*taskPlan
	plans       map[string]*taskPlan // by Terraform type
	triggers    map[string][]param   // by type of workflow
	permissions map[string][]param   // by type of role
	pools       map[string][]slot
	owners      map[string]string // child to parent
	children    map[family][]string
	ranks       map[family]int
	names       map[string]int            // how often a slug was given
	changes     fields                    // of the object that is being filled
	trapped     map[string]*trap          // by id
	troubled    map[string][]field        // changes by id
	left        int                       // importable objects still to be made
	full        bool                      // whether this is the showcase
	whole       bool                      // whether the object being filled leaves nothing unset
	shown       map[string]bool           // types of which a whole object was made
	native      map[string][]catalogField // catalogue fields of native types
}

func newBuilder(o Options) (*builder, error) {
	size := o.Size
	if size == 0 {
		size = Complete
	}
	b := &builder{
		rng:      rand.New(rand.NewPCG(o.Seed, 0x726f6f746c79)),
		objects:  make([]sandbox.Object, 0, size+size/20+200),
		rows:     make(map[string]*catalogue.Type),
		pools:    make(map[string][]slot),
		children: make(map[family][]string),
		ranks:    make(map[family]int),
		names:    make(map[string]int),
		owners:   make(map[string]string),
		native:   make(map[string][]catalogField),
		plans:    make(map[string]*taskPlan),
		trapped:  make(map[string]*trap),
		shown:    make(map[string]bool),
		left:     size,
	}
	for _, t := range catalogue.Types() {
		b.rows[t.Name] = t
	}
	b.recipes = recipes()
	if err := b.readSchema(); err != nil {
		return nil, err
	}
	for n := range 12 + min(size/60, 1500) {
		b.register(slot{person, strconv.Itoa(1000 + 13*n), ""})
	}
	return b, nil
}

// reserve gives an object its place without making it yet.
func (b *builder) reserve(kind, parent string) slot {
	s := slot{kind: kind, id: b.newID(kind), parent: parent}
	b.register(s)
	return s
}

func (b *builder) register(s slot) {
	b.pools[s.kind] = append(b.pools[s.kind], s)
	if s.parent != "" {
		f := family{s.parent, s.kind}
		b.children[f] = append(b.children[f], s.id)
		b.owners[s.id] = s.parent
	}
}

// fill makes the body of a reserved object, with some attributes changed. A change of
// "task_params.url" reaches into the block. The showcase's first object of a type has every
// attribute set.
func (b *builder) fill(s slot, changes ...field) {
	row := b.rows[s.kind]
	b.changes, b.whole = changes, b.full && !b.shown[s.kind]
	b.shown[s.kind] = true
	b.store(row.API, s, b.changed("", b.attributes(s)))
	b.changes, b.whole = nil, false
	if row.Optional == "" {
		b.left--
	}
}

// changed applies the changes whose names start with prefix and have no further dot.
func (b *builder) changed(prefix string, f fields) fields {
	for _, c := range b.changes {
		if name, ok := strings.CutPrefix(c.name, prefix); ok && !strings.Contains(name, ".") {
			f = f.set(field{name, c.value})
		}
	}
	return f
}

// add makes an object and returns its id.
func (b *builder) add(kind, parent string, changes ...field) string {
	s := b.reserve(kind, parent)
	b.fill(s, changes...)
	return s.id
}

// attributes follows the recipe of a type and adds the times that all objects have.
func (b *builder) attributes(s slot) fields {
	var f fields
	if b.rows[s.kind].IsTask() {
		f = b.task(s)
	} else if make := b.recipes[s.kind]; make != nil {
		f = make(b, s)
	}
	created := b.past()
	return append(f, field{"created_at", stamp(created)}, field{"updated_at", stamp(created.Add(b.span()))})
}

// store appends the object as the API would write it.
func (b *builder) store(api string, s slot, attributes fields, extra ...field) {
	whole := fields{{"id", text(s.id)}, {"type", text(api)}, {"attributes", attributes.encode()}}
	whole = append(whole, extra...)
	b.objects = append(b.objects, sandbox.Object{API: api, ID: s.id, Parent: s.parent, Body: []byte(whole.encode())})
}

// newID gives a UUID, or a number to the types that Rootly numbers.
func (b *builder) newID(kind string) string {
	switch kind {
	case "rootly_custom_field", "rootly_custom_field_option":
		return strconv.Itoa(300 + 7*len(b.pools[kind]))
	}
	return b.uuid()
}

// uuid gives an id of version 4.
func (b *builder) uuid() string {
	const digits = "0123456789abcdef"
	var out [36]byte
	hi, lo := b.rng.Uint64(), b.rng.Uint64()
	hi = hi&^0xf000 | 0x4000
	lo = lo&^(3<<62) | 1<<63
	at := 0
	for i := range 32 {
		if i == 8 || i == 12 || i == 16 || i == 20 {
			out[at] = '-'
			at++
		}
		word := hi
		if i >= 16 {
			word = lo
		}
		out[at] = digits[word>>(60-4*(i%16))&0xf]
		at++
	}
	return string(out[:])
}

// owner returns the id of an object's parent.
func (b *builder) owner(id string) string { return b.owners[id] }

// rank counts the objects of a type under a parent, from 1.
func (b *builder) rank(kind, parent string) int {
	f := family{parent, kind}
	b.ranks[f]++
	return b.ranks[f]
}

// pick returns the id of an object of that type, or "".
func (b *builder) pick(kind string) string {
	pool := b.pools[kind]
	if len(pool) == 0 {
		return ""
	}
	return b.settled(len(pool), func(i int) string { return pool[i].id })
}

// pickUnder returns the id of a child of that type, or "".
func (b *builder) pickUnder(kind, parent string) string {
	list := b.children[family{parent, kind}]
	if len(list) == 0 {
		return ""
	}
	return b.settled(len(list), func(i int) string { return list[i] })
}

// settled draws one of n ids, or the next one whose object has no troubles: whatever refers to those could hide them.
func (b *builder) settled(n int, id func(i int) string) string {
	at := b.rng.IntN(n)
	for range n {
		if _, troubled := b.troubled[id(at)]; !troubled {
			break
		}
		at = (at + 1) % n
	}
	return id(at)
}

// picks returns up to n different ids, not more than there are.
func (b *builder) picks(kind string, n int) []string {
	var out []string
	seen := make(map[string]bool)
	for range n {
		if id := b.pick(kind); id != "" && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// ref points at an object of that type, or at nothing where there is none.
func (b *builder) ref(kind string) encoded { return maybeText(b.pick(kind)) }

// refs points at up to n objects; in the showcase at one at least.
func (b *builder) refs(kind string, n int) encoded { return texts(b.picks(kind, b.atLeast(n))...) }

// atLeast is n, or 1 in the showcase, where no path is left unused.
func (b *builder) atLeast(n int) int {
	if b.full {
		return max(n, 1)
	}
	return n
}

// maybeRef points at an object in so many cases of a hundred, and always in the showcase.
func (b *builder) maybeRef(kind string, percent int) encoded {
	if !b.full && !b.chance(percent) {
		return null
	}
	return b.ref(kind)
}

// upTo draws a number from 0 to n.
func (b *builder) upTo(n int) int { return b.rng.IntN(n + 1) }

// chance is true in so many cases of a hundred.
func (b *builder) chance(percent int) bool { return b.rng.IntN(100) < percent }

// oneOf draws from a list.
func (b *builder) oneOf(list ...string) string { return list[b.rng.IntN(len(list))] }

// someOf draws up to n different elements, in the order of the list.
func (b *builder) someOf(n int, list ...string) []string {
	var out []string
	for i, s := range list {
		if len(out) < n && b.rng.IntN(len(list)-i) < n-len(out) {
			out = append(out, s)
		}
	}
	return out
}

// past is a time before the organisation's present.
func (b *builder) past() time.Time {
	base := time.Date(2026, time.March, 2, 8, 0, 0, 0, time.UTC)
	return base.Add(-time.Duration(b.rng.IntN(900*24*3600)) * time.Second)
}

// span is some time that passed between two events.
func (b *builder) span() time.Duration {
	return time.Duration(b.rng.IntN(200*24*3600)) * time.Second
}

// stamp writes a time as Rootly does, which answers in Pacific time.
func stamp(t time.Time) encoded {
	out := t.Add(-8*time.Hour).AppendFormat(make([]byte, 0, 32), `"2006-01-02T15:04:05.000`)
	return encoded(append(out, `-08:00"`...))
}
