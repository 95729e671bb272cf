package api

import (
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestWaitedCountsTimeOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, err := New(Options{Token: testToken})
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for _, start := range []time.Duration{0, 5 * time.Second, 6 * time.Second, 30 * time.Second} {
			all.Go(func() {
				time.Sleep(start)
				if err := c.hold(t.Context(), 10*time.Second); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := c.Stats().Waited; got != 26*time.Second {
			t.Errorf("waited %s, want 16 s and 10 s", got)
		}
	})
}

func TestLimitThatTheServerAnnounces(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"": 0, "much": 0, "3000": 3000, "3000, 3000;window=60": 3000, "1000, 1000;window=3600": 16, "50;window=1": 3000, "5;window=x": 5,
	} {
		c, err := New(Options{Token: testToken})
		if err != nil {
			t.Fatal(err)
		}
		c.pace.budget.learn(http.Header{"X-Ratelimit-Limit": {text}, "X-Ratelimit-Remaining": {"1"}}, newClock().at)
		if got := c.Stats().Limit; got != want {
			t.Errorf("%q allows %d a minute, want %d", text, got, want)
		}
	}
}

func TestRequestsAreCountedByPath(t *testing.T) {
	t.Parallel()
	var s counters
	for _, path := range []string{"/v1/services", "/v1/schedules/6f0b2a9c-38a1-4a55-9a0d-2f4f1f6f7a10/shifts", "/v1/schedules/41/shifts", "/v1/services"} {
		s.count(path)
	}
	if len(s.paths) != 2 || s.paths["/v1/services"] != 2 || s.paths["/v1/schedules/{id}/shifts"] != 2 || s.requests.Load() != 4 {
		t.Errorf("counted %v", s.paths)
	}
}
