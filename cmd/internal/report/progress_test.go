package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/visible"
)

// A clock stands still until it is moved.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

func (c *clock) Now() time.Time       { return c.now }
func (c *clock) pass(d time.Duration) { c.now = c.now.Add(d) }

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for _, pair := range pairs {
			if value, ok := strings.CutPrefix(pair, name+"="); ok {
				return value
			}
		}
		return ""
	}
}

// A screen is what a handler of a test prints to.
type screen struct {
	terminal bool
	width    int // 0: it does not say
}

var aTerminal = screen{terminal: true}

// handler prints everything to one writer.
func (s screen) handler(out io.Writer, o Options) Handler {
	o.Out, o.Err = out, out
	c := newConsole(o)
	c.terminal, c.width = func(io.Writer) bool { return s.terminal }, func(io.Writer) int { return s.width }
	return newHandler(c)
}

// printed is what a handler prints.
func printed(t *testing.T, o Options, print func(h Handler) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := print(screen{}.handler(&b, o)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// session is a whole run: what Progress is told, and when.
func session(p *Progress, c *clock, requests *int64) {
	p.Stage("fetch", 0)
	for i := range 12 {
		c.pass(time.Second)
		*requests += 2
		p.Count("/v1/services", 33+i)
	}
	p.Done("594 objects in 24 requests")
	p.Stage("link", 0)
	c.pass(80 * time.Millisecond)
	p.Done("1425 resources")
	p.Stage("verify", 1425)
	c.pass(400 * time.Millisecond)
	p.Step(0, "init")
	c.pass(11 * time.Second)
	p.Step(700, "plan")
	c.pass(50 * time.Millisecond)
	p.Step(701, "plan")
	c.pass(51 * time.Second)
	p.Step(1425, "plan")
	p.Done("Plan: 1425 to import, 0 to add, 0 to change, 0 to destroy.")
}

func TestProgress(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		screen screen
		o      Options
	}{
		"progress_terminal": {aTerminal, Options{Getenv: env("TERM=xterm-256color", "NO_COLOR=")}},
		"progress_no_color": {aTerminal, Options{Getenv: env("NO_COLOR=0")}},
		"progress_narrow":   {screen{terminal: true, width: 40}, Options{Getenv: env("NO_COLOR=1")}},
		"progress_pipe":     {},
		"progress_dumb":     {aTerminal, Options{Getenv: env("TERM=dumb")}},
		"progress_quiet":    {aTerminal, Options{Quiet: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			c := newClock()
			requests := int64(100) // made before, so not of this stage
			tc.o.Now = c.Now
			session(tc.screen.handler(&b, tc.o).Progress(func() Requests {
				return Requests{Total: requests, Waited: time.Duration(requests-100) * 100 * time.Millisecond}
			}), c, &requests)
			golden(t, name+".txt", spelled(b.String()))
		})
	}
}

// spelled makes escape sequences readable, one drawing a line.
func spelled(s string) string {
	return strings.NewReplacer(eraseLine, "\n<erase>", string(bold), "<bold>", reset, "<reset>").Replace(s)
}

func TestProgressNoTerminalSequences(t *testing.T) {
	t.Parallel()
	for name, getenv := range map[string]func(string) string{"NO_COLOR": env("NO_COLOR=no"), "dumb": env("TERM=dumb")} {
		var b bytes.Buffer
		c, requests := newClock(), int64(0)
		h := aTerminal.handler(&b, Options{Getenv: getenv, Now: c.Now})
		session(h.Progress(nil), c, &requests)
		if err := h.Summary(rich()); err != nil {
			t.Error(err)
		}
		if rest := strings.ReplaceAll(b.String(), eraseLine, ""); strings.Contains(rest, "\x1b") {
			t.Errorf("%s: colours in %q", name, rest)
		}
	}
}

// TestProgressDrawsSeldom: a terminal over a slow line must not be flooded.
func TestProgressDrawsSeldom(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	c := newClock()
	p := aTerminal.handler(&b, Options{Now: c.Now}).Progress(nil)
	p.Stage("fetch", 0)
	for range 2000 {
		c.pass(time.Millisecond)
		p.Count("/v1/services", 1)
	}
	if n := strings.Count(b.String(), eraseLine); n != 21 { // once at the start, then ten each second
		t.Errorf("%d drawings in 2 seconds", n)
	}
	p.Close()
	if !strings.HasSuffix(b.String(), eraseLine) {
		t.Errorf("closing leaves a line: %q", b.String())
	}
}

// A note gets a line of its own.
func TestProgressNote(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		on   screen
		o    Options
		want string
	}{
		"terminal": {aTerminal, Options{}, "<erase>note: wait\n"},
		"pipe":     {screen{}, Options{}, "note: wait\n"},
		"quiet":    {screen{}, Options{Quiet: true}, ""},
	} {
		var b bytes.Buffer
		tc.o.Now = newClock().Now
		p := tc.on.handler(&b, tc.o).Progress(nil)
		p.Stage("fetch", 0)
		before := b.Len()
		p.Note("wait")
		if got := strings.TrimPrefix(spelled(b.String()[before:]), "\n"); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
		p.Close()
	}
}

// TestProgressGoesOn: the clock of a stage moves even when nothing happens, until the stage ends.
func TestProgressGoesOn(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		on   screen
		want string
		n    int
	}{
		"terminal": {aTerminal, reset + "4s   init", 2},
		"pipe":     {screen{}, "  verify   20s   init\n", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var b guarded
				p := tc.on.handler(&b, Options{Now: time.Now}).Progress(nil) // the bubble's clock
				p.Stage("verify", 10)
				p.Step(0, "init")
				time.Sleep(25 * time.Second)
				synctest.Wait()
				if n := strings.Count(b.String(), tc.want); n != tc.n {
					t.Errorf("%d times %q in\n%s", n, tc.want, spelled(b.String()))
				}
				p.Close()
				length := len(b.String())
				time.Sleep(time.Minute)
				synctest.Wait() // fails when a goroutine is left
				if len(b.String()) != length {
					t.Errorf("goes on after Close: %q", b.String()[length:])
				}
			})
		})
	}
}

// guarded is a buffer that a timer and a test may share.
type guarded struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (g *guarded) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.b.Write(p)
}

func (g *guarded) String() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.b.String()
}

// TestProgressConcurrent is for the race detector; what is counted must add up all the same.
func TestProgressConcurrent(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	p := aTerminal.handler(&b, Options{Now: newClock().Now}).Progress(nil)
	p.Stage("fetch", 0)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 500 {
				p.Count(fmt.Sprint("/v1/", i), 2)
				p.Step(j, "plan")
			}
		})
	}
	wg.Wait()
	p.c.mu.Lock()
	if got := p.state(p.stage.began, true); !strings.HasPrefix(got, "4,000 collections, 8,000 objects") {
		t.Errorf("counted %q", got)
	}
	p.c.mu.Unlock()
	p.Done("done")
	p.Done("twice")
	p.Count("/late", 1)
	p.Step(1, "late")
	p.Close()
	if got := b.String(); strings.Contains(got, "twice") || strings.Contains(got, "late") || !strings.HasSuffix(got, "s\n") {
		t.Errorf("tells of what is over: %q", got)
	}
}

// TestProgressHostile: names reach the live line too.
func TestProgressHostile(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	c := newClock()
	p := aTerminal.handler(&b, Options{Getenv: env("NO_COLOR=1"), Now: c.Now}).Progress(nil)
	p.Stage("fe\ttch\x1b[2J", 0)
	c.pass(time.Second)
	p.Count("/v1/\x1b]0;title\x07\u202e\u009b31m", 1)
	p.Done("done\x1b[31m\nand a line")
	rest := strings.TrimSuffix(strings.ReplaceAll(b.String(), eraseLine, ""), "\n")
	if strings.IndexFunc(rest, visible.Harmful) >= 0 {
		t.Errorf("a terminal would obey %q", rest)
	}
}

func TestProgressFile(t *testing.T) {
	t.Parallel()
	f, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p := New(Options{Err: f, Now: newClock().Now}).Progress(nil) // has a descriptor, which is no terminal's
	p.Stage("link", 0)
	p.Done("3 resources")
	got, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("  link     3 resources                                    0.0s\n", string(got)); diff != "" {
		t.Error(diff)
	}
}

// Who wants no summary is still shown why the exit status is not 0, and nothing else.
func TestQuietSummary(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"rich": "Not clean: ", "official": "", "single": "", "empty": "", "dry_run": ""} {
		var quiet bytes.Buffer
		if err := New(Options{Err: &quiet, Quiet: true}).Summary(summaries()[name]); err != nil {
			t.Error(err)
		}
		if got := quiet.String(); !strings.Contains(got, want) || (got == "") != (want == "") || strings.Contains(got, "requests") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestSummaryColours(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]colour{"rich": red, "official": green, "single": yellow, "empty": yellow, "dry_run": yellow} {
		s := summaries()[name]
		var coloured, text bytes.Buffer
		if err := errors.Join(aTerminal.handler(&coloured, Options{}).Summary(s), New(Options{Err: &text}).Summary(s)); err != nil {
			t.Error(err)
		}
		if n := strings.Count(coloured.String(), string(want)); n != 1 {
			t.Errorf("%s: colour stands %d times", name, n)
		}
		bare := strings.NewReplacer(string(want), "", reset, "").Replace(coloured.String())
		if bare != text.String() {
			t.Errorf("%s: texts differ by more than colour", name)
		}
	}
}
