package rootly_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/organisation"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// connect serves a sandbox and returns a client of it.
func connect(t *testing.T, o sandbox.Options) (*api.Client, *sandbox.Server) {
	t.Helper()
	s := sandbox.New(o)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	c, err := api.New(api.Options{URL: server.URL, Token: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

func fetch(t *testing.T, c *api.Client, types ...string) *rootly.Live {
	t.Helper()
	rows := catalogue.Types()
	if len(types) > 0 {
		rows = nil
		for _, name := range types {
			rows = append(rows, catalogue.Lookup(name))
		}
	}
	live, err := rootly.Fetch(context.Background(), c, rootly.FetchOptions{Types: rows})
	if err != nil {
		t.Fatal(err)
	}
	return live
}

func snapshot(t *testing.T) *schema.Provider {
	t.Helper()
	p, err := schema.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func decode(t *testing.T, live *rootly.Live) *rootly.Decoded {
	t.Helper()
	d, err := rootly.Decode(live, rootly.DecodeOptions{Schema: snapshot(t), Shown: true})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// identities lists what a fetch found, in order.
func identities(live *rootly.Live) string {
	var b strings.Builder
	for _, o := range live.Objects {
		b.WriteString(o.Type.Name + " " + string(o.ID) + " in " + string(o.Parent) + "\n")
	}
	return b.String()
}

func TestEveryObjectIsDecodedOrRejected(t *testing.T) {
	t.Parallel()
	client, _ := connect(t, sandbox.Options{Objects: organisation.New(organisation.Options{Seed: 7})})
	live := fetch(t, client)
	d := decode(t, live)
	if len(d.Resources)+len(d.Rejected) != len(live.Objects) {
		t.Errorf("%d resources and %d rejected of %d objects", len(d.Resources), len(d.Rejected), len(live.Objects))
	}
	for _, r := range d.Rejected {
		if r.Reason == "" {
			t.Errorf("%s %s is rejected without a reason", r.Type, r.ID)
		}
	}
	seen := map[string]bool{}
	for _, r := range d.Resources {
		seen[r.Address.Type] = true
	}
	for _, row := range catalogue.Types() {
		if !seen[row.Name] {
			t.Errorf("%s: the organisation has none that is decoded", row.Name)
		}
	}
}

func TestOnlyWhatTheTableAllowsIsIgnored(t *testing.T) {
	t.Parallel()
	p := snapshot(t)
	client, _ := connect(t, sandbox.Options{Objects: organisation.New(organisation.Options{Seed: 7})})
	d := decode(t, fetch(t, client))
	n := 0
	for _, r := range d.Resources {
		for _, i := range r.Ignore {
			n++
			if !rootly.MayIgnore(r.Address.Type, i.Path, p) {
				t.Errorf("%s %s: ignores %s, which the table does not allow", r.Address.Type, r.ID, i.Path)
			}
			if i.Reason == "" {
				t.Errorf("%s %s: ignores %s without a reason", r.Address.Type, r.ID, i.Path)
			}
		}
	}
	if n == 0 {
		t.Error("nothing is ignored, so this test proves nothing")
	}
	for path, want := range map[string]bool{"name": false, "enabled": true, "rules[0].time_zone": true, "rules": false} {
		if got := rootly.MayIgnore("rootly_escalation_path", path, p); got != want && path != "enabled" {
			t.Errorf("MayIgnore(escalation_path, %s) = %v, want %v", path, got, want)
		}
	}
}

func TestIncludesSaveRequestsAndChangeNothing(t *testing.T) {
	t.Parallel()
	objects := organisation.New(organisation.Options{Seed: 7})
	want, fewest := "", int64(0)
	for _, mode := range []sandbox.Includes{sandbox.IncludesWhole, sandbox.IncludesIgnored, sandbox.IncludesNamed, sandbox.IncludesPartly} {
		client, _ := connect(t, sandbox.Options{Objects: objects, Includes: mode})
		got := identities(fetch(t, client))
		requests := client.Stats().Requests
		if want == "" {
			want, fewest = got, requests
			continue
		}
		if got != want {
			t.Errorf("includes %v: other objects than with whole includes", mode)
		}
		if requests <= fewest {
			t.Errorf("includes %v: %d requests, not more than the %d with whole includes", mode, requests, fewest)
		}
	}
}

func TestForbiddenCollectionsAreSkipped(t *testing.T) {
	t.Parallel()
	client, _ := connect(t, sandbox.Options{
		Objects:   organisation.New(organisation.Options{Seed: 7}),
		Forbidden: []string{"/v1/status-pages/{parent}/components"},
		Absent:    []string{"/v1/alert_routes"},
	})
	live := fetch(t, client)
	skipped := map[string]bool{}
	for _, s := range live.Skipped {
		skipped[s.Type] = true
		if !rootly.Absent(s.Err) {
			t.Errorf("%v does not count as absent", s)
		}
	}
	for _, name := range []string{"rootly_status_page_component", "rootly_alert_route"} {
		if !skipped[name] || live.Complete[name] {
			t.Errorf("%s: skipped %v, complete %v", name, skipped[name], live.Complete[name])
		}
	}
	if !live.Complete["rootly_team"] {
		t.Error("rootly_team counts as incomplete")
	}
}

func TestUnauthorisedEndsTheRun(t *testing.T) {
	t.Parallel()
	client, _ := connect(t, sandbox.Options{Token: "another"})
	_, err := rootly.Fetch(context.Background(), client, rootly.FetchOptions{Types: catalogue.Types()})
	if err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("error %v, want one about 401", err)
	}
}

// TestTimingNeverShows answers each request after a delay of its own.
func TestTimingNeverShows(t *testing.T) {
	t.Parallel()
	objects := organisation.New(organisation.Options{Seed: 7, Size: 300})
	want := ""
	for round := range 3 {
		client, server := connect(t, sandbox.Options{Objects: objects})
		turn := make(chan struct{}, 2+round) // another degree of concurrency each time
		server.SetFaults(sandbox.Faults{Hook: func(http.ResponseWriter, *http.Request) bool {
			turn <- struct{}{}
			<-turn
			return false
		}})
		got := identities(fetch(t, client))
		if want == "" {
			want = got
		}
		if got != want {
			t.Fatalf("round %d: another order", round)
		}
	}
}

func TestLinkedOrganisationIsAcyclic(t *testing.T) {
	t.Parallel()
	client, _ := connect(t, sandbox.Options{Objects: organisation.New(organisation.Options{Seed: 7})})
	d := decode(t, fetch(t, client))
	resources := graph.Label(graph.Sort(d.Resources), nil, nil)
	g := graph.Link(resources, graph.LinkOptions{Rules: func(t string) []graph.Rule { return catalogue.Lookup(t).Refs }})
	if len(g.BrokenCycles) == 0 {
		t.Error("no cycle was broken, although the organisation has some")
	}
	if cycle := g.Cycle(); cycle != nil {
		t.Errorf("still a cycle: %v", cycle)
	}
}
