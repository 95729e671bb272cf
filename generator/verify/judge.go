package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
)

// Object is one live object as it was listed.
type Object struct {
	Type    string
	ID      string
	Address string     // its address in the code; zero: any
	Secrets []cty.Path // attributes that must not be shown, in addition to those that the provider marks
}

// Expect describes every object that a plan has to account for.
type Expect struct {
	// Show writes the values of differences, without the secret ones. The zero value hides all of them.
	Show Show

	Listed   []Object // every listed object
	Reported []Object // objects reported as not imported; Address is not used

	// Forget are the objects that may leave the state without being destroyed.
	Forget []Object

	// Edited are addresses whose code people changed: what the plan does to them is their decision.
	Edited map[string]bool

	// Outside are addresses of objects that the run did not read: their differences are reported, but do not count.
	Outside map[string]bool

	// Before is what the directory planned before its code changed. Changes that it already contained are not
	// differences.
	Before []plans.Change

	// Marks accepts changes that only concern which attributes are sensitive. Variables marked as sensitive cause them
	// in attributes that the provider did not mark.
	Marks bool

	// Outputs accepts changes of outputs, for directories in which other people's code has some.
	Outputs bool

	// Exports says that the outputs belong to the generated code: their values follow the objects, and are not
	// differences.
	Exports bool

	// RefuseDrift makes differences between state and live unclean even if the code agrees with live.
	RefuseDrift bool
}

// Verdict is the result of judging a plan.
type Verdict struct {
	Clean bool // every listed object is accounted for, and the plan does nothing else

	Import, Add, Change, Destroy, Forget int // as the engine counts

	Imported int // listed objects that the plan imports without change
	Managed  int // listed objects already in the state, without change
	Reported int // listed objects that are reported as not imported

	Objects []Proven // the imported or managed objects without change, in the order of the plan

	Missing    []Object       // listed, but neither imported, managed nor reported
	Unexpected []plans.Change // in the plan, but not asked for

	// Twice are those unexpected objects that already have another address, and that address.
	Twice map[string]string

	Differences []Difference       // attribute by attribute, in the order of the plan
	Accepted    []Difference       // differences that this run did not cause: of edited code, or there before
	Drift       []Difference       // state against live; counts against a proof only if asked for
	Errors      []plans.Diagnostic // errors of the engine
	Incomplete  string             // why the plan does not cover everything; zero: it does
}

// Summary is the engine's closing line, with the number of forgotten objects, which Terraform lists and does not count.
func (v Verdict) Summary() string {
	if v.Import+v.Add+v.Change+v.Destroy+v.Forget == 0 && len(v.Differences) == 0 {
		return "No changes."
	}
	line := "Plan: "
	if v.Import > 0 {
		line += fmt.Sprintf("%d to import, ", v.Import)
	}
	line += fmt.Sprintf("%d to add, %d to change, %d to destroy", v.Add, v.Change, v.Destroy)
	if v.Forget > 0 {
		line += fmt.Sprintf(", %d to forget", v.Forget)
	}
	return line + "."
}

// Proven is a listed object that the plan does not change.
type Proven struct {
	Type    string
	ID      string
	Managed bool // already in the state; else it is imported
}

// Judge compares a plan with the expectations.
func Judge(plan *plans.Plan, expect Expect) Verdict {
	j := newJury(expect)
	for _, change := range plan.Changes {
		j.weigh(change)
		j.compareAddress(change)
	}
	for _, name := range plan.Outputs {
		if expect.Exports {
			break
		}
		to := &j.verdict.Differences
		if expect.Outputs {
			to = &j.verdict.Accepted
		}
		*to = append(*to, Difference{Address: "output." + name, Action: plans.Update})
	}
	for _, address := range plan.Invoked {
		j.verdict.Differences = append(j.verdict.Differences, Difference{Address: address, Action: plans.Create})
	}
	for _, change := range plan.Drift {
		j.verdict.Drift = append(j.verdict.Drift, differencesOf(change, j.secrets(change), j.show)...)
	}
	j.settleAbsent()

	v := j.verdict
	v.Errors = plans.ErrorsOf(plan.Diagnostics)
	v.Incomplete = incompleteness(plan)
	v.Clean = len(v.Missing)+len(v.Unexpected)+len(v.Differences)+len(v.Errors) == 0 &&
		v.Incomplete == "" && (!expect.RefuseDrift || len(v.Drift) == 0)
	return v
}

func incompleteness(plan *plans.Plan) string {
	switch {
	case plan.Errored:
		return "the engine gave up on part of the plan"
	case len(plan.Deferred) > 0:
		return "the engine deferred " + strings.Join(plan.Deferred, ", ")
	case plan.Targeted:
		return "the plan was restricted to some addresses"
	case plan.Incomplete:
		return "the engine says that the plan is incomplete: another one is needed after it"
	default:
		return ""
	}
}

// key identifies an object: ids are unique within a type.
type key struct{ typ, id string }

// jury is the state of one judgement.
type jury struct {
	listed   map[key]Object
	order    []key
	reported map[key]bool
	settled  map[key]bool // found in the plan, clean or not
	forget   map[key]bool
	edited   map[string]bool
	outside  map[string]bool
	marks    bool
	show     Show
	before   map[string]plans.Change // by address
	at       map[key]string          // addresses at which objects are found
	types    map[string]bool         // those of the listed objects
	verdict  Verdict
}

func newJury(expect Expect) *jury {
	j := &jury{listed: map[key]Object{}, at: map[key]string{}, types: map[string]bool{}, reported: map[key]bool{}, settled: map[key]bool{}, forget: map[key]bool{},
		edited: expect.Edited, outside: expect.Outside, marks: expect.Marks, show: expect.Show, before: make(map[string]plans.Change, len(expect.Before))}
	for _, object := range expect.Forget {
		j.forget[key{object.Type, object.ID}] = true
	}
	for _, change := range expect.Before {
		j.before[change.Address] = change
	}
	for _, object := range expect.Reported {
		j.reported[key{object.Type, object.ID}] = true
	}
	for _, object := range expect.Listed {
		k := key{object.Type, object.ID}
		if _, again := j.listed[k]; !again {
			j.order = append(j.order, k)
		}
		j.listed[k], j.types[object.Type] = object, true
	}
	return j
}

// settle counts a listed object as accounted for.
func (j *jury) settle(k key, managed bool) {
	j.settled[k] = true
	if managed {
		j.verdict.Managed++
	} else {
		j.verdict.Imported++
	}
	j.verdict.Objects = append(j.verdict.Objects, Proven{Type: k.typ, ID: k.id, Managed: managed})
}

// weigh counts one change and settles its object.
func (j *jury) weigh(c plans.Change) {
	j.count(c)
	if c.Action == plans.Forget && j.forget[key{c.Type, c.ObjectID()}] {
		return
	}
	if j.marks && c.Action == plans.Update && c.Before != cty.NilVal && same(c.Before, c.After) {
		j.settleAccepted(c)
		return
	}
	if c.Action != plans.NoOp && j.accepts(c) {
		j.verdict.Accepted = append(j.verdict.Accepted, differencesOf(c, j.secrets(c), j.show)...)
		j.settleAccepted(c)
		return
	}
	if c.Action != plans.NoOp {
		j.verdict.Differences = append(j.verdict.Differences, differencesOf(c, j.secrets(c), j.show)...)
		j.settleDiffering(c)
		return
	}
	if c.Import == "" && c.ID == "" {
		return // a data source, or something without an id: nothing happens to it
	}

	k := key{c.Type, c.ObjectID()}
	object, listed := j.listed[k]
	switch {
	case c.Import != "" && c.ID != "" && c.Import != c.ID:
		j.verdict.Unexpected = append(j.verdict.Unexpected, c) // imports one object and gets another
	case !listed && c.Import == "":
		return // managed, but not one of this run's objects
	case !listed, object.Address != "" && object.Address != c.Address, j.settled[k]:
		j.verdict.Unexpected = append(j.verdict.Unexpected, c)
	default:
		j.settle(k, c.Import == "")
	}
}

// compareAddress refuses a plan after which one object has two addresses, imported or in the state: each would change
// and destroy the object for the other.
func (j *jury) compareAddress(c plans.Change) {
	k := key{c.Type, c.ObjectID()}
	if k.id == "" || !j.types[c.Type] || c.Action == plans.Delete || c.Action == plans.Forget || c.Action == plans.Read {
		return
	}
	first, found := j.at[k]
	if !found {
		j.at[k] = c.Address
		return
	}
	if first == c.Address {
		return
	}
	if !slices.ContainsFunc(j.verdict.Unexpected, func(u plans.Change) bool { return u.Address == c.Address }) {
		j.verdict.Unexpected = append(j.verdict.Unexpected, c)
	}
	if j.verdict.Twice == nil {
		j.verdict.Twice = map[string]string{}
	}
	j.verdict.Twice[c.Address] = first
}

// accepts reports whether a change was not caused by this run.
func (j *jury) accepts(c plans.Change) bool {
	if j.edited[c.Address] || j.outside[c.Address] && c.Action != plans.Delete {
		return true
	}
	was, known := j.before[c.Address]
	return known && was.Action == c.Action && was.Import == c.Import && same(was.Before, c.Before) && same(was.After, c.After)
}

func same(a, b cty.Value) bool {
	return a == cty.NilVal && b == cty.NilVal || a != cty.NilVal && b != cty.NilVal && a.RawEquals(b)
}

func (j *jury) count(c plans.Change) {
	v := &j.verdict
	if c.Import != "" {
		v.Import++
	}
	switch c.Action {
	case plans.Create:
		v.Add++
	case plans.Update:
		v.Change++
	case plans.Delete:
		v.Destroy++
	case plans.Replace:
		v.Add++
		v.Destroy++
	case plans.Forget:
		v.Forget++
	case plans.ForgetCreate:
		v.Add++
		v.Forget++
	}
}

// settleAccepted counts an object whose change is accepted: the plan has it, whatever it does to it.
func (j *jury) settleAccepted(c plans.Change) {
	k := key{c.Type, c.ObjectID()}
	object, listed := j.listed[k]
	if listed && !j.settled[k] && (object.Address == "" || object.Address == c.Address) {
		j.settle(k, c.Import == "")
	}
}

// settleDiffering keeps an object with differences from being reported as missing too.
func (j *jury) settleDiffering(c plans.Change) {
	k := key{c.Type, c.ObjectID()}
	if object, listed := j.listed[k]; listed && (object.Address == "" || object.Address == c.Address) {
		j.settled[k] = true
	}
}

// settleAbsent divides the objects that the plan does not have into reported and missing.
func (j *jury) settleAbsent() {
	for _, k := range j.order {
		switch {
		case j.settled[k]:
		case j.reported[k]:
			j.verdict.Reported++
		default:
			j.verdict.Missing = append(j.verdict.Missing, j.listed[k])
		}
	}
}

func (j *jury) secrets(c plans.Change) []cty.Path {
	return slices.Concat(c.Sensitive, j.listed[key{c.Type, c.ObjectID()}].Secrets)
}
