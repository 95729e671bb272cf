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

// A Delivery is one batch for an endpoint.
type Delivery struct {
	To          string // the address, with whatever it has
	ContentType string
	Body        []byte

	// Key is the same when the same batch is sent again, and no other batch has it.
	Key string
}

// Deliver sends a batch and returns when the receiver has it. [ErrTooLarge] asks for a smaller one.
type Deliver func(context.Context, Delivery) error

// ErrTooLarge says that a receiver does not take so much at once.
var ErrTooLarge = errors.New("too large for the receiver")

const (
	queueLines = 500
	queueBytes = 1 << 20
)

// queue keeps events until a receiver has them.
type queue struct {
	index  *index
	format audit.Format
	send   func(context.Context, []queued) error
}

var _ store = (*queue)(nil)

// openQueue opens the queue of a sink that has no place of its own.
func openQueue(ctx context.Context, name string, o Options) (*queue, error) {
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
	return &queue{index: x, format: o.Format}, nil
}

func openStream(ctx context.Context, o Options) (store, error) {
	q, err := openQueue(ctx, "-", o)
	if err != nil {
		return nil, err
	}
	q.send = func(_ context.Context, lines []queued) error {
		_, err := o.Stdout.Write(join(lines))
		return err
	}
	return &stream{q}, nil
}

// A stream has nothing to wait for: lines go out at once, or the sink has failed.
type stream struct{ *queue }

func (s *stream) add(ctx context.Context, events []audit.Event) (int, error) {
	n, err := s.queue.add(ctx, events)
	if err != nil {
		return 0, err
	}
	_, err = s.flush(ctx)
	return n, err
}

func openEndpoint(ctx context.Context, target string, o Options) (store, error) {
	if o.Deliver == nil {
		return nil, errors.New("no delivery to endpoints is configured")
	}
	if o.Batch != "" && o.Batch != "ndjson" && o.Batch != "json" {
		return nil, hint.With(fmt.Errorf("unknown batch format %q", o.Batch), "use ndjson or json")
	}
	if !o.Insecure {
		if err := encryptedEndpoint(target); err != nil {
			return nil, err
		}
	}
	q, err := openQueue(ctx, Name(target), o)
	if err != nil {
		return nil, err
	}
	q.send = func(ctx context.Context, lines []queued) error {
		d := Delivery{To: target, ContentType: "application/x-ndjson", Body: join(lines), Key: fmt.Sprintf("%s-%d-%d", q.index.self, lines[0].seq, lines[len(lines)-1].seq)}
		if o.Batch == "json" {
			d.ContentType, d.Body = "application/json", array(lines)
		}
		return o.Deliver(ctx, d)
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
			if lines[i], err = q.format.Encode(e); err != nil {
				return err
			}
		}
		added = len(fresh)
		return q.index.enqueue(ctx, fresh, lines)
	})
	if err != nil {
		return 0, err
	}
	return added, nil
}

// flush sends until nothing waits or the receiver does not take it.
func (q *queue) flush(ctx context.Context) (waiting int, err error) {
	err = q.index.alone(ctx, func() error {
		most := queueLines
		for {
			lines, err := q.index.front(ctx, most, queueBytes)
			if err != nil || len(lines) == 0 {
				return err
			}
			err = q.send(ctx, lines)
			if errors.Is(err, ErrTooLarge) && len(lines) > 1 {
				most = len(lines) / 2
				continue
			}
			if err != nil {
				return err
			}
			// The receiver has them: note it even when the run is being stopped.
			if err := q.index.done(context.WithoutCancel(ctx), lines[len(lines)-1].seq); err != nil {
				return err
			}
		}
	})
	waiting, counting := q.index.queue(context.WithoutCancel(ctx))
	return waiting, errors.Join(err, counting)
}

func (q *queue) close() error { return q.index.close() }

// join writes lines one after the other.
func join(lines []queued) []byte {
	var b bytes.Buffer
	for _, q := range lines {
		b.WriteString(q.line)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// array writes lines as one JSON array.
func array(lines []queued) []byte {
	var b bytes.Buffer
	for i, q := range lines {
		b.WriteByte("[,"[min(i, 1)])
		b.WriteString(q.line)
	}
	b.WriteByte(']')
	return b.Bytes()
}
