package sandbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// try asks for the services once and says what came of it.
func try(t *testing.T, base string) string {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, base+"/v1/services", nil) // never retried by net/http
	if err != nil {
		t.Fatal(err)
	}
	req.Method = http.MethodGet
	req.Close = true
	req.Header.Set("Authorization", "Bearer x")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "broken"
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "torn"
	case err != nil:
		return "failed: " + err.Error()
	case strings.HasPrefix(string(body), "<!DOCTYPE html>"):
		return "page"
	case !json.Valid(body):
		return "bad JSON"
	}
	return strconv.Itoa(res.StatusCode)
}

func TestFaultsComeWhenTheyAreDue(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		faults sandbox.Faults
		want   string
	}{
		{sandbox.Faults{}, "200 200 200 200 200 200"},
		{sandbox.Faults{ErrorEvery: 3}, "200 200 500 200 200 500"},
		{sandbox.Faults{ErrorEvery: 3, ErrorBurst: 2}, "200 200 500 500 200 500"},
		{sandbox.Faults{ResetEvery: 2}, "200 broken 200 broken 200 broken"},
		{sandbox.Faults{TearEvery: 3}, "200 200 torn 200 200 torn"},
		{sandbox.Faults{TearEvery: 3, TearQuietly: true}, "200 200 bad JSON 200 200 bad JSON"},
		{sandbox.Faults{HTMLEvery: 4}, "200 200 200 page 200 200"},
		{sandbox.Faults{LimitEvery: 1}, "429 429 429 429 429 429"},
	} {
		s, c := start(t, sandbox.Options{Objects: services(5)})
		s.SetFaults(test.faults)
		var got []string
		for range 6 {
			got = append(got, try(t, c.base))
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%+v: %s, want %s", test.faults, s, test.want)
		}
		s.SetFaults(sandbox.Faults{})
		if got := try(t, c.base); got != "200" {
			t.Errorf("after the faults: %s", got)
		}
	}
}

// Without a connection to break, as in HTTP/2, the answer must still not look whole.
func TestResetsWithoutAConnectionPromiseMoreThanTheySend(t *testing.T) {
	t.Parallel()
	s := sandbox.New(sandbox.Options{Faults: sandbox.Faults{ResetEvery: 1}})
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/v1/services", nil))
	if w.Header().Get("Content-Length") != "1" || w.Body.Len() != 0 {
		t.Errorf("headers %v, body %q", w.Header(), w.Body)
	}
}

func TestLatencyEndsWhenTheClientGivesUp(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Faults: sandbox.Faults{Latency: time.Hour}})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/v1/services", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := http.DefaultClient.Do(req); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestLatencyDelaysEachAnswer(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Faults: sandbox.Faults{Latency: 30 * time.Millisecond}})
	early := time.NewTimer(30 * time.Millisecond)
	c.ok("/v1/services")
	select {
	case <-early.C:
	default:
		t.Error("the answer came at once")
	}
}

func TestA429SaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Faults: sandbox.Faults{LimitEvery: 1, RetryAfter: 1500 * time.Millisecond}})
	a := c.want(http.StatusTooManyRequests, http.MethodGet, "/v1/services", "")
	if a.header.Get("Retry-After") != "2" || string(a.raw) != `{"error":"Rate limit exceeded. Try again later."}` {
		t.Errorf("headers %v: %s", a.header, a.raw)
	}
}

func TestPagesThatLieAboutTheNext(t *testing.T) {
	t.Parallel()
	s, c := start(t, sandbox.Options{Objects: services(5)})
	page := func(n int) answer { return c.ok(fmt.Sprintf("/v1/services?page[size]=2&page[number]=%d", n)) }

	s.SetFaults(sandbox.Faults{PageCap: 1})
	if a := page(1); len(a.ids(t)) != 1 || a.Meta.TotalPages != 5 {
		t.Errorf("capped: %s", a.raw)
	}
	s.SetFaults(sandbox.Faults{EndlessNext: true})
	if a := page(3); a.Links.Next == nil || a.Meta.NextPage == nil || *a.Meta.NextPage != 4 {
		t.Errorf("endless: %s", a.raw)
	}
	if a := page(900); !cmp.Equal(a.ids(t), []string{"s004"}) || *a.Meta.NextPage != 901 {
		t.Errorf("endless, far: %s", a.raw)
	}
	s.SetFaults(sandbox.Faults{RepeatNext: true})
	if a := page(1); *a.Links.Next != a.Links.Self {
		t.Errorf("repeating: %s", a.raw)
	}
	s.SetFaults(sandbox.Faults{ForeignNext: "https://elsewhere.example"})
	if a := page(1); !strings.HasPrefix(*a.Links.Next, "https://elsewhere.example/v1/services?page") {
		t.Errorf("foreign: %s", a.raw)
	}
}

func TestHooksAnswerInsteadOrLetPass(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: services(1), Faults: sandbox.Faults{
		Hook: func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/v1/teams" {
				return false
			}
			w.WriteHeader(http.StatusTeapot)
			return true
		},
	}})
	c.want(http.StatusTeapot, http.MethodGet, "/v1/teams", "")
	c.ok("/v1/services")
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 500, time.UTC)
	_, c := start(t, sandbox.Options{RateLimit: 2, Clock: func() time.Time { return now }})
	for _, remaining := range []string{"1", "0"} {
		h := c.ok("/v1/services").header
		if h.Get("X-RateLimit-Limit") != "2, 2;window=60" || h.Get("X-RateLimit-Remaining") != remaining ||
			h.Get("X-RateLimit-Reset") != strconv.FormatInt(now.Unix()+61, 10) {
			t.Errorf("headers: %v", h)
		}
	}
	a := c.want(http.StatusTooManyRequests, http.MethodGet, "/v1/services", "")
	if a.header.Get("Retry-After") != "60" || a.header.Get("X-RateLimit-Remaining") != "0" || a.header.Get("X-RateLimit-Used") != "2" {
		t.Errorf("refused: %v", a.header)
	}
	now = now.Add(time.Minute)
	if got := c.ok("/v1/services").header.Get("X-RateLimit-Remaining"); got != "1" {
		t.Errorf("a minute later %s remain", got)
	}
	_, free := start(t, sandbox.Options{})
	if h := free.ok("/v1/services").header; h.Get("X-RateLimit-Limit") != "" {
		t.Errorf("without a limit: %v", h)
	}
}

// Readers, writers, faults and counters at once; the race detector is the judge.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	s, c := start(t, sandbox.Options{Objects: append(services(50), workflows()...)})
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for n := range 20 {
				c.get("/v1/services?page[size]=10&filter[name]=Service%201&sort=name")
				c.get("/v1/workflows?include=genius_tasks")
				c.get("/v1/services/service-3")
				c.do(http.MethodPost, "/v1/services", write("services", fmt.Sprintf(`{"name":"n%d-%d"}`, i, n)))
				c.do(http.MethodPut, "/v1/services/s001", write("services", fmt.Sprintf(`{"color":"c%d-%d"}`, i, n)))
				s.SetFaults(sandbox.Faults{PageCap: n})
				s.SetActor(sandbox.Actor{ID: i})
				s.Record(sandbox.Event{Event: "update", ItemType: "Service"})
				s.Snapshot()
				s.Requests()
			}
		})
	}
	group.Wait()
	if got := s.Requests()["POST /v1/services"]; got != 160 {
		t.Errorf("%d creates counted", got)
	}
	if got := c.ok("/v1/services").Meta.TotalCount; got != 210 {
		t.Errorf("%d services", got)
	}
}
