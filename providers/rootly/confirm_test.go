package rootly_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// TestConfirm decides about known objects that the lists lack, by the answers to reads by id.
func TestConfirm(t *testing.T) {
	t.Parallel()
	cause, workflow, task := "rootly_cause", "rootly_workflow_incident", "rootly_workflow_task_print"
	manyOf := func(typ string, n int) (list []string) {
		for i := range n {
			list = append(list, fmt.Sprintf("%s m%d", typ, i))
		}
		return list
	}
	many := func(n int) []string { return manyOf(cause, n) }
	tests := []struct {
		name            string
		known           []string // type, id, parent
		status          map[string]int
		accept          bool
		found           []string
		gone            []string
		doubts, reads   int
		skippedContains string
	}{
		{name: "exists", known: []string{cause + " c9"}, status: map[string]int{"/v1/causes/c9": 200}, found: []string{"c9"}, reads: 1, skippedContains: "1 object not in the list"},
		{name: "listed", known: []string{cause + " c1"}},
		{name: "gone", known: []string{cause + " c9"}, gone: []string{"c9"}, reads: 1},
		{name: "forbidden", known: []string{cause + " c9"}, status: map[string]int{"/v1/causes/c9": 403}, doubts: 1, reads: 1, skippedContains: "403"},
		{name: "forbidden many", known: many(40), status: map[string]int{"/v1/causes/": 403}, doubts: 40, reads: 3, skippedContains: "40 objects not in the list"},
		{name: "the last of its type", known: []string{"rootly_severity s1"}, gone: []string{"s1"}, reads: 1},
		{name: "none of many", known: manyOf("rootly_severity", 5), doubts: 5, reads: 5, skippedContains: "all known objects answer 404"},
		{name: "none of many, accepted", known: manyOf("rootly_severity", 5), accept: true, gone: []string{"m0", "m1", "m2", "m3", "m4"}, reads: 5},
		{name: "most of its type", known: many(5), doubts: 5, reads: 5, skippedContains: "more than half"},
		{name: "most of few", known: many(3), gone: []string{"m0", "m1", "m2"}, reads: 3},
		{name: "below what is gone", known: []string{task + " t1 w9", workflow + " w9"}, gone: []string{"t1", "w9"}, reads: 1},
		{name: "below what is in doubt", known: []string{task + " t1 w9", workflow + " w9"}, status: map[string]int{"/v1/workflows/w9": 500}, doubts: 2, reads: 1},
		{name: "without owner", known: []string{"rootly_edge_connector_action a1"}, doubts: 1, skippedContains: "its owner, which is unknown"},
		{name: "path in an id", known: []string{cause + " ../users"}, gone: []string{"../users"}, reads: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			reads := make(chan string, 100)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/properties") {
					fmt.Fprint(w, `{"data":[]}`)
					return
				}
				reads <- r.URL.Path
				for path, status := range tt.status {
					if strings.HasPrefix(r.URL.Path, path) {
						w.WriteHeader(status)
						fmt.Fprint(w, `{"data":{"id":"c9","type":"causes","attributes":{"name":"nine"}}}`)
						return
					}
				}
				w.WriteHeader(http.StatusNotFound)
			}))
			defer server.Close()
			client, err := api.New(api.Options{URL: server.URL, Token: "token-for-the-test", Attempts: 1})
			if err != nil {
				t.Fatal(err)
			}
			live := &rootly.Live{Complete: map[string]bool{}}
			for _, typ := range catalogue.Types() {
				live.Complete[typ.Name] = true
			}
			live.Objects = []*rootly.Object{{Type: catalogue.Lookup(cause), ID: "c1"}, {Type: catalogue.Lookup(workflow), ID: "w1"}}
			var known []rootly.Known
			for _, k := range tt.known {
				parts := append(strings.Fields(k), "")
				known = append(known, rootly.Known{Type: catalogue.Lookup(parts[0]), ID: graph.ID(parts[1]), Parent: graph.ID(parts[2])})
			}
			if err := rootly.Confirm(t.Context(), client, live, known, tt.accept); err != nil {
				t.Fatal(err)
			}
			var found, gone []string
			for _, o := range live.Objects[2:] {
				found = append(found, string(o.ID))
			}
			for k := range live.Gone {
				gone = append(gone, string(k.ID))
			}
			slices.Sort(gone)
			if !slices.Equal(found, tt.found) || !slices.Equal(gone, tt.gone) || len(live.Doubts) != tt.doubts || len(reads) != tt.reads {
				t.Errorf("found %v, gone %v, %d doubts, %d reads", found, gone, len(live.Doubts), len(reads))
			}
			if said := fmt.Sprint(live.Skipped); !strings.Contains(said, tt.skippedContains) || (len(live.Skipped) > 0) != (tt.doubts > 0 || len(tt.found) > 0) {
				t.Errorf("skipped: %s", said)
			}
		})
	}
}
