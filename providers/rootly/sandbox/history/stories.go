package history

import (
	"encoding/json"
	"time"
)

// A story is a change that somebody will ask about.
type story struct {
	kind, id string
	what     string // create, update or destroy
	ago      time.Duration
	source   string
	fields   map[string][2]string // before and after as JSON; nothing: null
}

const ago = time.Hour

// tales are about objects that are not, or no longer, in the organisation.
var tales = []story{
	{"Severity", "a8d1f7c2-3c58-4f0e-8a7e-5b9f2f4f6d01", "destroy", 52 * ago, "web", map[string][2]string{
		"name": {`"SEV4"`}, "slug": {`"sev4"`}, "severity": {`"low"`}, "color": {`"#B0C4DE"`},
		"description": {`"Cosmetic: nobody is paged, it is fixed with the next release."`},
	}},
	{"Group", "b3c9d4e5-7f10-4a2b-9c3d-1e2f3a4b5c02", "create", 400 * ago, "scim", map[string][2]string{
		"name": {"", `"Black Friday"`}, "slug": {"", `"black-friday"`}, "description": {"", `"Everybody who is awake that week."`},
	}},
	{"GroupUser", "11871", "create", 399 * ago, "scim", map[string][2]string{"group_id": {"", `"b3c9d4e5-7f10-4a2b-9c3d-1e2f3a4b5c02"`}, "user_id": {"", "1013"}}},
	{"Group", "b3c9d4e5-7f10-4a2b-9c3d-1e2f3a4b5c02", "destroy", 30 * ago, "scim", map[string][2]string{
		"name": {`"Black Friday"`}, "slug": {`"black-friday"`}, "description": {`"Everybody who is awake that week."`},
	}},
	{"ApiKey", "5e1f6c0a-0c5e-4c0e-9a51-7d3f0f4b2c11", "create", 737 * ago, "web", map[string][2]string{
		"name": {"", `"terraform"`}, "kind": {"", `"team"`}, "token": {"", `"[REDACTED]"`}, "expires_at": {"", `"2027-12-31T00:00:00.000-08:00"`},
	}},
	{"Secret", "c0ffee00-1d2e-4f3a-8b4c-5d6e7f8a9b03", "update", 170 * ago, "web", map[string][2]string{
		"name": {`"statuspage"`, `"statuspage"`}, "secret": {`"[REDACTED]"`, `"[REDACTED]"`},
	}},
	{"Integrations::PagerdutyAccount", "d00dfeed-2a3b-4c4d-9e5f-6a7b8c9d0e04", "update", 96 * ago, "web", map[string][2]string{
		"name": {`"acme"`, `"acme-emea"`}, "api_token": {`"demo-token-of-may"`, `"demo-token-of-june"`},
	}},
	{"EscalationPolicyPath", "e1e2e3e4-5b6c-4d7e-8f90-a1b2c3d4e505", "update", 8 * ago, "api", map[string][2]string{
		"name": {`"Out of hours"`, `"Out of hours"`}, "repeat_count": {"3", "1"}, "after_hours_only": {"false", "true"},
		"notes": {`"Pages the secondary after five minutes, then the manager on duty, and starts again from the top if nobody answers."`,
			`"Pages the secondary after fifteen minutes, then the manager on duty, and gives up if nobody answers."`},
	}},
	{"LoginActivity", "998131", "create", 9 * ago, "oauth", map[string][2]string{"identity": {"", `"okta"`}, "success": {"", "true"}}},
}

// stories adds the tales to the month.
func (m *month) stories() {
	for i, s := range tales {
		a := m.users[i%len(m.users)]
		a.Source, a.IP = s.source, "198.51.100.77"
		switch s.source {
		case "web", "oauth":
			a.UserAgent, a.SessionID = browser, m.fingerprint(a)
		case "scim":
			a.ID, a.Name, a.Email, a.UserAgent = 0, "", "", "Okta SCIM Client 1.0.0"
		case "api":
			a.UserAgent, a.APIKeyID = "curl/8.16.0", "0b7a4f7e-52a8-4a7e-8f4f-6f7d9a1c3e22"
		}
		t := thing{kind: s.kind, id: s.id, attributes: map[string]json.RawMessage{}}
		changes := map[string][2]json.RawMessage{}
		for name, pair := range s.fields {
			t.attributes[name] = orNull(pair[1])
			if pair[0] != pair[1] || name == "secret" {
				changes[name] = [2]json.RawMessage{orNull(pair[0]), orNull(pair[1])}
			}
		}
		at := m.until.Add(-s.ago - time.Duration(m.rand.IntN(3_000_000))*time.Millisecond)
		e := t.event(s.what, at, a, changes)
		if s.what == "create" {
			e.Object = nil
		}
		m.add(e, changes)
	}
}

func orNull(said string) json.RawMessage {
	if said == "" {
		return json.RawMessage("null")
	}
	return json.RawMessage(said)
}
