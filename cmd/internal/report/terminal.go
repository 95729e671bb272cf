package report

import (
	"io"

	"golang.org/x/term"
)

const usualWidth = 80

// descriptor finds the file descriptor that a writer writes to.
func descriptor(out io.Writer) (int, bool) {
	f, ok := out.(interface{ Fd() uintptr })
	if !ok {
		return 0, false
	}
	return int(f.Fd()), true
}

func isTerminal(out io.Writer) bool {
	fd, ok := descriptor(out)
	return ok && term.IsTerminal(fd)
}

// terminalWidth is asked for at each drawing, since windows are resized.
func terminalWidth(out io.Writer) int {
	fd, ok := descriptor(out)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(fd)
	if err != nil {
		return 0
	}
	return width
}

// A colour is an escape sequence of a terminal.
type colour string

const (
	plain  colour = ""
	bold   colour = "\x1b[1m"
	red    colour = "\x1b[31m"
	green  colour = "\x1b[32m"
	yellow colour = "\x1b[33m"

	reset     = "\x1b[0m"
	eraseLine = "\r\x1b[K"
)

// A palette colours text, if colours are on.
type palette struct{ on bool }

func (p palette) paint(c colour, text string) string {
	if !p.on || c == plain || text == "" {
		return text
	}
	return string(c) + text + reset
}
