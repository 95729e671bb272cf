package api

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// pace delays requests so that the rate limit is not hit. It starts with a single request, learns the limit from its
// answer, and then counts: a request in flight counts as spent until an answer says otherwise.
type pace struct {
	now     func() time.Time
	sleep   func(context.Context, time.Duration) error
	longest time.Duration // a longer wait is an error
	perMin  *rate.Limiter // nil if the user set no limit

	mu       sync.Mutex
	open     bool          // an answer came since the start or the last 429
	refusals int           // 429s so far
	out      int           // sent, not answered yet
	answered chan struct{} // closed at the next answer
	until    time.Time     // no request is sent before
	slot     time.Time     // when spacing, no request is sent before
	budget   budget        // according to the last answer
}

func newPace(o Options, sleep func(context.Context, time.Duration) error) *pace {
	p := &pace{now: o.Now, sleep: sleep, longest: o.RetryFor, answered: make(chan struct{})}
	if n := o.MaxRequestsPerMinute; n > 0 {
		p.perMin = rate.NewLimiter(rate.Every(time.Minute/time.Duration(n)), 1)
	}
	return p
}

// limit is the number of requests per minute that the server announces.
func (p *pace) limit() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.budget.perMinute()
}

// enter waits until a request may be sent. Each successful enter must be followed by one leave, with the number that
// enter returned.
func (p *pace) enter(ctx context.Context) (refusals int, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		wait, refusals, answered := p.admit()
		switch {
		case answered != nil:
			select {
			case <-ctx.Done():
				return 0, ctx.Err()
			case <-answered:
			}
		case wait > p.longest:
			err := fmt.Errorf("%w: the server asks to wait for %s", ErrRateLimited, wait.Round(time.Second))
			return 0, hint.With(err, statusHints[http.StatusTooManyRequests])
		case wait > 0:
			if err := p.sleep(ctx, wait); err != nil {
				return 0, err
			}
		default:
			return refusals, nil
		}
	}
}

// admit lets a request pass, or returns how long to wait or for which answer.
func (p *pace) admit() (wait time.Duration, refusals int, answered <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if now.Before(p.until) {
		return p.until.Sub(now), 0, nil
	}

	// If the limit is unknown, one request goes ahead alone: at the start, after a refusal, and in a new window, whose
	// budget is unknown.
	if p.budget.over(now) {
		p.budget, p.open = budget{}, false
	}
	if !p.open && p.out > 0 {
		return 0, 0, p.answered
	}

	if p.budget.known {
		free := p.budget.left - p.out
		if free <= 0 && p.out > 0 {
			return 0, 0, p.answered
		}
		if rest := p.budget.reset.Sub(now); rest > 0 {
			switch {
			case free <= 0:
				return rest, 0, nil
			case p.slot.After(now):
				return p.slot.Sub(now), 0, nil
			case free*10 <= p.budget.limit: // the last tenth is spread over the rest of the window
				p.slot = now.Add(rest / time.Duration(free))
			}
		}
	}

	if p.perMin != nil && !p.perMin.AllowN(now, 1) {
		missing := 1 - p.perMin.TokensAt(now)
		return max(time.Millisecond, time.Duration(missing/float64(p.perMin.Limit())*float64(time.Second))), 0, nil
	}
	p.out++
	return 0, p.refusals, nil
}

// leave records an answer; header is nil if there was none. Requests sent before a refusal do not show that it is over.
func (p *pace) leave(refusals, status int, header http.Header) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out--
	close(p.answered)
	p.answered = make(chan struct{})
	if header == nil {
		return
	}
	switch {
	case status == http.StatusTooManyRequests:
		p.open = false
		p.refusals++
	case refusals == p.refusals:
		p.open = true
	}
	p.budget.learn(header, p.now())
}

// block delays all requests for d, after a 429.
func (p *pace) block(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := p.now().Add(d); until.After(p.until) {
		p.until = until
	}
}
