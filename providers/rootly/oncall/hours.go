package oncall

import (
	"slices"
	"strings"
	"time"
)

// OnDays returns the hours of weekdays around a span, by the API's letters as in [Rotation]. They may reach beyond it.
func OnDays(within Span, zone *time.Location, hours map[string][]Hours) []Span {
	var list []Span
	for day := range days(within, zone) {
		for _, h := range hours[letters[day.Weekday():day.Weekday()+1]] {
			to := h.To
			if to <= h.From {
				to += 24 * 60
			}
			list = append(list, Span{clockOn(day, h.From), clockOn(day, to)})
		}
	}
	return Merged(list)
}

// A Week is a part of each week: from a time of a day to one of the same or a later day. Days have their English names.
type Week struct {
	FromDay, ToDay string
	From, To       Clock
}

// EachWeek returns the parts of the weeks around a span. They may reach beyond it.
func EachWeek(within Span, zone *time.Location, parts []Week) []Span {
	var list []Span
	within.From = within.From.AddDate(0, 0, -7)
	for day := range days(within, zone) {
		for _, p := range parts {
			if !strings.EqualFold(day.Weekday().String(), p.FromDay) {
				continue
			}
			length := mod(named(p.ToDay)-named(p.FromDay), 7)
			s := Span{clockOn(day, p.From), clockOn(day.AddDate(0, 0, length), p.To)}
			if !s.From.Before(s.To) {
				s.To = clockOn(day.AddDate(0, 0, length+7), p.To)
			}
			list = append(list, s)
		}
	}
	return Merged(list)
}

// named is a weekday by its English name; Sunday where it is none.
func named(name string) int {
	return max(0, slices.IndexFunc([]int{0, 1, 2, 3, 4, 5, 6}, func(n int) bool { return strings.EqualFold(time.Weekday(n).String(), name) }))
}

// days yields the days of a span, and one before and after it.
func days(within Span, zone *time.Location) func(func(time.Time) bool) {
	return func(yield func(time.Time) bool) {
		end := within.To.AddDate(0, 0, 1)
		for day := within.From.In(zone).AddDate(0, 0, -1); !day.After(end); day = day.AddDate(0, 0, 1) {
			if !yield(day) {
				return
			}
		}
	}
}
