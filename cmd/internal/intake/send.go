package intake

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

// A form is what a vendor accepts: its own settings, and how they become a shape.
type form struct {
	settings []string
	shape    func(*place) (shape, error) // also sets the URL and the headers
}

// forms are the vendors by the scheme of their addresses.
func forms() map[string]form {
	plain := form{settings: []string{"batch", "token_header", "user"}, shape: plainShape}
	return map[string]form{
		"http": plain, "https": plain,
		"splunk":  {settings: []string{"ack", "host", "index", "source", "sourcetype", "tls"}, shape: splunkShape},
		"datadog": {settings: []string{"host", "service", "source", "tags", "tls"}, shape: datadogShape},
		"sumo":    {settings: []string{"category", "host", "source", "tls"}, shape: sumoShape},
		"elastic": {settings: []string{"tls", "user"}, shape: elasticShape},
	}
}

// A shape is how an intake takes events.
type shape struct {
	contentType string
	entries     int  // most of a batch
	bytes       int  // most of a batch, without compression
	packed      bool // batches are compressed unless a setting forbids it
	keyed       bool // batches have an Idempotency-Key
	dated       time.Duration

	// wrap makes the entry for an event; nil: the line of its format.
	wrap func(e audit.Event, line []byte) ([]byte, error)

	// unfit says why an entry cannot be taken, if so; nil: all can.
	unfit func(entry []byte) string

	body func(entries [][]byte) []byte
	read func(answer) verdict

	// prepare changes the request for a batch; nil: it is as usual.
	prepare func(*request, auditcopy.Batch)
}

// An intake is a receiver behind HTTP.
type intake struct {
	shape
	client   *http.Client
	url      string
	header   http.Header
	format   audit.Format
	secret   string // never shown, whatever an answer quotes
	packed   bool
	attempts int
	pause    time.Duration // after the first attempt
}

var _ auditcopy.Receiver = (*intake)(nil)

// Encode implements [auditcopy.Receiver].
func (n *intake) Encode(e audit.Event) ([]byte, error) {
	line, err := n.format.Encode(e)
	if err != nil || n.wrap == nil {
		return line, err
	}
	return n.wrap(e, line)
}

// Limits implements [auditcopy.Receiver].
func (n *intake) Limits() (entries, bytes int) { return n.entries, n.bytes }

const (
	firstPause   = 200 * time.Millisecond
	longestPause = 10 * time.Second
)

// A request is what a batch is sent with.
type request struct {
	url      string
	header   http.Header
	body     []byte
	attempts int
	read     func(answer) verdict
}

// Send implements [auditcopy.Receiver]. What may pass is tried some times.
func (n *intake) Send(ctx context.Context, b auditcopy.Batch) (auditcopy.Receipt, error) {
	if r := n.sort(b); len(r.Rejected) > 0 {
		return r, nil
	}
	r, err := n.request(b)
	if err != nil {
		return auditcopy.Receipt{}, err
	}
	pause := n.pause
	for attempt := 1; ; attempt++ {
		v := n.post(ctx, r, len(b.Entries))
		if !v.again || v.err != nil && attempt >= r.attempts || ctx.Err() != nil {
			return v.Receipt, v.err
		}
		select {
		case <-time.After(min(max(v.pause, pause), longestPause)):
		case <-ctx.Done():
			return v.Receipt, v.err
		}
		if v.err == nil { // some entries were taken, and others may be taken now
			return v.Receipt, nil
		}
		pause *= 2
	}
}

// sort finds the entries that the intake would reject, or spoil.
func (n *intake) sort(b auditcopy.Batch) auditcopy.Receipt {
	r := auditcopy.Receipt{Rejected: map[int]string{}}
	for i, entry := range b.Entries {
		if n.unfit == nil || b.Claim != "" {
			break
		}
		if reason := n.unfit(entry); reason != "" {
			r.Rejected[i] = reason
		}
	}
	return r
}

func (n *intake) request(b auditcopy.Batch) (*request, error) {
	r := &request{url: n.url, header: n.header.Clone(), body: n.body(b.Entries), attempts: n.attempts, read: n.read}
	r.header.Set("Content-Type", n.contentType)
	if n.keyed {
		r.header.Set("Idempotency-Key", b.Key)
	}
	if n.prepare != nil {
		n.prepare(r, b)
	}
	if !n.packed || b.Claim != "" {
		return r, nil
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(r.body); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	r.header.Set("Content-Encoding", "gzip")
	r.body = packed.Bytes()
	return r, nil
}

// An answer is what an intake says to a batch.
type answer struct {
	status  int
	text    string // of the status
	pause   time.Duration
	body    []byte
	entries int // of the batch
}

// A verdict is what an answer means.
type verdict struct {
	auditcopy.Receipt
	err   error
	again bool // another attempt may help
	pause time.Duration
}

// answerLimit is how much of an answer is read. Elasticsearch's lists each entry.
const answerLimit = 16 << 20

// post sends a request once.
func (n *intake) post(ctx context.Context, r *request, entries int) verdict {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, bytes.NewReader(r.body))
	if err != nil {
		return verdict{err: errors.New("the address is not a URL")}
	}
	req.Header = r.header
	got, err := n.client.Do(req)
	if err != nil {
		return n.unreachable(err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(io.LimitReader(got.Body, answerLimit))
	if err != nil {
		return n.unreachable(err)
	}
	seconds, _ := strconv.Atoi(got.Header.Get("Retry-After"))
	v := r.read(answer{
		status: got.StatusCode, text: strings.TrimSpace(fmt.Sprint(got.StatusCode, " ", http.StatusText(got.StatusCode))),
		pause: time.Duration(max(seconds, 0)) * time.Second, body: body, entries: entries,
	})
	for at, reason := range v.Rejected {
		v.Rejected[at] = n.masked(reason)
	}
	if v.err != nil && n.secret != "" && strings.Contains(v.err.Error(), n.secret) {
		v.err = hint.With(errors.New(n.masked(v.err.Error())), hint.Of(v.err))
	}
	return v
}

func (n *intake) unreachable(err error) verdict {
	if plain := (tls.RecordHeaderError{}); errors.As(err, &plain) {
		return verdict{err: hint.With(errors.New("the receiver does not answer with TLS"),
			"check the port; for a receiver without TLS on this machine, add tls=false to its address, or use http://; the events wait on disk"), again: true}
	}
	return verdict{err: hint.With(errors.New(n.masked(plainly(err).Error())),
		"check the address and that this machine can reach it; the events wait on disk, and the next run sends them"), again: true}
}

func (n *intake) masked(text string) string {
	if n.secret == "" {
		return text
	}
	return strings.ReplaceAll(text, n.secret, "[REDACTED]")
}

// plainly leaves out the address, which may have a credential in it.
func plainly(err error) error {
	var about *url.Error
	if errors.As(err, &about) {
		return about.Err
	}
	return err
}

// judge reads the status of an answer, which is all that some intakes have.
func judge(a answer) verdict {
	err := fmt.Errorf("the endpoint answers %s", a.text)
	switch code := a.status; {
	case code >= 200 && code < 300:
		return verdict{Receipt: auditcopy.AllTaken(a.entries)}
	case code == http.StatusRequestEntityTooLarge, code == http.StatusBadRequest, code == http.StatusUnprocessableEntity:
		return verdict{err: fmt.Errorf("%w: %w", auditcopy.ErrUnacceptable, err)}
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return verdict{err: hint.With(err, "check the credential of this sink; the events wait on disk")}
	case code == http.StatusTooManyRequests, code >= 500, code == http.StatusRequestTimeout:
		return verdict{err: hint.With(err, "the endpoint reports a failure; the events wait on disk, and the next run sends them"), again: true, pause: a.pause}
	case code >= 300 && code < 400:
		return verdict{err: hint.With(err, "the endpoint redirects; give the address that it redirects to")}
	}
	return verdict{err: hint.With(err, "check the address and the settings of this sink; the events wait on disk")}
}

// quoted is what an answer says, cut to what one line of a message can have.
func quoted(text string) string {
	const most = 200
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
