package intake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

const (
	datadogEntries = 1000
	datadogBytes   = 4_250_000 // of 5 MB; whether these are decimal is not documented
	datadogLargest = 1_000_000 // a longer one is cut and acknowledged

	// datadogPast is how old an entry may be, a little less than the documented 18 hours. An older one
	// is acknowledged and dropped.
	datadogPast = 18*time.Hour - 5*time.Minute
)

// A datadogEntry is a log of the intake v2. The timestamp has to be the first field: see [undated].
type datadogEntry struct {
	Timestamp  int64           `json:"timestamp"`
	OccurredAt string          `json:"occurred_at"` // a name that the intake does not take for the date
	Source     string          `json:"ddsource"`
	Service    string          `json:"service"`
	Tags       string          `json:"ddtags,omitempty"`
	Host       string          `json:"hostname,omitempty"`
	Message    string          `json:"message"`
	Event      datadogEvent    `json:"evt"`
	User       *datadogUser    `json:"usr,omitempty"`
	Rootly     json.RawMessage `json:"rootly"`
}

type datadogEvent struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type datadogUser struct {
	ID    string `json:"id,omitempty"`
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
}

func datadogShape(p *place) (shape, error) {
	if err := p.need("the API key"); err != nil {
		return shape{}, err
	}
	p.header.Set("DD-API-KEY", p.credential)
	if _, _, err := net.SplitHostPort(p.url.Host); err != nil && !strings.HasPrefix(p.url.Host, "http-intake.") {
		p.url.Host = "http-intake.logs." + p.url.Host // an address with a port is no site, but a proxy
	}
	p.url.Path = "/api/v2/logs"
	source, service := p.text("source", "rootly"), p.text("service", "rootly-audit")
	tags, host := p.settings.Get("tags"), p.settings.Get("host")
	wrap := func(e audit.Event, line []byte) ([]byte, error) {
		d := datadogEntry{
			Timestamp: e.At.UnixMilli(), OccurredAt: e.At.UTC().Format(time.RFC3339Nano), Source: source, Service: service, Tags: tags, Host: host,
			Message: e.String(), Event: datadogEvent{e.ID, strings.Trim(e.ItemType+"."+e.Action, ".")}, Rootly: line,
		}
		if u := (datadogUser{e.UserID, e.UserName, e.UserEmail}); u != (datadogUser{}) {
			d.User = &u
		}
		return compact(d)
	}
	body := func(entries [][]byte) []byte {
		sent := make([][]byte, len(entries))
		for i, entry := range entries {
			sent[i] = undated(entry, p.now())
		}
		return array(sent)
	}
	return shape{
		contentType: "application/json", entries: datadogEntries, bytes: datadogBytes, packed: true, dated: 18 * time.Hour,
		wrap: wrap, unfit: larger(datadogLargest), body: body, read: judge,
	}, nil
}

// undated leaves out the timestamp of an entry for which the intake would drop it.
func undated(entry []byte, now time.Time) []byte {
	digits, rest, _ := bytes.Cut(bytes.TrimPrefix(entry, []byte(`{"timestamp":`)), []byte{','})
	ms, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil || now.Sub(time.UnixMilli(ms)) < datadogPast {
		return entry
	}
	return append([]byte{'{'}, rest...)
}

// larger says of an entry that it is too large.
func larger(most int) func([]byte) string {
	return func(entry []byte) string {
		if len(entry) <= most {
			return ""
		}
		return fmt.Sprintf("it has %d bytes, and the intake takes %d", len(entry), most)
	}
}

// compact writes JSON on one line, as it is read.
func compact[T any](value T) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), nil
}
