package auditview

import (
	"bytes"
	"cmp"
	"encoding/json"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
)

// longText is the length from which a changed text is shown word by word.
const longText = 40

// deedOf is an event as people read it.
func deedOf(e audit.Event, diff bool) report.AuditEvent {
	d := report.AuditEvent{
		ID: e.ID, At: e.At, Who: cmp.Or(e.UserName, e.UserEmail, e.UserID, "-"), Action: e.Action, Kind: e.ItemType, Name: e.ItemName,
		ItemID: e.ItemID, Way: e.Source, IP: e.IP, Agent: e.UserAgent, APIKey: e.APIKeyID, Request: e.RequestID, Session: e.SessionID,
	}
	if d.Email = e.UserEmail; d.Email == d.Who {
		d.Email = ""
	}
	if d.UserID = e.UserID; d.UserID == d.Who {
		d.UserID = ""
	}
	for _, c := range e.Changes {
		change := report.AuditChange{Field: c.Field}
		if diff {
			change.Before, change.After = Text(c.Before), Text(c.After)
			change.Words = wordsOf(c)
		}
		d.Changes = append(d.Changes, change)
	}
	return d
}

// wordsOf compares long texts word by word, unless next to nothing of them is left.
func wordsOf(c audit.Change) []report.Word {
	before, after := Text(c.Before), Text(c.After)
	if !isTextJSON(c.Before) || !isTextJSON(c.After) || len(before) < longText || len(after) < longText {
		return nil
	}
	return Words(before, after)
}

// Words compares texts word by word, unless next to nothing of the old one is left.
func Words(before, after string) []report.Word {
	var words []report.Word
	kept := 0
	for _, p := range audit.Diff(before, after) {
		words = append(words, report.Word{Text: p.Text, Was: p.Was, Is: p.Is})
		if p.Was && p.Is {
			kept += len(p.Text)
		}
	}
	if kept*3 < len(before) {
		return nil
	}
	return words
}

// Text is a value for people: a text without quotes, nothing for null.
func Text(raw json.RawMessage) string {
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return "(none)"
	}
	var s string
	if isTextJSON(raw) && json.Unmarshal(raw, &s) == nil {
		if s == "" {
			return `""`
		}
		return s
	}
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err == nil {
		return string(shown.Readable(b.Bytes()))
	}
	return string(raw)
}

func isTextJSON(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '"' }
