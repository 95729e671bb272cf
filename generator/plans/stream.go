package plans

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// stateFlagNotice is a warning about an argument of ours. No other argument leaves the directory unchanged.
const stateFlagNotice = "Deprecated flag: -state"

// A Stream reads what plan -json writes, line by line: it keeps diagnostics and counts the objects that were read.
type Stream struct {
	diagnostics []Diagnostic
	reading     map[string]string // address to id of objects whose reading began but did not succeed
	begun       []string          // addresses of objects whose reading began, in that order
	refreshed   int
	quiet       quiet
	progress    func(objects int)
	rest        []byte
}

// NewStream returns a stream that calls progress with the number of objects read, after each object.
func NewStream(progress func(objects int)) *Stream {
	return &Stream{reading: map[string]string{}, quiet: quiet{imports: map[string]string{}}, progress: progress}
}

// Write takes the next piece of the stream. Lines that are not JSON, such as warnings about the CLI configuration, are
// ignored.
func (s *Stream) Write(piece []byte) (int, error) {
	s.rest = append(s.rest, piece...)
	done := 0
	for {
		n := bytes.IndexByte(s.rest[done:], '\n')
		if n < 0 {
			s.rest = append(s.rest[:0], s.rest[done:]...)
			return len(piece), nil
		}
		s.line(s.rest[done : done+n])
		done += n + 1
	}
}

func (s *Stream) line(line []byte) {
	var message streamMessage
	if json.Unmarshal(line, &message) != nil {
		return
	}
	s.quiet.take(message)
	switch message.Type {
	case "diagnostic":
		if message.Diagnostic.Summary != stateFlagNotice {
			s.diagnostics = append(s.diagnostics, message.Diagnostic.diagnostic())
		}
	case "refresh_start":
		s.reading[message.Hook.Resource.Addr] = message.Hook.ID
		s.begun = append(s.begun, message.Hook.Resource.Addr)
	case "refresh_complete":
		delete(s.reading, message.Hook.Resource.Addr)
		s.refreshed++
		s.progress(s.refreshed)
	}
}

// Reported returns the diagnostics as the engine wrote them.
func (s *Stream) Reported() []Diagnostic { return s.diagnostics }

// Begun lists the objects whose reading began, in that order.
func (s *Stream) Begun() []string { return s.begun }

// Unread lists the objects whose reading failed.
func (s *Stream) Unread() []string { return slices.Sorted(maps.Keys(s.reading)) }

// Settled returns the diagnostics. Engines do not name the object that could not be read, so errors without an address
// get the address of the unread object whose id they mention, or of the only one.
func (s *Stream) Settled() []Diagnostic {
	settled := slices.Clone(s.diagnostics)
	for i := range settled {
		d := &settled[i]
		if d.IsError() && d.Address == "" && d.File == "" {
			d.Address = s.readerOf(d.Summary + " " + d.Detail)
		}
	}
	return settled
}

func (s *Stream) readerOf(text string) string {
	unread := s.Unread()
	for _, address := range unread {
		if id := s.reading[address]; id != "" && strings.Contains(text, id) {
			return address
		}
	}
	if len(unread) == 1 {
		return unread[0]
	}
	return ""
}
