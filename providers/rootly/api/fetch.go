package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

type decoder func(p *parser, body []byte) (document, error)

// fetch requests one document until it is complete or the budget is spent.
func (c *Client) fetch(ctx context.Context, u *url.URL, decode decoder) (document, error) {
	var tries tries
	for {
		d, f := c.attempt(ctx, u, tries.made()+1, decode)
		if f == nil {
			return d, nil
		}
		if ctx.Err() != nil {
			return document{}, c.wrap(u, ctx.Err())
		}

		wait, again := tries.next(f, c.options)
		if !again {
			return document{}, c.explain(u, f, tries)
		}
		c.options.Log.Debug("retry", "path", c.show(u), "status", f.status, "attempt", tries.made(), "wait", wait, "reason", c.redact(f.reason()))
		if f.status == http.StatusTooManyRequests {
			c.pace.block(wait)
		}
		if err := c.hold(ctx, wait); err != nil {
			return document{}, c.wrap(u, err)
		}
		c.stats.retries.Add(1)
	}
}

// attempt makes one request and decodes its answer.
func (c *Client) attempt(ctx context.Context, u *url.URL, number int, decode decoder) (d document, f *failure) {
	// Take a place in the queue, then wait for the rate limit.
	select {
	case c.inFlight <- struct{}{}:
		defer func() { <-c.inFlight }()
	case <-ctx.Done():
		return d, &failure{err: ctx.Err()}
	}
	refusals, err := c.pace.enter(ctx)
	if err != nil {
		return d, &failure{err: err}
	}

	// The pace learns from the headers as soon as they are there.
	started := c.options.Now()
	c.stats.count(c.redact(u.Path))
	limited, cancel := context.WithTimeoutCause(ctx, c.options.Timeout, errTimeout)
	defer cancel()
	answer, err := c.send(limited, u)
	event := Event{Path: c.show(u), Attempt: number}
	if err != nil {
		c.pace.leave(refusals, 0, nil)
		f = networkFailure(err, c.stats.answers.Load() == 0)
	} else {
		c.stats.answers.Add(1)
		c.stats.learnTime(answer.Header, c.options.Now())
		c.pace.leave(refusals, answer.StatusCode, answer.Header)
		event.Status = answer.StatusCode
		d, event.Bytes, f = c.read(limited, answer, decode)
	}

	event.Took = c.options.Now().Sub(started)
	if f != nil {
		f.took = event.Took
		if f.err != nil && errors.Is(context.Cause(limited), errTimeout) {
			f.err = fmt.Errorf("%w within %s", errTimeout, c.options.Timeout)
		}
		event.Err = errors.New(c.redact(f.reason()))
	}
	c.stats.bytes.Add(event.Bytes)
	c.options.OnRequest(event)
	return d, f
}

func (c *Client) send(ctx context.Context, u *url.URL) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	answer, err := c.http.Do(r)
	var outer *url.Error // its text repeats the URL, query and all
	if errors.As(err, &outer) {
		err = outer.Err
	}
	return answer, err
}

// read decodes the answer and closes it.
func (c *Client) read(ctx context.Context, answer *http.Response, decode decoder) (document, int64, *failure) {
	defer answer.Body.Close()
	p := c.borrowParser()
	defer c.returnParser(p)
	whole := intake{ctx: ctx, lane: c.large}
	defer whole.close()
	err := whole.readAll(p, answer.Body, answer.ContentLength)
	body, size := p.body, int64(len(p.body))
	if answer.StatusCode/100 != 2 {
		return document{}, size, statusFailure(answer, body, c.options.Now())
	}
	if err != nil {
		return document{}, size, &failure{err: err, again: !isTooLarge(err)}
	}
	if isHTML(answer.Header, body) {
		// A server that sent JSON before sends a web page only temporarily.
		return document{}, size, &failure{err: ErrHTML, again: c.stats.documents.Load() > 0}
	}
	d, err := decode(p, body)
	if err != nil {
		return document{}, size, &failure{err: err, again: errors.Is(err, errTorn)}
	}
	c.stats.documents.Add(1)
	return d, size, nil
}

var errTimeout = errors.New("no complete answer")

// isHTML also trusts the content type, unless the body is JSON.
func isHTML(h http.Header, body []byte) bool {
	text := strings.TrimSpace(string(body[:min(len(body), 64)]))
	return strings.HasPrefix(text, "<") || strings.Contains(h.Get("Content-Type"), "html") && !strings.HasPrefix(text, "{")
}

// tries counts the attempts for one document and what they cost.
type tries struct {
	failed  int // for all reasons but rate limits
	limited int // by 429
	spent   time.Duration
}

func (t *tries) made() int { return t.failed + t.limited }

// next returns the wait before another attempt, if there is one.
func (t *tries) next(f *failure, o Options) (wait time.Duration, again bool) {
	if f.status == http.StatusTooManyRequests {
		t.limited++
		wait = max(f.after, backoff(t.limited))
		if f.after > 0 {
			wait = f.after
		}
	} else {
		t.failed++
		wait = max(f.after, backoff(t.failed))
	}
	t.spent += f.took + wait
	return wait, f.again && t.failed < o.Attempts && t.limited < max(o.Attempts, 1) && t.spent <= o.RetryFor
}
