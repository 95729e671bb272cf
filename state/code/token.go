package code

import (
	"bytes"
	"strconv"
	"strings"
)

// cursor is a position in a text. Its methods move it past what they have read.
type cursor struct {
	src []byte
	pos int
}

// scanner reads items.
type scanner struct {
	cursor
	refs    []Ref
	outline bool // whether references are not needed
}

func (s *cursor) more() bool { return s.pos < len(s.src) }

// at reports whether the text continues with prefix.
func (s *cursor) at(prefix string) bool {
	return len(s.src)-s.pos >= len(prefix) && string(s.src[s.pos:s.pos+len(prefix)]) == prefix
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isLetter counts every byte of a letter outside ASCII as a letter.
func isLetter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
}

// space skips blanks within a line.
func (s *cursor) space() {
	for s.more() && isSpace(s.src[s.pos]) {
		s.pos++
	}
}

// gap skips blanks, newlines and comments.
func (s *cursor) gap() {
	for s.more() && (isSpace(s.src[s.pos]) || s.src[s.pos] == '\n' || s.comment()) {
		if s.more() && (isSpace(s.src[s.pos]) || s.src[s.pos] == '\n') {
			s.pos++
		}
	}
}

// comment reads a comment, if there is one here. The newline after it is not part of it.
func (s *cursor) comment() bool {
	switch {
	case s.at("#"), s.at("//"):
		if n := bytes.IndexByte(s.src[s.pos:], '\n'); n >= 0 {
			s.pos += n
		} else {
			s.pos = len(s.src)
		}
		return true
	case s.at("/*"):
		if n := bytes.Index(s.src[s.pos+2:], []byte("*/")); n >= 0 {
			s.pos += n + 4
		} else {
			s.pos = len(s.src)
		}
		return true
	}
	return false
}

// ident reads a name; empty if there is none.
func (s *cursor) ident() string {
	from := s.pos
	if !s.more() || !isLetter(s.src[s.pos]) {
		return ""
	}
	s.skipName()
	return string(s.src[from:s.pos])
}

func (s *cursor) skipName() {
	for s.more() && (isLetter(s.src[s.pos]) || isDigit(s.src[s.pos]) || s.src[s.pos] == '-') {
		s.pos++
	}
}

// word reads a name with its indexes and attributes, a number, or any other single byte.
func (s *scanner) word() {
	switch c := s.src[s.pos]; {
	case isLetter(c) && s.outline:
		s.skipName()
	case isLetter(c):
		s.chain()
	case isDigit(c):
		for s.more() && (isDigit(s.src[s.pos]) || isLetter(s.src[s.pos])) {
			s.pos++
		}
	default:
		s.pos++
	}
}

// chain reads a Ref. A single name is not a Ref.
func (s *scanner) chain() {
	r := Ref{Start: s.pos}
	r.Parts = append(r.Parts, s.ident())
	r.Ends = append(r.Ends, s.pos)
	for {
		part, ok := s.link()
		if !ok {
			break
		}
		r.Parts, r.Ends = append(r.Parts, part), append(r.Ends, s.pos)
	}
	if len(r.Parts) > 1 {
		s.refs = append(s.refs, r)
	}
}

// link reads one further step of a chain: .name, .0, [0] or ["name"].
func (s *scanner) link() (part string, ok bool) {
	from := s.pos
	switch {
	case s.at("."):
		s.pos++
		if part = s.ident(); part == "" {
			part = s.digits()
		}
		ok = part != ""
	case s.at(`["`):
		s.pos++
		text := s.pos
		if s.plain() && s.at("]") {
			part, ok = unquote(s.src[text:s.pos]), true
			s.pos++
		}
	case s.at("["):
		s.pos++
		if part = s.digits(); part != "" && s.at("]") {
			ok = true
			s.pos++
		}
	}
	if !ok {
		s.pos = from
	}
	return part, ok
}

func (s *cursor) digits() string {
	from := s.pos
	for s.more() && isDigit(s.src[s.pos]) {
		s.pos++
	}
	return string(s.src[from:s.pos])
}

// plain reads a quoted text without templates and reports whether there is one.
func (s *scanner) plain() bool {
	from, refs := s.pos, len(s.refs)
	if s.quoted() != nil {
		return false
	}
	text := s.src[from:s.pos]
	s.refs = s.refs[:refs]
	return !bytes.Contains(text, []byte("${")) && !bytes.Contains(text, []byte("%{"))
}

// quoted reads a quoted text with the templates in it.
func (s *scanner) quoted() error {
	s.pos++
	for s.more() {
		switch c := s.src[s.pos]; {
		case c == '"':
			s.pos++
			return nil
		case c == '\n':
			return errString
		case c == '\\':
			s.pos = min(s.pos+2, len(s.src))
		default:
			if err := s.literal(); err != nil {
				return err
			}
		}
	}
	return errString
}

// literal reads one byte of a text, or a template sequence as a whole.
func (s *scanner) literal() error {
	switch {
	case s.at("$${"), s.at("%%{"):
		s.pos += 3
	case s.at("${"), s.at("%{"):
		s.pos += 2
		if err := s.expression(false); err != nil {
			return err
		}
		if !s.at("}") {
			return errOpen
		}
		s.pos++
	default:
		s.pos++
	}
	return nil
}

// heredoc reads a heredoc, or a mere << operator.
func (s *scanner) heredoc() error {
	s.pos += 2
	from := s.pos
	if s.at("-") {
		s.pos++
	}
	marker := s.ident()
	if s.at("\r") {
		s.pos++
	}
	if marker == "" || !s.at("\n") {
		s.pos = from
		return nil
	}
	s.pos++
	for s.more() {
		end := len(s.src)
		if n := bytes.IndexByte(s.src[s.pos:], '\n'); n >= 0 {
			end = s.pos + n
		}
		line := s.src[s.pos:end]
		if string(bytes.TrimSpace(line)) == marker {
			s.pos = end
			return nil
		}
		if bytes.IndexByte(line, '$') < 0 && bytes.IndexByte(line, '%') < 0 {
			s.pos = min(end+1, len(s.src))
			continue
		}
		if err := s.heredocLine(); err != nil {
			return err
		}
	}
	return errString
}

// heredocLine reads past the next newline that is not in a template sequence.
func (s *scanner) heredocLine() error {
	for s.more() {
		if s.src[s.pos] == '\n' {
			s.pos++
			return nil
		}
		if err := s.literal(); err != nil {
			return err
		}
	}
	return nil
}

// unquote returns the text that a quoted text stands for.
func unquote(quoted []byte) string {
	text, err := strconv.Unquote(string(quoted))
	if err != nil {
		text = strings.Trim(string(quoted), `"`)
	}
	if !strings.Contains(text, "{") {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "$${", "${"), "%%{", "%{")
}
