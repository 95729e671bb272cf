package api

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"
)

// packed answers with a text between two others, again and again, compressed.
func packed(before, again string, times int, after string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
		if err != nil {
			panic(err)
		}
		defer z.Close()
		_, _ = io.WriteString(z, before)
		block := strings.Repeat(again, 1000)
		for range times / 1000 {
			if _, err := io.WriteString(z, block); err != nil {
				return
			}
		}
		_, _ = io.WriteString(z, after)
	}
}

func TestAnswersOfAnySize(t *testing.T) {
	t.Parallel()
	const first, last = `{"data":[{"type":"things","id":"1","attributes":{"a":`, `}}]}`
	for what, c := range map[string]struct {
		answer http.HandlerFunc
		want   error
	}{
		"a long text":            {packed(first+`"`, "0123456789", 1_000_000, `"`+last), nil},
		"many values":            {packed(first+`[`, "0,", 300_000, `0]`+last), nil},
		"too long a text":        {packed(first+`"`, "0123456789", 7_000_000, `"`+last), errTooLarge},
		"too many values":        {packed(first+`[`, "0,", 4_000_000, `0]`+last), errTooMany},
		"too many objects":       {packed(first+`[`, "{},", 4_000_000, `0]`+last), errTooMany},
		"too deep":               {packed(first, "[", 4_000_000, last), errTooMany},
		"too long for an error":  {packed(``, " ", 80_000_000, ``), errTooLarge},
		"brackets inside a text": {packed(first+`"`, `,{[\"`, 1_100_000, `"`+last), nil},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			asked := 0
			c2, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
				asked++
				c.answer(w, r)
			})
			_, err := c2.List(t.Context(), Request{Path: "/v1/things"})
			if !errors.Is(err, c.want) || asked != 1 && c.want != nil {
				t.Errorf("asked %d times: %v, want %v", asked, err, c.want)
			}
		})
	}
}

// Of 16 large answers at once, one is read and decoded at a time.
func TestLargeAnswersGoOneAtATime(t *testing.T) {
	t.Parallel()
	for what, answer := range map[string]http.HandlerFunc{
		"long":        packed(`"`, "0123456789", 500_000, `"`),
		"many values": packed(`[`, "0,", 300_000, `0]`),
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			c, _ := serve(t, answer)
			u, err := c.resolve("/v1/things", nil)
			if err != nil {
				t.Fatal(err)
			}
			var now, most atomic.Int64
			var all errgroup.Group
			for range 16 {
				all.Go(func() error {
					_, err := c.fetch(t.Context(), u, func(*parser, []byte) (document, error) {
						defer now.Add(-1)
						most.Store(max(most.Load(), now.Add(1)))
						return document{}, nil
					})
					return err
				})
			}
			if err := all.Wait(); err != nil || most.Load() != 1 {
				t.Errorf("%d at once: %v", most.Load(), err)
			}
		})
	}
}

func TestErrorsOfAnySize(t *testing.T) {
	t.Parallel()
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(http.StatusForbidden)
		packed(`{"errors":[`, "{},", 3_000_000, `{}]}`)(w, r)
	})
	if _, err := c.List(t.Context(), Request{Path: "/v1/things"}); !errors.Is(err, ErrForbidden) {
		t.Error(err)
	}
}
