package intaketest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
	"time"
)

const (
	datadogBody  = 5_000_000
	datadogLogs  = 1000
	datadogLog   = 1_000_000
	datadogPast  = 18 * time.Hour
	sumoLine     = 64 << 10
	elasticBody  = 100 << 20
	elasticID    = 512
	elasticMatch = "/audit/_bulk"
)

// NewDatadog imitates the logs intake v2, with a clock.
func NewDatadog(token string, now func() time.Time) *Intake {
	return newIntake(token, datadogBody, func(s *Intake, r *http.Request, body []byte) reply {
		fail := func(status int) reply {
			return reply{status, fmt.Sprintf(`{"errors":[{"status":"%d","title":%q}]}`, status, http.StatusText(status))}
		}
		var logs []json.RawMessage
		switch {
		case r.URL.Path != "/api/v2/logs":
			return fail(404)
		case r.Header.Get("DD-API-KEY") == "":
			return fail(401)
		case r.Header.Get("DD-API-KEY") != s.Token:
			return fail(403)
		case len(body) > s.Most:
			return fail(413)
		case r.Header.Get("Content-Type") != "application/json" || json.Unmarshal(body, &logs) != nil || len(logs) > datadogLogs:
			return fail(400)
		}
		for _, raw := range logs {
			s.takeLog(raw, now())
		}
		return reply{202, "{}"}
	})
}

// takeLog keeps a log. One that is too long or too old is dropped without an error.
func (s *Intake) takeLog(raw json.RawMessage, now time.Time) {
	var l struct {
		Message   string `json:"message"`
		Source    string `json:"ddsource"`
		Service   string `json:"service"`
		Tags      string `json:"ddtags"`
		Timestamp int64  `json:"timestamp"`
		Evt       struct {
			ID string `json:"id"`
		} `json:"evt"`
	}
	switch err := json.Unmarshal(raw, &l); {
	case err != nil || l.Message == "" || l.Source == "" || l.Service == "" || l.Evt.ID == "":
		s.wrong("a log without an attribute", raw)
	case len(raw) > datadogLog:
		s.wrong("a log that is cut", raw)
	case l.Timestamp != 0 && now.Sub(time.UnixMilli(l.Timestamp)) > datadogPast:
		s.wrong("a log that is too old", raw)
	default:
		s.taken[l.Evt.ID]++
	}
}

// sumoTime is the form that is documented for JSON.
var sumoTime = regexp.MustCompile(`^\{"timestamp":[0-9]{13},`)

// NewSumo imitates an HTTP source. The token is the last part of its address.
func NewSumo(token string) *Intake {
	return newIntake(token, 1_000_000, func(s *Intake, r *http.Request, body []byte) reply {
		switch {
		case r.URL.Path != "/receiver/v1/http/"+s.Token:
			return reply{401, ""}
		case len(body) > s.Most:
			return reply{413, ""}
		}
		for line := range bytes.Lines(body) {
			var l struct {
				ID string `json:"id"`
			}
			line = bytes.TrimSuffix(line, []byte{'\n'})
			switch {
			case len(line) > sumoLine:
				s.wrong("a message that is sliced", line)
			case !sumoTime.Match(line):
				s.wrong("a message without a time", line)
			case json.Unmarshal(line, &l) != nil || l.ID == "":
				s.wrong("a message without an id", line)
			default:
				s.taken[l.ID]++
			}
		}
		return reply{200, ""}
	})
}

// NewElastic imitates an index called audit. The token is what the Authorization header has. With faults, entries are
// refused with 429.
func NewElastic(token string) *Intake {
	return newIntake(token, elasticBody, func(s *Intake, r *http.Request, body []byte) reply {
		var items []string
		switch {
		case r.Header.Get("Authorization") != s.Token:
			return reply{401, `{"error":{"type":"security_exception"},"status":401}`}
		case r.URL.Path != elasticMatch:
			return reply{404, `{}`}
		case len(body) > s.Most:
			return reply{413, ``}
		case r.Header.Get("Content-Type") != "application/x-ndjson" || r.ContentLength < 0 || !bytes.HasSuffix(body, []byte{'\n'}):
			return reply{400, `{"error":{"type":"illegal_argument_exception","reason":"The bulk request must be terminated by a newline"}}`}
		}
		all := strings.Split(strings.TrimSuffix(string(body), "\n"), "\n")
		for i := 0; i+1 < len(all); i += 2 {
			var a struct {
				Create struct {
					ID string `json:"_id"`
				} `json:"create"`
			}
			if json.Unmarshal([]byte(all[i]), &a) != nil || a.Create.ID == "" || len(a.Create.ID) > elasticID {
				return reply{400, `{"error":{"type":"illegal_argument_exception"}}`}
			}
			items = append(items, s.create(a.Create.ID, all[i+1]))
		}
		return reply{200, `{"errors":true,"items":[` + strings.Join(items, ",") + `]}`}
	})
}

// create answers for one document.
func (s *Intake) create(id, text string) string {
	var d struct {
		At    time.Time `json:"@timestamp"`
		Event struct {
			ID   string `json:"id"`
			Kind string `json:"kind"`
		} `json:"event"`
		Source *struct {
			IP netip.Addr `json:"ip"`
		} `json:"source"`
	}
	item := func(status int, reason string) string {
		if reason == "" {
			return fmt.Sprintf(`{"create":{"_index":"audit","_id":%q,"status":%d}}`, id, status)
		}
		return fmt.Sprintf(`{"create":{"_index":"audit","_id":%q,"status":%d,"error":{"type":%q,"reason":"no"}}}`, id, status, reason)
	}
	err := json.Unmarshal([]byte(text), &d)
	switch {
	case s.taken[id] > 0:
		return item(409, "version_conflict_engine_exception")
	case s.faulty && s.random.IntN(20) == 0:
		return item(429, "es_rejected_execution_exception")
	case err != nil || d.At.IsZero() || strings.Contains(text, "poison"):
		return item(400, "document_parsing_exception")
	case d.Event.ID != id || d.Event.Kind != "event":
		s.wrong("a document that is no ECS", []byte(text))
	}
	s.taken[id]++
	return item(201, "")
}
