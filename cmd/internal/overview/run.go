package overview

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/lint"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/page"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
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

// Run reads an organisation and writes the page.
func Run(ctx context.Context, w world.World, o *Settings) error {
	const mostWeeks = 8 // the API answers two months at most
	if o.Weeks < 1 || o.Weeks > mostWeeks {
		return exit.Usage(fmt.Errorf("--weeks %d is not possible", o.Weeks), fmt.Sprintf("give a number from 1 to %d", mostWeeks))
	}
	types, _, err := o.Types()
	if err != nil {
		return err
	}
	code, err := readCode(ctx, w, o.Engine, o.Dir)
	if err != nil {
		return err
	}
	client, target, disconnect, err := o.Open(w, nil)
	if err != nil {
		return err
	}
	defer disconnect()
	from := w.Now().UTC().Truncate(time.Hour)
	org, err := lint.Read(ctx, client, types, oncall.Span{From: from, To: from.AddDate(0, 0, 7*o.Weeks)})
	if err != nil {
		return err
	}
	past, err := o.history(ctx, w, client)
	if err != nil {
		return err
	}
	v, err := newView(org, code, past)
	if err != nil {
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
	report.Note(w.Err, fmt.Sprintf("%s has %s and %s, with %s", o.Output, report.Plural(len(p.Objects), "object"), report.Plural(len(p.Findings), "finding"),
		report.Plural(int(client.Stats().Requests), "request")))
	for _, s := range org.Live.Skipped {
		if !s.Absent() {
			return exit.Status(exit.Partial)
		}
	}
	return nil
}

// write replaces a file by a page.
func write(name string, p *page.Page) error {
	var text bytes.Buffer
	if err := page.Write(&text, p); err != nil {
		return err
	}
	dir, base := disk.Of(name)
	if err := dir.Replace(base, text.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
