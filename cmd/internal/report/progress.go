package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

const (
	drawEvery = 100 * time.Millisecond // at most: what is faster only flickers
	tickEvery = 500 * time.Millisecond // at least, so that the clock of a live line moves
	sayEvery  = 10 * time.Second       // without a terminal

	roomForBar = 50 // columns
)

// ProgressOptions say how progress is shown. The zero value shows it on a terminal as a live line
// with colours, and elsewhere as plain lines.
type ProgressOptions struct {
	Quiet      bool                // show nothing
	Getenv     func(string) string // for NO_COLOR and TERM; zero: nothing is set
	Requests   func() Requests     // the requests made so far, shown while they grow; zero: not shown
	IsTerminal func() bool         // zero: asks the writer
	Width      func() int          // columns of the terminal; zero: asks the writer
	Now        func() time.Time    // must be given for stages; summaries need no clock
}

// Progress shows how far a run is, stage by stage. It is safe for concurrent use. Close ends it.
type Progress struct {
	out    io.Writer
	o      ProgressOptions
	live   bool // redraws one line
	colour palette

	mu    sync.Mutex
	stage *stage // nil between stages
}

// A stage is what the present stage has come to.
type stage struct {
	name  string
	total int
	began time.Time
	shown time.Time   // when its line was last drawn or said
	timer *time.Timer // shows it again when nothing happens for long
	start Requests    // made before it began

	done        int
	what        string
	collections int
	objects     int
}

// NewProgress shows progress on out, which is most often standard error.
func NewProgress(out io.Writer, o ProgressOptions) *Progress {
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	if o.IsTerminal == nil {
		o.IsTerminal = func() bool { return isTerminal(out) }
	}
	if o.Width == nil {
		o.Width = func() int { return terminalWidth(out) }
	}
	if o.Requests == nil {
		o.Requests = func() Requests { return Requests{} }
	}
	live := !o.Quiet && o.IsTerminal() && o.Getenv("TERM") != "dumb"
	return &Progress{out: out, o: o, live: live, colour: palette{on: live && o.Getenv("NO_COLOR") == ""}}
}

// Stage begins a stage of the run. Total is how many steps it has, 0 if that is not known.
func (p *Progress) Stage(name string, total int) {
	if p.o.Quiet {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
	now := p.o.Now()
	s := &stage{name: clean(name), total: total, began: now, shown: now, start: p.o.Requests()}
	p.stage = s
	s.timer = time.AfterFunc(p.period(), func() { p.tick(s) })
	if p.live {
		p.draw(now)
	}
}

// Step tells that the current stage has come so far, and what it is at.
func (p *Progress) Step(done int, what string) {
	p.update(func(s *stage) { s.done, s.what = done, what })
}

// Count tells that a collection was listed.
func (p *Progress) Count(collection string, objects int) {
	p.update(func(s *stage) {
		s.collections++
		s.objects += objects
		s.what = collection
	})
}

// Done ends the current stage with one line of what it did.
func (p *Progress) Done(result string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.stage
	if s == nil {
		return
	}
	p.end()
	took := lasted(p.o.Now().Sub(s.began))
	text := pad(cut(clean(result), lineWidth-len(took)-columns(stageName(s.name))-3), 44)
	fmt.Fprintf(p.out, "%s%s   %s\n", p.colour.paint(bold, stageName(s.name)), text, took)
}

// Summary prints the summary as [WriteText] does, with colours where progress has them, and only what went wrong
// where progress shows nothing.
func (p *Progress) Summary(s *Summary) {
	if p.o.Quiet {
		writeProblems(p.out, s)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
	writeText(p.out, s, p.colour)
}

// Note prints a note above the line of the current stage.
func (p *Progress) Note(text string) {
	if p.o.Quiet {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.live && p.stage != nil {
		fmt.Fprint(p.out, eraseLine)
	}
	Note(p.out, text)
}

// Close takes away what is left of a stage that did not come to its end. Progress may be used, and
// closed, again.
func (p *Progress) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
}

// end takes the line of the current stage away.
func (p *Progress) end() {
	if p.stage == nil {
		return
	}
	p.stage.timer.Stop()
	p.stage = nil
	if p.live {
		fmt.Fprint(p.out, eraseLine)
	}
}

func (p *Progress) update(change func(*stage)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stage == nil {
		return
	}
	change(p.stage)
	p.show()
}

// tick shows a stage to which nothing happens. It comes again until the stage ends.
func (p *Progress) tick(s *stage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stage != s {
		return
	}
	p.show()
	s.timer.Reset(p.period())
}

func (p *Progress) period() time.Duration {
	if p.live {
		return tickEvery
	}
	return sayEvery
}

// show draws or says where the stage is, unless it did so a moment ago.
func (p *Progress) show() {
	now := p.o.Now()
	past := now.Sub(p.stage.shown)
	switch {
	case p.live && past >= drawEvery:
		p.draw(now)
	case !p.live && past >= sayEvery:
		p.stage.shown = now
		fmt.Fprintln(p.out, strings.TrimRight(cut(stageName(p.stage.name)+p.state(now, false), lineWidth), " "))
	}
}

// draw replaces the live line. It stays one column short of the width, since some terminals wrap
// a full line.
func (p *Progress) draw(now time.Time) {
	width := p.o.Width()
	if width <= 0 {
		width = usualWidth
	}
	name := stageName(p.stage.name)
	p.stage.shown = now
	room := min(width, lineWidth) - 1 - columns(name)
	if room < len(ellipsis) {
		return
	}
	fmt.Fprint(p.out, eraseLine+p.colour.paint(bold, name)+cut(p.state(now, room >= roomForBar), room))
}

// state says where the current stage is: what matters most stands first, since the end may be cut.
func (p *Progress) state(now time.Time, bar bool) string {
	s := p.stage
	var parts []string
	if s.total > 0 && s.done > 0 {
		far := fmt.Sprintf("%s of %s", number(s.done), number(s.total))
		if bar {
			far = drawBar(s.done, s.total) + " " + far
		}
		parts = append(parts, far)
	}
	if counted := p.counted(); counted != "" {
		parts = append(parts, counted)
	}
	parts = append(parts, lastedWhole(now.Sub(s.began)))
	if s.what != "" {
		parts = append(parts, clean(s.what))
	}
	return strings.Join(parts, "   ")
}

// counted is what the current stage read so far.
func (p *Progress) counted() string {
	s := p.stage
	var parts []string
	if s.collections > 0 {
		parts = append(parts, Plural(s.collections, "collection"), Plural(s.objects, "object"))
	}
	if r := p.o.Requests(); r.Total > s.start.Total {
		parts = append(parts, Plural(int(r.Total-s.start.Total), "request"))
		if waited := r.Waited - s.start.Waited; waited >= time.Second {
			parts = append(parts, "waited "+lastedWhole(waited))
		}
	}
	return strings.Join(parts, ", ")
}

// drawBar is a bar of fixed width, in ASCII since not every terminal has more.
func drawBar(done, total int) string {
	const cells = 20
	full := cells * min(done, total) / total
	if full == cells {
		return "[" + strings.Repeat("=", cells) + "]"
	}
	return "[" + strings.Repeat("=", full) + ">" + blanks(cells-full-1) + "]"
}

// stageName begins the line of a stage.
func stageName(name string) string { return "  " + pad(name, 6) + "   " }
