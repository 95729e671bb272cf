package acceptance

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// Ways in which a provider misbehaves with the objects of a type.
const (
	readsOther  = "reads another value"
	readsLess   = "loses a value"
	readsMixed  = "reads lists in another order"
	replaces    = "wants a replacement"
	cannotRead  = "cannot read"
	cannotCheck = "refuses code"
	cannotPlan  = "cannot plan"
)

// faults are what is wrong with a provider. They depend on nothing but the seed, the object and its
// code, so that two plans see the same.
type faults struct {
	seed    uint64
	random  *rand.Rand
	kinds   map[string]string // by type
	crash   int64             // after so many objects were read; 0: it does not
	calls   atomic.Int64
	crashed atomic.Bool
}

// newFaults makes those of a seed, for types of some JSON:API types.
func newFaults(seed uint64, live map[string]bool) *faults {
	f := &faults{seed: seed, random: rand.New(rand.NewPCG(seed, 1)), kinds: map[string]string{}}
	share := pickOne(f.random, 0.05, 0.1, 0.3, 0.6)
	for _, row := range catalogue.Types() {
		if live[row.API] && f.random.Float64() < share {
			f.kinds[row.Name] = pickOne(f.random, readsOther, readsOther, readsLess, readsMixed, replaces, cannotRead, cannotCheck, cannotPlan)
		}
	}
	if f.random.IntN(6) == 0 {
		f.crash = 1 + f.random.Int64N(150)
	}
	return f
}

// String tells what is wrong, in few words.
func (f *faults) String() string {
	n := map[string]int{}
	for _, kind := range f.kinds {
		n[kind]++
	}
	return fmt.Sprintf("crash after %d, types %v", f.crash, n)
}

// serve starts a provider with these faults.
func (f *faults) serve(ctx context.Context, o standin.Options) (*standin.Served, error) {
	o.Sabotage = f.sabotage
	o.Between = func(inner tfprotov6.ProviderServer) tfprotov6.ProviderServer {
		return &faulty{ProviderServer: inner, faults: f}
	}
	return standin.Serve(ctx, o)
}

// of is a source of chance that is the same for the same object or code.
func (f *faults) of(words ...string) *rand.Rand {
	h := fnv.New64a()
	for _, w := range words {
		_, _ = h.Write([]byte(w + "\x00"))
	}
	return rand.New(rand.NewPCG(f.seed, h.Sum64()))
}

// hits reports whether something of a type has the fault. Not all have.
func (f *faults) hits(kind, resource, what string) bool {
	return kind != "" && f.kinds[resource] == kind && f.of(kind, resource, what).IntN(3) > 0
}

// sabotage misreads an object.
func (f *faults) sabotage(resource, id string, attributes map[string]any) error {
	r, kind := f.of(resource, id), f.kinds[resource]
	if !f.hits(kind, resource, id) {
		return nil
	}
	names := slices.Sorted(maps.Keys(attributes))
	switch kind {
	case cannotRead:
		return errors.New("out of order")
	case replaces:
		names = slices.DeleteFunc(names, func(name string) bool { return !forcesReplacement(resource, name) })
	case readsMixed:
		names = slices.DeleteFunc(names, func(name string) bool { l, ok := attributes[name].([]any); return !ok || len(l) < 2 })
	}
	if len(names) == 0 {
		return nil
	}
	for range 1 + r.IntN(3) {
		name := names[r.IntN(len(names))]
		if kind == readsLess {
			delete(attributes, name)
		} else {
			attributes[name] = other(r, attributes[name])
		}
	}
	return nil
}

func forcesReplacement(resource, name string) bool {
	provider, err := schema.Snapshot()
	if err != nil {
		panic(err)
	}
	a := provider.Resources[resource].Block.Attribute(name)
	return a != nil && a.ForceNew
}

// other is a value of the same JSON type.
func other(r *rand.Rand, v any) any {
	switch v := v.(type) {
	case string:
		return pickOne(r, "", v+" changed", "changed", "${v}")
	case float64:
		return v + 1
	case bool:
		return !v
	case []any:
		l := slices.Clone(v)
		switch {
		case len(l) > 1 && r.IntN(2) == 0:
			slices.Reverse(l)
		case len(l) > 0 && r.IntN(2) == 0:
			l = l[1:]
		case len(l) > 0:
			l[0] = other(r, l[0])
		}
		return l
	case map[string]any:
		m := maps.Clone(v)
		if names := slices.Sorted(maps.Keys(m)); len(names) > 0 {
			name := names[r.IntN(len(names))]
			m[name] = other(r, m[name])
		}
		return m
	}
	return v
}

func pickOne[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// faulty stands between the engine and the provider.
type faulty struct {
	tfprotov6.ProviderServer
	faults *faults
}

var errRefused = []*tfprotov6.Diagnostic{{Severity: tfprotov6.DiagnosticSeverityError, Summary: "Out of order", Detail: "This provider does not like it."}}

// ConfigureProvider comes first in every plan, as if to a new process.
func (f *faulty) ConfigureProvider(ctx context.Context, r *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	f.faults.calls.Store(0)
	return f.ProviderServer.ConfigureProvider(ctx, r)
}

// ReadResource gives no answer any more when its time has come. It may not go away in earnest: an
// engine that cannot reach a provider kills the process, which is that of the tests.
func (f *faulty) ReadResource(ctx context.Context, r *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	if f.faults.crash > 0 && f.faults.calls.Add(1) > f.faults.crash {
		f.faults.crashed.Store(true)
		return nil, pickOne(f.faults.of(r.TypeName), context.Canceled, io.ErrUnexpectedEOF)
	}
	return f.ProviderServer.ReadResource(ctx, r)
}

// ValidateResourceConfig refuses some code.
func (f *faulty) ValidateResourceConfig(ctx context.Context, r *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	if f.faults.hits(cannotCheck, r.TypeName, string(r.Config.MsgPack)) {
		return &tfprotov6.ValidateResourceConfigResponse{Diagnostics: errRefused}, nil
	}
	return f.ProviderServer.ValidateResourceConfig(ctx, r)
}

// PlanResourceChange gives up on some objects.
func (f *faulty) PlanResourceChange(ctx context.Context, r *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	if f.faults.hits(cannotPlan, r.TypeName, string(r.PriorState.MsgPack)) {
		return &tfprotov6.PlanResourceChangeResponse{Diagnostics: errRefused}, nil
	}
	return f.ProviderServer.PlanResourceChange(ctx, r)
}
