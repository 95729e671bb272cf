package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

const helpColumns = 80

// wrapHelp breaks the prose in the help of a command, and of those below it, at 80 columns. Lines
// that begin with a blank stay as they are.
func wrapHelp(cmd *cobra.Command) {
	cmd.Long = wrap(cmd.Long, helpColumns)
	for _, sub := range cmd.Commands() {
		wrapHelp(sub)
	}
}

// wrap fills paragraphs up to a number of columns.
func wrap(text string, columns int) string {
	var lines []string
	prose := "" // the line of prose that is being filled
	for _, line := range strings.Split(text, "\n") {
		if line == "" || strings.HasPrefix(line, " ") {
			lines = append(lines, flush(&prose)...)
			lines = append(lines, line)
			continue
		}
		for _, word := range strings.Fields(line) {
			if prose != "" && len([]rune(prose))+1+len([]rune(word)) > columns {
				lines = append(lines, flush(&prose)...)
			}
			prose = strings.TrimPrefix(prose+" "+word, " ")
		}
	}
	return strings.Join(append(lines, flush(&prose)...), "\n")
}

// flush ends the line that is being filled, if there is one.
func flush(line *string) []string {
	if *line == "" {
		return nil
	}
	full := *line
	*line = ""
	return []string{full}
}
