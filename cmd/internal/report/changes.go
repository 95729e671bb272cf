package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
)

// Changes are what happened between two snapshots of an organisation. Their JSON form is part of
// the interface: fields are added, never renamed.
type Changes struct {
	From    string         `json:"from"`
	To      string         `json:"to"`
	Changes []ObjectChange `json:"changes"`

	NotImported []NotImported `json:"not_imported,omitempty"` // live objects that an import refuses: they are no drift

	Searched time.Time `json:"authors_since,omitzero"` // from when on the audit log was searched for authors; zero: it was not
	Requests int64     `json:"requests,omitempty"`     // made for it, those of a live plan among them
}

// ObjectChange is what happened to one object.
type ObjectChange struct {
	Kind       string            `json:"kind"`           // added, removed, renamed or changed; of drift: changed, deleted, unapplied or unmanaged
	Part       string            `json:"part,omitempty"` // of a split directory
	Type       string            `json:"type"`
	ID         string            `json:"id"`
	Address    string            `json:"address"`
	Before     string            `json:"address_before,omitempty"` // where it differs
	Title      string            `json:"title,omitempty"`
	Attributes []AttributeChange `json:"attributes,omitempty"`
	Authors    []string          `json:"authors,omitempty"`    // who did it, where the audit log tells, each event in a line
	Confidence string            `json:"confidence,omitempty"` // of the authors: exact, parent or unknown
	Unrecorded bool              `json:"unrecorded,omitempty"` // nobody is known since Rootly records no changes of the type
	Hint       string            `json:"hint,omitempty"`       // how code and live come to agree again

	Events      []ChangeEvent `json:"events,omitempty"`      // that name the authors, the latest first
	Candidates  []ChangeEvent `json:"candidates,omitempty"`  // events of its owner that may concern it, or not
	Unexplained []string      `json:"unexplained,omitempty"` // attributes that no event names, where there are authors for others
}

// ChangeEvent is an audit event that explains a change. What the audit log does not tell is empty.
type ChangeEvent struct {
	ID        string            `json:"id"`
	At        time.Time         `json:"at"`
	Action    string            `json:"action"` // create, update or destroy
	ItemType  string            `json:"item_type"`
	ItemID    string            `json:"item_id"`
	UserID    string            `json:"user_id,omitempty"`
	UserName  string            `json:"user_name,omitempty"`
	UserEmail string            `json:"user_email,omitempty"`
	APIKeyID  string            `json:"api_key_id,omitempty"`
	APIKey    string            `json:"api_key,omitempty"` // its name
	Source    string            `json:"source,omitempty"`  // web, api, slack and so on
	RequestID string            `json:"request_id,omitempty"`
	Fields    []AttributeChange `json:"fields,omitempty"` // that concern the change
}

// AttributeChange is one value before and after, ids written as addresses. An empty text stands for
// no value.
type AttributeChange struct {
	Path    string       `json:"path"`
	Before  shown.Text   `json:"before"`
	After   shown.Text   `json:"after"`
	Outcome string       `json:"outcome,omitempty"` // what became of it in the code
	Words   []audit.Part `json:"-"`                 // of long texts, word by word

	NotInTerraform bool `json:"not_in_terraform,omitempty"` // the provider cannot represent it
}

// kindSigns mark the kinds of changes, as version control does.
var kindSigns = map[string]string{"added": "+", "removed": "-", "renamed": ">", "changed": "~", "unmanaged": "?", "deleted": "!", "unapplied": "*"}

// text is for people.
func (c Changes) text() string {
	var b strings.Builder
	for _, o := range c.Changes {
		fmt.Fprintf(&b, "%s %s%s\n", kindSigns[o.Kind], clean(o.place()), afterAddress(o))
		for _, a := range o.Attributes {
			fmt.Fprintf(&b, "    %s: %s%s\n", clean(a.Path), arrow(a), inBrackets(a.remark()))
		}
		writeAuthors(&b, o, c.Searched)
		if o.Hint != "" {
			b.WriteString("    hint: " + clean(o.Hint) + "\n")
		}
	}
	for _, o := range c.NotImported {
		fmt.Fprintf(&b, "not imported: %s %s%s: %s\n", clean(o.Type), clean(o.ID), afterAddress(ObjectChange{Title: o.Title}), clean(o.Reason))
		if o.Hint != "" {
			b.WriteString("    hint: " + clean(o.Hint) + "\n")
		}
	}
	fmt.Fprintf(&b, "%s\n", c.headline())
	if c.Requests > 0 {
		fmt.Fprintf(&b, "%s.\n", Plural(int(c.Requests), "request"))
	}
	return b.String()
}

// writeAuthors says who did it and how surely that is known. Of several events, each is shown with what it did.
func writeAuthors(b *strings.Builder, o ObjectChange, searched time.Time) {
	for _, e := range o.Events {
		fmt.Fprintf(b, "    by %s%s\n", clean(e.String()), inBrackets(surely(o.Confidence)))
		if len(o.Events) == 1 && o.Confidence == "exact" {
			continue
		}
		for _, f := range e.Fields {
			fmt.Fprintf(b, "      %s: %s -> %s\n", clean(f.Path), cut(orNothing(f.Before), 80), cut(orNothing(f.After), 80))
		}
	}
	switch {
	case o.Unrecorded:
		b.WriteString("    by somebody unknown: the audit log does not record changes of this type\n")
	case o.Confidence == "unknown":
		b.WriteString("    author unknown" + unnamed("it", searched) + "\n")
	case len(o.Unexplained) > 0:
		b.WriteString("    author unknown" + unnamed(clean(strings.Join(o.Unexplained, ", ")), searched) + "\n")
	}
	for _, e := range o.Candidates {
		fmt.Fprintf(b, "    possibly changed with its owner, by %s\n", clean(e.String()))
	}
}

// unnamed says where nothing names an author; nothing where the log was not searched.
func unnamed(what string, searched time.Time) string {
	if searched.IsZero() {
		return ""
	}
	return ": no audit event names " + what + "; not searched before " + searched.UTC().Format(time.DateOnly)
}

// String says who, when, from where, and by which request.
func (e ChangeEvent) String() string {
	given, email := Name(e.UserName), unbracketed(e.UserEmail)
	name := either(given, email)
	if given != "" && email != "" {
		name += " <" + email + ">"
	}
	key := either(e.APIKey, e.APIKeyID)
	switch {
	case name == "" && key != "":
		name, key = "API key "+key, ""
	case name == "" && e.UserID != "":
		name = "user " + e.UserID
	}
	text := either(name, "an unnamed user") + " at " + e.At.UTC().Format("2006-01-02 15:04:05Z")
	if e.Source != "" {
		text += " from " + e.Source
	}
	if key != "" {
		text += ", API key " + key
	}
	if e.RequestID != "" {
		text += ", request " + e.RequestID
	}
	return text
}

func either(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

func inBrackets(text string) string {
	if text == "" {
		return ""
	}
	return " (" + clean(text) + ")"
}

// remark is what stands behind an attribute.
func (a AttributeChange) remark() string {
	if a.NotInTerraform {
		return strings.TrimSuffix("not in Terraform; "+a.Outcome, "; ")
	}
	return a.Outcome
}

// surely says how an author is known.
func surely(confidence string) string {
	if confidence == "parent" {
		return "parent: from a change of its owner"
	}
	return confidence
}

// place is the address of an object, with the part that it is in.
func (o ObjectChange) place() string {
	if o.Part != "" {
		return o.Part + "/" + o.Address
	}
	return o.Address
}

// afterAddress is what stands behind the address of an object.
func afterAddress(o ObjectChange) string {
	text := ""
	if o.Before != "" {
		text += " (was " + clean(o.Before) + ")"
	}
	if title := clean(o.Title); title != "" {
		text += fmt.Sprintf(" %q", cut(title, 60))
	}
	return text
}

func arrow(a AttributeChange) string {
	if len(a.Words) > 0 {
		return palette{}.words(a.Words)
	}
	return orNothing(a.Before) + " -> " + orNothing(a.After)
}

func orNothing(s shown.Text) string {
	if s == "" {
		return "(none)"
	}
	return cut(clean(string(s)), 200)
}

// headline counts the changes.
func (c Changes) headline() string {
	if len(c.Changes) == 0 {
		return "No differences between " + clean(c.From) + " and " + clean(c.To) + "."
	}
	counts := map[string]int{}
	for _, o := range c.Changes {
		counts[o.Kind]++
	}
	var parts []string
	for _, kind := range []string{"added", "removed", "renamed", "changed", "deleted", "unapplied", "unmanaged"} {
		if counts[kind] > 0 {
			parts = append(parts, number(counts[kind])+" "+kind)
		}
	}
	return "From " + clean(c.From) + " to " + clean(c.To) + ": " + strings.Join(parts, ", ") + "."
}
