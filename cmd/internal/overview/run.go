package overview

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/lint"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/page"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/oncall"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// Settings are the flags of report.
type Settings struct {
	connect.Connection
	selection.Selection

	Output    string // file to write
	Dir       string // of the code and its state; empty: there is none
	Engine    string // that reads the state; empty: the first that is found
	Weeks     int    // of shifts
	Since     string // from when on changes are shown
	AuditCopy string // file with a copy of the audit log; empty: the API
}

// Run reads an organisation and writes the page. It ends with [exit.Partial] where something could not be read.
func Run(ctx context.Context, w world.World, o *Settings) error {
	code, err := readCode(ctx, w, o.Engine, o.Dir)
	if err != nil {
		return err
	}
	client, target, disconnect, err := o.Open(w, nil)
	if err != nil {
		return err
	}
	defer disconnect()
	past, err := o.history(ctx, w, client)
	if err != nil {
		return err
	}
	found, err := o.lint(ctx, w)
	if found == nil {
		return err
	}
	v, unread := newView(found, code, past), err
	if v.answers, err = oncall.Now(ctx, client); err != nil && !rootly.Absent(err) {
		return err
	}
	v.answered = err == nil
	if err := v.link(); err != nil {
		return err
	}
	p, err := v.page()
	if err != nil {
		return err
	}
	p.Subject, p.Made = target.URL, w.Now()
	if o.Synthetic {
		p.Subject = "the built-in organisation"
	}
	if err := write(o.Output, p); err != nil {
		return err
	}
	w.Report().Note(fmt.Sprintf("wrote %s: %s, %s, %s", o.Output, report.Plural(len(p.Objects), "object"), report.Plural(len(p.Findings), "finding"),
		report.Plural(int(found.Requests+client.Stats().Requests), "request")))
	return unread
}

// lint reads the organisation and finds what is wrong with it, and nothing that code or configuration ignores. With findings,
// an error says that something could not be read.
func (o *Settings) lint(ctx context.Context, w world.World) (*lint.Result, error) {
	var found *lint.Result
	w.Out = io.Discard // the page has it
	err := lint.Run(ctx, w.Reporting(report.Options{}), &lint.Settings{
		Connection: o.Connection, Selection: o.Selection, Weeks: o.Weeks, FailOn: "never", Dir: o.Dir, Engine: o.Engine, NoAuthors: true,
		Also: func(r *lint.Result) error { found = r; return nil },
	})
	return found, err
}

// write replaces a file by a page.
func write(name string, p *page.Page) error {
	var text bytes.Buffer
	if err := page.Write(&text, p); err != nil {
		return err
	}
	dir, base := disk.Of(name)
	if err := dir.Replace(base, text.Bytes(), 0o644); err != nil {
		return exit.WithHint(fmt.Errorf("write %s: %w", name, err), "give a file in an existing directory that you may write to")
	}
	return nil
}
