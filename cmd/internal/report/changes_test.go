package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
)

// someChanges are what a comparison with authors can tell: every kind, every confidence, and names that
// are not harmless.
func someChanges() Changes {
	ada := ChangeEvent{
		ID: "41", At: time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC), Action: "update", ItemType: "Service", ItemID: "s1", UserID: "7", UserName: "Ada Okafor",
		UserEmail: "ada@example.com", Source: "web", RequestID: "r-41", Fields: []AttributeChange{{Path: "description", Before: "Pays", After: "Pays people"}},
	}
	robot := ChangeEvent{ID: "40", At: ada.At.Add(-time.Hour), Action: "update", ItemType: "Service", ItemID: "s1", APIKeyID: "k1", APIKey: "terraform", Source: "api",
		Fields: []AttributeChange{{Path: "description", Before: "", After: "Pays"}}}
	ken := ChangeEvent{ID: "42", At: ada.At, Action: "update", ItemType: "GeniusWorkflow", ItemID: "w1", UserEmail: "ken@example.com", APIKeyID: "k9", Source: "slack"}
	told := ken
	told.Fields = []AttributeChange{{Path: "genius_tasks", Before: `{"id":"t1","name":"a"}`, After: `{"id":"t1","name":"b"}`}}
	return Changes{From: "HEAD~1:./export", To: "live", Searched: ada.At.AddDate(0, 0, -90), Requests: 1204, Changes: []ObjectChange{
		{Kind: "added", Type: "rootly_cause", ID: "c1", Address: "rootly_cause.born", Title: "Born", Confidence: "exact",
			Events: []ChangeEvent{{At: ada.At, UserEmail: "eve@example.com"}}},
		{Kind: "removed", Type: "rootly_cause", ID: "c2", Address: `rootly_cause.all["a|b` + "`" + `"]`, Title: "<b>Gone</b> | @team *all* \x1b[31m", Confidence: "unknown"},
		{Kind: "renamed", Type: "rootly_team", ID: "g1", Address: "rootly_team.new", Before: "rootly_team.old", Title: "New", Confidence: "exact", Events: []ChangeEvent{{At: ada.At, UserID: "7"}}},
		{
			Kind: "changed", Type: "rootly_service", ID: "s1", Address: "rootly_service.pay", Title: "Pay", Confidence: "exact",
			Authors: []string{ada.String(), robot.String()}, Events: []ChangeEvent{ada, robot}, Unexplained: []string{"position", "notes"},
			Attributes: []AttributeChange{
				{Path: "description", Before: `"Pays"`, After: `"Pays people"`, Outcome: "written to services.tf"},
				{Path: "position", Before: "1", After: ""},
				{Path: "notes", Before: "a long text", After: "another long text", Words: []audit.Part{
					{Text: "Whoever is on call answers within ", Was: true, Is: true}, {Text: "five minutes", Was: true}, {Text: "an hour ", Is: true},
					{Text: strings.Repeat("and tells the others about it ", 6), Was: true, Is: true}, {Text: "in_the <channel>", Was: true},
				}},
				{Path: "owner_ids", Before: "[]", After: shown.Text("[" + strings.Repeat(`"rootly_team.sre",`, 30) + "]")},
			},
			Hint: "apply restores the value in the code; drift --write-code writes the live value into the code",
		},
		{Kind: "changed", Type: "rootly_workflow_task_print", ID: "t1", Address: "rootly_workflow_task_print.a", Confidence: "parent", Authors: []string{told.String()}, Events: []ChangeEvent{told},
			Attributes: []AttributeChange{{Path: "name", Before: `"a"`, After: `"b"`}}, Hint: "apply restores the value in the code; drift --write-code writes the live value into the code"},
		{Kind: "deleted", Type: "rootly_workflow_task_print", ID: "t2", Address: "rootly_workflow_task_print.b", Confidence: "unknown", Candidates: []ChangeEvent{ken},
			Hint: "apply creates it again; to accept the deletion, remove its block"},
		{Kind: "unmanaged", Type: "rootly_team", ID: "g2", Address: "rootly_team g2", Title: "Handmade", Confidence: "unknown", Hint: "import it into the code, or delete it in Rootly"},
	}}
}

// Every form of changes, whole.
func TestChanges(t *testing.T) {
	t.Parallel()
	plain := Changes{From: "old", To: "new", Changes: []ObjectChange{
		{Kind: "changed", Type: "rootly_team", ID: "g1", Address: "rootly_team.a", Title: "A", Attributes: []AttributeChange{{Path: "color", Before: `"#fff"`, After: `"#000"`}}},
	}}
	many := Changes{From: "old", To: "new"}
	for i := range 21 {
		many.Changes = append(many.Changes, ObjectChange{Kind: "added", Type: "rootly_cause", ID: fmt.Sprint(i), Address: fmt.Sprintf("rootly_cause.c%d", i)})
	}
	for name, c := range map[string]Changes{"changes": someChanges(), "changes_plain": plain, "changes_many": many, "changes_none": {From: "a", To: "live"}} {
		for form, format := range map[string]string{"txt": "text", "md": "markdown", "json": "json"} {
			text := printed(t, Options{Format: format}, func(h Handler) error { return h.Changes(c) })
			golden(t, name+"."+form, text)
			if strings.ContainsRune(text, '\x1b') {
				t.Errorf("%s.%s can command a terminal", name, form)
			}
		}
	}
}
