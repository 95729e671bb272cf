package collector

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

const (
	keptTogether = 100
	flushEvery   = 5 * time.Second
)

// keep hands what is queued to the sinks until the end is announced and the queue is empty. Many
// events that come at once share one write.
func (rc *receiver) keep(ctx context.Context, sinks []*auditcopy.Sink) {
	defer close(rc.ended)
	again := time.NewTicker(flushEvery)
	defer again.Stop()
	for {
		select {
		case first := <-rc.queue:
			rc.write(ctx, sinks, rc.together(first))
		case <-again.C:
			rc.flush(ctx, sinks)
		case <-rc.ending:
			for len(rc.queue) > 0 {
				rc.write(ctx, sinks, rc.together(<-rc.queue))
			}
			rc.flush(ctx, sinks)
			return
		}
	}
}

// together takes what else is queued already.
func (rc *receiver) together(first delivered) []delivered {
	batch := []delivered{first}
	for len(batch) < keptTogether {
		select {
		case d := <-rc.queue:
			batch = append(batch, d)
		default:
			return batch
		}
	}
	return batch
}

// write makes a batch durable in every sink, and only then lets its senders go.
func (rc *receiver) write(ctx context.Context, sinks []*auditcopy.Sink, batch []delivered) {
	events := make([]audit.Event, len(batch))
	for i, d := range batch {
		events[i] = d.event
	}
	var err error
	for _, sink := range sinks {
		_, failed := sink.Add(ctx, events)
		rc.ends.kept(sink.Name(), failed)
		err = errors.Join(err, failed)
	}
	if err != nil {
		rc.counts.failed.Add(int64(len(batch)))
		rc.note(fmt.Sprintf("%v; Rootly is asked to send again", err))
	} else {
		rc.counts.stored.Add(int64(len(batch)))
	}
	for _, d := range batch {
		d.kept <- err
	}
}

// flush passes on what waits for endpoints, to all at once: none waits for another. It takes little time,
// since senders wait meanwhile.
func (rc *receiver) flush(ctx context.Context, sinks []*auditcopy.Sink) {
	limited, cancel := context.WithTimeout(ctx, flushEvery)
	defer cancel()
	var all sync.WaitGroup
	for _, sink := range sinks {
		all.Go(func() {
			left, err := sink.Flush(limited)
			rc.ends.delivered(sink.Name(), left, err)
			if err != nil {
				rc.note(fmt.Sprintf("%v; %d wait", err, left.Waiting))
			}
			r, err := sink.Rejections(ctx)
			if err != nil {
				rc.note(err.Error())
			} else if r.Count > 0 {
				problem := rejected(sink.Name(), r)
				rc.note(problem.Error() + "; " + hint.Of(problem))
			}
		})
	}
	all.Wait()
}
