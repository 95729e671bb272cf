package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// parser reads JSON with buffers that are used again and again: for large
// organisations they would be most of what a run allocates.
type parser struct {
	body   []byte // of the answer being read
	source *bytes.Reader
	stream *json.Decoder // reads from source; nil after an error
}

// mostKept is the largest body whose buffers are worth keeping.
const mostKept = 4 << 20

func (c *Client) borrowParser() *parser {
	if p, ok := c.parsers.Get().(*parser); ok {
		return p
	}
	return &parser{}
}

func (c *Client) returnParser(p *parser) {
	if cap(p.body) <= mostKept {
		c.parsers.Put(p)
	}
}

// parse reads exactly one JSON value and keeps its numbers as written.
func (p *parser) parse(body []byte, into any) error {
	body = bytes.TrimSpace(body)
	if len(body) > 0 && body[0] == '<' {
		return ErrHTML
	}
	if p.stream == nil {
		p.source = bytes.NewReader(nil)
		p.stream = json.NewDecoder(p.source)
		p.stream.UseNumber()
	}

	// A decoder remembers its errors, so it is only used again after success.
	stream := p.stream
	p.stream = nil
	p.source.Reset(body)
	start := stream.InputOffset()
	err := stream.Decode(into)
	if isShape(err) {
		return err
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errTorn, unexpected(err))
	}
	if stream.InputOffset()-start != int64(len(body)) {
		return fmt.Errorf("%w: there is more data after the JSON", errTorn)
	}
	p.stream = stream
	return nil
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func isShape(err error) bool {
	var mismatch *json.UnmarshalTypeError
	return errors.As(err, &mismatch)
}

var errTooLarge = errors.New("the answer is larger than 512 MiB")

// largestBody is where a single answer is taken for a mistake.
const largestBody = 512 << 20

// readAll fills the parser's body; size is a guess, or -1.
func (p *parser) readAll(from io.Reader, size int64) error {
	p.body = p.body[:0]
	if want := int(min(size+1, mostKept)); cap(p.body) < want {
		p.body = make([]byte, 0, want)
	}
	for {
		if len(p.body) > largestBody {
			return errTooLarge
		}
		if len(p.body) == cap(p.body) {
			p.body = append(p.body, make([]byte, 64<<10)...)[:len(p.body)]
		}
		n, err := from.Read(p.body[len(p.body):cap(p.body)])
		p.body = p.body[:len(p.body)+n]
		if err == io.EOF { //nolint:errorlint // as io.ReadAll: a wrapped EOF is an error
			return nil
		}
		if err != nil {
			return err
		}
	}
}
