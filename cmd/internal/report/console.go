package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// A console is what all formats share: the streams, and what people read on standard error.
type console struct {
	Options

	terminal func(io.Writer) bool
	width    func(io.Writer) int // columns of a terminal; 0: it is none

	mu    sync.Mutex // of the streams and the progress
	shown *Progress  // the latest; zero: none
}

func newConsole(o Options) *console {
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	if o.Now == nil {
		o.Now = func() time.Time { return time.Time{} }
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Audit == "" {
		o.Audit = audit.FormatRaw
	}
	return &console{Options: o, terminal: isTerminal, width: terminalWidth, shown: &Progress{}}
}

// live reports whether a writer is a terminal that understands escape sequences.
func (c *console) live(out io.Writer) bool { return c.terminal(out) && c.Getenv("TERM") != "dumb" }

func (c *console) palette(out io.Writer) palette {
	return palette{on: c.live(out) && c.Getenv("NO_COLOR") == ""}
}

// Progress begins to show how far a run is.
func (c *console) Progress(requests func() Requests) *Progress {
	if c.Quiet {
		return &Progress{}
	}
	if requests == nil {
		requests = func() Requests { return Requests{} }
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shown = &Progress{c: c, requests: requests, live: c.live(c.Err), colour: c.palette(c.Err)}
	return c.shown
}

// print prints a result, before which the stage that is shown ends.
func (c *console) print(out io.Writer, text string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shown.end()
	if _, err := io.WriteString(out, text); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// printText prints a result that is no JSON.
func (c *console) printText(out io.Writer, text string) error { return c.print(out, defused(text)) }

// tell prints a text for people above the stage that is shown.
func (c *console) tell(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shown.live && c.shown.stage != nil {
		text = eraseLine + text
	}
	_, _ = io.WriteString(c.Err, defused(text))
}

// Note prints what a person should know of a result.
func (c *console) Note(text string) { c.tell("note: " + oneLine(text) + "\n") }

// Line prints what was done, unless nobody wants to know.
func (c *console) Line(text string) {
	if !c.Quiet {
		c.tell(lines([]string{text}))
	}
}

// Problem prints an error and a hint.
func (c *console) Problem(err error, hint string) {
	text := "error: " + oneLine(err.Error()) + "\n"
	if hint = oneLine(hint); hint != "" {
		text += "hint: " + hint + "\n"
	}
	c.tell(text)
}

// lines puts each text on one line, as far indented as it is.
func lines(list []string) string {
	var b strings.Builder
	for _, text := range list {
		b.WriteString(text[:len(text)-len(strings.TrimLeft(text, " "))] + oneLine(text) + "\n")
	}
	return b.String()
}
