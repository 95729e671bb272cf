package audit_test

import (
	"errors"
	"net/url"
	"testing"
	"time"
	_ "time/tzdata" // where the system has no zones

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	e := audit.Event{
		ID: "1", At: day(5), Action: "update", ItemType: "Group", ItemID: "g1",
		UserID: "42", UserEmail: "ada@example.com", APIKeyID: "k1", Source: "web",
	}
	for name, c := range map[string]struct {
		filter audit.Filter
		want   bool
	}{
		"empty":         {audit.Filter{}, true},
		"since then":    {audit.Filter{Since: day(5)}, true},
		"since later":   {audit.Filter{Since: day(5).Add(1)}, false},
		"until then":    {audit.Filter{Until: day(5)}, false},
		"until later":   {audit.Filter{Until: day(5).Add(1)}, true},
		"user":          {audit.Filter{Users: []string{"42"}}, true},
		"email":         {audit.Filter{Users: []string{"ADA@example.com"}}, true},
		"other user":    {audit.Filter{Users: []string{"4"}}, false},
		"source":        {audit.Filter{Sources: []string{"web"}}, true},
		"other source":  {audit.Filter{Sources: []string{"api"}}, false},
		"kind":          {audit.Filter{ItemTypes: []string{"Severity", "Group"}}, true},
		"other kind":    {audit.Filter{ItemTypes: []string{"Severity"}}, false},
		"id":            {audit.Filter{ItemIDs: []string{"g1"}}, true},
		"other id":      {audit.Filter{ItemIDs: []string{"g"}}, false},
		"action":        {audit.Filter{Actions: []string{"update"}}, true},
		"other action":  {audit.Filter{Actions: []string{"destroy"}}, false},
		"key":           {audit.Filter{APIKeys: []string{"k1"}}, true},
		"other key":     {audit.Filter{APIKeys: []string{"k2"}}, false},
		"all but one":   {audit.Filter{Since: day(1), Until: day(9), Users: []string{"42"}, Sources: []string{"web"}, ItemIDs: []string{"g1"}, Actions: []string{"create"}}, false},
		"all of them":   {audit.Filter{Since: day(1), Until: day(9), Users: []string{"42"}, Sources: []string{"web"}, ItemIDs: []string{"g1"}, Actions: []string{"update"}}, true},
		"one of users":  {audit.Filter{Users: []string{"7", "ADA@example.com"}}, true},
		"none of users": {audit.Filter{Users: []string{"7", "8"}}, false},
		"one of ids":    {audit.Filter{ItemIDs: []string{"g0", "g1"}, Actions: []string{"create", "update"}, Sources: []string{"api", "WEB"}}, true},
		"none of ids":   {audit.Filter{ItemIDs: []string{"g0", "g2"}}, false},
		"empty of user": {audit.Filter{Users: []string{"ada"}}, false},
	} {
		if got := c.filter.Match(e); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestQuery(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		filter audit.Filter
		want   url.Values
	}{
		"nothing": {audit.Filter{}, url.Values{}},
		"all": {
			audit.Filter{
				Since: time.Date(2026, 10, 1, 2, 0, 0, 5e6, time.FixedZone("", 7200)), Until: day(2), Users: []string{"42"}, Sources: []string{"scim"},
				ItemTypes: []string{"Alerts::Source"}, ItemIDs: []string{"only here"}, Actions: []string{"only here"}, APIKeys: []string{"k1"},
			},
			url.Values{
				"filter[created_at][gte]": {"2026-10-01T00:00:00.005Z"}, "filter[created_at][lt]": {"2026-10-02T00:00:00Z"},
				"filter[user_id]": {"42"}, "filter[source]": {"scim"}, "filter[item_type]": {"Alerts::Source"}, "filter[api_key_id]": {"k1"},
			},
		},
		"kinds": {audit.Filter{ItemTypes: []string{"Group", "Severity"}}, url.Values{"filter[item_type][in]": {"Group,Severity"}}},
		"lists": {
			audit.Filter{Users: []string{"1", "2"}, Sources: []string{"web", "api"}, APIKeys: []string{"k", "l"}},
			url.Values{"filter[user_id][in]": {"1,2"}, "filter[source][in]": {"web,api"}, "filter[api_key_id][in]": {"k,l"}},
		},
		"email": {audit.Filter{Users: []string{"ada@example.com"}}, url.Values{}},
	} {
		if diff := cmp.Diff(c.want, c.filter.Query()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

func TestParseTime(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("CET", 3600)
	now := time.Date(2026, 11, 21, 9, 30, 0, 0, zone)
	for said, want := range map[string]time.Time{
		"2026-11-20T10:00:00Z":           time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC),
		"2026-11-20T10:00:00.25+02:00":   time.Date(2026, 11, 20, 8, 0, 0, 25e7, time.UTC),
		"2026-11-20T10:00:05":            time.Date(2026, 11, 20, 10, 0, 5, 0, zone),
		"2026-11-20T10:00":               time.Date(2026, 11, 20, 10, 0, 0, 0, zone),
		"2026-11-20":                     time.Date(2026, 11, 20, 0, 0, 0, 0, zone),
		"7d":                             now.AddDate(0, 0, -7),
		"1w2d3h":                         now.Add(-(9*24 + 3) * time.Hour),
		"12h":                            now.Add(-12 * time.Hour),
		"1h30m":                          now.Add(-90 * time.Minute),
		" 0d ":                           now,
		"2026-11-20T10:00:00.123456789Z": time.Date(2026, 11, 20, 10, 0, 0, 123456789, time.UTC),
	} {
		got, err := audit.ParseTime(said, now, false)
		if err != nil || !got.Equal(want) {
			t.Errorf("%q: %v %v, want %v", said, got, err, want)
		}
	}
	if got, err := audit.ParseTime("2026-11-20", now, true); err != nil || !got.Equal(time.Date(2026, 11, 21, 0, 0, 0, 0, zone)) {
		t.Errorf("the end of a day is %v, %v", got, err)
	}
	for _, said := range []string{"", "yesterday", "-7d", "7", "2026-13-01", "d", "1d2w", "7d-3h", "99999999999d", "2026-11-20 10:00"} {
		if got, err := audit.ParseTime(said, now, false); err == nil {
			t.Errorf("%q is taken for %v", said, got)
		}
	}
}

// The day that a range ends with is in it, however long it is; and no other one is.
func TestParseTimeKnowsWhereDaysEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, day, begin, end string }{
		{"UTC", "2036-02-29", "2036-02-29T00:00:00Z", "2036-03-01T00:00:00Z"},
		{"UTC", "2037-02-28", "2037-02-28T00:00:00Z", "2037-03-01T00:00:00Z"},
		{"Asia/Kolkata", "2026-12-31", "2026-12-30T18:30:00Z", "2026-12-31T18:30:00Z"},
		{"America/Los_Angeles", "2026-03-08", "2026-03-08T08:00:00Z", "2026-03-09T07:00:00Z"}, // 23 hours
		{"America/Los_Angeles", "2026-11-01", "2026-11-01T07:00:00Z", "2026-11-02T08:00:00Z"}, // 25 hours
		{"Africa/Cairo", "2026-04-23", "2026-04-22T22:00:00Z", "2026-04-23T22:00:00Z"},
		{"Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"}, // begins at one
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"},
		{"America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"}, // has midnight twice
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 11, 21, 9, 30, 0, 0, zone)
		for last, want := range map[bool]string{false: c.begin, true: c.end} {
			got, err := audit.ParseTime(c.day, now, last)
			if err != nil || got.UTC().Format(time.RFC3339) != want {
				t.Errorf("%s in %s, last %v: %s %v, want %s", c.day, c.zone, last, got.UTC(), err, want)
			}
		}
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	kinds := audit.NewKinds(map[string]string{"rootly_team": "Group", "rootly_workflow_incident": "GeniusWorkflow", "rootly_new_thing": "NewThing", "rootly_sla": ""})
	for word, want := range map[string]string{
		"GeniusWorkflow": "GeniusWorkflow", "geniusworkflow": "GeniusWorkflow", "workflow": "GeniusWorkflow", "Workflows": "GeniusWorkflow",
		"rootly_workflow_incident": "GeniusWorkflow", "workflow_incident": "GeniusWorkflow", "team": "Group", "teams": "Group", "rootly_team": "Group",
		"group": "Group", "workflow-run": "GeniusWorkflowRun", "severities": "Severity", "escalation policies": "EscalationPolicy",
		"escalation_path": "EscalationPolicyPath", "Alerts::Source": "Alerts::Source", "alert_source": "Alerts::Source",
		"pagerduty_account": "Integrations::PagerdutyAccount", "EdgeConnectorAction": "EdgeConnector::Action", "api_key": "ApiKey", "ApiKey": "ApiKey",
		"new_thing": "NewThing", "NewThing": "NewThing", "=Alert": "Alert", "post_mortem": "IncidentPostMortem", "status_pages": "StatusPage", "causes": "Cause",
	} {
		if got, err := kinds.Find(word); err != nil || got != want {
			t.Errorf("%q: %q %v, want %q", word, got, err, want)
		}
	}
	for word, near := range map[string]string{"sevrity": "Severity", "rootly_taem": "rootly_team", "": "", "=": "", "rootly_sla": "", "workflw": "workflow"} {
		_, err := kinds.Find(word)
		var hint interface{ Hint() string }
		if err == nil || !errors.As(err, &hint) {
			t.Errorf("%q: %v has no hint", word, err)
			continue
		}
		if want := "did you mean " + near; near != "" && hint.Hint()[:len(want)] != want {
			t.Errorf("%q: %s, want %s", word, hint.Hint(), near)
		}
	}
	words := kinds.Words()
	have := map[string]bool{}
	for _, w := range words {
		if have[w] {
			t.Errorf("%s is offered twice", w)
		}
		have[w] = true
	}
	for _, w := range []string{"GeniusWorkflow", "workflow", "team", "rootly_team", "Group"} {
		if !have[w] {
			t.Errorf("%s is not offered", w)
		}
	}
	if have["geniusworkflow"] {
		t.Error("a spelling that nobody uses is offered")
	}
}

func TestOnCall(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]bool{"Schedule": true, "EscalationPolicy": true, "AlertRoute": true, "Alerts::Source": true, "Severity": false, "": false} {
		if audit.OnCall(kind) != want {
			t.Errorf("%q: %v, want %v", kind, !want, want)
		}
	}
}
