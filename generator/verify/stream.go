package verify

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// stateFlagNotice is a warning about an argument of ours, which has no substitute that leaves the directory alone.
const stateFlagNotice = "Deprecated flag: -state"

// uiStream takes what plan -json writes, line by line: diagnostics are kept, objects that were read are counted.
type uiStream struct {
	diagnostics []Diagnostic
	reading     map[string]string // address to id of objects whose reading began but did not end well
	begun       []string          // addresses of objects whose reading began, in that order
	refreshed   int
	progress    func(Progress)
	rest        []byte
}

func newStream(progress func(Progress)) *uiStream {
	return &uiStream{reading: map[string]string{}, progress: progress}
}

// Write takes the next piece of the stream. Lines that are no JSON, such as warnings about the CLI's own
// configuration, are passed over.
func (s *uiStream) Write(piece []byte) (int, error) {
	s.rest = append(s.rest, piece...)
	for {
		line, rest, found := strings.Cut(string(s.rest), "\n")
		if !found {
			return len(piece), nil
		}
		s.rest = []byte(rest)
		s.line(line)
	}
}

func (s *uiStream) line(line string) {
	var message struct {
		Type       string         `json:"type"`
		Diagnostic wireDiagnostic `json:"diagnostic"`
		Hook       struct {
			Resource struct {
				Addr string `json:"addr"`
			} `json:"resource"`
			ID string `json:"id_value"`
		} `json:"hook"`
	}
	if json.Unmarshal([]byte(line), &message) != nil {
		return
	}
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
		s.progress(Progress{Step: stepPlan, Objects: s.refreshed})
	}
}

// unread lists the objects whose reading failed.
func (s *uiStream) unread() []string { return slices.Sorted(maps.Keys(s.reading)) }

// settled returns the diagnostics. Engines do not tell whose reading failed, so errors without an address get that of
// the unread object whose id they mention, or of the only one there is.
func (s *uiStream) settled() []Diagnostic {
	settled := slices.Clone(s.diagnostics)
	for i := range settled {
		d := &settled[i]
		if d.IsError() && d.Address == "" && d.File == "" {
			d.Address = s.readerOf(d.Summary + " " + d.Detail)
		}
	}
	return settled
}

func (s *uiStream) readerOf(text string) string {
	unread := s.unread()
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
