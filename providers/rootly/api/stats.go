package api

import (
	"context"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Stats are totals since the client was created.
type Stats struct {
	Requests int64         // attempts that reached the network, retries included
	Retries  int64         // attempts after the first
	Bytes    int64         // of decoded bodies
	Waited   time.Duration // during which a request was delayed, for rate limits or before a retry
	Limit    int           // requests per minute that the server announces; 0: it announces none

	// Paths counts the requests by path, with "{id}" in place of ids.
	Paths map[string]int64
}

type counters struct {
	requests, answers, documents, retries, bytes atomic.Int64

	mu     sync.Mutex
	waited time.Duration
	until  time.Time     // end of the latest wait
	told   time.Time     // end of the latest wait that was reported
	dated  bool          // an answer had a date
	ahead  time.Duration // difference between the server's clock and ours
	paths  map[string]int64
}

// isID matches path segments that are ids.
var isID = regexp.MustCompile(`^([0-9]+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27})$`)

// count counts a request by its path.
func (s *counters) count(path string) {
	s.requests.Add(1)
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if isID.MatchString(segment) {
			segments[i] = "{id}"
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.paths == nil {
		s.paths = map[string]int64{}
	}
	s.paths[strings.Join(segments, "/")]++
}

// noticed is the length of a wait that people notice.
const noticed = 10 * time.Second

// hold sleeps and counts the time, once if several requests wait together.
func (c *Client) hold(ctx context.Context, d time.Duration) error {
	now := c.options.Now()
	c.stats.mu.Lock()
	if end := now.Add(d); end.After(c.stats.until) {
		c.stats.waited += min(d, end.Sub(c.stats.until))
		c.stats.until = end
	}
	report := d >= noticed && now.After(c.stats.told)
	if report {
		c.stats.told = now.Add(max(d, time.Minute)) // many waits in one window are reported once
	}
	c.stats.mu.Unlock()
	if report {
		c.options.OnWait(d, now.Add(d))
	}
	return c.options.Sleep(ctx, d)
}

// Stats returns the totals so far.
func (c *Client) Stats() Stats {
	limit := c.pace.limit()
	c.stats.mu.Lock()
	defer c.stats.mu.Unlock()
	return Stats{
		Limit:    limit,
		Requests: c.stats.requests.Load(),
		Retries:  c.stats.retries.Load(),
		Bytes:    c.stats.bytes.Load(),
		Waited:   c.stats.waited,
		Paths:    maps.Clone(c.stats.paths),
	}
}

// ServerTime is the time of the server's clock, by the date of its latest answer; our time before the first answer.
func (c *Client) ServerTime() (now time.Time, known bool) {
	c.stats.mu.Lock()
	defer c.stats.mu.Unlock()
	return c.options.Now().Add(c.stats.ahead), c.stats.dated
}

// learnTime compares the server's clock with ours. The date was made after the request was sent, and has no fractions
// of a second: the clock is assumed to be as early as possible.
func (k *counters) learnTime(header http.Header, now time.Time) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.dated, k.ahead = true, date.Sub(now)
}
