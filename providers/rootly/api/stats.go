package api

import (
	"sync/atomic"
	"time"
)

// Stats are totals since the client was made.
type Stats struct {
	Requests int64         // attempts that reached the network, retries included
	Retries  int64         // attempts after the first
	Bytes    int64         // of decoded bodies
	Waited   time.Duration // for rate limits and before retries, summed over requests
}

type counters struct {
	requests, answers, documents, retries, bytes, waited atomic.Int64
}

// Stats returns the totals so far.
func (c *Client) Stats() Stats {
	return Stats{
		Requests: c.stats.requests.Load(),
		Retries:  c.stats.retries.Load(),
		Bytes:    c.stats.bytes.Load(),
		Waited:   time.Duration(c.stats.waited.Load()),
	}
}
