package sandbox

import (
	"slices"
	"sort"
	"time"
)

// A timeline has the audit events in both orders of created_at, so that a page of a long log costs
// no more than one of a short log. Of events of one moment the latest recorded comes first.
type timeline struct {
	up, down []moment
}

// A moment is an audit event with its created_at read.
type moment struct {
	at    time.Time
	event *record
}

func momentOf(r *record) moment {
	at, _ := parseTime(text(attribute(r.Body, "created_at"))) // without one it comes before all others
	return moment{at, r}
}

// add puts an event in its place.
func (l *timeline) add(r *record) {
	m := momentOf(r)
	l.up = slices.Insert(l.up, l.since(m.at), m)
	l.down = slices.Insert(l.down, sort.Search(len(l.down), func(i int) bool { return !l.down[i].at.After(m.at) }), m)
}

// drop takes an event out.
func (l *timeline) drop(r *record) {
	is := func(m moment) bool { return m.event == r }
	l.up, l.down = slices.DeleteFunc(l.up, is), slices.DeleteFunc(l.down, is)
}

// since counts the events before a moment.
func (l *timeline) since(at time.Time) int {
	return sort.Search(len(l.up), func(i int) bool { return !l.up[i].at.Before(at) })
}

// through counts the events up to a moment, those of the moment among them.
func (l *timeline) through(at time.Time) int {
	return sort.Search(len(l.up), func(i int) bool { return l.up[i].at.After(at) })
}

// pick gives the events in an order, within the bounds that filters set on created_at, and the
// filters that are left. It knows no order but those of created_at.
func (l *timeline) pick(filters []filter, by string) (rows []*record, left []filter, ok bool) {
	if by != "created_at" && by != "-created_at" {
		return nil, nil, false
	}
	from, to := 0, len(l.up)
	for _, f := range filters {
		at, err := parseTime(f.value)
		if f.name != "created_at" || err != nil || kindOf(f.op) != "range" {
			left = append(left, f)
			continue
		}
		switch f.op {
		case "gt":
			from = max(from, l.through(at))
		case "gte":
			from = max(from, l.since(at))
		case "lt":
			to = min(to, l.since(at))
		case "lte":
			to = min(to, l.through(at))
		}
	}
	to = max(from, to)
	picked := l.up[from:to]
	if by == "-created_at" {
		picked = l.down[len(l.down)-to : len(l.down)-from]
	}
	rows = make([]*record, len(picked))
	for i, m := range picked {
		rows[i] = m.event
	}
	return rows, left, true
}
