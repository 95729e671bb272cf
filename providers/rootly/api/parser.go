package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// parser reads JSON with reused buffers, which would otherwise be most of the memory that a large run allocates.
type parser struct {
	body   []byte // of the answer being read
	source *bytes.Reader
	stream *json.Decoder // reads from source; nil after an error
}

func (c *Client) borrowParser() *parser {
	if p, ok := c.parsers.Get().(*parser); ok {
		return p
	}
	return &parser{}
}

func (c *Client) returnParser(p *parser) {
	if cap(p.body) <= smallBody {
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

	// A decoder keeps its errors, so it is only used again after success.
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
