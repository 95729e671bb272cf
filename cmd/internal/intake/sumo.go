package intake

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

const (
	sumoEntries = 1000
	sumoBytes   = 900_000  // up to 1 MB is advised, without compression
	sumoLargest = 64 << 10 // a longer line is sliced
)

// A sumoLine is a message. The time comes first: the leftmost one of a line counts, in milliseconds of 13
// digits.
type sumoLine struct {
	Timestamp int64           `json:"timestamp"`
	ID        string          `json:"id"`
	Event     json.RawMessage `json:"event,omitempty"`

	// Of an event that is too long, its beginning is sent as a text.
	Truncated bool   `json:"truncated,omitempty"`
	Bytes     int    `json:"bytes,omitempty"`
	Beginning string `json:"beginning,omitempty"`
}

func sumoShape(p *place) (shape, error) {
	if err := sumoAddress(p); err != nil {
		return shape{}, err
	}
	for setting, field := range map[string]string{"category": "X-Sumo-Category", "source": "X-Sumo-Name", "host": "X-Sumo-Host"} {
		if value := p.settings.Get(setting); value != "" {
			p.header.Set(field, value)
		}
	}
	p.header.Set("X-Sumo-Client", "terraformer-rootly")
	return shape{
		contentType: "application/x-ndjson", entries: sumoEntries, bytes: sumoBytes, packed: true, wrap: sumoWrap, body: lines, read: sumoRead,
	}, nil
}

// sumoAddress finds the address of the source, whose last part is the credential: the address itself, or a
// variable or file with the address or with its last part.
func sumoAddress(p *place) error {
	const path = "/receiver/v1/http/"
	switch {
	case p.credential == "" && len(p.url.Path) > len(path):
		p.credential = p.url.Path[strings.LastIndexByte(p.url.Path, '/')+1:]
	case p.credential == "":
		return p.need("the address of the HTTP source")
	case strings.Contains(p.credential, "://"):
		u, err := url.Parse(p.credential)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return hint.With(errors.New("the credential is not the address of an HTTP source"), "copy the address from the source in Sumo Logic: https://HOST"+path+"CODE")
		}
		p.url.Host, p.url.Path = u.Host, u.Path
		if u.Scheme == "http" {
			p.url.Scheme = "http"
		}
		p.credential = u.Path[strings.LastIndexByte(u.Path, '/')+1:]
	default:
		p.url.Path = path + p.credential
	}
	return nil
}

func sumoWrap(e audit.Event, line []byte) ([]byte, error) {
	s := sumoLine{Timestamp: e.At.UnixMilli(), ID: e.ID, Event: line}
	entry, err := compact(s)
	if err != nil || len(entry) <= sumoLargest {
		return entry, err
	}
	s.Event, s.Truncated, s.Bytes = nil, true, len(line)
	for most := min(len(line), sumoLargest-1024); ; most /= 2 { // quotes and the like take more bytes in a text
		s.Beginning = strings.ToValidUTF8(string(line[:most]), "")
		if entry, err = compact(s); err != nil || len(entry) <= sumoLargest || most == 0 {
			return entry, err
		}
	}
}

func sumoRead(a answer) verdict {
	v := judge(a)
	if a.status == http.StatusUnauthorized {
		v.err = hint.With(v.err, "the address of the HTTP source is wrong, or was replaced some minutes ago; the events wait on disk")
	}
	return v
}
