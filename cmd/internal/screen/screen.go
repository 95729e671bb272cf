// Package screen prints the result of a command.
//
//	command ──► Screen ──► standard output
//	              ├─────► jq expression ──► standard output
//	              └─────► pager, on a terminal
//
// Not here: the result itself, and flags.
package screen

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"syscall"

	"github.com/itchyny/gojq"
	"golang.org/x/term"
)

// A Screen passes on what is written, by default as it is.
type Screen struct {
	out      io.Writer
	filtered bool // the output is for a program, even if that program writes to a terminal
	next     io.Writer

	// IsTerminal reports whether people read the output. Nil: asks the writer.
	IsTerminal func() bool
}

// New makes a screen in front of an output.
func New(out io.Writer) *Screen { return &Screen{out: out, next: out} }

// Write passes on.
func (s *Screen) Write(b []byte) (int, error) { return s.next.Write(b) }

// Fd is the file of the output, so that its terminal is also found behind a pager.
func (s *Screen) Fd() uintptr {
	if f, ok := s.out.(interface{ Fd() uintptr }); ok && !s.filtered {
		return f.Fd()
	}
	return ^uintptr(0)
}

func (s *Screen) isTerminal() bool {
	if s.IsTerminal != nil {
		return s.IsTerminal()
	}
	return term.IsTerminal(int(s.Fd()))
}

// Filter compiles a jq expression. From start on, each written value goes through it; end waits for the rest. Texts are
// printed as they are, other values as JSON on a line.
func (s *Screen) Filter(expression string) (start func(context.Context) (end func() error), err error) {
	query, err := gojq.Parse(expression)
	if err != nil {
		return nil, err
	}
	code, err := gojq.Compile(query)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) func() error {
		r, w := io.Pipe()
		ended := make(chan error, 1)
		go func() {
			err := filter(ctx, code, r, s.out)
			_ = r.CloseWithError(err) // the command learns of it when it writes; nil reads as closed
			ended <- err
		}()
		s.next, s.filtered = w, true
		return func() error {
			_ = w.Close() // never fails
			s.next, s.filtered = s.out, false
			return <-ended
		}
	}, nil
}

func filter(ctx context.Context, code *gojq.Code, in io.Reader, out io.Writer) error {
	values := json.NewDecoder(in)
	values.UseNumber()
	for {
		var v any
		if err := values.Decode(&v); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("the output is not JSON: %w", err)
		}
		results := code.RunWithContext(ctx, v)
		for {
			result, ok := results.Next()
			if !ok {
				break
			}
			if err, failed := result.(error); failed {
				var halt *gojq.HaltError
				if errors.As(err, &halt) && halt.Value() == nil {
					return nil
				}
				return err
			}
			line, err := lineOf(result)
			if err != nil {
				return err
			}
			if _, err := out.Write(line); err != nil {
				return err
			}
		}
	}
}

// lineOf writes a result. Control characters stay escaped in JSON and become U+FFFD in texts.
func lineOf(result any) ([]byte, error) {
	if text, ok := result.(string); ok {
		safe := strings.Map(func(r rune) rune {
			if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 {
				return '\uFFFD'
			}
			return r
		}, text)
		return []byte(safe + "\n"), nil
	}
	line, err := gojq.Marshal(result)
	return append(line, '\n'), err
}

// Page sends the output to the user's pager, if people read it and have one. End waits until they have left it.
func (s *Screen) Page(ctx context.Context, getenv func(string) string, environ []string) (end func() error) {
	nothing := func() error { return nil }
	command := strings.Fields(getenv("PAGER"))
	if len(command) == 0 {
		command = []string{"less"}
	}
	if !s.isTerminal() || command[0] == "cat" || getenv("TERM") == "dumb" {
		return nothing
	}
	path, err := exec.LookPath(command[0])
	if err != nil {
		return nothing
	}
	pager := exec.CommandContext(context.WithoutCancel(ctx), path, command[1:]...)
	pager.Stdout, pager.Env = s.out, environ
	for name, usual := range map[string]string{"LESS": "FRX", "LV": "-c"} { // like git: colours, and no pager for output that fits on the screen
		if getenv(name) == "" {
			pager.Env = append(pager.Env, name+"="+usual)
		}
	}
	in, err := pager.StdinPipe()
	if err != nil || pager.Start() != nil {
		return nothing
	}
	s.next = in
	return func() error {
		_ = in.Close() // the pager may be gone
		s.next = s.out
		_ = pager.Wait() // the pager's exit status says nothing about the command
		return nil
	}
}

// Left reports whether an error comes of a pager that was left before the end of the output.
func Left(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}
