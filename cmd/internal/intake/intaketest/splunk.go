package intaketest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
)

// splunkLargest is maxEventSize.
const splunkLargest = 5 << 20

// A splunkServer is HEC with one token.
type splunkServer struct {
	index string
	acks  map[string]*splunkChannel // nil: the token has no acknowledgements
}

type splunkChannel struct {
	asked []int // how often, by ackId
}

// NewSplunk imitates HEC with a token that may write to one index. With ack, the token demands
// channels, and a batch is acknowledged when it is asked for the second time.
func NewSplunk(token, index string, ack bool) *Intake {
	s := splunkServer{index: index}
	if ack {
		s.acks = map[string]*splunkChannel{}
	}
	in := newIntake(token, 838_860_800, s.serve)
	in.Largest = splunkLargest
	return in
}

func hec(status, code int, text, more string) reply {
	return reply{status, fmt.Sprintf(`{"text":%q,"code":%d%s}`, text, code, more)}
}

var guid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

func (h splunkServer) serve(s *Intake, r *http.Request, body []byte) reply {
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Splunk ")
	channel := r.Header.Get("X-Splunk-Request-Channel")
	if q := r.URL.Query().Get("channel"); q != "" {
		channel = q
	}
	switch {
	case r.Header.Get("Authorization") == "":
		return hec(401, 2, "Token is required", "")
	case !ok:
		return hec(401, 3, "Invalid authorization", "")
	case given != s.Token:
		return hec(403, 4, "Invalid token", "")
	case channel != "" && !guid.MatchString(channel):
		return hec(400, 11, "Invalid data channel", "")
	case h.acks != nil && channel == "":
		return hec(400, 10, "Data channel is missing", "")
	case r.URL.Path == "/services/collector/ack":
		return h.ack(channel, body)
	case r.URL.Path != "/services/collector/event" || r.URL.Query().Has("token"):
		return reply{404, "<html></html>"}
	case len(body) > s.Most:
		return reply{413, "<html>Content-Length too large</html>"}
	case len(body) == 0:
		return hec(400, 5, "No data", "")
	}
	if bad := h.take(s, body); bad != nil {
		return *bad
	}
	if h.acks == nil {
		return hec(200, 0, "Success", "")
	}
	c := h.acks[channel]
	if c == nil {
		c = &splunkChannel{}
		h.acks[channel] = c
	}
	c.asked = append(c.asked, 0)
	return hec(200, 0, "Success", fmt.Sprintf(`,"ackId":%d`, len(c.asked)-1))
}

func (h splunkServer) ack(channel string, body []byte) reply {
	var asked struct {
		Acks []int `json:"acks"`
	}
	switch {
	case h.acks == nil:
		return hec(400, 14, "ACK is disabled", "")
	case json.Unmarshal(body, &asked) != nil || len(asked.Acks) == 0:
		return hec(400, 6, "Invalid data format", "")
	}
	c := h.acks[channel]
	said := map[string]bool{}
	for _, id := range asked.Acks {
		if said[fmt.Sprint(id)] = false; c == nil || id >= len(c.asked) {
			continue
		}
		c.asked[id]++
		said[fmt.Sprint(id)] = c.asked[id] > 1
	}
	text, _ := json.Marshal(map[string]map[string]bool{"acks": said}) // cannot fail
	return reply{200, string(text)}
}

var splunkTime = regexp.MustCompile(`^[0-9]{9,10}(\.[0-9]{1,3})?$`)

// take keeps the events before the first that is bad.
func (h splunkServer) take(s *Intake, body []byte) *reply {
	d := json.NewDecoder(bytes.NewReader(body))
	for n := 0; ; n++ {
		var raw json.RawMessage
		err := d.Decode(&raw)
		if errors.Is(err, io.EOF) {
			return nil
		}
		bad := func(code int, text string) *reply {
			out := hec(400, code, text, fmt.Sprintf(`,"invalid-event-number":%d`, n))
			return &out
		}
		if err != nil || raw[0] != '{' || len(raw) > s.Largest {
			return bad(6, "Invalid data format")
		}
		var e struct {
			Event  json.RawMessage   `json:"event"`
			Time   json.Number       `json:"time"`
			Index  string            `json:"index"`
			Fields map[string]string `json:"fields"`
		}
		switch err := json.Unmarshal(raw, &e); {
		case err != nil:
			return bad(6, "Invalid data format")
		case len(e.Event) == 0 || string(e.Event) == "null":
			return bad(12, "Event field is required")
		case string(e.Event) == `""`:
			return bad(13, "Event field cannot be blank")
		case !splunkTime.MatchString(e.Time.String()):
			return bad(15, "Error in handling indexed fields")
		case e.Index != "" && e.Index != h.index:
			return bad(7, "Incorrect index")
		case e.Fields["event_id"] == "":
			s.wrong("an event without an id", raw)
		}
		s.taken[e.Fields["event_id"]]++
	}
}
