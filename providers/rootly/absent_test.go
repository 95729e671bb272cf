package rootly_test

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/organisation"
)

// TestA404BelowOneParent has some parents answer 404 for what they own.
func TestA404BelowOneParent(t *testing.T) {
	t.Parallel()
	const taskList = "/workflow_tasks"
	for _, test := range []struct {
		name   string
		absent func(nth int, parent string, first []string) bool
		all    bool // the type counts as absent
	}{
		{"the first three", func(_ int, parent string, first []string) bool { return slices.Contains(first, parent) }, false},
		{"all but a few", func(nth int, _ string, _ []string) bool { return nth > 5 }, false},
		{"all", func(int, string, []string) bool { return true }, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			objects := organisation.New(organisation.Options{Seed: 7, Size: 400})
			client, server := connect(t, sandbox.Options{Objects: objects, Includes: sandbox.IncludesIgnored})
			var first []string
			parents, tasks := 0, map[string]int{}
			for _, o := range objects {
				switch o.API {
				case "workflows":
					parents++
					if len(first) < 3 {
						first = append(first, o.ID)
					}
				case "workflow_tasks":
					tasks[o.Parent]++
				}
			}
			var asked, refused atomic.Int64
			var lost atomic.Int64
			server.SetFaults(sandbox.Faults{Hook: func(w http.ResponseWriter, r *http.Request) bool {
				parent, below := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/v1/workflows/"), taskList)
				if !below || !test.absent(int(asked.Add(1)), parent, first) {
					return false
				}
				refused.Add(1)
				lost.Add(int64(tasks[parent]))
				w.WriteHeader(http.StatusNotFound)
				return true
			}})
			live := fetch(t, client)
			found, total := 0, 0
			for _, o := range live.Objects {
				if o.Type.IsTask() {
					found++
				}
			}
			for _, n := range tasks {
				total += n
			}
			var whole, parts int
			for _, s := range live.Skipped {
				if strings.HasPrefix(s.Type, "rootly_workflow_task") {
					if s.Absent() {
						whole++
					} else {
						parts++
					}
				}
			}
			if test.all {
				if whole != 1 || parts != 0 || int(refused.Load()) > 50 || found != 0 {
					t.Errorf("%d tasks, %d types and %d parts not read, %d requests refused", found, whole, parts, refused.Load())
				}
				return
			}
			if whole != 0 || parts != int(refused.Load()) || int(asked.Load()) != parents || found+int(lost.Load()) != total {
				t.Errorf("%d of %d tasks, %d types and %d parts not read, %d of %d requests refused", found, total, whole, parts, refused.Load(), asked.Load())
			}
		})
	}
}

// TestAListThatEndsInTheMiddle answers 404 and 403 for the second page only.
func TestAListThatEndsInTheMiddle(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusForbidden, http.StatusNotFound} {
		client, server := connect(t, sandbox.Options{Objects: organisation.New(organisation.Options{Seed: 7})})
		server.SetFaults(sandbox.Faults{PageCap: 2, Hook: func(w http.ResponseWriter, r *http.Request) bool {
			broken := r.URL.Path == "/v1/teams" && r.URL.Query().Get("page[number]") == "2"
			if broken {
				w.WriteHeader(status)
			}
			return broken
		}})
		live := fetch(t, client)
		i := slices.IndexFunc(live.Skipped, func(s rootly.Skipped) bool { return s.Type == "rootly_team" })
		if i < 0 || live.Skipped[i].Absent() || live.Complete["rootly_team"] {
			t.Errorf("%d: not read %v, complete %v", status, live.Skipped, live.Complete["rootly_team"])
		}
	}
}
