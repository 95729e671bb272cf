package api

import (
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
