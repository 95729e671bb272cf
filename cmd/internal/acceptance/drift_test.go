package acceptance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/cli"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// A click is one change outside of code, and what is to be told of it.
type click struct {
	name       string
	kind       string // Terraform type of what is touched: one object of it for each click
	do         string // PUT, DELETE or POST
	attributes string // JSON; %d gives a name that nothing has
	by         string // people in the order in which they did it; empty: whoever was before, so that a test sees it
	also       string // attributes by which the owner is touched as well, by the same person
	seen       string // what an event of the owner tells: "part" which object it was, "count" that there was one
	want       string // changed, gone, unmanaged; empty: nothing is to be told
	path       string // attribute that is named
	confidence string
	authors    int
}

func clicks() []click {
	return []click{
		{"an edit", "rootly_service", "PUT", `{"description":"Edited"}`, "ada", "", "", "changed", "description", "exact", 1},
		{"a rename", "rootly_team", "PUT", `{"name":"Renamed %d"}`, "ken", "", "", "changed", "name", "exact", 1},
		{"a colour", "rootly_severity", "PUT", `{"color":"#123456"}`, "eve", "", "", "changed", "color", "exact", 1},
		{"an end", "rootly_environment", "DELETE", ``, "wei", "", "", "deleted", "", "exact", 1},
		{"another end", "rootly_functionality", "DELETE", ``, "tim", "", "", "deleted", "", "exact", 1},
		{"a birth", "rootly_cause", "POST", `{"name":"Born %d"}`, "zoe", "", "", "unmanaged", "", "exact", 1},
		{"a service made", "rootly_service", "POST", `{"name":"Born %d"}`, "ada", "", "", "unmanaged", "", "exact", 1},
		{"two people", "rootly_incident_type", "PUT", `{"description":"Edited %d"}`, "ken,eve", "", "", "changed", "description", "exact", 2},
		{"there and back", "rootly_cause", "PUT", `{"description":"Edited"}`, "wei", "", "", "", "", "", 0},
		{"another order", "rootly_service", "PUT", `reversed`, "tim", "", "", "", "", "", 0},
		{"nothing that counts", "rootly_team", "PUT", `{"updated_at":"2031-01-01T00:00:00Z"}`, "zoe", "", "", "", "", "", 0},
		{"a workflow", "rootly_workflow_incident", "PUT", `{"name":"Renamed %d"}`, "ada", "", "", "changed", "name", "exact", 1},
		{"a workflow of another trigger", "rootly_workflow_alert", "PUT", `{"enabled":false}`, "ken", "", "", "changed", "enabled", "exact", 1},
		{"a group of workflows", "rootly_workflow_group", "PUT", `{"name":"Renamed %d"}`, "eve", "", "", "changed", "name", "exact", 1},
		{"a kind without audit events", "rootly_incident_role", "PUT", `{"summary":"Edited"}`, "wei", "", "", "changed", "summary", "unknown", 0},
		{"the end of such a kind", "rootly_incident_role", "DELETE", ``, "tim", "", "", "deleted", "", "unknown", 0},
		{"the birth of such a kind", "rootly_incident_role", "POST", `{"name":"Born %d"}`, "zoe", "", "", "unmanaged", "", "unknown", 0},
		{"a task, seen on its workflow", "rootly_workflow_task_print", "PUT", `{"name":"Renamed %d"}`, "ada", "", "part", "changed", "name", "parent", 1},
		{"a task, its workflow untouched", "rootly_workflow_task_send_email", "PUT", `{"name":"Renamed %d"}`, "ken", "", "", "changed", "name", "unknown", 0},
		{"the end of a task", "rootly_workflow_task_http_client", "DELETE", ``, "eve", "", "part", "deleted", "", "parent", 1},
		{"a child added", "rootly_workflow_task_create_jira_issue", "POST", `{"task_params":{"task_type":"print","message":"Born %d"}}`, "wei", "", "part", "unmanaged", "", "parent", 1},
		{"an option, seen on its field", "rootly_form_field_option", "PUT", `{"value":"Edited %d"}`, "tim", `{"description":"tim %d"}`, "part", "changed", "value", "parent", 1},
		{"some option of a field", "rootly_form_field_option", "PUT", `{"value":"Edited %d"}`, "tim", "", "count", "changed", "value", "unknown", 0},
		{"an option and something of its field", "rootly_form_field_option", "PUT", `{"value":"Edited %d"}`, "zoe", `{"description":"zoe %d"}`, "", "changed", "value", "unknown", 0},
		{"an edit by a key", "rootly_functionality", "PUT", `{"description":"Edited"}`, "", "", "", "changed", "description", "exact", 1},
	}
}

// A clicking is what was done to an organisation under management.
type clicking struct {
	t       *testing.T
	server  *sandbox.Server
	managed map[string]string // id to address
	used    map[string]bool
	n       int
}

// touched is what a click touched.
type touched struct {
	click
	id, parent, address string
}

// call changes the organisation as a person does.
func (c *clicking) call(method, path, api, attributes string) string {
	c.t.Helper()
	var body []byte
	if attributes != "" {
		body = fmt.Appendf(nil, `{"data":{"type":%q,"attributes":%s}}`, api, attributes)
	}
	req := httptest.NewRequest(method, path, bytes.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+token)
	rec := httptest.NewRecorder()
	c.server.ServeHTTP(rec, req)
	var doc struct{ Data struct{ ID string } }
	if err := json.Unmarshal(rec.Body.Bytes(), &doc); err != nil || rec.Code >= 300 {
		c.t.Fatalf("%s %s: %d %s", method, path, rec.Code, rec.Body)
	}
	return doc.Data.ID
}

// find takes an object of a type that no other click took, nor its owner.
func (c *clicking) find(k click) sandbox.Object {
	c.t.Helper()
	row := catalogue.Lookup(k.kind)
	for _, o := range c.server.Snapshot() {
		address := c.managed[o.ID]
		if o.API != row.API || kindOf(address+".") != k.kind || c.used[o.ID] || o.Parent != "" && c.used[o.Parent] {
			continue
		}
		if k.attributes == "reversed" && len(reversed(c.t, o)) == 0 {
			continue
		}
		c.used[o.ID], c.used[o.Parent] = true, true
		return o
	}
	c.t.Fatalf("%s: no %s is left", k.name, k.kind)
	return sandbox.Object{}
}

// reversed turns round the lists of ids that are long enough.
func reversed(t *testing.T, o sandbox.Object) string {
	turned := map[string]any{}
	for name, v := range attributesOf(t, o.Body) {
		if list, ok := v.([]any); ok && len(list) > 1 && strings.HasSuffix(name, "_ids") {
			slices.Reverse(list)
			turned[name] = list
		}
	}
	if len(turned) == 0 {
		return ""
	}
	text, _ := json.Marshal(turned)
	return string(text)
}

// do carries out a click.
func (c *clicking) do(k click) touched {
	c.t.Helper()
	row := catalogue.Lookup(k.kind)
	o := c.find(k)
	single := strings.NewReplacer("{id}", o.ID, "{parent}", o.Parent).Replace(row.Get)
	for _, person := range strings.Split(k.by, ",") {
		c.n++
		actor := sandbox.Actor{Source: "web", Email: person + "@example.com", Name: strings.ToUpper(person), ID: 9000 + c.n}
		if person == "" {
			actor = sandbox.Actor{Source: "api", APIKeyID: "key-1"}
		}
		c.server.SetActor(actor)
		attributes := strings.ReplaceAll(k.attributes, "%d", fmt.Sprint(c.n))
		switch {
		case attributes == "reversed":
			c.call(k.do, single, row.API, reversed(c.t, o))
		case k.do == http.MethodPost:
			path := strings.ReplaceAll(row.Paths[0], "{parent}", o.Parent)
			o = sandbox.Object{API: o.API, ID: c.call(k.do, path, row.API, attributes), Parent: o.Parent}
		default:
			c.call(k.do, single, row.API, attributes)
		}
		if k.name == "there and back" {
			was, _ := json.Marshal(map[string]any{"description": attributesOf(c.t, o.Body)["description"]})
			c.call(k.do, single, row.API, string(was))
		}
		if k.seen != "" {
			c.server.Record(ownerEvent(k, row, o, actor))
		}
		if k.also != "" {
			owner := catalogue.Lookup(kindOf(c.managed[o.Parent] + "."))
			path := strings.ReplaceAll(owner.Get, "{id}", o.Parent)
			c.call(http.MethodPut, path, owner.API, strings.ReplaceAll(k.also, "%d", fmt.Sprint(c.n)))
		}
	}
	return touched{k, o.ID, o.Parent, c.managed[o.ID]}
}

// ownerEvent is what the owner's history may say of a part.
func ownerEvent(k click, row *catalogue.Type, o sandbox.Object, actor sandbox.Actor) sandbox.Event {
	owner := catalogue.Lookup(row.Parents[0])
	changes := fmt.Sprintf(`{"%s_count":[1,2],"updated_at":[1,2]}`, row.Relations[0])
	if k.seen == "part" {
		was, is := fmt.Sprintf(`[{"id":%q,"name":"a","value":"a"}]`, o.ID), fmt.Sprintf(`[{"id":%q,"name":"b","value":"b"}]`, o.ID)
		switch k.want {
		case "deleted":
			is = "[]"
		case "unmanaged":
			was = "[]"
		}
		changes = fmt.Sprintf(`{%q:[%s,%s]}`, row.Relations[0], was, is)
	}
	return sandbox.Event{Event: "update", ItemType: owner.Audit, ItemID: o.Parent, Changes: json.RawMessage(changes), Actor: actor}
}

// A root is a directory under management, and what plans it.
type root struct {
	provider provider
	engine   string
	dir, url string
}

// drift runs drift and reads its report.
func (r root) drift(t *testing.T, args ...string) (report.Changes, int, string) {
	t.Helper()
	var out, talk bytes.Buffer
	environ := r.provider.environ
	w := world.World{In: strings.NewReader(""), Out: &out, Err: &talk, Environ: func() []string { return environ }, Getenv: os.Getenv, Now: today}
	code := cli.Main(w, append([]string{"drift", r.dir, "--json", "--quiet", "--url", r.url, "--token", token, "--engine", r.engine, "--provider", r.provider.name}, args...))
	var c report.Changes
	if code == 0 || code == 2 {
		if err := json.Unmarshal(out.Bytes(), &c); err != nil {
			t.Fatalf("the report is no JSON: %v: %s", err, out.String())
		}
	}
	return c, code, talk.String()
}

// What is changed outside of code is named, with who did it where that is known, and nothing else.
func TestAcceptanceOfDrift(t *testing.T) {
	t.Parallel()
	for _, p := range providers(t) {
		for _, engine := range engineNames(t) {
			t.Run(p.name+"/"+filepath.Base(engine), func(t *testing.T) {
				t.Parallel()
				clickAndTell(t, p, engine)
			})
		}
	}
}

func clickAndTell(t *testing.T, p provider, engine string) {
	t.Helper()
	server, url := serve(t, of(150))
	dir, _ := imported(t, url, os.Environ(), "--no-verify")
	managed := read(t, dir).imports
	r := root{provider: p, engine: engine, dir: dir, url: url}
	apply(t, p, engine, dir, url)
	if c, code, talk := r.drift(t, "--since", "1d"); code != 0 {
		t.Fatalf("exit code %d before anything happened: %s %+v", code, talk, c.Changes)
	}

	clicking := &clicking{t: t, server: server, managed: map[string]string{}, used: map[string]bool{"": false}}
	for address, id := range managed {
		clicking.managed[plain(id)] = address
	}
	want := map[string]touched{}
	for _, k := range clicks() {
		done := clicking.do(k)
		clicking.used[""] = false
		if k.want != "" {
			want[done.id] = done
		}
		if k.also != "" { // the owner drifted as well
			owner := clicking.managed[done.parent]
			want[done.parent] = touched{click{k.name + ", its owner", "", "", "", k.by, "", "", "changed", "", "exact", 1}, done.parent, "", owner}
		}
	}

	before := server.Requests()
	c, code, talk := r.drift(t, "--since", "1d")
	if code != 2 {
		t.Fatalf("exit code %d: %s", code, talk)
	}
	// One for all objects, and one for each of web and api, by which the changes came.
	if n := server.Requests()["GET /v1/audits"] - before["GET /v1/audits"]; n != 3 {
		t.Errorf("%d requests for audits", n)
	}
	for _, got := range c.Changes {
		judgeClick(t, got, want[got.ID])
		delete(want, got.ID)
	}
	for _, missing := range want {
		t.Errorf("%s: %s %s is not told", missing.name, missing.kind, missing.id)
	}

	oneIncident(t, server, func(args ...string) (report.Changes, int, string) {
		return r.drift(t, append([]string{"--since", "1d", "--incident", "--name", "main"}, args...)...)
	}, clicking)
	withoutAudits(t, server, r)
	onlyIncidents(t, server, before)
}

// judgeClick holds what is told of an object against what was done to it.
func judgeClick(t *testing.T, got report.ObjectChange, want touched) {
	t.Helper()
	if want.name == "" {
		t.Errorf("told, although nothing happened: %+v", got)
		return
	}
	if got.Kind != want.want || got.Confidence != want.confidence || len(got.Authors) != want.authors || want.address != "" && got.Address != want.address {
		t.Errorf("%s: %s %s, %s, by %q; want %s of %s, %s", want.name, got.Kind, got.Address, got.Confidence, got.Authors, want.want, want.address, want.confidence)
	}
	if want.path != "" && (len(got.Attributes) != 1 || got.Attributes[0].Path != want.path) {
		t.Errorf("%s: attributes %+v, want %s", want.name, got.Attributes, want.path)
	}
	if (len(got.Candidates) > 0) != (want.seen == "count") {
		t.Errorf("%s: candidates %+v", want.name, got.Candidates)
	}
	for _, e := range got.Events {
		if want := map[bool]string{true: "api", false: "web"}[want.by == ""]; e.Source != want || e.RequestID == "" || got.Kind == "changed" && len(e.Fields) == 0 {
			t.Errorf("%s: the event tells too little: %+v, want %s", got.Address, e, want)
		}
	}
	people := strings.Split(want.by, ",")
	slices.Reverse(people)
	for i, author := range got.Authors {
		if want.by != "" && (i >= len(people) || !strings.Contains(author, people[i]+"@example.com")) {
			t.Errorf("%s: by %s, want %s", want.name, author, people)
		}
	}
}

// oneIncident holds that drift has one incident, however often it is raised.
func oneIncident(t *testing.T, server *sandbox.Server, run func(...string) (report.Changes, int, string), c *clicking) {
	t.Helper()
	old := len(incidents(t, server))
	for i := range 5 {
		if i == 3 {
			c.do(click{"one more", "rootly_service", "PUT", `{"description":"Edited again"}`, "ada", "", "", "changed", "description", "exact", 1})
		}
		if _, code, talk := run(); code != 2 {
			t.Fatalf("exit code %d: %s", code, talk)
		}
		if got := incidents(t, server); len(got) != old+1 {
			t.Fatalf("%d incidents after run %d, want %d", len(got), i+1, old+1)
		} else if edited := strings.Contains(string(got[len(got)-1].Body)+string(got[0].Body), "Edited again"); i == 4 && !edited {
			t.Error("the incident does not tell of the drift as it became")
		}
	}
}

func incidents(t *testing.T, server *sandbox.Server) []sandbox.Object {
	t.Helper()
	return slices.DeleteFunc(server.Snapshot(), func(o sandbox.Object) bool { return o.API != "incidents" })
}

// withoutAudits holds that drift works without the permission to read audits, whether it never was there or
// is lost between two pages, and says so.
func withoutAudits(t *testing.T, server *sandbox.Server, r root) {
	t.Helper()
	for _, pages := range []int{0, 1} {
		left := atomic.Int64{}
		left.Store(int64(pages))
		withoutPages(t, server, &left, func() (report.Changes, int, string) { return r.drift(t, "--since", "1d") })
	}
}

func withoutPages(t *testing.T, server *sandbox.Server, left *atomic.Int64, run func() (report.Changes, int, string)) {
	t.Helper()
	refused := atomic.Int64{}
	server.SetFaults(sandbox.Faults{PageCap: 10, Hook: func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/v1/audits" || left.Add(-1) >= 0 {
			return false
		}
		refused.Add(1)
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"errors":[{"title":"Forbidden","status":"403"}]}`)
		return true
	}})
	defer server.SetFaults(sandbox.Faults{})
	c, code, talk := run()
	if code != 2 || !strings.Contains(talk, "no authors: the audit log cannot be read") || !strings.Contains(talk, "Audits - read") {
		t.Errorf("exit code %d without the permission: %s", code, talk)
	}
	if refused.Load() == 0 || len(c.Changes) < 20 {
		t.Errorf("%d requests were refused, %d changes told", refused.Load(), len(c.Changes))
	}
	for _, o := range c.Changes {
		if len(o.Authors) > 0 || o.Confidence != "unknown" {
			t.Errorf("an author was guessed: %+v", o)
		}
	}
}

// onlyIncidents holds that drift wrote incidents and their events, and nothing else.
func onlyIncidents(t *testing.T, server *sandbox.Server, before map[string]int) {
	t.Helper()
	after := server.Requests()
	for _, request := range slices.Sorted(maps.Keys(after)) {
		if strings.HasPrefix(request, "GET ") || after[request] == before[request] {
			continue
		}
		if !strings.Contains(request, " /v1/incidents") && request != "PUT /v1/services/{id}" { // the click of oneIncident
			t.Errorf("%d requests %s", after[request]-before[request], request)
		}
	}
}
