package collector

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

// follow runs rounds until the context ends, which is no error.
func (s *SyncSettings) follow(ctx context.Context, w World, sync *auditcopy.Sync, client *api.Client) error {
	m := &metrics{now: w.Now, started: w.Now(), patience: 3*s.Interval + time.Minute, stats: client.Stats}
	if s.Metrics != "" {
		address, stop, err := m.listen(ctx, s.Metrics)
		if err != nil {
			return err
		}
		defer stop()
		w.Report.Line("serving /healthz and /metrics on http://" + address)
	}
	sync.Progress = m.progress
	noted := map[string]bool{} // each note once, in some hundred
	pace, trouble := pacer{usual: s.Interval, next: s.Interval}, false
	for {
		began, before := w.Now(), client.Stats().Waited
		round, err := sync.Once(ctx)
		if ctx.Err() != nil {
			return nil
		}
		err = errors.Join(err, round.Undelivered)
		reportProblems(w, leftOut(round, sync.Cursor))
		m.round(began, round, err)
		if len(noted) > 100 {
			clear(noted)
		}
		round.Notes = slices.DeleteFunc(round.Notes, func(text string) bool {
			known := noted[text]
			noted[text] = true
			return known
		})
		if len(round.New) > 0 || len(round.Notes) > 0 || err == nil && added(round) > 0 {
			reportRound(w, round)
		}
		if err != nil {
			if hopeless(err) {
				return err
			}
			w.Report.Note(fmt.Sprintf("%v; trying again in %s", err, pace.next))
		} else if explainNothing(w, round); trouble {
			w.Report.Note("recovered: every sink is complete")
		}
		trouble = err != nil
		pace.adapt(client.Stats().Waited > before, err != nil)
		select {
		case <-time.After(pace.next):
		case <-ctx.Done():
			return nil
		}
	}
}

func added(round auditcopy.Round) (n int) {
	for _, a := range round.Added {
		n += a
	}
	return n
}

// hopeless reports whether waiting does not help.
func hopeless(err error) bool {
	for _, target := range []error{api.ErrUnauthorized, api.ErrForbidden, auditcopy.ErrSchema, auditcopy.ErrReplaced} {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}

// A pacer chooses the pause between two rounds.
type pacer struct {
	usual, next time.Duration
}

// slowest is how many times longer than usual a pause gets.
const slowest = 16

// adapt makes the pause longer while requests are held back or fail, and usual again afterwards.
func (p *pacer) adapt(limited, failed bool) {
	if limited || failed {
		p.next = min(2*p.next, slowest*p.usual)
		return
	}
	p.next = max(p.next/2, p.usual)
}
