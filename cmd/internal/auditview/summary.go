package auditview

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// SummarySettings say what [Summarise] counts.
type SummarySettings struct {
	Filter audit.Filter
	By     []string       // of [Dimensions]
	Zone   *time.Location // of hours and days
	Top    int            // values that the table shows of each; 0: all
}

// A dimension is an attribute by which events are counted.
type dimension struct {
	name    string
	of      func(e audit.Event, zone *time.Location) string
	ordered bool // by value instead of by count
}

var dimensions = []dimension{
	{name: "user", of: func(e audit.Event, _ *time.Location) string { return cmp.Or(e.UserName, e.UserEmail, e.UserID) }},
	{name: "type", of: func(e audit.Event, _ *time.Location) string { return e.ItemType }},
	{name: "action", of: func(e audit.Event, _ *time.Location) string { return e.Action }},
	{name: "source", of: func(e audit.Event, _ *time.Location) string { return e.Source }},
	{name: "address", of: func(e audit.Event, _ *time.Location) string { return e.IP }},
	{name: "item", of: func(e audit.Event, _ *time.Location) string { return e.ItemType + " " + cmp.Or(e.ItemName, e.ItemID) }},
	{name: "hour", of: func(e audit.Event, zone *time.Location) string { return e.At.In(zone).Format("15") + ":00" }, ordered: true},
	{name: "day", of: func(e audit.Event, zone *time.Location) string { return e.At.In(zone).Format(time.DateOnly) }, ordered: true},
}

// Dimensions are the names of the dimensions.
func Dimensions() []string {
	var names []string
	for _, d := range dimensions {
		names = append(names, d.name)
	}
	return names
}

// Summarise counts the events of a source by each of the questions.
func Summarise(ctx context.Context, to report.Handler, source audit.Source, s SummarySettings) error {
	counts := make([]map[string]int, len(s.By))
	for i := range counts {
		counts[i] = map[string]int{}
	}
	t := &tally{}
	for e, err := range t.readable(matching(read(to).follow(source.Events(ctx, s.Filter)), s.Filter)) {
		if err != nil {
			return err
		}
		t.events++
		for i, name := range s.By {
			d := dimensions[slices.Index(Dimensions(), name)]
			counts[i][cmp.Or(d.of(e, s.Zone), "-")]++
		}
	}
	var all []report.Count
	for i, name := range s.By {
		all = append(all, ranked(name, counts[i])...)
	}
	if t.lost > 0 {
		to.Note(fmt.Sprintf("%d events could not be read and are not counted", t.lost))
	}
	return to.Counts(all, s.Top)
}

// matching drops the events that do not match the filter. Counting only needs redacted names, and each name is redacted
// once.
func matching(events iter.Seq2[audit.Event, error], f audit.Filter) iter.Seq2[audit.Event, error] {
	return func(yield func(audit.Event, error) bool) {
		for e, err := range events {
			if err == nil && !f.Match(e) {
				continue
			}
			e.Raw, e.Changes = nil, nil
			if !yield(audit.Redact(e), err) {
				return
			}
		}
	}
}

// ranked sorts the counts of one dimension.
func ranked(name string, counts map[string]int) []report.Count {
	d := dimensions[slices.Index(Dimensions(), name)]
	var list []report.Count
	for value, n := range counts {
		list = append(list, report.Count{By: name, Value: value, Events: n})
	}
	slices.SortFunc(list, func(a, b report.Count) int {
		byValue := cmp.Compare(a.Value, b.Value)
		if d.ordered {
			return byValue
		}
		return cmp.Or(cmp.Compare(b.Events, a.Events), byValue)
	})
	return list
}

// CountedBy checks the names of dimensions, and removes duplicates.
func CountedBy(words []string) (by []string, unknown string) {
	for _, word := range words {
		if !slices.Contains(Dimensions(), word) {
			return nil, strconv.Quote(word)
		}
		if !slices.Contains(by, word) {
			by = append(by, word)
		}
	}
	return by, ""
}
