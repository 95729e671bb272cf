package page

import (
	"fmt"
	"strings"
	"time"
)

// A Coverage is who is on call within a span of time.
type Coverage struct {
	From, To  time.Time
	Note      string // where the shifts are from
	Schedules []Schedule
}

// A Schedule is a row of the heat map.
type Schedule struct {
	Key, Name string
	Shifts    []Shift
	Open      []Stretch // nobody is on call
	Lone      []Stretch // one person is on call without relief
	People    int
}

// A Stretch is a part of the span.
type Stretch struct{ From, To time.Time }

// A Shift is a person on call.
type Shift struct {
	Stretch
	Person string
}

// The picture of a schedule has one unit per hour.
const (
	pictureHeight = 24
	lowHeight     = 10
	middleHeight  = 17
)

// row is what the template shows of a schedule.
type row struct {
	Schedule
	Width, Height                 int
	Covered, Alone, Empty, Breaks string // outlines
	Percent                       string
	Gaps                          []string
	MoreGaps                      int
	Summary                       string
}

// rows draws the schedules. The height of a bar says the same as its colour.
func (c *Coverage) rows() []row {
	var rows []row
	span := c.To.Sub(c.From)
	for _, s := range c.Schedules {
		r := row{Schedule: s, Width: int(span.Hours()), Height: pictureHeight}
		whole := []Stretch{{c.From, c.To}}
		r.Covered = c.outline(whole, lowHeight)
		r.Alone = c.outline(s.Lone, middleHeight)
		r.Empty = c.outline(s.Open, pictureHeight)
		var open time.Duration
		for _, o := range s.Open {
			open += o.To.Sub(o.From)
			if len(r.Gaps) < 3 {
				r.Gaps = append(r.Gaps, moment(o.From)+" to "+moment(o.To))
			} else {
				r.MoreGaps++
			}
		}
		r.Percent = fmt.Sprintf("%.1f", float64(int(1000*(1-open.Hours()/span.Hours())))/10) // rounded down: 100 means all
		r.Summary = fmt.Sprintf("%s: %s %% covered, nobody for %.0f hours, %d people", s.Name, r.Percent, open.Hours(), s.People)
		rows = append(rows, r)
	}
	return rows
}

// outline is the path of bars of a height, which stand on the lower edge.
func (c *Coverage) outline(list []Stretch, height int) string {
	var b strings.Builder
	for _, s := range list {
		from, to := s.From.Sub(c.From).Hours(), s.To.Sub(c.From).Hours()
		fmt.Fprintf(&b, "M%.1f %dh%.1fv%dh-%.1fz", from, pictureHeight-height, to-from, height, to-from)
	}
	return b.String()
}

// weeks are the labels of the time axis.
func (c *Coverage) weeks() []string {
	var labels []string
	for at := c.From; at.Before(c.To); at = at.AddDate(0, 0, 7) {
		labels = append(labels, at.UTC().Format("Mon 2 Jan"))
	}
	return labels
}

func moment(t time.Time) string { return t.UTC().Format("Mon 2 Jan 15:04") }
