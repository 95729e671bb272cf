package intake

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

const (
	splunkEntries = 500
	splunkBytes   = 1 << 20

	// ackPatience is how long an indexer is asked for an acknowledgement before a batch is sent again.
	ackPatience = 5 * time.Minute
	ackAttempts = 10
)

// A splunkEvent is the envelope of HEC.
type splunkEvent struct {
	Time       json.Number       `json:"time"` // seconds, never with an exponent
	Host       string            `json:"host,omitempty"`
	Source     string            `json:"source,omitempty"`
	Sourcetype string            `json:"sourcetype,omitempty"`
	Index      string            `json:"index,omitempty"`
	Event      json.RawMessage   `json:"event"`
	Fields     map[string]string `json:"fields"`
}

func splunkShape(p *place) (shape, error) {
	if err := p.need("the HEC token"); err != nil {
		return shape{}, err
	}
	p.header.Set("Authorization", "Splunk "+p.credential)
	if _, _, err := net.SplitHostPort(p.url.Host); err != nil {
		p.url.Host += ":8088"
	}
	p.url.Path = "/services/collector/event"
	ack := p.url
	ack.Path = "/services/collector/ack"
	host, source, sourcetype, index := p.text("host", "rootly.com"), p.text("source", "rootly"), p.text("sourcetype", "rootly:audit"), p.settings.Get("index")
	wrap := func(e audit.Event, line []byte) ([]byte, error) {
		return compact(splunkEvent{
			Time: json.Number(fmt.Sprintf("%d.%03d", e.At.Unix(), e.At.Nanosecond()/1e6)), Host: host, Source: source, Sourcetype: sourcetype, Index: index,
			Event: line, Fields: map[string]string{"event_id": e.ID},
		})
	}
	waits := p.settings.Get("ack") != "false"
	prepare := func(r *request, b auditcopy.Batch) {
		channel := channelOf(b.Queue)
		r.header.Set("X-Splunk-Request-Channel", channel)
		r.read = func(a answer) verdict { return splunkRead(a, waits, p.now()) }
		var c claim
		if json.Unmarshal([]byte(b.Claim), &c) == nil && p.now().Sub(c.At) < ackPatience {
			r.url, r.attempts = ack.String()+"?channel="+channel, ackAttempts
			r.header.Set("Content-Type", "application/json")
			r.body = fmt.Appendf(nil, `{"acks":[%d]}`, c.ID)
			r.read = func(a answer) verdict { return ackRead(a, c.ID) }
		}
	}
	return shape{contentType: "application/json", entries: splunkEntries, bytes: splunkBytes, packed: true, wrap: wrap, body: lines, prepare: prepare}, nil
}

// A claim is what an indexer acknowledges later.
type claim struct {
	ID int64     `json:"id"`
	At time.Time `json:"at"`
}

// channelOf is the channel of a queue, a GUID: acknowledgements are asked for in the channel of their batch.
func channelOf(queue string) string {
	sum := sha256.Sum256([]byte(queue))
	sum[6], sum[8] = sum[6]&0x0f|0x40, sum[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

type splunkAnswer struct {
	Text string `json:"text"`
	Code int    `json:"code"`
	Ack  *int64 `json:"ackId"`
	Bad  *int   `json:"invalid-event-number"`
}

// splunkRead reads the answer to a batch. Events before a bad one are kept, those after it are not.
func splunkRead(a answer, waits bool, now time.Time) verdict {
	var said splunkAnswer
	_ = json.Unmarshal(a.body, &said) // some answers are pages of HTML: then only the status counts
	reason := quoted(fmt.Sprintf("%s, code %d: %s", a.text, said.Code, said.Text))
	wrong := func(advice string) verdict {
		return verdict{err: hint.With(fmt.Errorf("HEC answers %s", reason), advice+"; the events wait on disk")}
	}
	switch code := said.Code; {
	case a.status == http.StatusOK && said.Ack != nil && waits:
		text, err := json.Marshal(claim{*said.Ack, now})
		return verdict{Receipt: auditcopy.Receipt{Claim: string(text)}, err: err}
	case a.status != http.StatusBadRequest:
		v := judge(a)
		if v.err != nil && said.Text != "" {
			v.err = hint.With(fmt.Errorf("HEC answers %s", reason), hint.Of(v.err))
		}
		return v
	case code == 7:
		return wrong("the index does not exist or is not one of the token's: check the setting index")
	case slices.Contains([]int{10, 11, 14, 16}, code):
		return wrong("check the settings of the token in Splunk")
	case said.Bad != nil && *said.Bad >= 0 && *said.Bad < a.entries:
		r := auditcopy.AllTaken(*said.Bad)
		r.Rejected = map[int]string{*said.Bad: reason}
		return verdict{Receipt: r}
	}
	return verdict{err: fmt.Errorf("%w: HEC answers %s", auditcopy.ErrUnacceptable, reason)}
}

// ackRead reads whether a batch is indexed. A server that does not acknowledge has accepted it, and that is all
// that can be known.
func ackRead(a answer, id int64) verdict {
	var said struct {
		splunkAnswer
		Acks map[string]bool `json:"acks"`
	}
	_ = json.Unmarshal(a.body, &said) // some answers are pages of HTML: then only the status counts
	switch {
	case a.status == http.StatusOK && said.Acks[fmt.Sprint(id)], a.status == http.StatusBadRequest && said.Code == 14:
		return verdict{Receipt: auditcopy.AllTaken(a.entries)}
	case a.status == http.StatusOK:
		return verdict{err: hint.With(fmt.Errorf("HEC has accepted %d events and not indexed them yet", a.entries),
			"the next run asks again, and after 5 minutes sends them again; ack=false does not wait for the index"), again: true}
	case a.status == http.StatusBadRequest:
		return verdict{err: hint.With(fmt.Errorf("HEC answers %s, code %d: %s", a.text, said.Code, quoted(said.Text)), "check the settings of the token in Splunk; the events wait on disk")}
	}
	v := judge(a)
	return verdict{err: hint.With(fmt.Errorf("HEC answers %s when asked for an acknowledgement", a.text),
		"/services/collector/ack has to be reachable, or ack=false does not wait for the index; the events wait on disk"), again: v.again, pause: v.pause}
}
