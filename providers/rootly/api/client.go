package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// DefaultURL is where Rootly's API lives.
const DefaultURL = "https://api.rootly.com"

// Options configure a [Client]. The zero value of each field except Token means its default.
type Options struct {
	URL   string // default DefaultURL; a trailing slash or /v1 is accepted
	Token Token  // required

	Parallelism          int           // maximum number of requests in flight; default 16
	MaxRequestsPerMinute int           // default: only what the server's headers require
	PageSize             int           // rows requested per page; default 100
	Attempts             int           // tries per request before giving up; default 8
	RetryFor             time.Duration // time per request for retries and rate limits; default 15m
	Timeout              time.Duration // for one attempt, body included; default 60s

	UserAgent string            // default "terraformer-rootly"
	Transport http.RoundTripper // default: a pooled transport of its own
	Log       *slog.Logger      // default: silent
	OnRequest func(Event)       // called after each attempt, from many goroutines

	// OnWait is called, from many goroutines, when no request is sent for long: once for all that wait until then.
	OnWait func(d time.Duration, until time.Time)

	// Now and Sleep replace the clock in tests. Sleep must return ctx.Err()
	// when ctx ends first.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
}

// Event describes one finished attempt.
type Event struct {
	Path    string // without the query
	Status  int    // 0 when no answer came
	Attempt int    // 1 for the first
	Bytes   int64  // of the decoded body
	Took    time.Duration
	Err     error // nil when the answer was decoded
}

// Client reads from one Rootly organisation. It cannot write. It is safe for
// concurrent use.
type Client struct {
	wire
	inFlight chan struct{}
	large    lane
	pace     *pace
	parsers  sync.Pool // of *parser
	stats    counters
	counted  miscounts
}

// New checks the options and returns a client. It makes no request.
func New(o Options) (*Client, error) {
	w, err := newWire(o, onlyGet, sameHostOnly)
	if err != nil {
		return nil, err
	}
	c := &Client{wire: w, inFlight: make(chan struct{}, w.options.Parallelism), large: make(lane, 1)}
	c.pace = newPace(w.options, c.hold)
	return c, nil
}

// As returns a client with another token, and so with a pace of its own.
func (c *Client) As(token Token) (*Client, error) {
	o := c.options
	o.URL, o.Token = c.base.String(), token
	return New(o)
}

// String names the client by its URL.
func (c *Client) String() string { return fmt.Sprintf("Rootly at %s", c.base) }

// Miscount names a list, if any, whose row count by the server differs from the listed rows.
func (c *Client) Miscount() string { return c.counted.first() }

func (o Options) withDefaults() Options {
	o.Parallelism = positive(o.Parallelism, 16)
	o.PageSize = positive(o.PageSize, 100)
	o.Attempts = positive(o.Attempts, 8)
	o.RetryFor = positive(o.RetryFor, 15*time.Minute)
	o.Timeout = positive(o.Timeout, time.Minute)
	if o.UserAgent == "" {
		o.UserAgent = "terraformer-rootly"
	}
	if o.Transport == nil {
		o.Transport = pooledTransport(o.Parallelism)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.OnRequest == nil {
		o.OnRequest = func(Event) {}
	}
	if o.OnWait == nil {
		o.OnWait = func(time.Duration, time.Time) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = Sleep
	}
	return o
}

func positive[N int | time.Duration](n, otherwise N) N {
	if n > 0 {
		return n
	}
	return otherwise
}

// Sleep waits for d, or until the context ends, and then returns its error.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
