package sandbox_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// BenchmarkList lists 100,000 objects of a kilobyte each by pages of 100.
func BenchmarkList(b *testing.B) {
	var all []sandbox.Object
	filler := strings.Repeat("x", 900)
	for i := range 100_000 {
		all = append(all, object("services", fmt.Sprintf("id-%d", i), "", fmt.Sprintf(`{"name":"n%d","description":%q}`, i, filler)))
	}
	s := sandbox.New(sandbox.Options{Objects: all})
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		for page := 1; page <= 1000; page++ {
			list(b, s, fmt.Sprintf("/v1/services?page[size]=100&page[number]=%d", page))
		}
	}
}

// BenchmarkInclude lists 2,000 workflows with 20,000 tasks.
func BenchmarkInclude(b *testing.B) {
	var all []sandbox.Object
	for i := range 2_000 {
		id := fmt.Sprintf("w%d", i)
		all = append(all, object("workflows", id, "", `{"name":"n"}`))
		for k := range 10 {
			all = append(all, object("workflow_tasks", fmt.Sprintf("%s-%d", id, k), id, `{"name":"t"}`))
		}
	}
	s := sandbox.New(sandbox.Options{Objects: all})
	b.ResetTimer()
	for range b.N {
		for page := 1; page <= 20; page++ {
			list(b, s, fmt.Sprintf("/v1/workflows?include=genius_tasks&page[size]=100&page[number]=%d", page))
		}
	}
}

// BenchmarkCreate fills an empty server.
func BenchmarkCreate(b *testing.B) {
	for range b.N {
		s := sandbox.New(sandbox.Options{})
		for i := range 2_000 {
			r := httptest.NewRequest(http.MethodPost, "/v1/services", strings.NewReader(write("services", fmt.Sprintf(`{"name":"n%d"}`, i))))
			r.Header.Set("Authorization", "Bearer x")
			s.ServeHTTP(httptest.NewRecorder(), r)
		}
		if n := len(s.Snapshot()); n != 2_000 {
			b.Fatalf("%d objects", n)
		}
	}
}

func list(b *testing.B, s *sandbox.Server, path string) {
	b.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Authorization", "Bearer x")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		b.Fatalf("%s: %d", path, w.Code)
	}
}
