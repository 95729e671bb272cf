package drift_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// hostile are snapshots that no run writes.
func hostile() []string {
	object := func(text string) string { return `{"version":1,"users":[],"objects":[` + text + `]}` }
	team := `{"type":"rootly_team","id":"1","address":"rootly_team.a","values":{}}`
	return []string{
		``, `null`, `[]`, `{"version":"1"}`, `{"version":3}`, `{"version":1e999}`, `{"version":1,"version":1}`, object(team) + "{}", object(`null`), object(`7`),
		object(team + "," + team),
		object(strings.Replace(team, "rootly_team.a", "rootly_team.a b", 1)), object(strings.Replace(team, "rootly_team.a", "../x", 1)),
		object(strings.Replace(team, `"rootly_team"`, `"rootly_service"`, 1)), object(strings.Replace(team, "rootly_team.a", `a.a\u001b[2J`, 1)),
		object(strings.Replace(team, "{}", "[]", 1)), object(strings.Replace(team, "{}", "null", 1)), object(strings.Replace(team, `,"values":{}`, "", 1)),
		object(strings.Replace(team, "{}", `{"a":1e999999999}`, 1)), object(strings.Replace(team, "{}", `{"a":1,"a":2}`, 1)),
		object(strings.Replace(team, "{}", strings.Repeat(`{"a":`, 9999)+"1"+strings.Repeat("}", 9999), 1)),
	}
}

func TestSnapshotThatNoRunWroteIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range hostile() {
		if s, err := drift.Decode(strings.NewReader(text)); err == nil {
			t.Errorf("%.200q was read as %+v", text, s)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, text := range hostile() {
		f.Add([]byte(text))
	}
	f.Add([]byte(`{"version":1,"users":[{"id":"1","email":"a"}],"objects":[{"type":"rootly_team","id":"1","address":"rootly_team.a","values":{"a":[1.5]}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := drift.Decode(bytes.NewReader(text))
		if err != nil {
			return
		}
		if _, err := drift.Encode(s); err != nil {
			t.Errorf("what was read cannot be written: %v", err)
		}
	})
}
