package report

import (
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// A textHandler prints for people.
type textHandler struct{ *console }

// Summary prints no line that is longer than 100 columns: what is long is counted, and in the JSON form in full.
func (h textHandler) Summary(s *Summary) error {
	s = sorted(s)
	p := &page{}
	if h.Quiet {
		writeProblems(p, s)
	} else {
		p.colour = h.palette(h.Err)
		writeSummary(p, s)
	}
	_ = h.printText(h.Err, p.b.String()) // what a run did counts, even if nobody can read it
	return nil
}

func (h textHandler) Changes(c Changes) error { return h.printText(h.Out, c.text()) }

func (h textHandler) Status(s *Status) error {
	head, rows := s.table()
	return h.printText(h.Out, table(h.width(h.Out), head, rows, "ignored", "missing")+"\n"+s.total("%s%% managed: %s of %s\n"))
}

func (h textHandler) Counts(list []Count, top int) error {
	var b strings.Builder
	for len(list) > 0 {
		n := 0
		for n < len(list) && list[n].By == list[0].By {
			n++
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(bars(h.width(h.Out), top, list[:n]))
		list = list[n:]
	}
	return h.printText(h.Out, b.String())
}

// Events prints some hundred at a time, so that any number of them fits.
func (h textHandler) Events(e Events) error {
	most, v := 1000, h.auditView(e)
	if e.Brief {
		most = 1
	}
	var batch []audit.Event
	flush := func() error {
		text := v.list(batch)
		batch = batch[:0]
		return h.printText(h.Out, text)
	}
	for event, err := range e.List {
		if err != nil {
			return err
		}
		if batch = append(batch, event); len(batch) == most {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

func (h textHandler) Event(e audit.Event) error {
	return h.printText(h.Out, h.auditView(Events{Diff: true}).whole(e))
}

func (h textHandler) Result(r Result) error {
	out := h.Out
	if r.Did {
		out = h.Err
	}
	text := lines(r.Lines)
	if len(r.Body) > 0 {
		text += readable(r.Body) + "\n"
	}
	if r.Head != nil {
		text += table(h.width(out), r.Head, r.Rows, r.Spare...)
	}
	return h.printText(out, text)
}

// aside prints a result that is for people alone, on standard error.
func (h textHandler) aside(r Result) error {
	r.Did = true
	return h.Result(r)
}
