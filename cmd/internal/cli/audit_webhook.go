package cli

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

const (
	signatureHeader = "X-Rootly-Signature"
	auditCreated    = "audit_log.created"

	freshness  = 5 * time.Minute // of a signature, to either side
	bodyLimit  = 1 << 20
	bodiesRead = 64 // requests whose body is being read at once
	queueLimit = 256
)

// A receiver takes what Rootly's webhook sends.
//
//	header ──► fresh? ──► body ──► signed? ──► event ──► queue ──► sinks ──► 200
//	400/401     401      413/408     401      204/422    503        503
//
// Nothing of a request is kept before its signature was found right.
type receiver struct {
	secrets [][]byte // any of them may have signed
	now     func() time.Time
	reading chan struct{} // a place for each body that is being read
	queue   chan delivered
	ending  chan struct{} // closed when no more requests come
	ended   chan struct{} // closed when nobody takes from the queue any more
	note    func(text string)

	requestTime time.Duration

	counts receiverCounts
}

// receiverCounts are what a receiver has seen, for /metrics.
type receiverCounts struct {
	stored, ignored, refused, overloaded, failed atomic.Int64
}

// A delivered event waits for the sinks.
type delivered struct {
	event audit.Event
	kept  chan error // takes one value
}

func newReceiver(secrets [][]byte, now func() time.Time, note func(string)) *receiver {
	return &receiver{
		secrets: secrets, now: now, note: note,
		reading: make(chan struct{}, bodiesRead), queue: make(chan delivered, queueLimit),
		ending: make(chan struct{}), ended: make(chan struct{}), requestTime: requestTime,
	}
}

// A refusal ends a request with a status.
type refusal struct {
	status int
	text   string
}

func (r refusal) Error() string { return r.text }

func (rc *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := rc.take(w, r)
	if err == nil {
		w.WriteHeader(http.StatusOK)
		return
	}
	status, text := http.StatusServiceUnavailable, "try again later"
	var no refusal
	if errors.As(err, &no) {
		status, text = no.status, no.text
	}
	switch {
	case status == http.StatusNoContent:
		rc.counts.ignored.Add(1)
		w.WriteHeader(status)
		return
	case status == http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "5")
	default:
		rc.counts.refused.Add(1)
	}
	http.Error(w, text, status)
}

// take stores the event of a request.
func (rc *receiver) take(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return refusal{http.StatusMethodNotAllowed, "webhooks are sent with POST"}
	}
	signed, err := parseSignature(r.Header.Values(signatureHeader))
	if err != nil {
		return err
	}
	if age := rc.now().Sub(signed.at); age > freshness || age < -freshness {
		return refusal{http.StatusUnauthorized, "the signature is not of the last 5 minutes"}
	}
	body, err := rc.read(w, r)
	if err != nil {
		return err
	}
	if !signed.by(rc.secrets, body) {
		return refusal{http.StatusUnauthorized, "the signature is wrong"}
	}
	event, err := webhookEvent(body)
	if err != nil {
		if no := (refusal{}); errors.As(err, &no) && no.status != http.StatusNoContent {
			rc.note(fmt.Sprintf("a signed request was refused: %v; Rootly sends it again, and audit sync can bring what it told of", err))
		}
		return err
	}
	return rc.store(r.Context(), event)
}

// read reads a body, when not too many others are being read.
func (rc *receiver) read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > bodyLimit {
		return nil, refusal{http.StatusRequestEntityTooLarge, "the body is too large"}
	}
	select {
	case rc.reading <- struct{}{}:
		defer func() { <-rc.reading }()
	default:
		rc.counts.overloaded.Add(1)
		return nil, refusal{http.StatusServiceUnavailable, "too much at once; try again later"}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, refusal{http.StatusRequestEntityTooLarge, "the body is too large"}
	case err != nil:
		return nil, refusal{http.StatusRequestTimeout, "the body did not come"}
	}
	return body, nil
}

// store waits until the sinks have the event.
func (rc *receiver) store(ctx context.Context, event audit.Event) error {
	d := delivered{event, make(chan error, 1)}
	select {
	case rc.queue <- d:
	default:
		rc.counts.overloaded.Add(1)
		return refusal{http.StatusServiceUnavailable, "too much at once; try again later"}
	}
	select {
	case err := <-d.kept:
		return err
	case <-rc.ended:
		return refusal{http.StatusServiceUnavailable, "ending; try again later"}
	case <-ctx.Done(): // the sender has gone; it will not learn that the event is kept, and send it again
		return refusal{http.StatusServiceUnavailable, "given up"}
	}
}

// A signature is what the header says.
type signature struct {
	stamp string // as it was written, since that was signed
	at    time.Time
	sums  [][]byte
}

// parseSignature reads t=SECONDS,v1=HEX. There may be several v1, as while a secret is replaced.
func parseSignature(values []string) (signature, error) {
	var s signature
	unreadable := refusal{http.StatusUnauthorized, "the header " + signatureHeader + " is missing or makes no sense"}
	const longest, most = 1024, 8
	if len(values) != 1 || len(values[0]) > longest {
		return s, unreadable
	}
	for _, part := range strings.Split(values[0], ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			number, err := strconv.ParseInt(value, 10, 64)
			if err != nil || s.stamp != "" {
				return s, unreadable
			}
			s.stamp, s.at = value, time.Unix(number, 0)
		case "v1":
			sum, err := hex.DecodeString(value)
			if err != nil || len(sum) != sha256.Size || len(s.sums) == most {
				return s, unreadable
			}
			s.sums = append(s.sums, sum)
		}
	}
	if s.stamp == "" || len(s.sums) == 0 {
		return s, unreadable
	}
	return s, nil
}

// by reports whether one of the secrets made the signature: HMAC-SHA256 over the time as written,
// directly followed by the body. Every secret is tried, so that the time taken tells nothing.
func (s signature) by(secrets [][]byte, body []byte) bool {
	right := false
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(s.stamp))
		mac.Write(body)
		sum := mac.Sum(nil)
		for _, claimed := range s.sums {
			right = hmac.Equal(sum, claimed) || right
		}
	}
	return right
}

// webhookEvent reads the payload. Other events than those of the audit log are not for us.
func webhookEvent(body []byte) (audit.Event, error) {
	var envelope struct {
		Event struct {
			Type string `json:"type"`
		} `json:"event"`
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return audit.Event{}, refusal{http.StatusUnprocessableEntity, "the body is no webhook"}
	}
	if envelope.Event.Type != auditCreated {
		return audit.Event{}, refusal{http.StatusNoContent, ""}
	}
	event, err := audit.Parse(bytes.TrimSpace(body))
	if err != nil {
		return audit.Event{}, refusal{http.StatusUnprocessableEntity, fmt.Sprint(err)}
	}
	return event, nil
}
