package oncall

import (
	"slices"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// A Kind is how often a rotation hands over, as the API names it.
type Kind string

// The kinds of rotations, from the API's document.
const (
	Daily    Kind = "ScheduleDailyRotation"
	Weekly   Kind = "ScheduleWeeklyRotation"
	Biweekly Kind = "ScheduleBiweeklyRotation"
	Monthly  Kind = "ScheduleMonthlyRotation"
	Custom   Kind = "ScheduleCustomRotation"
)

// A Rotation is who takes turns, when they change, and when the one whose turn it is can be paged.
type Rotation struct {
	ID       graph.ID
	Schedule graph.ID
	Kind     Kind
	Zone     *time.Location
	Starts   time.Time // zero: always
	Ends     time.Time // zero: never

	Handoff    Clock
	HandoffDay string // a letter as in Active; first_day_of_month or last_day_of_month for monthly rotations
	Length     int    // of a turn, for custom rotations
	Unit       string // hours, days or weeks

	Members []Member // in the order of their turns

	// Active are the hours of each weekday, by the API's letters: S is Sunday, then M, T, W, R, F, and U is Saturday. Nil is
	// all day every day.
	Active map[string][]Hours
}

// A Member is a person, or another schedule whose person on call takes the turn.
type Member struct {
	User     graph.ID
	Schedule graph.ID
}

// A Clock is a time of day in minutes.
type Clock int

// Hours are a part of a day. They end on the next day where To is not after From.
type Hours struct {
	From, To Clock
}

// wholeDay is from midnight to midnight.
var wholeDay = Hours{0, 24 * 60}

// letters are the API's names of the weekdays, from Sunday on as in package time.
const letters = "SMTWRFU"

// turns returns the turns of the members that touch a span, in order.
func (r Rotation) turns(within Span) []turn {
	if !r.Starts.IsZero() {
		within.From = later(within.From, r.Starts)
	}
	if !r.Ends.IsZero() {
		within.To = earlier(within.To, r.Ends)
	}
	if !within.From.Before(within.To) || len(r.Members) == 0 {
		return nil
	}
	var list []turn
	for n := r.firstBefore(within.From); ; n++ {
		from, to := r.handoff(n), r.handoff(n+1)
		if !from.Before(within.To) {
			return list
		}
		t := turn{Span: Span{later(from, within.From), earlier(to, within.To)}, member: r.Members[mod(n, len(r.Members))]}
		if t.From.Before(t.To) {
			list = append(list, t)
		}
	}
}

// A turn is one member's.
type turn struct {
	Span
	member Member
}

// anchor is the day of the first turn.
func (r Rotation) anchor() time.Time {
	at := r.Starts
	if at.IsZero() {
		at = time.Date(2024, time.January, 7, 0, 0, 0, 0, time.UTC) // a Sunday, where a rotation says nothing of its start
	}
	return at.In(r.Zone)
}

// handoff is when turn n begins. Turn 0 is the one in which the rotation starts. Days are those of the calendar, so that a
// turn over a change of the clocks is an hour longer or shorter.
func (r Rotation) handoff(n int) time.Time {
	a := r.anchor()
	first := r.on(a.Year(), a.Month(), a.Day())
	days := 0
	switch r.Kind {
	case Weekly, Biweekly:
		days = 7
		if r.Kind == Biweekly {
			days = 14
		}
		back := mod(int(a.Weekday())-weekday(r.HandoffDay), 7)
		first = r.on(a.Year(), a.Month(), a.Day()-back)
		if first.After(a) {
			back += 7
		}
		return r.on(a.Year(), a.Month(), a.Day()-back+n*days)
	case Monthly:
		return r.monthly(a, n)
	case Custom:
		switch r.Unit {
		case "hours":
			start := time.Date(a.Year(), a.Month(), a.Day(), a.Hour(), int(r.Handoff)%60, 0, 0, r.Zone)
			if start.After(a) {
				start = start.Add(-time.Hour)
			}
			return start.Add(time.Duration(n*max(1, r.Length)) * time.Hour)
		case "weeks":
			days = 7 * max(1, r.Length)
		default:
			days = max(1, r.Length)
		}
	default:
		days = 1
	}
	back := 0
	if first.After(a) {
		back = 1
	}
	return r.on(a.Year(), a.Month(), a.Day()-back+n*days)
}

func (r Rotation) monthly(a time.Time, n int) time.Time {
	at := func(month int) time.Time {
		day := 1
		if r.HandoffDay == "last_day_of_month" {
			month, day = month+1, 0
		}
		return r.on(a.Year(), a.Month()+time.Month(month), day)
	}
	if at(0).After(a) {
		n--
	}
	return at(n)
}

// on is the time of the handoff on a day, which may be outside of its month as in [time.Date].
func (r Rotation) on(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, int(r.Handoff)/60, int(r.Handoff)%60, 0, 0, r.Zone)
}

// firstBefore is the turn that a time belongs to.
func (r Rotation) firstBefore(t time.Time) int {
	length := r.handoff(1).Sub(r.handoff(0))
	n := int(t.Sub(r.handoff(0)) / max(length, time.Hour))
	for r.handoff(n).After(t) {
		n--
	}
	for !r.handoff(n + 1).After(t) {
		n++
	}
	return n
}

// active returns when somebody of the rotation can be paged, within a span.
func (r Rotation) active(within Span) []Span {
	if r.Active == nil {
		return []Span{within}
	}
	return OnDays(within, r.Zone, r.Active)
}

// clockOn is a time of a day, by the clock on the wall. Minutes beyond a day are on the next one.
func clockOn(day time.Time, c Clock) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day()+int(c)/(24*60), int(c)/60%24, int(c)%60, 0, 0, day.Location())
}

func weekday(letter string) int {
	return max(0, slices.Index([]byte(letters), (letter + " ")[0]))
}

func mod(n, m int) int { return ((n % m) + m) % m }
