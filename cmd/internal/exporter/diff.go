package exporter

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/authors"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/git"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/importer"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/snapshot"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/splitter"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// live is the word for the live organisation.
const live = "live"

// DiffSettings are the flags of diff.
type DiffSettings struct {
	importer.Settings
	Blame bool
	Since string

	AuditCopy string // in which Blame searches instead of asking the API
}

// Compare compares and prints.
func Compare(ctx context.Context, w world.World, o *DiffSettings, from, to string) error {
	if from == live && to == live {
		return exit.Usage(errors.New("diff needs at least one export: live and live are the same"), "such as: terraformer-rootly diff ./export live")
	}
	for _, side := range []string{from, to} {
		if rev, _, ok := revision(side); ok && strings.HasPrefix(rev, "-") {
			return exit.Usage(fmt.Errorf("%q is not a git revision", rev), "such as: terraformer-rootly diff HEAD~1:./export ./export")
		}
	}
	o.Dir = cmp.Or(notLive(from), notLive(to))
	sides, skipped, err := o.sides(ctx, w, from, to)
	if err != nil {
		return err
	}
	before, after := sides[0], sides[1]
	s, err := schema.Snapshot()
	if err != nil {
		return err
	}
	d := drift.Compare(before, after, snapshot.Unordered(s))
	c := Reported(d, from, to)
	if to == live && len(o.Resources)+len(o.Excludes)+len(o.Filters) == 0 {
		hintAtSelection(w, d, before)
	}
	if o.Blame && !d.Empty() {
		if err := o.explain(ctx, w, d, &c); err != nil {
			return err
		}
	}
	if err := w.Report().Changes(c); err != nil {
		return err
	}
	if !d.Empty() {
		return exit.Status(exit.Differs)
	}
	if len(skipped) > 0 {
		return exit.Status(exit.Partial)
	}
	return nil
}

// sides reads both sides. It also returns what could not be read of a live side although it should exist.
func (o *DiffSettings) sides(ctx context.Context, w world.World, names ...string) ([]*drift.Snapshot, []rootly.Skipped, error) {
	sides := make([]*drift.Snapshot, len(names))
	var recorded *drift.Snapshot
	for i, name := range names {
		if name == live {
			continue
		}
		var err error
		if sides[i], err = o.recorded(ctx, w, name); err != nil {
			return nil, nil, err
		}
		recorded = sides[i]
	}
	at := slices.Index(names, live)
	if at < 0 {
		return sides, nil, nil
	}
	if err := splitter.Whole(o.Dir); err != nil {
		return nil, nil, err
	}
	now, skipped, err := importer.LiveSnapshot(ctx, w, &o.Settings, recorded)
	sides[at] = now
	for _, s := range skipped {
		w.Report().Note("not compared: " + s.String())
	}
	return sides, skipped, err
}

// hintAtSelection suggests that the export has only some types, if live has more.
func hintAtSelection(w world.World, d *drift.Diff, before *drift.Snapshot) {
	types := map[string]bool{}
	for _, c := range d.Changes {
		if c.Kind == drift.Added {
			types[c.After.Type] = true
		}
	}
	for _, o := range before.Objects {
		delete(types, o.Type)
	}
	if len(types) > 0 {
		w.Report().Note(report.Plural(len(types), "type") + " exist only in live; to compare an export of some types, give the same --resources as for the export")
	}
}

// explain adds the authors. Without the permission to read the audit log, none are named.
func (o *DiffSettings) explain(ctx context.Context, w world.World, d *drift.Diff, c *report.Changes) error {
	since, err := authors.Since(o.Since, w.Now())
	if err != nil {
		return err
	}
	client, _, disconnect, err := o.Connection.Open(w, nil)
	if err != nil {
		return err
	}
	defer disconnect()
	search := &authors.Search{Client: client, Since: since, Copy: o.AuditCopy, Say: w.Report().Note}
	_, err = search.Blame(ctx, d, c)
	return err
}

// notLive is the directory of a side that has one.
func notLive(side string) string {
	if side == live {
		return ""
	}
	if _, dir, ok := revision(side); ok {
		return dir
	}
	return side
}

// recorded reads a side that is an export.
func (o *DiffSettings) recorded(ctx context.Context, w world.World, side string) (*drift.Snapshot, error) {
	if rev, dir, ok := revision(side); ok {
		at, path := dir, "./"+snapshot.SnapshotName
		if !world.Exists(dir) { // any more
			at, path = ".", "./"+filepath.ToSlash(filepath.Join(dir, snapshot.SnapshotName))
		}
		text, err := git.Show(ctx, at, rev, path)
		if errors.Is(err, fs.ErrNotExist) {
			w.Report().Note(side + " has no export: compared with nothing")
			return &drift.Snapshot{}, nil
		}
		if err != nil {
			return nil, err
		}
		s, err := drift.Decode(bytes.NewReader([]byte(text)))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", side, err)
		}
		return s, nil
	}
	s, err := snapshot.ReadSnapshot(side)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, exit.WithHint(fmt.Errorf("%s has no %s", side, snapshot.SnapshotName), "terraformer-rootly export -o "+side+" writes one")
	}
	return s, err
}

// revision splits rev:DIR. A directory whose own name has a colon wins.
func revision(side string) (rev, dir string, ok bool) {
	if _, err := os.Stat(side); err == nil {
		return "", "", false
	}
	rev, dir, ok = strings.Cut(side, ":")
	if dir == "" {
		dir = "."
	}
	return rev, filepath.Clean(dir), ok && rev != ""
}

// Reported translates a diff for the report: names instead of ids, long texts word by word.
func Reported(d *drift.Diff, from, to string) report.Changes {
	veil := planning.NewVeil() // a snapshot contains no secrets, but may come from anywhere
	for _, change := range d.Changes {
		veil.Learn(change.Object().Type, change.Before.Values, change.After.Values)
	}
	c := report.Changes{From: from, To: to}
	for _, change := range d.Changes {
		o := change.Object()
		oc := report.ObjectChange{
			Kind: string(change.Kind), Type: o.Type, ID: string(o.ID), Address: veil.Path(o.Address), Title: veil.Path(o.Title),
		}
		if change.Kind != drift.Added && change.Before.Address != o.Address {
			oc.Before = veil.Path(change.Before.Address)
		}
		for _, a := range change.Attributes {
			oc.Attributes = append(oc.Attributes, attributeChange(veil, d, change, a))
		}
		c.Changes = append(c.Changes, oc)
	}
	return c
}

func attributeChange(veil *secret.Veil, d *drift.Diff, change drift.Change, a drift.Attribute) report.AttributeChange {
	was, is := change.Before.Values, change.After.Values
	if a.Beyond {
		was, is = change.Before.Settings, change.After.Settings
	}
	before, after := veil.Show(change.After.Type, a.Path, withNames(d, was), withNames(d, is))
	c := report.AttributeChange{NotInTerraform: a.Beyond, Path: veil.Path(graph.PathString(a.Path)), Before: bareName(d, a.Before, before), After: bareName(d, a.After, after)}
	if isText(a.Before) && isText(a.After) {
		c.Words = authors.WordsOfTexts(before, after)
	}
	return c
}

func isText(v cty.Value) bool { return v != cty.NilVal && !v.IsNull() && v.Type() == cty.String }

// withNames is a value with names instead of ids.
func withNames(d *drift.Diff, v cty.Value) cty.Value {
	changed, err := cty.Transform(v, func(_ cty.Path, v cty.Value) (cty.Value, error) {
		if isText(v) {
			return cty.StringVal(d.Name(v.AsString())), nil
		}
		return v, nil
	})
	if err != nil {
		return v
	}
	return changed
}

// bareName is a value for display: a name without quotes, and nothing for a missing value.
func bareName(d *drift.Diff, v cty.Value, text shown.Text) shown.Text {
	switch {
	case v == cty.NilVal:
		return ""
	case isText(v) && d.Name(v.AsString()) != v.AsString():
		return text.Map(func(s string) string {
			var name string
			if json.Unmarshal([]byte(s), &name) == nil {
				return name
			}
			return s
		})
	}
	return text
}
