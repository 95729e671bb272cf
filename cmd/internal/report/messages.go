package report

import (
	"io"
	"iter"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// A Handler prints messages in one format. Results go to standard output, and what a person should know besides goes to
// standard error. It is safe for concurrent use.
type Handler interface {
	// Summary prints what a run did: people read it on standard error, programs on standard output.
	Summary(s *Summary) error
	// Changes prints differences.
	Changes(c Changes) error
	// Status prints how much of an organisation is managed.
	Status(s *Status) error
	// Counts prints how many events have which value; people are shown the first so many of each question, 0 for all.
	Counts(list []Count, top int) error
	// Events prints a list of audit events, as they come.
	Events(e Events) error
	// Event prints one audit event in full.
	Event(e audit.Event) error
	// Result prints what no other message is for.
	Result(r Result) error

	// Note prints what a person should know of a result, on one line.
	Note(text string)
	// Line prints what was done, on one line; with Options.Quiet nothing.
	Line(text string)
	// Problem prints an error and, unless the hint is empty, what to do about it: one line each, however many lines the
	// texts have.
	Problem(err error, hint string)
	// Progress shows how far a run is. Requests counts those made so far, which are shown while they grow; nil: not shown.
	Progress(requests func() Requests) *Progress
}

// Options say how messages are printed.
type Options struct {
	Out, Err io.Writer
	Format   string                   // text (or table), json, ndjson, csv, markdown, or that of a Result. Zero: text
	Audit    audit.Format             // of audit events in JSON. Zero: as they were received
	Zone     *time.Location           // of times in text. Zero: UTC
	Quiet    bool                     // no progress, and of a summary only what went wrong
	Getenv   func(name string) string // for NO_COLOR and TERM. Zero: nothing is set
	Now      func() time.Time         // for progress, which shows how long a stage takes. Zero: a clock that stands still
}

// New returns what prints messages in a format.
func New(o Options) Handler { return newHandler(newConsole(o)) }

func newHandler(c *console) Handler {
	text := textHandler{c}
	switch c.Format {
	case "", "text", "table":
		return text
	case "markdown":
		return markdownHandler{text}
	case "csv":
		return csvHandler{text}
	}
	return jsonHandler{c}
}

// A Result is what one command reports and no other does. People get the lines, and the table below them; programs get the
// value. Without a value, the lines are for people whatever the format is: a program does not want them on standard output.
type Result struct {
	Value  any            // for programs, as JSON
	Others map[string]any // other documents for programs, by format
	Lines  []string       // each is printed on one line; blanks before it stay
	Head   []string       // of the table
	Rows   [][]string     // of the table
	Spare  []string       // heads of columns that narrow terminals can do without, the first one first
	Body   []byte         // JSON below the lines
	Did    bool           // what was done rather than what was asked for: people read it on standard error

	Markdown *Section // in Markdown, if that is something else
}

// A Section is a result in Markdown: a heading, a table, and paragraphs below it. A cell may have several lines.
type Section struct {
	Title  string
	Head   []string
	Rows   [][]string
	Links  []string    // where each row leads, if it does
	Linked int         // the column whose cells are these links
	Diffs  [][2]string // what each is about, and the diff, which is shown when a reader opens it
	Lines  []string
}

// Events are a list of audit events, which hold no credentials.
type Events struct {
	List  iter.Seq2[audit.Event, error] // the first error ends it
	Diff  bool                          // people are shown each field before and after, below its event
	Wide  bool                          // people are shown every column, uncut
	Brief bool                          // people are shown a line for each event, without a table, for a log that is followed
}
