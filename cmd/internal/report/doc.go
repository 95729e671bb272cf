// Package report prints the messages of commands.
//
//	command ──► message: Summary, Changes, Status, events, counts, Result ─┐
//	        ──► Note, Line, Problem                                        ├──► Handler ──► text, Markdown, JSON or CSV
//	stages  ──► Progress: a live line on a terminal, plain lines otherwise ─┘
//
// A message is a plain value. The command line makes one Handler from the flags; whoever has something to report gives the
// message to it and does not ask for the format. A handler escapes what comes from elsewhere, such as the names of objects:
// what a terminal would obey (clean.go), what a CI system would take for a command, Markdown (print_markdown.go), JSON, and
// formulas in CSV. So no caller can forget it.
//
// A new kind of result is most often a [Result]. A new format is a type that implements [Handler], and a line in [New].
//
// Not here: any work or decision, nor what the results are.
package report
