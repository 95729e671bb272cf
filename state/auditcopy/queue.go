package auditcopy

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// A Receiver takes events from a queue, in batches.
type Receiver interface {
	// Encode writes an event as the entry that is queued and sent.
	Encode(audit.Event) ([]byte, error)

	// Limits are the most entries and bytes of a batch. One entry may be larger.
	Limits() (entries, bytes int)

	// Send sends a batch and reports what the receiver did with it. Entries that the receipt does not list stay in the
	// queue. [ErrUnacceptable] asks for a smaller batch; a single entry is then set aside.
	Send(context.Context, Batch) (Receipt, error)
}

// A Batch is some entries for a receiver.
type Batch struct {
	Entries [][]byte
	Queue   string // the identity of the queue
	Key     string // the same whenever this batch is sent again; unique to this batch
	Claim   string // of the receipt, if this batch was sent and is not confirmed yet
}

// A Receipt is what a receiver did with a batch. Positions are those of the batch's entries.
type Receipt struct {
	Taken    []int
	Rejected map[int]string // those that it will never accept, with the reasons

	// Claim says that the receiver has the batch but has not confirmed it. Send gets the batch again, with the claim.
	Claim string
}

// AllTaken is the receipt for a whole batch.
func AllTaken(entries int) Receipt {
	r := Receipt{Taken: make([]int, entries)}
	for i := range r.Taken {
		r.Taken[i] = i
	}
	return r
}

// ErrUnacceptable says that a receiver will never accept a batch as it is.
var ErrUnacceptable = errors.New("the receiver rejects it")

// A Backlog describes what a receiver does not have yet.
type Backlog struct {
	Waiting  int
	Since    time.Time // when the oldest waiting event came; zero: unknown, or none
	Rejected int       // events that were set aside since the queue exists
}

// Rejections are events that a receiver rejected and that were not reported before.
type Rejections struct {
	Count  int
	ID     string // of one of them
	Reason string // why that one was rejected
	File   string // the database in whose table "rejected" they are
}

// rejectedInRow is how many events in a row a receiver may reject. If it rejects more, not the events are bad but the
// settings of the receiver.
const rejectedInRow = 100

// queue keeps events until a receiver has them.
type queue struct {
	index    *index
	receiver Receiver
	now      func() time.Time
}

var _ store = (*queue)(nil)

// openQueue opens the queue of a sink that stores nothing itself.
func openQueue(ctx context.Context, name string, r Receiver, o Options) (*queue, error) {
	if o.State == "" {
		return nil, errors.New("no folder for the queue")
	}
	above, folder := disk.Of(o.State)
	if err := above.Real(folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := os.MkdirAll(o.State, 0o700); err != nil {
		return nil, onDisk(err, o.State)
	}
	sum := sha256.Sum256([]byte(name))
	x, err := openIndex(ctx, filepath.Join(o.State, "queue-"+hex.EncodeToString(sum[:6])+".db"))
	if err != nil {
		return nil, err
	}
	q := &queue{index: x, receiver: r, now: o.Now}
	if o.RetryRejected {
		err = x.alone(ctx, func() error { return x.requeue(ctx, 0) })
	}
	if err != nil {
		x.close()
		return nil, err
	}
	return q, nil
}

func (q *queue) identity() string { return q.index.self }

func (q *queue) newest(ctx context.Context) (time.Time, error) { return q.index.newest(ctx) }

// add puts events into the queue. They leave it with flush.
func (q *queue) add(ctx context.Context, events []audit.Event) (added int, err error) {
	err = q.index.alone(ctx, func() error {
		fresh, err := q.index.news(ctx, events)
		if err != nil || len(fresh) == 0 {
			return err
		}
		lines := make([][]byte, len(fresh))
		for i, e := range fresh {
			if lines[i], err = q.receiver.Encode(e); err != nil {
				return err
			}
		}
		added = len(fresh)
		return q.index.enqueue(ctx, fresh, lines, q.now())
	})
	if err != nil {
		return 0, err
	}
	return added, nil
}

// flush sends until nothing waits or the receiver does not accept it.
func (q *queue) flush(ctx context.Context) (Backlog, error) {
	err := q.index.alone(ctx, func() error {
		largest, _ := q.receiver.Limits()
		s := &sending{queue: q, largest: largest, most: largest}
		for {
			if more, err := s.step(ctx); err != nil || !more {
				return err
			}
		}
	})
	left, counting := q.index.backlog(context.WithoutCancel(ctx))
	return left, errors.Join(err, counting)
}

// rejections returns what was not reported yet.
func (q *queue) rejections(ctx context.Context) (Rejections, error) {
	return q.index.rejections(ctx)
}

func (q *queue) close() error { return q.index.close() }

// sending is one flush of a queue.
type sending struct {
	*queue
	largest int   // entries of a batch
	most    int   // how many are sent at a time now
	row     int   // entries rejected since the last accepted one
	after   int64 // last number in the table of rejected entries before this series
}

// step sends one batch and records what the receiver did with it.
func (s *sending) step(ctx context.Context) (more bool, err error) {
	_, size := s.receiver.Limits()
	lines, claim, err := s.index.front(ctx, s.most, size)
	if err != nil || len(lines) == 0 {
		return false, err
	}
	b := Batch{Queue: s.index.self, Key: fmt.Sprintf("%s-%d-%d", s.index.self, lines[0].seq, lines[len(lines)-1].seq), Claim: claim}
	for _, l := range lines {
		b.Entries = append(b.Entries, []byte(l.line))
	}
	receipt, err := s.receiver.Send(ctx, b)
	switch {
	case errors.Is(err, ErrUnacceptable) && len(lines) > 1:
		s.most = (len(lines) + 1) / 2
		return true, s.index.unclaim(ctx)
	case errors.Is(err, ErrUnacceptable):
		receipt, err = Receipt{Rejected: map[int]string{0: err.Error()}}, nil
	}
	if failed := s.note(context.WithoutCancel(ctx), lines, receipt); failed != nil {
		return false, failed
	}
	if len(receipt.Taken)+len(receipt.Rejected) > 0 {
		s.most = min(2*s.most, s.largest)
		return true, nil
	}
	if err == nil && receipt.Claim == "" {
		err = errors.New("the receiver neither confirms the events nor gives a reason")
	}
	return err == nil, err
}

// note makes a receipt durable, even while the run is being stopped: the receiver has the entries.
func (s *sending) note(ctx context.Context, lines []queued, r Receipt) error {
	if len(r.Taken)+len(r.Rejected) == 0 && r.Claim == "" {
		return nil
	}
	if s.row == 0 {
		var err error
		if s.after, err = s.index.lastRejected(ctx); err != nil {
			return err
		}
	}
	if err := s.index.settle(ctx, lines, r); err != nil {
		return err
	}
	s.row += len(r.Rejected)
	if len(r.Taken) > 0 {
		s.row = 0
	}
	if s.row < rejectedInRow {
		return nil
	}
	reason := ""
	for _, reason = range r.Rejected {
		break
	}
	return errors.Join(
		hint.With(fmt.Errorf("it rejected %d events in a row, the last with: %s", s.row, reason),
			"its settings are probably wrong: see audit sync --help; the events wait on disk"),
		s.index.requeue(ctx, s.after))
}

// openStream opens standard output.
func openStream(ctx context.Context, o Options) (store, error) {
	q, err := openQueue(ctx, "-", lineWriter{o}, o)
	if err != nil {
		return nil, err
	}
	return &stream{q}, nil
}

// A lineWriter is the receiver for standard output. What it has written counts as received.
type lineWriter struct{ o Options }

// Encode implements [Receiver].
func (l lineWriter) Encode(e audit.Event) ([]byte, error) { return l.o.Format.Encode(e) }

// Limits implements [Receiver].
func (lineWriter) Limits() (entries, bytes int) { return 500, 1 << 20 }

// Send implements [Receiver].
func (l lineWriter) Send(_ context.Context, b Batch) (Receipt, error) {
	if _, err := l.o.Stdout.Write(append(bytes.Join(b.Entries, []byte{'\n'}), '\n')); err != nil {
		return Receipt{}, err
	}
	return AllTaken(len(b.Entries)), nil
}

// Nothing waits for a stream: lines are written at once, or the sink has failed.
type stream struct{ *queue }

func (s *stream) add(ctx context.Context, events []audit.Event) (int, error) {
	n, err := s.queue.add(ctx, events)
	if err != nil {
		return 0, err
	}
	_, err = s.flush(ctx)
	return n, err
}
