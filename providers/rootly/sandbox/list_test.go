package sandbox_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// everyType makes one object of every JSON:API type of the catalogue, each under a parent that
// exists, and returns them by type.
func everyType() map[string]sandbox.Object {
	made := make(map[string]sandbox.Object)
	parent := func(ty *catalogue.Type) string {
		if len(ty.Parents) > 0 {
			return "id-" + catalogue.Lookup(ty.Parents[0]).API
		}
		if ty.ParentPath != "" {
			return "id-incidents"
		}
		return ""
	}
	made["incidents"] = object("incidents", "id-incidents", "", `{"title":"x"}`)
	for _, ty := range catalogue.Types() {
		if _, ok := made[ty.API]; !ok {
			made[ty.API] = object(ty.API, "id-"+ty.API, parent(ty), fmt.Sprintf(`{"name":"One %s"}`, ty.API))
		}
	}
	return made
}

func values(m map[string]sandbox.Object) []sandbox.Object {
	var all []sandbox.Object
	for _, o := range m {
		all = append(all, o)
	}
	return all
}

func TestEveryTypeOfTheCatalogueIsListedAndServedAlone(t *testing.T) {
	t.Parallel()
	made := everyType()
	_, c := start(t, sandbox.Options{Objects: values(made)})
	for _, ty := range catalogue.Types() {
		o := made[ty.API]
		single := c.ok(strings.NewReplacer("{id}", o.ID, "{parent}", o.Parent).Replace(ty.Get))
		if !bytes.Equal(single.Data, o.Body) {
			t.Errorf("%s: single is %s, want %s", ty.Name, single.Data, o.Body)
		}
		found := false
		for _, p := range ty.Paths {
			list := c.ok(strings.ReplaceAll(p, "{parent}", o.Parent))
			found = found || bytes.Contains(list.raw, o.Body)
		}
		if !found {
			t.Errorf("%s: in none of %v", ty.Name, ty.Paths)
		}
	}
}

func services(n int) []sandbox.Object {
	var all []sandbox.Object
	for i := range n {
		all = append(all, object("services", fmt.Sprintf("s%03d", i), "", fmt.Sprintf(`{"name":"Service %d","slug":"service-%d"}`, i, i)))
	}
	return all
}

func TestPagesLinkToEachOtherByAbsoluteAddresses(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: services(25)})

	a := c.ok("/v1/services?page[number]=2&page[size]=10&sort=name")

	if got := a.ids(t); len(got) != 10 || got[0] == "s000" {
		t.Errorf("second page is %v", got)
	}
	address := func(n int) string {
		return fmt.Sprintf("%s/v1/services?page%%5Bnumber%%5D=%d&page%%5Bsize%%5D=10&sort=name", c.base, n)
	}
	if a.Links.Self != address(2) || a.Links.First != address(1) || a.Links.Last != address(3) ||
		*a.Links.Prev != address(1) || *a.Links.Next != address(3) {
		t.Errorf("links are %s", a.raw)
	}
	if a.Meta.TotalCount != 25 || a.Meta.TotalPages != 3 || a.Meta.CurrentPage != 2 ||
		*a.Meta.NextPage != 3 || *a.Meta.PrevPage != 1 {
		t.Errorf("meta is %+v", *a.Meta)
	}
	last := c.ok(*a.Links.Next)
	if last.Links.Next != nil || last.Meta.NextPage != nil || len(last.ids(t)) != 5 {
		t.Errorf("last page: %s", last.raw)
	}
	if first := c.ok(*a.Links.Prev); first.Links.Prev != nil || first.Meta.PrevPage != nil {
		t.Errorf("first page: %s", first.raw)
	}
}

func TestPagesAreNeverLargerThanTheLargest(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ max, asked, want int }{
		{0, 500, 100}, {0, 100, 100}, {7, 100, 7}, {7, 3, 3},
	} {
		_, c := start(t, sandbox.Options{Objects: services(120), MaxPageSize: test.max})
		a := c.ok(fmt.Sprintf("/v1/services?page[size]=%d", test.asked))
		if got := len(a.ids(t)); got != test.want {
			t.Errorf("max %d, asked %d: got %d", test.max, test.asked, got)
		}
	}
}

func TestPagesBeyondTheLastAreEmpty(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: services(3)})
	a := c.ok("/v1/services?page[number]=9")
	if len(a.ids(t)) != 0 || a.Links.Next != nil {
		t.Errorf("page 9 of 1: %s", a.raw)
	}
	if a := c.ok("/v1/severities"); string(a.Data) != "[]" || a.Meta.TotalCount != 0 || a.Meta.TotalPages != 1 {
		t.Errorf("nothing: %s", a.raw)
	}
}

func TestIrregularPaging(t *testing.T) {
	t.Parallel()
	var all []sandbox.Object
	for i := range 30 {
		all = append(all, object("edge_connectors", fmt.Sprintf("e%d", i), "", `{}`),
			object("alert_groups", fmt.Sprintf("g%d", i), "", `{}`),
			object("edge_connector-actions", fmt.Sprintf("a%d", i), "e0", `{}`))
	}
	_, c := start(t, sandbox.Options{Objects: all})
	if a := c.ok("/v1/edge_connectors?page=2&per_page=20&page[size]=1"); len(a.ids(t)) != 10 || a.Meta.TotalPages != 2 {
		t.Errorf("connectors: %s", a.raw)
	}
	for _, path := range []string{"/v1/alert_groups?page[size]=3", "/v1/edge_connectors/e0/actions?page[size]=3"} {
		if a := c.ok(path); len(a.ids(t)) != 30 || a.Links != nil || a.Meta != nil {
			t.Errorf("%s: %s", path, a.raw)
		}
	}
}

func TestNativePropertiesAreListedByTheirCatalog(t *testing.T) {
	t.Parallel()
	var all []sandbox.Object
	want := map[string]string{
		"services": "service", "functionalities": "functionality", "teams": "team",
		"environments": "environment", "causes": "cause", "incident_types": "incident_type",
	}
	for _, kind := range want {
		all = append(all, object("catalog_properties", "p-"+kind, "", fmt.Sprintf(`{"catalog_type":%q,"catalog_id":null}`, kind)))
	}
	all = append(all, object("catalogs", "c1", "", `{"name":"C"}`),
		object("catalog_properties", "p-own", "c1", `{"catalog_type":"catalog","catalog_id":"c1"}`))
	_, c := start(t, sandbox.Options{Objects: all})
	for path, kind := range want {
		if got := c.ok("/v1/" + path + "/properties").ids(t); !cmp.Equal(got, []string{"p-" + kind}) {
			t.Errorf("%s: %v", path, got)
		}
	}
	if got := c.ok("/v1/catalogs/c1/properties").ids(t); !cmp.Equal(got, []string{"p-own"}) {
		t.Errorf("own: %v", got)
	}
}

func TestEscalationLevelsAreListedByPolicyAndByPath(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: []sandbox.Object{
		object("escalation_policies", "pol", "", `{}`),
		object("escalation_paths", "path1", "pol", `{}`),
		object("escalation_paths", "path2", "pol", `{}`),
		object("escalation_levels", "l1", "pol", `{"escalation_policy_path_id":"path1"}`),
		object("escalation_levels", "l2", "pol", `{"escalation_policy_path_id":"path2"}`),
		object("escalation_levels", "l3", "pol", `{"escalation_policy_path_id":null}`),
	}})
	for path, want := range map[string][]string{
		"/v1/escalation_policies/pol/escalation_levels": {"l1", "l2", "l3"},
		"/v1/escalation_paths/path1/escalation_levels":  {"l1"},
		"/v1/escalation_paths/path2/escalation_levels":  {"l2"},
	} {
		if got := c.ok(path).ids(t); !cmp.Equal(got, want) {
			t.Errorf("%s: %v", path, got)
		}
	}
}

func TestSlugsNameObjectsToo(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: append(services(3),
		object("workflows", "w1", "", `{"slug":"page-us"}`),
		object("workflow_tasks", "k1", "w1", `{}`))})
	if got := c.ok("/v1/services/service-2").one(t).ID; got != "s002" {
		t.Errorf("by slug: %s", got)
	}
	if got := c.ok("/v1/workflows/page-us/workflow_tasks").ids(t); !cmp.Equal(got, []string{"k1"}) {
		t.Errorf("children by slug: %v", got)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: services(1), Forbidden: []string{"alert_routes", "/v1/roles"}, Absent: []string{"slas"}})
	for path, want := range map[string]struct {
		status int
		detail string
	}{
		"/v1/xyz":                         {404, "the sandbox does not know GET /v1/xyz"},
		"/v1/services/none":               {404, `services "none" was not found`},
		"/v1/workflows/no/workflow_tasks": {404, `workflows "no" was not found`},
		"/v1/alert_routes":                {403, "your plan does not include alert_routes"},
		"/v1/alert_routes/x":              {403, "your plan does not include alert_routes"},
		"/v1/roles":                       {403, "your plan does not include roles"},
		"/v1/slas":                        {404, "Not found or unauthorized"},
	} {
		a := c.want(want.status, http.MethodGet, path, "")
		if len(a.Errors) != 1 || a.Errors[0].Detail != want.detail || a.Errors[0].Status != fmt.Sprint(want.status) {
			t.Errorf("%s: %s", path, a.raw)
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	s, c := start(t, sandbox.Options{Objects: services(1), Token: "secret-token"})
	c.ok("/v1/services")
	c.token = ""
	c.want(401, http.MethodGet, "/v1/services", "")
	c.token = "other"
	a := c.want(401, http.MethodGet, "/v1/services", "")
	if len(a.Errors) != 1 || a.Errors[0].Status != "401" || !strings.HasPrefix(a.header.Get("Content-Type"), "application/vnd.api+json") {
		t.Errorf("wrong token: %v %s", a.header, a.raw)
	}
	if got := s.Leaks(); len(got) != 0 {
		t.Errorf("leaks: %v", got)
	}
	c.get("/v1/services?token=secret-token")
	if got := s.Leaks(); !cmp.Equal(got, []string{"in the URL of a GET"}) {
		t.Errorf("leaks: %v", got)
	}
	if got := s.Requests(); !cmp.Equal(got, map[string]int{"GET /v1/services": 4}) {
		t.Errorf("requests: %v", got)
	}
}

func TestHeadAnswersWithoutABody(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: services(3)})
	if a := c.want(http.StatusOK, http.MethodHead, "/v1/services", ""); len(a.raw) != 0 {
		t.Errorf("body %s", a.raw)
	}
}

func TestLinksKeepTheScheme(t *testing.T) {
	t.Parallel()
	web := httptest.NewTLSServer(sandbox.New(sandbox.Options{}))
	defer web.Close()
	req, err := http.NewRequest(http.MethodGet, web.URL+"/v1/services", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer x")
	res, err := web.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || !strings.Contains(string(body), `"self":"https://`) {
		t.Errorf("%v: %s", err, body)
	}
}

func TestUnknownPathsAreCountedTogether(t *testing.T) {
	t.Parallel()
	s, c := start(t, sandbox.Options{Objects: services(1)})
	c.get("/v1/xyz")
	c.get("/v2")
	c.do(http.MethodDelete, "/v1/services/s000", "")
	want := map[string]int{"GET (unknown)": 2, "DELETE /v1/services/{id}": 1}
	if got := s.Requests(); !cmp.Equal(got, want) {
		t.Errorf("requests: %v", got)
	}
}

func TestSnapshotsAreSorted(t *testing.T) {
	t.Parallel()
	objects := []sandbox.Object{object("teams", "b", "", `{}`), object("teams", "a", "", `{}`), object("causes", "z", "", `{}`)}
	s := sandbox.New(sandbox.Options{Objects: objects})
	want := []sandbox.Object{objects[2], objects[1], objects[0]}
	if diff := cmp.Diff(want, s.Snapshot()); diff != "" {
		t.Error(diff)
	}
}
