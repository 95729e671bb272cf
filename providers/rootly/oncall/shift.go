package oncall

import (
	"cmp"
	"slices"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// A Span is a stretch of time: From belongs to it, To does not.
type Span struct {
	From, To time.Time
}

// Length is how long a span lasts.
func (s Span) Length() time.Duration { return s.To.Sub(s.From) }

// A Shift is one person on call for one schedule.
type Shift struct {
	Span
	Schedule graph.ID
	Rotation graph.ID // empty for an override
	User     graph.ID // empty: nobody
	Override bool
	Shadow   bool // somebody who listens only, and is not paged
}

// shortest is the gap that counts: people end a day at 23:59 and begin the next at 00:00.
const shortest = time.Minute

// Uncovered returns the parts of a span in which none of the shifts has anybody on call, in order. Gaps of a minute or less
// are none.
func Uncovered(within Span, shifts []Shift) []Span {
	var taken []Span
	for _, s := range shifts {
		if s.User != "" && !s.Shadow {
			taken = append(taken, s.Span)
		}
	}
	return Without(within, taken)
}

// Without returns what is left of a span when others are taken out of it, in order. Rests of a minute or less are dropped.
func Without(within Span, taken []Span) []Span {
	var left []Span
	at := within.From
	for _, t := range sorted(taken) {
		if !t.To.After(at) {
			continue
		}
		if t.From.After(at) {
			left = append(left, Span{at, earlier(t.From, within.To)})
		}
		at = t.To
		if !at.Before(within.To) {
			break
		}
	}
	if at.Before(within.To) {
		left = append(left, Span{at, within.To})
	}
	return slices.DeleteFunc(left, func(s Span) bool { return s.Length() <= shortest })
}

// Common returns the parts that two lists of spans share, in order.
func Common(a, b []Span) []Span {
	var shared []Span
	for _, x := range a {
		for _, y := range b {
			s := Span{later(x.From, y.From), earlier(x.To, y.To)}
			if s.Length() > shortest {
				shared = append(shared, s)
			}
		}
	}
	return sorted(shared)
}

// Merged returns the same time in spans that neither overlap nor touch, in order.
func Merged(list []Span) []Span {
	var merged []Span
	for _, s := range sorted(list) {
		if n := len(merged); n > 0 && !s.From.After(merged[n-1].To) {
			merged[n-1].To = later(merged[n-1].To, s.To)
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

// Total is how long some spans last together, time that several have counted once.
func Total(list []Span) time.Duration {
	var sum time.Duration
	for _, s := range Merged(list) {
		sum += s.Length()
	}
	return sum
}

func sorted(list []Span) []Span {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Span) int { return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To)) })
	return list
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
