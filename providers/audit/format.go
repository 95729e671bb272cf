package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Format is a way to write an event as JSON.
type Format string

// The formats.
const (
	FormatRaw  Format = "raw"  // as it was received
	FormatFlat Format = "flat" // one level, always the same fields
	FormatOCSF Format = "ocsf" // Open Cybersecurity Schema Framework: Entity Management
	FormatECS  Format = "ecs"  // Elastic Common Schema
)

// ParseFormat reads the name of a format.
func ParseFormat(name string) (Format, error) {
	f := Format(strings.ToLower(name))
	if slices.Contains([]Format{FormatRaw, FormatFlat, FormatOCSF, FormatECS}, f) {
		return f, nil
	}
	return "", fmt.Errorf("unknown format %q: use raw, flat, ocsf or ecs", name)
}

// Encode writes an event as one line of JSON, without a newline. It does not redact: give it the result of [Redact].
func (f Format) Encode(e Event) ([]byte, error) {
	switch f {
	case FormatRaw:
		if e.Redacted && len(e.Raw) > 0 && bytes.IndexByte(e.Raw, '\n') < 0 {
			return e.Raw[:len(e.Raw):len(e.Raw)], nil // JSON on one line: it was read by [Redact]
		}
		var b bytes.Buffer
		if err := json.Compact(&b, e.Raw); err != nil {
			return nil, fmt.Errorf("write audit event %s: %w", e.ID, err)
		}
		return b.Bytes(), nil
	case FormatFlat:
		return encodeFlat(e)
	case FormatOCSF:
		return encode(e.ID, ocsfOf(e))
	case FormatECS:
		return encodeECS(e)
	}
	return nil, fmt.Errorf("write audit event %s: unknown format %q", e.ID, string(f))
}

// Columns are the names of the values of [Flat], in the same order.
func Columns() []string {
	return []string{
		"id", "created_at", "action", "item_type", "item_id", "item_name", "user_id", "user_name", "user_email",
		"source", "api_key_id", "ip_address", "user_agent", "request_id", "session_id", "changed_fields", "changes",
	}
}

// Flat returns an event on one level, for SQL: times in UTC with full precision, the changes as {field: [before,
// after]}. Like the other formats it does not redact.
func Flat(e Event) []string {
	fields := make([]string, len(e.Changes))
	for i, c := range e.Changes {
		fields[i] = c.Field
	}
	return []string{
		e.ID, e.At.UTC().Format(time.RFC3339Nano), e.Action, e.ItemType, e.ItemID, e.ItemName, e.UserID, e.UserName, e.UserEmail,
		e.Source, e.APIKeyID, e.IP, e.UserAgent, e.RequestID, e.SessionID, strings.Join(fields, ","), string(pairs(e.Changes)),
	}
}

// CSV is [Flat] for spreadsheets: a text that a spreadsheet would run as a formula gets an apostrophe. A zero byte, at
// which CSV readers stop, becomes U+FFFD.
func CSV(e Event) []string {
	cells := Flat(e)
	for i, cell := range cells {
		cells[i] = CSVText(cell)
	}
	return cells
}

// CSVText is a text as [CSV] writes it.
func CSVText(cell string) string {
	text := strings.ReplaceAll(cell, "\x00", "\uFFFD")
	if cell != "" && strings.IndexByte("=+-@\t\r", cell[0]) >= 0 {
		text = "'" + text
	}
	return text
}

func encodeFlat(e Event) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	cells := Flat(e)
	for i, name := range Columns() {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(quote(name) + ":")
		if name == "changes" {
			b.WriteString(cells[i])
			continue
		}
		b.WriteString(quote(cells[i]))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// pairs writes changes as Rootly does.
func pairs(changes []Change) json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, c := range changes {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(quote(c.Field) + ":[")
		compact(&b, c.Before)
		b.WriteByte(',')
		compact(&b, c.After)
		b.WriteByte(']')
	}
	b.WriteByte('}')
	return b.Bytes()
}

// side writes the values of the fields before or after.
func side(changes []Change, of func(Change) json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	for _, c := range changes {
		if isNull(of(c)) {
			continue
		}
		b.WriteByte(separator(b.Len()))
		b.WriteString(quote(c.Field) + ":")
		compact(&b, of(c))
	}
	if b.Len() == 0 {
		return nil
	}
	b.WriteByte('}')
	return b.Bytes()
}

func separator(written int) byte {
	if written == 0 {
		return '{'
	}
	return ','
}

// compact writes a value without blanks. Text that is not JSON becomes a string.
func compact(b *bytes.Buffer, raw json.RawMessage) {
	if plain := !bytes.ContainsAny(raw, " \t\r\n"); plain && len(raw) > 0 && (raw[0] == '"' || raw[0] == 'n') {
		b.Write(raw) // a text or null, as [Parse] returns it
		return
	}
	mark := b.Len()
	if json.Compact(b, orNull(raw)) != nil {
		b.Truncate(mark)
		b.WriteString(quote(string(raw)))
	}
}

// encode writes JSON without escapes for HTML, which no reader of these formats needs.
func encode[T any](id string, what T) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(what); err != nil {
		return nil, fmt.Errorf("write audit event %s: %w", id, err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
