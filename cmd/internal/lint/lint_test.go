package lint_test

import (
	"context"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/lint"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/oncall"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/organisation"
)

// now is within the four weeks before the clocks change in Europe, and before they do in America.
func now() time.Time { return time.Date(2026, time.March, 4, 10, 0, 0, 0, time.UTC) }

// read reads an organisation as lint does, for four weeks.
func read(t testing.TB, o sandbox.Options) *lint.Organisation {
	t.Helper()
	web := httptest.NewServer(sandbox.New(o))
	defer web.Close()
	client, err := api.New(api.Options{URL: web.URL, Token: "t", Parallelism: 4})
	if err != nil {
		t.Fatal(err)
	}
	org, err := lint.Read(context.Background(), client, defaults(), oncall.Span{From: now(), To: now().AddDate(0, 0, 28)})
	if err != nil {
		t.Fatal(err)
	}
	return org
}

// defaults are the types that lint reads without flags.
func defaults() []*catalogue.Type {
	return slices.DeleteFunc(slices.Clone(catalogue.Types()), func(t *catalogue.Type) bool { return t.Optional != "" })
}

func TestNothingIsWrongWithAHealthyOrganisation(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]sandbox.Options{
		"shifts of Rootly": {}, "shifts worked out": {Forbidden: []string{"/v1/shifts"}}, "users unread": {Forbidden: []string{"users"}},
		"key of a team": {Faults: sandbox.Faults{Hosted: sandbox.Hosted{Team: "5a3d0000-0000-4000-8000-000000000001"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o.Objects = organisation.Healthy()
			org := read(t, o)
			if name != "key of a team" && len(org.Live.Objects) < 50 {
				t.Fatalf("%d objects read", len(org.Live.Objects))
			}
			for _, f := range lint.Check(org) {
				t.Errorf("%s: %s %q %s (%s)", f.Rule, f.Type, f.Name, f.Message, f.Path)
			}
		})
	}
}

// What cannot be read proves nothing: that an object is not there, or that nobody has a task.
func TestNothingIsWrongWhereSomethingIsNotRead(t *testing.T) {
	t.Parallel()
	kinds := map[string]bool{}
	for _, o := range organisation.Healthy() {
		kinds[o.API] = true
	}
	for kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			org := read(t, sandbox.Options{Objects: organisation.Healthy(), Forbidden: []string{kind}})
			for _, f := range lint.Check(org) {
				t.Errorf("%s: %s %q %s (%s)", f.Rule, f.Type, f.Name, f.Message, f.Path)
			}
		})
	}
}

// An organisation has many objects of every kind; whatever a rule does for each pair of them would show here.
func BenchmarkCheck(b *testing.B) {
	org := read(b, sandbox.Options{Objects: organisation.New(organisation.Options{Seed: 1, Size: 10_000})})
	b.ReportMetric(float64(len(org.Live.Objects)), "objects")
	for b.Loop() {
		lint.Check(org)
	}
}

// BenchmarkLint is all that lint does between fetching and printing: at most a second for 10,000 objects.
func BenchmarkLint(b *testing.B) {
	org := read(b, sandbox.Options{Objects: organisation.New(organisation.Options{Seed: 1, Size: 10_000})})
	b.ReportMetric(float64(len(org.Live.Objects)), "objects")
	for b.Loop() {
		if err := lint.Link(org); err != nil {
			b.Fatal(err)
		}
		lint.Check(org)
	}
}
