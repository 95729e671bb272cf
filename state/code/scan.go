package code

import (
	"bytes"
	"errors"
	"fmt"
)

// Scan returns the items of a file in their order.
func Scan(src []byte) ([]Item, error) { return scan(&scanner{cursor: cursor{src: src}}) }

// Outline returns the items without their arguments and references, which is faster.
func Outline(src []byte) ([]Item, error) {
	return scan(&scanner{cursor: cursor{src: src}, outline: true})
}

func scan(s *scanner) ([]Item, error) {
	if bytes.HasPrefix(s.src, []byte("\xef\xbb\xbf")) {
		s.pos = 3
	}
	var items []Item
	for {
		start, more := s.lead()
		if !more {
			return items, nil
		}
		item, err := s.item(start)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", 1+bytes.Count(s.src[:min(s.pos, len(s.src))], []byte("\n")), err)
		}
		items = append(items, item)
	}
}

var (
	errName   = errors.New("expected a name")
	errBlock  = errors.New("expected a block or an argument")
	errOpen   = errors.New("a bracket, template or block is not closed")
	errString = errors.New("text is not closed")
)

// lead skips to the next item and returns where the comments directly above it begin.
func (s *scanner) lead() (start int, more bool) {
	const none = -1
	start, empty := none, true
	for s.more() {
		from := s.pos
		switch {
		case s.comment():
			empty = false
			if start == none {
				start = from
			}
		case s.src[s.pos] == '\n':
			if empty {
				start = none // an empty line separates a comment from what follows
			}
			empty = true
			s.pos++
		case isSpace(s.src[s.pos]):
			s.pos++
		default:
			if start == none {
				start = s.pos
			}
			return start, true
		}
	}
	return 0, false
}

// item reads a block or an argument.
func (s *scanner) item(start int) (Item, error) {
	s.refs = nil
	it := Item{Start: start, Head: s.pos}
	name := s.ident()
	if name == "" {
		return it, errName
	}
	s.space()
	var err error
	if s.assigns() {
		it.Labels = []string{name}
		var a Arg
		a, err = s.argument(name, it.Head)
		it.Args = []Arg{a}
	} else {
		it.Kind = name
		it.Labels, err = s.labels()
		if err == nil {
			it.Args, err = s.body()
		}
	}
	if err != nil {
		return it, err
	}
	it.Refs = s.refs
	it.End = s.tail()
	return it, nil
}

// tail reads a comment after an item and returns the end of its line.
func (s *scanner) tail() int {
	end := s.pos
	for s.more() && s.src[s.pos] != '\n' {
		switch {
		case isSpace(s.src[s.pos]):
			s.pos++
		case s.comment():
			end = s.pos
		default:
			return end
		}
	}
	return end
}

// assigns reports whether the value of an argument follows.
func (s *scanner) assigns() bool { return s.at("=") && !s.at("==") }

// labels reads the labels between the kind of a block and its body.
func (s *scanner) labels() ([]string, error) {
	var out []string
	for {
		s.space()
		switch {
		case !s.more():
			return nil, errBlock
		case s.src[s.pos] == '{':
			s.pos++
			return out, nil
		case s.src[s.pos] == '"':
			from := s.pos
			if err := s.quoted(); err != nil {
				return nil, err
			}
			out = append(out, unquote(s.src[from:s.pos]))
		default:
			name := s.ident()
			if name == "" {
				return nil, errBlock
			}
			out = append(out, name)
		}
	}
}

// body reads a block from after its opening brace to after its closing one, and returns the arguments directly in it.
func (s *scanner) body() ([]Arg, error) {
	var args []Arg
	for {
		s.gap()
		if !s.more() {
			return nil, errOpen
		}
		if s.src[s.pos] == '}' {
			s.pos++
			return args, nil
		}
		head := s.pos
		name := s.ident()
		if name == "" {
			return nil, errName
		}
		s.space()
		if s.assigns() {
			a, err := s.argument(name, head)
			if err != nil {
				return nil, err
			}
			if !s.outline {
				args = append(args, a)
			}
			continue
		}
		if _, err := s.labels(); err != nil {
			return nil, err
		}
		if _, err := s.body(); err != nil {
			return nil, err
		}
	}
}

// argument reads from the equals sign to the end of the value.
func (s *scanner) argument(name string, head int) (Arg, error) {
	s.pos++
	s.space()
	a := Arg{Name: name, Head: head, Start: s.pos}
	err := s.expression(true)
	a.End = s.pos
	for a.End > a.Start && isSpace(s.src[a.End-1]) {
		a.End--
	}
	return a, err
}

// expression reads up to a closing bracket that it has not opened. If line is set, it also ends at the end of the line
// or at a comment outside all brackets.
func (s *scanner) expression(line bool) error {
	depth := 0
	for s.more() {
		c := s.src[s.pos]
		flat := line && depth == 0
		switch {
		case flat && (c == '\n' || c == '#' || s.at("//")):
			return nil
		case c == '"':
			if err := s.quoted(); err != nil {
				return err
			}
		case s.at("<<"):
			if err := s.heredoc(); err != nil {
				return err
			}
		case s.comment():
		case c == '(' || c == '[' || c == '{':
			depth++
			s.pos++
		case c == ')' || c == ']' || c == '}':
			if depth == 0 {
				return nil
			}
			depth--
			s.pos++
		default:
			s.word()
		}
	}
	if depth > 0 || !line {
		return errOpen
	}
	return nil
}
