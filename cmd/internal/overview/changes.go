package overview

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exporter"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/lint"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/page"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/snapshot"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// differences compares the organisation with the export in the directory, where that is one.
func (v *view) differences(p *page.Page) error {
	if !v.code.known {
		return nil
	}
	if _, err := disk.Dir(v.code.dir).Read(snapshot.SnapshotName, disk.MostCode); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	before, err := snapshot.ReadSnapshot(v.code.dir)
	if err != nil {
		return err
	}
	types := map[string]bool{}
	for _, o := range before.Objects {
		types[o.Type] = true
	}
	d := drift.Compare(before, v.now, snapshot.Unordered(v.schema))
	d.Changes = slices.DeleteFunc(d.Changes, func(c drift.Change) bool { return !types[c.Object().Type] }) // that the export never had
	c := exporter.Reported(d, "the export", "now")
	p.Drift, p.Compared = driftOf(c, v.hide), "What differs between the export in "+v.code.dir+" and the organisation now."
	for i, change := range c.Changes {
		if o := v.objects[key(change.Type, graph.ID(change.ID))]; o != nil {
			p.Drift[i].Key = o.Key
		}
	}
	tone := page.Good
	if len(p.Drift) > 0 {
		tone = page.Caution
	}
	p.Facts = append(p.Facts, page.Fact{Label: "Drift", Value: fmt.Sprint(len(p.Drift)), Note: "since the export", Tone: tone})
	return nil
}

// driftOf puts differences onto a page.
func driftOf(c report.Changes, hide func(string) string) []page.Drift {
	var list []page.Drift
	for _, change := range c.Changes {
		d := page.Drift{Kind: change.Kind, Type: selection.Short(change.Type), Name: hide(readable(change.Title)), Authors: change.Authors, Hint: change.Hint}
		if d.Name == "" {
			d.Name = change.Address
		}
		for _, a := range change.Attributes {
			d.Rows = append(d.Rows, page.DriftRow{Path: a.Path, Before: string(a.Before), After: string(a.After)})
		}
		list = append(list, d)
	}
	return list
}

// Findings returns what writes the findings of lint to a file; nil where there is none.
func Findings(w world.World, file string) func(*lint.Result) error {
	if file == "" {
		return nil
	}
	return func(r *lint.Result) error {
		p := &page.Page{Title: "Rootly lint", Made: w.Now(), Linted: true, Notes: r.NotRead}
		hide := veil(nil)
		for _, f := range r.Findings {
			p.Findings = append(p.Findings, findingOf(f, hide))
		}
		p.Facts = append(severities(p.Findings), page.Fact{Label: "Objects", Value: fmt.Sprint(r.Objects)})
		if r.Known > 0 {
			p.Facts = append(p.Facts, page.Fact{Label: "In the baseline", Value: fmt.Sprint(r.Known), Note: "left out"})
		}
		return write(file, p)
	}
}

// Pages returns the world in which differences and a status are written as a page to a file before they are printed; the same
// world where there is no file. The title is that of differences.
func Pages(w world.World, file, title string) world.World {
	if file != "" {
		w.Handler = pages{w.Report(), file, title, w.Now()}
	}
	return w
}

type pages struct {
	report.Handler
	file, title string
	now         time.Time
}

// Status writes how much is managed.
func (h pages) Status(s *report.Status) error {
	p := &page.Page{Title: "Rootly status", Made: h.now}
	tone := page.Good
	if s.Total.Unmanaged > 0 {
		tone = page.Caution
	}
	p.Facts = []page.Fact{
		{Label: "Managed", Value: fmt.Sprintf("%.1f %%", s.Percent), Note: fmt.Sprintf("%d of %d", s.Total.Managed, s.Total.Managed+s.Total.Unmanaged), Tone: tone},
		{Label: "Unmanaged", Value: fmt.Sprint(s.Total.Unmanaged)}, {Label: "Missing", Value: fmt.Sprint(s.Total.Missing), Note: "in a state, not in Rootly"},
		{Label: "Ignored", Value: fmt.Sprint(s.Total.Ignored)},
	}
	p.Counts = &page.Table{Title: "Types", Head: []string{"Type", "Managed", "Unmanaged", "Missing", "Ignored", "Percent"}}
	for _, c := range s.Types {
		p.Counts.Rows = append(p.Counts.Rows, []string{selection.Short(c.Type), fmt.Sprint(c.Managed), fmt.Sprint(c.Unmanaged), fmt.Sprint(c.Missing), fmt.Sprint(c.Ignored), fmt.Sprint(c.Percent)})
	}
	for _, list := range []struct {
		status  string
		objects []report.StatusObject
	}{{notInCode, s.Unmanaged}, {"missing in Rootly", s.Missing}} {
		for _, o := range list.objects {
			shown := &page.Object{Key: key(o.Type, graph.ID(o.ID)), Type: selection.Short(o.Type), Name: readable(o.Title), Status: list.status}
			if shown.Name == "" {
				shown.Name = o.Address
			}
			p.Objects = append(p.Objects, shown)
		}
	}
	if err := write(h.file, p); err != nil {
		return err
	}
	return h.Handler.Status(s)
}

// Changes writes differences.
func (h pages) Changes(c report.Changes) error {
	p := &page.Page{Title: "Rootly " + strings.ToLower(h.title), Made: h.now, Compared: "From " + c.From + " to " + c.To + "."}
	p.Drift = driftOf(c, veil(nil))
	tone := page.Good
	if len(p.Drift) > 0 {
		tone = page.Caution
	}
	p.Facts = []page.Fact{{Label: h.title, Value: fmt.Sprint(len(p.Drift)), Note: "objects", Tone: tone}}
	if err := write(h.file, p); err != nil {
		return err
	}
	return h.Handler.Changes(c)
}
