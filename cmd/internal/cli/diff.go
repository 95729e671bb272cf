package cli

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
	"time"

	"github.com/spf13/cobra"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/auditview"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// live is the word for the organisation as it is now.
const live = "live"

// diffOptions are the flags of diff.
type diffOptions struct {
	importOptions
	markdown bool
	blame    bool
	since    string
}

func newDiff(w World) *cobra.Command {
	o := &diffOptions{}
	o.unplanned()
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "Compare two exports, or one with the live organisation",
		Long: `Compare two exports, or one with the live organisation.

A and B are each a directory that export wrote, a git revision of one (rev:DIR),
or the word live. Objects are matched by id across renames, ids are shown as
addresses, and an order that the provider does not look at is no difference.
That a secret changed cannot be seen: exports do not hold secrets.

` + exitText,
		Example: `  $ terraformer-rootly diff ./export live
  $ terraformer-rootly diff HEAD~1:./export ./export --markdown
  $ terraformer-rootly diff ./export live --blame`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage(fmt.Errorf("diff takes two things to compare, not %d", len(args)), "such as: diff ./export live")
			}
			return runDiff(cmd.Context(), w, o, args[0], args[1])
		},
	}
	connectionFlags(cmd, &o.connection)
	selectionFlags(cmd, &o.selection)
	f := cmd.Flags()
	o.users, o.detail, o.references, o.system = "locals", "minimal", "literal", "import"
	o.layout, o.output = "by-type", "hcl"
	f.BoolVarP(&o.quiet, "quiet", "q", false, "no progress")
	f.BoolVar(&o.json, "json", false, "print the differences as JSON")
	f.BoolVar(&o.markdown, "markdown", false, "print the differences as Markdown")
	f.BoolVar(&o.blame, "blame", false, "add to each difference the audit events that explain it")
	f.StringVar(&o.since, "since", "", "with --blame, look for events since this `TIME`: RFC 3339, a date, or a duration such as 7d (default: the older export)")
	return cmd
}

// runDiff compares and prints.
func runDiff(ctx context.Context, w World, o *diffOptions, from, to string) error {
	if from == live && to == live {
		return usage(errors.New("the live organisation has no differences from itself"), "such as: diff ./export live")
	}
	if o.json && o.markdown {
		return usage(errors.New("--json and --markdown are two forms"), "choose one")
	}
	for _, side := range []string{from, to} {
		if rev, _, ok := revision(side); ok && strings.HasPrefix(rev, "-") {
			return usage(fmt.Errorf("%q is no git revision", rev), "such as: diff HEAD~1:./export ./export")
		}
	}
	o.dir = cmp.Or(notLive(from), notLive(to))
	sides, skipped, err := o.sides(ctx, w, from, to)
	if err != nil {
		return err
	}
	before, after := sides[0], sides[1]
	s, err := schema.Snapshot()
	if err != nil {
		return err
	}
	d := drift.Compare(before, after, unordered(s))
	c := told(d, from, to)
	if to == live && len(o.resources)+len(o.excludes)+len(o.filters) == 0 {
		hintAtSelection(w, d, before)
	}
	if o.blame && !d.Empty() {
		if err := o.explain(ctx, w, d, &c); err != nil {
			return err
		}
	}
	if err := o.print(w, c); err != nil {
		return err
	}
	if !d.Empty() {
		return outcome(exitDiffers)
	}
	if slices.ContainsFunc(skipped, func(s rootly.Skipped) bool { return !rootly.Absent(s.Err) }) {
		return outcome(exitPartial)
	}
	return nil
}

// sides reads both sides, and returns what could not be read of a live one.
func (o *diffOptions) sides(ctx context.Context, w World, names ...string) ([]*drift.Snapshot, []rootly.Skipped, error) {
	sides := make([]*drift.Snapshot, len(names))
	var recorded *drift.Snapshot
	for i, name := range names {
		if name == live {
			continue
		}
		var err error
		if sides[i], err = o.recorded(ctx, name); err != nil {
			return nil, nil, err
		}
		recorded = sides[i]
	}
	at := slices.Index(names, live)
	if at < 0 {
		return sides, nil, nil
	}
	now, skipped, err := liveSnapshot(ctx, w, &o.importOptions, recorded)
	sides[at] = now
	for _, s := range skipped {
		if !rootly.Absent(s.Err) {
			report.Note(w.Err, s.String())
		}
	}
	return sides, skipped, err
}

// hintAtSelection says that an export may have been one of some types only, where live has more.
func hintAtSelection(w World, d *drift.Diff, before *drift.Snapshot) {
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
		report.Note(w.Err, report.Plural(len(types), "type")+" only live has objects of; an export of some types is compared with the --resources that it was made with")
	}
}

// explain adds who made the changes. Without the permission to read the audit log nobody is named.
func (o *diffOptions) explain(ctx context.Context, w World, d *drift.Diff, c *report.Changes) error {
	now := w.Now()
	since := now.Add(-defaultWindow)
	if o.since != "" {
		var err error
		if since, err = audit.ParseTime(o.since, now, false); err != nil {
			return usage(fmt.Errorf("--since: %w", err), "such as 2026-01-31, 2026-01-31T12:00:00Z or 7d")
		}
	} else if oldest, known := earlier(ctx, c.From, c.To); known {
		since = oldest
	}
	client, _, disconnect, err := o.connection.open(w, nil)
	if err != nil {
		return err
	}
	defer disconnect()
	b := &blaming{client: client, since: since, say: func(text string) { report.Note(w.Err, text) }}
	if _, err = b.blame(ctx, d, c); !blamable(err) {
		return err
	}
	if err != nil {
		report.Note(w.Err, fmt.Sprintf(silentLog, err))
	}
	return nil
}

// earlier is when the older of the sides that are exports was taken.
func earlier(ctx context.Context, sides ...string) (oldest time.Time, known bool) {
	for _, side := range sides {
		if side == live {
			continue
		}
		if at, ok := exportedAt(ctx, side); ok && (!known || at.Before(oldest)) {
			oldest, known = at, true
		}
	}
	return oldest, known
}

func (o *diffOptions) print(w World, c report.Changes) error {
	switch {
	case o.json:
		return report.WriteChangesJSON(w.Out, c)
	case o.markdown:
		return report.WriteChangesMarkdown(w.Out, c)
	}
	return report.WriteChanges(w.Out, c)
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
func (o *diffOptions) recorded(ctx context.Context, side string) (*drift.Snapshot, error) {
	if rev, dir, ok := revision(side); ok {
		at, path := dir, "./"+snapshotName
		if !exists(dir) { // any more
			at, path = ".", "./"+filepath.ToSlash(filepath.Join(dir, snapshotName))
		}
		text, err := gitShow(ctx, at, rev, path)
		if err != nil {
			return nil, err
		}
		s, err := drift.Decode(bytes.NewReader([]byte(text)))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", side, err)
		}
		return s, nil
	}
	s, err := readSnapshot(side)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, advised(fmt.Errorf("%s has no %s", side, snapshotName), "terraformer-rootly export -o "+side+" writes one")
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

// liveSnapshot reads the organisation without writing anything. It has the objects of an export too that nothing
// says were deleted: those that were not asked for, or could not be read.
func liveSnapshot(ctx context.Context, w World, o *importOptions, recorded *drift.Snapshot) (*drift.Snapshot, []rootly.Skipped, error) {
	looking := *o
	looking.dryRun = true
	r, err := newRun(ctx, w, &looking)
	if err != nil {
		return nil, nil, err
	}
	defer r.close()
	for _, o := range recorded.Objects {
		r.compared = append(r.compared, rootly.Known{Type: catalogue.Lookup(o.Type), ID: o.ID, Parent: o.Parent})
	}
	if err := r.fetch(ctx); err != nil {
		return nil, nil, err
	}
	if err := r.link(ctx); err != nil {
		return nil, nil, err
	}
	now, err := drift.Of(r.graph)
	if err != nil {
		return nil, nil, err
	}
	lives := r.deselected()
	for k := range r.doubts() {
		lives[k] = true
	}
	for _, o := range r.rejected() {
		lives[state.Key{Type: o.Type, ID: o.ID}] = true
	}
	return now.Keeping(recorded, func(o drift.Object) bool {
		return lives[state.Key{Type: o.Type, ID: o.ID}] || !r.complete(o.Type) && !r.live.Gone[o.Key()]
	}), r.live.Skipped, nil
}

// told translates a diff for the report: ids by name, long texts word by word.
func told(d *drift.Diff, from, to string) report.Changes {
	veil := newVeil() // a snapshot holds no secrets, but may come from anywhere
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
			oc.Attributes = append(oc.Attributes, toldAttribute(veil, d, change, a))
		}
		c.Changes = append(c.Changes, oc)
	}
	return c
}

// wordy is the length from which a text is shown by what changed in it.
const wordy = 80

func toldAttribute(veil *secret.Veil, d *drift.Diff, change drift.Change, a drift.Attribute) report.AttributeChange {
	before, after := veil.Show(change.After.Type, a.Path, withNames(d, change.Before.Values), withNames(d, change.After.Values))
	c := report.AttributeChange{Path: veil.Path(graph.PathString(a.Path)), Before: bareName(d, a.Before, before), After: bareName(d, a.After, after)}
	if isText(a.Before) && isText(a.After) {
		c.Words = wordsOfTexts(before, after)
	}
	return c
}

// wordsOfTexts compares two long texts, written in JSON, word by word.
func wordsOfTexts(a, b shown.Text) []report.Word {
	var before, after string
	if len(a)+len(b) <= 2*wordy || json.Unmarshal([]byte(a), &before) != nil || json.Unmarshal([]byte(b), &after) != nil {
		return nil
	}
	return auditview.Words(before, after)
}

func isText(v cty.Value) bool { return v != cty.NilVal && !v.IsNull() && v.Type() == cty.String }

// withNames is a value with names in the place of ids.
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

// bareName is a value as it is shown: a name without quotes, and nothing for what is not there.
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
