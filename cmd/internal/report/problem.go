package report

import (
	"fmt"
	"io"
)

// Problem prints what went wrong and, unless the hint is empty, what to do about it: one line each,
// however many lines the texts have.
func Problem(out io.Writer, err error, hint string) {
	text := "error: " + oneLine(err.Error()) + "\n"
	if hint = oneLine(hint); hint != "" {
		text += "hint: " + hint + "\n"
	}
	fmt.Fprint(out, defused(text))
}
