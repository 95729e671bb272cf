package report

import (
	"fmt"
	"strings"
	"time"
)

const (
	drawEvery = 100 * time.Millisecond // at most: what is faster only flickers
	tickEvery = 500 * time.Millisecond // at least, so that the clock of a live line moves
	sayEvery  = 10 * time.Second       // without a terminal

	roomForBar = 50 // columns
)

// Progress shows how far a run is, stage by stage: on a terminal as a live line with colours, and elsewhere as plain lines.
// It is safe for concurrent use. Close ends it. The zero value shows nothing.
type Progress struct {
	c        *console // nil: nothing is shown
	requests func() Requests
	live     bool // redraws one line
	colour   palette

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

// Stage begins a stage of the run. Total is how many steps it has, 0 if that is not known.
func (p *Progress) Stage(name string, total int) {
	if p.c == nil {
		return
	}
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	p.end()
	now := p.c.Now()
	s := &stage{name: clean(name), total: total, began: now, shown: now, start: p.requests()}
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
	if p.c == nil {
		return
	}
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	s := p.stage
	if s == nil {
		return
	}
	p.end()
	took := lasted(p.c.Now().Sub(s.began))
	text := pad(cut(clean(result), lineWidth-len(took)-columns(stageName(s.name))-3), 44)
	fmt.Fprintf(p.c.Err, "%s%s   %s\n", p.colour.paint(bold, stageName(s.name)), text, took)
}

// Note prints a note above the line of the current stage.
func (p *Progress) Note(text string) {
	if p.c != nil {
		p.c.Note(text)
	}
}

// Close takes away what is left of a stage that did not come to its end. Progress may be used, and
// closed, again.
func (p *Progress) Close() {
	if p.c == nil {
		return
	}
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
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
		fmt.Fprint(p.c.Err, eraseLine)
	}
}

func (p *Progress) update(change func(*stage)) {
	if p.c == nil {
		return
	}
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	if p.stage == nil {
		return
	}
	change(p.stage)
	p.show()
}

// tick shows a stage to which nothing happens. It comes again until the stage ends.
func (p *Progress) tick(s *stage) {
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
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
	now := p.c.Now()
	past := now.Sub(p.stage.shown)
	switch {
	case p.live && past >= drawEvery:
		p.draw(now)
	case !p.live && past >= sayEvery:
		p.stage.shown = now
		fmt.Fprintln(p.c.Err, strings.TrimRight(cut(stageName(p.stage.name)+p.state(now, false), lineWidth), " "))
	}
}

// draw replaces the live line. It stays one column short of the width, since some terminals wrap
// a full line.
func (p *Progress) draw(now time.Time) {
	width := p.c.width(p.c.Err)
	if width <= 0 {
		width = usualWidth
	}
	name := stageName(p.stage.name)
	p.stage.shown = now
	room := min(width, lineWidth) - 1 - columns(name)
	if room < len(ellipsis) {
		return
	}
	fmt.Fprint(p.c.Err, eraseLine+p.colour.paint(bold, name)+cut(p.state(now, room >= roomForBar), room))
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
	if r := p.requests(); r.Total > s.start.Total {
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
