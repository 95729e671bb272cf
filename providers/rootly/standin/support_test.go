package standin_test

import (
	"context"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

// rootly answers with the documents it was given and remembers what was asked.
type rootly struct {
	url string

	mu    sync.Mutex
	docs  map[string]string // by path
	asked []string          // "GET /v1/teams/1", with the body behind it where there is one
	token string            // of the last request
}

func serveRootly(t *testing.T, docs map[string]string) *rootly {
	t.Helper()
	r := &rootly{docs: docs}
	s := httptest.NewServer(r)
	t.Cleanup(s.Close)
	r.url = s.URL
	return r
}

func (r *rootly) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, _ := io.ReadAll(q.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.token = q.Header.Get("Authorization")
	r.asked = append(r.asked, strings.TrimSpace(q.Method+" "+q.URL.RequestURI()+" "+string(body)))
	doc, ok := r.docs[q.URL.Path]
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		doc = `{"errors":[{"status":"404"}]}`
	}
	_, _ = io.WriteString(w, doc)
}

// answer changes a document.
func (r *rootly) answer(path, doc string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.docs[path] = doc
}

func (r *rootly) requests() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.asked)
}

// single is the document of one object with the id "1".
func single(kind, attributes string) string {
	return `{"data":{"id":"1","type":"` + kind + `","attributes":` + attributes + `}}`
}

func server(t *testing.T, o standin.Options) tfprotov6.ProviderServer {
	t.Helper()
	factory, err := standin.New(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return factory()
}

// session is a configured stand-in and one resource type.
type session struct {
	tfprotov6.ProviderServer
	t     *testing.T
	name  string
	block *tfprotov6.SchemaBlock
	ty    tftypes.Type
}

// open configures a stand-in for a resource type of a Rootly.
func open(t *testing.T, name string, o standin.Options) *session {
	t.Helper()
	s := server(t, o)
	shown, err := s.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if text := configure(t, s); text != "" {
		t.Fatal(text)
	}
	return &session{s, t, name, shown.ResourceSchemas[name].Block, shown.ResourceSchemas[name].ValueType()}
}

// configure gives a server an empty provider block and returns the errors.
func configure(t *testing.T, s tfprotov6.ProviderServer) string {
	t.Helper()
	ty := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"api_host": tftypes.String, "api_token": tftypes.String}}
	r, err := s.ConfigureProvider(context.Background(), &tfprotov6.ConfigureProviderRequest{Config: dynamic(t, ty, fill(t, ty, object{}))})
	must(t, err)
	return errorsOf(r.Diagnostics)
}

// read imports the object with the id "1" and returns its state, or the errors.
func (s *session) read() (tftypes.Value, string) {
	s.t.Helper()
	imported, err := s.ImportResourceState(context.Background(), &tfprotov6.ImportResourceStateRequest{TypeName: s.name, ID: "1"})
	if err != nil {
		s.t.Fatal(err)
	}
	noErrors(s.t, imported.Diagnostics)
	return s.refresh(imported.ImportedResources[0].State)
}

func (s *session) refresh(state *tfprotov6.DynamicValue) (tftypes.Value, string) {
	s.t.Helper()
	r, err := s.ReadResource(context.Background(), &tfprotov6.ReadResourceRequest{TypeName: s.name, CurrentState: state})
	if err != nil {
		s.t.Fatal(err)
	}
	if text := errorsOf(r.Diagnostics); text != "" {
		return tftypes.Value{}, text
	}
	return value(s.t, r.NewState, s.ty), ""
}

// state is read for objects that must be readable.
func (s *session) state() tftypes.Value {
	s.t.Helper()
	v, text := s.read()
	if text != "" {
		s.t.Fatal(text)
	}
	return v
}

// planned is the outcome of a plan.
type planned struct {
	prior, after tftypes.Value
	replace      string // the paths that force a replacement
	errors       string
	response     *tfprotov6.PlanResourceChangeResponse
}

func (p planned) noop() bool { return p.errors == "" && p.after.Equal(p.prior) }

// plan plans a configuration over a state, as an engine does.
func (s *session) plan(prior tftypes.Value, config map[string]any) planned {
	s.t.Helper()
	c := fill(s.t, s.ty, config)
	r, err := s.PlanResourceChange(context.Background(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: s.name, PriorState: dynamic(s.t, s.ty, prior), Config: dynamic(s.t, s.ty, c),
		ProposedNewState: dynamic(s.t, s.ty, propose(s.t, s.block, prior, c)),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	p := planned{prior: prior, errors: errorsOf(r.Diagnostics), response: r}
	if p.errors == "" {
		p.after = value(s.t, r.PlannedState, s.ty)
	}
	for _, at := range r.RequiresReplace {
		p.replace += at.String()
	}
	return p
}

// validate returns the errors of a configuration.
func (s *session) validate(config map[string]any) string {
	s.t.Helper()
	r, err := s.ValidateResourceConfig(context.Background(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: s.name, Config: dynamic(s.t, s.ty, fill(s.t, s.ty, config)),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return errorsOf(r.Diagnostics)
}

// apply applies a configuration over a state and returns the new state.
func (s *session) apply(prior tftypes.Value, config map[string]any) tftypes.Value {
	s.t.Helper()
	p := s.plan(prior, config)
	if p.errors != "" {
		s.t.Fatal(p.errors)
	}
	r, err := s.ApplyResourceChange(context.Background(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: s.name, PriorState: dynamic(s.t, s.ty, prior), PlannedState: p.response.PlannedState,
		Config: dynamic(s.t, s.ty, fill(s.t, s.ty, config)), PlannedPrivate: p.response.PlannedPrivate,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	noErrors(s.t, r.Diagnostics)
	return value(s.t, r.NewState, s.ty)
}

func (s *session) none() tftypes.Value { return tftypes.NewValue(s.ty, nil) }

// fill makes a value of a type from JSON-like Go values: what is absent is null, absent blocks are
// empty lists.
func fill(t *testing.T, ty tftypes.Type, v any) tftypes.Value {
	t.Helper()
	switch ty := ty.(type) {
	case tftypes.Object:
		if v == nil {
			return tftypes.NewValue(ty, nil)
		}
		given := v.(map[string]any)
		m := map[string]tftypes.Value{}
		for name, at := range ty.AttributeTypes {
			m[name] = fill(t, at, given[name])
		}
		for name := range given {
			if _, ok := ty.AttributeTypes[name]; !ok {
				t.Fatalf("no attribute %q", name)
			}
		}
		return tftypes.NewValue(ty, m)
	case tftypes.List:
		return elements(t, ty, ty.ElementType, v)
	case tftypes.Set:
		return elements(t, ty, ty.ElementType, v)
	case tftypes.Map:
		if v == nil {
			return tftypes.NewValue(ty, nil)
		}
		m := map[string]tftypes.Value{}
		for k, e := range v.(map[string]any) {
			m[k] = fill(t, ty.ElementType, e)
		}
		return tftypes.NewValue(ty, m)
	}
	return tftypes.NewValue(ty, v)
}

func elements(t *testing.T, ty, of tftypes.Type, v any) tftypes.Value {
	t.Helper()
	_, block := of.(tftypes.Object)
	if v == nil && !block {
		return tftypes.NewValue(ty, nil)
	}
	given, _ := v.([]any)
	values := make([]tftypes.Value, 0, len(given))
	for _, e := range given {
		values = append(values, fill(t, of, e))
	}
	return tftypes.NewValue(ty, values)
}

// propose fills what a configuration leaves out and the provider computes from the state, like an
// engine before it asks for a plan.
func propose(t *testing.T, b *tfprotov6.SchemaBlock, prior, config tftypes.Value) tftypes.Value {
	t.Helper()
	before, after := parts(t, prior), parts(t, config)
	for _, a := range b.Attributes {
		if was, ok := before[a.Name]; ok && a.Computed && after[a.Name].IsNull() {
			after[a.Name] = was
		}
	}
	for _, n := range b.BlockTypes {
		of, ok := after[n.TypeName].Type().(tftypes.List)
		if !ok {
			continue
		}
		was, now := items(t, before[n.TypeName]), items(t, after[n.TypeName])
		for i := range now {
			old := tftypes.NewValue(of.ElementType, nil)
			if i < len(was) {
				old = was[i]
			}
			now[i] = propose(t, n.Block, old, now[i])
		}
		after[n.TypeName] = tftypes.NewValue(of, now)
	}
	return tftypes.NewValue(config.Type(), after)
}

func parts(t *testing.T, v tftypes.Value) map[string]tftypes.Value {
	t.Helper()
	m := map[string]tftypes.Value{}
	if !v.IsNull() {
		must(t, v.As(&m))
	}
	return m
}

func items(t *testing.T, v tftypes.Value) []tftypes.Value {
	t.Helper()
	l := []tftypes.Value{}
	if v.Type() != nil && !v.IsNull() {
		must(t, v.As(&l))
	}
	return slices.Clone(l)
}

// at returns the part of a value at names and indexes, as JSON-like Go values.
func at(t *testing.T, v tftypes.Value, steps ...any) any {
	t.Helper()
	path := tftypes.NewAttributePath()
	for _, s := range steps {
		switch s := s.(type) {
		case string:
			path = path.WithAttributeName(s)
		case int:
			path = path.WithElementKeyInt(s)
		}
	}
	found, _, err := tftypes.WalkAttributePath(v, path)
	must(t, err)
	return plain(t, found.(tftypes.Value))
}

func plain(t *testing.T, v tftypes.Value) any {
	t.Helper()
	if v.IsNull() {
		return nil
	}
	if !v.IsKnown() {
		return "(known after apply)"
	}
	switch v.Type().(type) {
	case tftypes.Object, tftypes.Map:
		m := map[string]any{}
		for name, e := range parts(t, v) {
			m[name] = plain(t, e)
		}
		return m
	case tftypes.List, tftypes.Set:
		l := []any{}
		for _, e := range items(t, v) {
			l = append(l, plain(t, e))
		}
		return l
	}
	switch {
	case v.Type().Is(tftypes.String):
		var s string
		must(t, v.As(&s))
		return s
	case v.Type().Is(tftypes.Bool):
		var b bool
		must(t, v.As(&b))
		return b
	}
	var n *big.Float
	must(t, v.As(&n))
	f, _ := n.Float64()
	return f
}

func dynamic(t *testing.T, ty tftypes.Type, v tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	d, err := tfprotov6.NewDynamicValue(ty, v)
	must(t, err)
	return &d
}

func value(t *testing.T, d *tfprotov6.DynamicValue, ty tftypes.Type) tftypes.Value {
	t.Helper()
	v, err := d.Unmarshal(ty)
	must(t, err)
	return v
}

func noErrors(t *testing.T, diags []*tfprotov6.Diagnostic) {
	t.Helper()
	if text := errorsOf(diags); text != "" {
		t.Fatal(text)
	}
}

func errorsOf(diags []*tfprotov6.Diagnostic) string {
	var texts []string
	for _, d := range diags {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			texts = append(texts, d.Summary+" "+d.Detail)
		}
	}
	return strings.Join(texts, "\n")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// getPath is where the object with the id "1" of a type is read.
func getPath(t *testing.T, resource string) string {
	t.Helper()
	row := catalogue.Lookup(resource)
	if row == nil {
		t.Fatalf("no type %s", resource)
	}
	return row.GetPath("1", "")
}
