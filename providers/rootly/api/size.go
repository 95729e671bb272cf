package api

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Limits for the size of answers. A page of 100 rows has some hundred KiB, and gzip compresses 1 GB of zeros to 1 MB.
const (
	smallBody    = 4 << 20   // bytes up to which answers are read and decoded concurrently
	smallValues  = 200_000   // values, likewise: a value in memory is up to a hundred times larger than in JSON
	largestBody  = 64 << 20  // bytes, decompressed; a larger answer is dropped
	largestCount = 3_000_000 // values
)

var (
	errTooLarge = fmt.Errorf("the answer is larger than %d MiB", largestBody>>20)
	errTooMany  = fmt.Errorf("the answer has more than %d values", largestCount)
)

// A lane lets one large answer through at a time, so that several do not fill the memory.
type lane chan struct{}

// take waits for the lane. It returns the function that leaves the lane.
func (l lane) take(ctx context.Context) (leave func(), err error) {
	select {
	case l <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return func() { <-l }, nil
}

// An intake is an answer that is being read into a parser.
type intake struct {
	ctx   context.Context
	lane  lane
	leave func() // nil while the answer is small
}

// large makes sure that the answer has the lane.
func (in *intake) large() (err error) {
	if in.leave == nil {
		in.leave, err = in.lane.take(in.ctx)
	}
	return err
}

func (in *intake) close() {
	if in.leave != nil {
		in.leave()
	}
}

// readAll fills the parser's body; size is a guess, or -1.
func (in *intake) readAll(p *parser, from io.Reader, size int64) error {
	p.body = p.body[:0]
	if want := int(min(size+1, smallBody)); cap(p.body) < want {
		p.body = make([]byte, 0, want)
	}
	for {
		if len(p.body) > largestBody {
			return errTooLarge
		}
		if len(p.body) >= smallBody {
			if err := in.large(); err != nil {
				return err
			}
		}
		if len(p.body) == cap(p.body) {
			p.body = append(p.body, make([]byte, 64<<10)...)[:len(p.body)]
		}
		n, err := from.Read(p.body[len(p.body):cap(p.body)])
		p.body = p.body[:len(p.body)+n]
		if err == io.EOF { //nolint:errorlint // as io.ReadAll: a wrapped EOF is an error
			return in.weigh(p.body)
		}
		if err != nil {
			return err
		}
	}
}

// weigh counts the values that decoding would create.
func (in *intake) weigh(json []byte) error {
	switch n := countValues(json); {
	case n > largestCount:
		return errTooMany
	case n > smallValues:
		return in.large()
	}
	return nil
}

// countValues counts the bytes that begin or separate values in JSON.
func countValues(json []byte) int {
	n, quoted := 0, false
	for i := 0; i < len(json); i++ {
		switch c := json[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case !quoted && (c == ',' || c == '{' || c == '['):
			n++
		}
	}
	return n
}

// isTooLarge reports whether another attempt would bring the same size.
func isTooLarge(err error) bool { return errors.Is(err, errTooLarge) || errors.Is(err, errTooMany) }
