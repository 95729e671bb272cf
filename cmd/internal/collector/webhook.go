package collector

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
	"net/netip"
	"os"
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
	queueLimit = 256
)

// A receiver takes what Rootly's webhook sends.
//
//	header ──► fresh? ──► body ──► signed? ──► event ──► queue ──► sinks ──► 200
//	400/401     401      413/408     401      204/422    503        503
//
// Nothing of a request is kept before its signature was found right.
type receiver struct {
	secrets atomic.Pointer[[][]byte] // any of them may have signed
	now     func() time.Time
	slots   *slots
	alarm   *alarm
	proxies Proxies // whose X-Forwarded-For is believed
	queue   chan delivered
	ending  chan struct{} // closed when no more requests come
	ended   chan struct{} // closed when the queue is no longer read
	note    func(text string)

	requestTime time.Duration

	counts receiverCounts
	ends   ends
}

// receiverCounts are what a receiver has seen, for /metrics.
type receiverCounts struct {
	stored, ignored, refused, overloaded, failed, dropped, slow atomic.Int64
}

// A delivered event waits for the sinks.
type delivered struct {
	event audit.Event
	kept  chan error // takes one value
}

func newReceiver(secrets [][]byte, now func() time.Time, note func(string)) *receiver {
	rc := &receiver{
		now: now, note: note, ends: ends{now: now, patience: defaultPatience}, alarm: &alarm{now: now, note: note}, queue: make(chan delivered, queueLimit),
		ending: make(chan struct{}), ended: make(chan struct{}), requestTime: requestTime,
	}
	rc.secrets.Store(&secrets)
	rc.slots = newSlots(now, rc.dropped)
	return rc
}

// dropped counts a connection that was closed to make room for others.
func (rc *receiver) dropped(client netip.Prefix) {
	rc.counts.dropped.Add(1)
	rc.alarm.hit(client)
}

// slow counts a connection that did not finish its request in time.
func (rc *receiver) slow(client netip.Prefix) {
	rc.counts.slow.Add(1)
	rc.alarm.hit(client)
}

// A refusal ends a request with a status.
type refusal struct {
	status int
	text   string
}

func (r refusal) Error() string { return r.text }

// ServeHTTP answers a delivery.
func (rc *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g := guestOf(r)
	peer := addressOf(r.RemoteAddr)
	sender := clientAt(rc.proxies.sender(r, peer))
	if rc.proxies.has(peer) {
		rc.slots.move(g.slot, sender, false)
		defer rc.slots.move(g.slot, clientAt(peer), true)
	}
	err := rc.take(w, r)
	rc.slots.answered(g.slot)
	if err == nil {
		w.WriteHeader(http.StatusOK)
		return
	}
	status, text := http.StatusServiceUnavailable, "try again later"
	var no refusal
	if errors.As(err, &no) {
		status, text = no.status, no.text
	}
	switch status {
	case http.StatusNoContent:
		rc.counts.ignored.Add(1)
		w.WriteHeader(status)
		return
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "5")
	case http.StatusRequestTimeout:
		rc.slow(sender)
		hangUp(w)
	case http.StatusUnauthorized, http.StatusRequestEntityTooLarge:
		rc.alarm.hit(sender)
		hangUp(w)
		fallthrough
	default:
		rc.counts.refused.Add(1)
	}
	http.Error(w, text, status)
}

// hangUp ends the connection with the answer. The rest of the body is not read.
func hangUp(w http.ResponseWriter) {
	w.Header().Set("Connection", "close")
	_ = http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0)) // fails when the connection is gone
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
		return refusal{http.StatusUnauthorized, "the signature is older than 5 minutes"}
	}
	body, err := rc.read(w, r)
	if err != nil {
		return err
	}
	slot := guestOf(r).slot
	if !rc.slots.arrived(slot) {
		return refusal{http.StatusServiceUnavailable, "too many requests; try again later"}
	}
	if !signed.by(*rc.secrets.Load(), body) {
		return refusal{http.StatusUnauthorized, "the signature is wrong"}
	}
	rc.slots.verify(slot)
	event, err := webhookEvent(body)
	if err != nil {
		if no := (refusal{}); errors.As(err, &no) && no.status != http.StatusNoContent {
			rc.note(fmt.Sprintf("a signed request was refused: %v; Rootly sends it again, and audit sync can fetch its event", err))
		}
		return err
	}
	return rc.store(r.Context(), event)
}

// read reads a body that comes fast enough: each part of it within seconds, all of it within the time for a request.
func (rc *receiver) read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > bodyLimit {
		return nil, refusal{http.StatusRequestEntityTooLarge, "the body is too large"}
	}
	const chunk = 16 << 10
	var body bytes.Buffer
	var late atomic.Bool
	slot, rest := guestOf(r).slot, http.MaxBytesReader(w, r.Body, bodyLimit)
	patience := rc.requestTime / 5
	timer := time.AfterFunc(patience, func() { late.Store(true); slot.drop() })
	defer timer.Stop()
	for large := false; ; timer.Reset(patience) {
		_, err := io.CopyN(&body, rest, chunk)
		var tooLarge *http.MaxBytesError
		switch {
		case errors.Is(err, io.EOF) && !late.Load():
			return body.Bytes(), http.NewResponseController(w).SetReadDeadline(time.Time{}) // the sinks have their own time
		case errors.As(err, &tooLarge):
			return nil, refusal{http.StatusRequestEntityTooLarge, "the body is too large"}
		case late.Load(), errors.Is(err, os.ErrDeadlineExceeded):
			return nil, refusal{http.StatusRequestTimeout, "the body did not arrive in time"}
		case err != nil:
			return nil, refusal{http.StatusBadRequest, "the body is incomplete"}
		}
		if !large && body.Len() > smallBody {
			if large = rc.slots.enlarge(slot); !large {
				return nil, refusal{http.StatusServiceUnavailable, "too many requests; try again later"}
			}
		}
	}
}

// store waits until the sinks have the event.
func (rc *receiver) store(ctx context.Context, event audit.Event) error {
	d := delivered{event, make(chan error, 1)}
	select {
	case rc.queue <- d:
	default:
		rc.counts.overloaded.Add(1)
		return refusal{http.StatusServiceUnavailable, "too many requests; try again later"}
	}
	select {
	case err := <-d.kept:
		return err
	case <-rc.ended:
		return refusal{http.StatusServiceUnavailable, "ending; try again later"}
	case <-ctx.Done(): // the sender has gone; it will not learn that the event is kept, and send it again
		return refusal{http.StatusServiceUnavailable, "cancelled"}
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
	unreadable := refusal{http.StatusUnauthorized, "the header " + signatureHeader + " is missing or malformed"}
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
// directly followed by the body. Every secret is tried, so that the time taken reveals nothing.
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
		return audit.Event{}, refusal{http.StatusUnprocessableEntity, "the body is not a webhook"}
	}
	if envelope.Event.Type != auditCreated {
		return audit.Event{}, refusal{http.StatusNoContent, ""}
	}
	event, err := audit.ParseRedacted(bytes.TrimSpace(body))
	if err != nil {
		return audit.Event{}, refusal{http.StatusUnprocessableEntity, fmt.Sprint(err)}
	}
	return event, nil
}
