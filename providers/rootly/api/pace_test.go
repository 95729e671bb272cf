package api

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// window is a server that counts requests in fixed windows and refuses what is
// too much.
type window struct {
	http.Handler
	limit  int
	length time.Duration
	reset  func(until time.Time) string // how it writes the header
	silent bool                         // sends no headers but Retry-After
	slides bool                         // looks back from now, as the API's documentation says

	mu      sync.Mutex
	end     time.Time
	used    int
	refused int
	at      []time.Time
}

func (s *window) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	time.Sleep(50 * time.Millisecond)
	if !s.admit(w.Header()) {
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprint(w, `{"error": "Rate limit exceeded. Try again later."}`)
		return
	}
	s.Handler.ServeHTTP(w, r)
}

func (s *window) admit(h http.Header) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.slides {
		s.slide(now)
	} else if !now.Before(s.end) {
		s.end, s.used = now.Add(s.length), 0
	}
	h.Set("Date", now.UTC().Format(http.TimeFormat))
	if s.silent && s.used >= s.limit {
		h.Set("Retry-After", strconv.Itoa(int(s.end.Sub(now).Seconds())+1))
	}
	ok := s.used < s.limit
	if ok {
		s.used++
		s.at = append(s.at, now)
	} else {
		s.refused++
	}
	if !s.silent {
		h.Set("X-RateLimit-Limit", fmt.Sprintf("%d, %d;window=%d", s.limit, s.limit, int(s.length.Seconds())))
		h.Set("X-RateLimit-Remaining", strconv.Itoa(s.limit-s.used))
		h.Set("X-RateLimit-Reset", s.reset(s.end))
	}
	return ok
}

func (s *window) slide(now time.Time) {
	s.used, s.end = 0, now.Add(s.length)
	for _, at := range s.at {
		if until := at.Add(s.length); until.After(now) {
			s.used++
			if until.Before(s.end) {
				s.end = until
			}
		}
	}
}

func epoch(t time.Time) string { return strconv.FormatInt(t.Unix()+1, 10) }

// inBubble lists a collection of n rows in pages of 100 on a clock of its own.
func inBubble(t *testing.T, server *window, n int, change ...func(*Options)) (took time.Duration, c *Client) {
	synctest.Test(t, func(t *testing.T) {
		server.Handler = collection{n: n, links: true, meta: true}
		o := Options{URL: "http://localhost", Token: testToken, Transport: direct{server}}
		for _, f := range change {
			f(&o)
		}
		var err error
		if c, err = New(o); err != nil {
			t.Fatal(err)
		}
		started := time.Now()
		got, err := c.List(t.Context(), Request{Path: "/v1/things"})
		if err != nil {
			t.Fatal(err)
		}
		took = time.Since(started)
		wantRows(t, got.Objects, n)
	})
	return took, c
}

func TestPaceKeepsBelowLimit(t *testing.T) {
	t.Parallel()
	resets := map[string]func(time.Time) string{
		"epoch seconds":      epoch,
		"epoch milliseconds": func(end time.Time) string { return strconv.FormatInt(end.UnixMilli(), 10) },
		"seconds from now":   func(end time.Time) string { return strconv.Itoa(int(time.Until(end).Seconds()) + 1) },
		"RFC 3339":           func(end time.Time) string { return end.Add(time.Second).Format(time.RFC3339) },
		"HTTP date":          func(end time.Time) string { return end.Add(time.Second).UTC().Format(http.TimeFormat) },
	}
	for name, reset := range resets {
		for _, limit := range []int{1, 5, 40, 1000} {
			t.Run(fmt.Sprintf("%s, %d a minute", name, limit), func(t *testing.T) {
				t.Parallel()
				server := &window{limit: limit, length: time.Minute, reset: reset}
				took, c := inBubble(t, server, 10_000)
				if server.refused != 0 {
					t.Errorf("%d requests were refused", server.refused)
				}
				if c.Stats().Waited > took {
					t.Errorf("waited %s of %s", c.Stats().Waited, took)
				}
				windows := time.Duration((100 - 1) / limit)
				if slack := 3 * time.Second * (windows + 1); took < windows*time.Minute || took > windows*time.Minute+slack+time.Minute*min(windows, 1) {
					t.Errorf("took %s for %d windows, stats %+v", took, windows+1, c.Stats())
				}
			})
		}
	}
}

func TestWaitsAreReported(t *testing.T) {
	t.Parallel()
	var waits []time.Duration
	server := &window{limit: 40, length: time.Minute, reset: epoch}
	inBubble(t, server, 10_000, func(o *Options) {
		o.OnWait = func(d time.Duration, until time.Time) {
			if time.Until(until) != d {
				t.Errorf("%s until %s", d, until)
			}
			waits = append(waits, d)
		}
	})
	if len(waits) != 2 {
		t.Errorf("reported %v, want one wait of each window", waits)
	}
}

// A server may announce a reset that is long after the window.
func TestLateResets(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		reset  func(time.Time) string
		length time.Duration
		most   time.Duration
	}{
		"for another unit":    {func(time.Time) string { return "800" }, time.Minute, 2*time.Minute + 15*time.Second},
		"for another day":     {func(end time.Time) string { return epoch(end.Add(24 * time.Hour)) }, time.Minute, 2*time.Minute + 15*time.Second},
		"window of 5 minutes": {epoch, 5 * time.Minute, 5*time.Minute + 5*time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := &window{limit: 40, length: test.length, reset: test.reset}
			if took, _ := inBubble(t, server, 5_000); took < time.Minute || took > test.most {
				t.Errorf("took %s, want %s", took, test.most)
			}
		})
	}
}

func TestPaceInSlidingWindow(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{5, 40, 90} {
		server := &window{limit: limit, length: time.Minute, reset: epoch, slides: true}
		took, c := inBubble(t, server, 10_000)
		if server.refused > 0 {
			t.Errorf("limit %d: %d requests were refused in %s, stats %+v", limit, server.refused, took, c.Stats())
		}
		if windows := time.Duration(99/limit + 1); took > windows*65*time.Second {
			t.Errorf("limit %d: took %s", limit, took)
		}
	}
}

// TestPaceSlowsDownBeforeTheLimit looks at the last tenth of a window.
func TestPaceSlowsDownBeforeTheLimit(t *testing.T) {
	t.Parallel()
	server := &window{limit: 110, length: time.Minute, reset: epoch}
	took, _ := inBubble(t, server, 10_600)
	if server.refused != 0 || took < 20*time.Second || took > 50*time.Second {
		t.Errorf("106 of 110 requests took %s with %d refused: no slowing down", took, server.refused)
	}
	server = &window{limit: 1100, length: time.Minute, reset: epoch}
	if took, _ = inBubble(t, server, 10_600); took > 2*time.Second {
		t.Errorf("106 of 1100 requests took %s", took)
	}
}

func TestPaceCopesWithoutHeaders(t *testing.T) {
	t.Parallel()
	server := &window{limit: 30, length: time.Minute, silent: true}
	took, c := inBubble(t, server, 10_000)
	if took < 3*time.Minute || took > 4*time.Minute {
		t.Errorf("took %s", took)
	}
	if server.refused > 4*16 {
		t.Errorf("%d requests were refused, stats %+v", server.refused, c.Stats())
	}
}

// TestRefusalHoldsBackAll refuses one of many requests and looks at the others.
func TestRefusalHoldsBackAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var sent []time.Time
		var refused time.Time
		server := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			sent = append(sent, time.Now())
			refuse := len(sent) == 5
			mu.Unlock()
			time.Sleep(time.Second)
			if refuse {
				refused = time.Now()
				w.Header().Set("Date", refused.UTC().Format(http.TimeFormat))
				w.Header().Set("Retry-After", "30")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			collection{n: 3000, links: true, meta: true}.ServeHTTP(w, r)
		})
		c, err := New(Options{URL: "http://localhost", Token: testToken, Transport: direct{server}, Parallelism: 4})
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.List(t.Context(), Request{Path: "/v1/things"})
		if err != nil {
			t.Fatal(err)
		}
		wantRows(t, got.Objects, 3000)
		probes := 0
		for _, at := range sent {
			since := at.Sub(refused)
			if since > time.Millisecond && since < 30*time.Second {
				t.Errorf("a request went out %s after the refusal", since)
			}
			if since >= 30*time.Second && since < 31*time.Second {
				probes++
			}
		}
		if probes != 1 {
			t.Errorf("%d requests went ahead after the refusal, want one alone", probes)
		}
	})
}

func TestMaxRequestsPerMinute(t *testing.T) {
	t.Parallel()
	server := &window{limit: 1_000_000, length: time.Hour, silent: true}
	took, _ := inBubble(t, server, 30_000, func(o *Options) { o.MaxRequestsPerMinute = 60 })
	if took < 299*time.Second || took > 301*time.Second {
		t.Errorf("300 requests took %s", took)
	}
	for i := 61; i < len(server.at); i++ {
		if d := server.at[i].Sub(server.at[i-60]); d < time.Minute-time.Millisecond {
			t.Fatalf("61 requests in %s", d)
		}
	}
}

func TestFirstRequestGoesAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &window{limit: 1, length: time.Minute, reset: epoch, Handler: http.NotFoundHandler()}
		c, err := New(Options{URL: "http://localhost", Token: testToken, Transport: direct{server}})
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if _, err := c.List(t.Context(), Request{Path: "/v1/things"}); !errors.Is(err, ErrNotFound) {
					t.Errorf("error %v", err)
				}
			})
		}
		all.Wait()
		if server.refused != 0 {
			t.Errorf("%d requests were refused", server.refused)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	start := newClock().at
	tests := []struct {
		name    string
		code    int
		headers []string
		want    time.Duration // 0 for the usual backoff
	}{
		{"seconds", 429, []string{"Retry-After", "7"}, 7 * time.Second},
		{"date", 429, []string{"Retry-After", start.Add(9 * time.Second).Format(http.TimeFormat)}, 9 * time.Second},
		{"reset", 429, []string{"X-RateLimit-Reset", strconv.FormatInt(start.Add(11*time.Second).Unix(), 10)}, 11 * time.Second},
		{"reset from now", 429, []string{"X-RateLimit-Reset", "13"}, 13 * time.Second},
		{"both", 429, []string{"Retry-After", "5", "X-RateLimit-Reset", "13"}, 5 * time.Second},
		{"nothing left until the reset", 429, []string{"Retry-After", "5", "X-RateLimit-Reset", "13", "X-RateLimit-Remaining", "0"}, 13 * time.Second},
		{"unavailable", 503, []string{"Retry-After", "7"}, 7 * time.Second},
		{"zero", 429, []string{"Retry-After", "0"}, 0},
		{"nonsense", 429, []string{"Retry-After", "soon"}, 0},
		{"past", 429, []string{"X-RateLimit-Reset", strconv.FormatInt(start.Add(-time.Hour).Unix(), 10)}, 0},
		{"negative", 429, []string{"Retry-After", "-3"}, 0},
		{"not a number", 429, []string{"Retry-After", "NaN"}, 0},
		{"the server's clock runs ahead", 429, []string{
			"Date", start.Add(time.Hour).Format(http.TimeFormat),
			"X-RateLimit-Reset", strconv.FormatInt(start.Add(time.Hour+3*time.Second).Unix(), 10),
		}, 3 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			headers := append([]string{"Date", start.Format(http.TimeFormat)}, test.headers...)
			handler, _ := failing(1, status(test.code, headers...))
			c, k := serve(t, handler)
			if _, err := c.List(t.Context(), Request{Path: "/v1/things"}); err != nil {
				t.Fatal(err)
			}
			if got := k.total(); test.want != 0 && got != test.want || test.want == 0 && got > 250*time.Millisecond {
				t.Errorf("waited %s, want %s", got, test.want)
			}
		})
	}
}
