package drifting

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/livevalues"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift/rewrite"
	"github.com/terraformer-rootly/terraformer-rootly/state/imports"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// plan plans each root module, and reads the results.
func (r *run) plan(ctx context.Context) error {
	r.progress.Stage("plan", 0)
	identify := planning.IdentifyLive(r.client)
	n := 0
	for _, m := range r.modules {
		result, err := r.planOne(ctx, m, planning.Options{
			Backend: m.backend, Arguments: true, Identify: identify, Veil: m.veil, Fill: livevalues.For(r.w, r.o.Connection, m.root.Dir),
			Progress: func(v engines.Progress) { r.progress.Step(v.Objects, v.Step) },
		})
		if err != nil {
			return err
		}
		m.learn(&result.Plan)
		r.partial = r.partial || result.Incomplete || len(result.Deferred) > 0
		for _, text := range beyond(result) {
			r.note(text)
		}
		n += len(m.items)
	}
	r.progress.Done(report.Plural(n, "difference"))
	return nil
}

// planOne plans a root module. Objects that the engine refuses to plan are compared with the state; they do not keep
// the others from being planned.
func (r *run) planOne(ctx context.Context, m *module, o planning.Options) (*engines.Result, error) {
	at := rootAt(r.w, m.root.Dir)
	if kind := at.remote(); kind != "" {
		o.Environ = append(o.Environ, "TF_FORCE_LOCAL_BACKEND=1") // known to both engines
		r.note("the state is kept by a backend of type " + kind + ", whose workspace may run remotely: this plan was made on this machine, with the variables that are set here")
	}
	result, err := m.proof.Plan(ctx, r.w, m.root.Dir, r.target, o)
	if err != nil {
		return nil, at.RunsRemotely(err)
	}
	refused := refusals(result.Diagnostics)
	if !result.Errored {
		return result, nil
	}
	state, _, err := planning.ReadState(ctx, r.w, r.o.Engine, m.root.Dir)
	if err == nil {
		m.live.recorded, err = tfstate.Values(state)
	}
	if err != nil || len(refused) == 0 {
		return nil, exit.WithHint(fmt.Errorf("plan %s: %s", m.root.Dir, planning.FirstError(result)), "run terraform plan there to see all of it")
	}
	if len(result.Changes) == 0 { // the engine keeps nothing of a failed plan
		if result, err = r.planRest(ctx, m, o, result, refused); err != nil {
			return nil, err
		}
	}
	m.leaveOut(result, refused)
	if err := m.recordImports(r.w); err != nil {
		return nil, err
	}
	r.partial = true
	for _, address := range slices.Sorted(maps.Keys(refused)) {
		r.note(fmt.Sprintf("%s refused to plan %s, which is compared with the state: %s", result.Engine.Name, m.called(address), refused[address]))
	}
	return result, nil
}

// planRest plans, by -target, the objects that were not refused and do not depend on refused ones.
func (r *run) planRest(ctx context.Context, m *module, o planning.Options, failed *engines.Result, refused map[string]string) (*engines.Result, error) {
	const rounds = 5
	for range rounds {
		o.Targets = nil
		for address := range m.live.recorded {
			if refused[address] == "" {
				o.Targets = append(o.Targets, address)
			}
		}
		slices.Sort(o.Targets)
		if len(o.Targets) == 0 {
			return failed, nil
		}
		result, err := m.proof.Plan(ctx, r.w, m.root.Dir, r.target, o)
		if err != nil {
			return nil, err
		}
		more := refusals(result.Diagnostics)
		n := len(refused)
		for address, why := range more {
			refused[address] = why
		}
		if !result.Errored || len(result.Changes) > 0 || len(refused) == n {
			return result, nil
		}
	}
	return failed, nil
}

// refusals are the errors of a plan, by resource.
func refusals(list []plans.Diagnostic) map[string]string {
	refused := map[string]string{}
	for _, d := range plans.ErrorsOf(list) {
		if d.Address == "" {
			continue
		}
		why := strings.TrimSuffix(d.Summary+": "+strings.Join(strings.Fields(d.Detail), " "), ": ")
		if refused[d.Address] == "" {
			refused[d.Address] = why
		}
	}
	return refused
}

// leaveOut records which resources of the state a plan does not cover, and why. An error may be about a block with
// several objects.
func (m *module) leaveOut(result *engines.Result, refused map[string]string) {
	planned := map[string]bool{}
	for _, c := range result.Changes {
		planned[c.Address] = true
	}
	m.unplanned = map[string]string{}
	for address := range m.live.recorded {
		block, _, _ := strings.Cut(address, "[")
		switch why := cmp.Or(refused[address], refused[block]); {
		case why != "" && (refused[address] != "" || !planned[address]):
			m.unplanned[address] = why
		case !planned[address] && m.mayDeclare(address):
			m.unplanned[address] = "it depends on what is refused"
		}
	}
	for address, why := range refused { // in the code alone
		if m.unplanned[address] == "" && !planned[address] {
			m.unplanned[address] = why
		}
	}
}

// recordImports notes the ids of what the engine did not plan and only an import block names: an object that was deleted
// since.
func (m *module) recordImports(w world.World) error {
	blocks, err := imports.Read(m.root.Dir, w.Environ(), m.proof.VarFiles...)
	if err != nil {
		return err
	}
	for _, b := range blocks {
		for _, o := range b.Objects {
			if _, held := m.live.recorded[o.To]; !held && m.unplanned[o.To] != "" {
				m.live.recorded[o.To] = cty.ObjectVal(map[string]cty.Value{"id": cty.StringVal(o.ID)})
			}
		}
	}
	return nil
}

// liveValues are the known values of objects that no plan compares.
type liveValues struct {
	recorded map[string]cty.Value       // by address, as the state has them
	found    map[string]*graph.Resource // by "type/id", with all settings
	written  map[string]*graph.Resource // likewise, as an import would write them
	labels   map[string]string          // of unmanaged objects, with the addresses of an import
}

// compare finds the outside changes of objects that a plan does not cover.
func (m *module) compare(found map[string]*graph.Resource, known map[string]bool) {
	var plan plans.Plan
	drifted := map[string]bool{}
	for _, i := range m.items {
		drifted[i.address] = true
	}
	for _, address := range slices.Sorted(maps.Keys(m.unplanned)) {
		before, held := m.live.recorded[address]
		h, ok := tfstate.ParseAddress(address)
		if !held || !ok || drifted[address] || catalogue.Lookup(h.Address.Type) == nil {
			continue
		}
		typ := h.Address.Type
		id := planning.PlainID(textOf(before, "id"))
		m.managed[key(typ, id)], m.names[id] = address, address
		c := plans.Change{Address: address, Type: typ, ID: id, Action: plans.Update, Before: before}
		switch live := found[key(typ, id)]; {
		case live != nil:
			c.After = over(before, live.Config)
		case known[typ]:
			c.Action, c.After = plans.Delete, cty.NullVal(cty.DynamicPseudoType)
		default:
			continue
		}
		plan.Drift = append(plan.Drift, c)
	}
	managed, names := m.managed, m.names
	m.learn(&plan)
	m.managed, m.names = managed, names
}

// mayDeclare reports whether the code may have a resource. What neither the code nor Rootly has any more is no drift.
func (m *module) mayDeclare(address string) bool {
	h, _ := tfstate.ParseAddress(address)
	for name, content := range m.files {
		if strings.HasSuffix(name, ".json") && bytes.Contains(content, []byte(strconv.Quote(h.Address.Name))) {
			return true
		}
	}
	return h.Module != "" || rewrite.Declares(m.files, h.Address.Type, h.Address.Name)
}

// over replaces values in the state by those that an import would write: all others belong to the provider.
func over(recorded, live cty.Value) cty.Value {
	switch {
	case live.IsNull() || !live.IsWhollyKnown():
		return recorded
	case recorded.IsNull():
		return live
	case recorded.Type().IsObjectType() && (live.Type().IsObjectType() || live.Type().IsMapType()):
		values := recorded.AsValueMap()
		for name, v := range live.AsValueMap() {
			if old, has := values[name]; has {
				values[name] = over(old, v)
			} else if recorded.Type().IsMapType() || live.Type().IsMapType() {
				values[name] = v
			}
		}
		return cty.ObjectVal(values)
	case recorded.Type().IsTupleType() && live.CanIterateElements() && recorded.LengthInt() == live.LengthInt() && recorded.LengthInt() > 0:
		values := recorded.AsValueSlice()
		for n, v := range live.AsValueSlice() {
			values[n] = over(values[n], v)
		}
		return cty.TupleVal(values)
	case recorded.Type().IsTupleType() && live.CanIterateElements():
		return cty.TupleVal(overElements(recorded.AsValueSlice(), live.AsValueSlice()))
	}
	return live
}

// overElements are the elements of a list that has become longer or shorter. Those that an import would write as they are in
// the state stay as they are there.
func overElements(recorded, live []cty.Value) []cty.Value {
	values := slices.Clone(live)
	for n, v := range live {
		kept := slices.IndexFunc(recorded, func(old cty.Value) bool { return over(old, v).RawEquals(old) })
		if kept >= 0 {
			values[n], recorded = recorded[kept], slices.Delete(slices.Clone(recorded), kept, kept+1)
		}
	}
	return values
}

// called is an address, with its part.
func (m *module) called(address string) string {
	if m.root.Name != "" {
		return filepath.Join(m.root.Name, address)
	}
	return address
}

// textOf returns a text of an object, or "".
func textOf(v cty.Value, name string) string {
	if v == cty.NilVal || v.IsNull() || !v.Type().IsObjectType() {
		return ""
	}
	return known(v, name)
}

// resourceType is the type of the resource at an address, or "".
func resourceType(address string) string {
	h, _ := tfstate.ParseAddress(address)
	return h.Address.Type
}
