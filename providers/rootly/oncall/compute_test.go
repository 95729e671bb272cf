package oncall

import (
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // where the system has no zones

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func at(t *testing.T, z *time.Location, text string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04", text, z)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func people(names ...string) []Member {
	var list []Member
	for _, n := range names {
		id, isSchedule := strings.CutPrefix(n, "schedule ")
		if isSchedule {
			list = append(list, Member{Schedule: graph.ID(id)})
		} else {
			list = append(list, Member{User: graph.ID(n)})
		}
	}
	return list
}

// table writes shifts as people would on paper: one in each line, in a zone.
func table(z *time.Location, shifts []Shift) string {
	var b strings.Builder
	for _, s := range shifts {
		fmt.Fprintf(&b, "%s - %s %s", s.From.In(z).Format("Mon 02 15:04"), s.To.In(z).Format("Mon 02 15:04"), s.User)
		if s.Override {
			b.WriteString(" override")
		}
		if s.Shadow {
			b.WriteString(" shadow")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// The tables were worked out by hand with a calendar.
func TestShiftsOfRotations(t *testing.T) {
	t.Parallel()
	utc, berlin, newYork := time.UTC, zone(t, "Europe/Berlin"), zone(t, "America/New_York")
	week := map[string][]Hours{}
	for _, day := range []string{"M", "T", "W", "R", "F"} {
		week[day] = []Hours{{9 * 60, 17 * 60}}
	}
	nights := map[string][]Hours{}
	for _, day := range []string{"S", "M", "T", "W", "R", "F", "U"} {
		nights[day] = []Hours{{22 * 60, 6 * 60}}
	}
	for _, tc := range []struct {
		name     string
		zone     *time.Location
		from, to string
		rotation Rotation
		starts   string
		want     string
	}{
		{
			name: "daily at midnight", zone: utc, from: "2026-06-01 00:00", to: "2026-06-04 00:00", starts: "2026-06-01 00:00",
			rotation: Rotation{Kind: Daily, Members: people("ada", "bob")},
			want:     "Mon 01 00:00 - Tue 02 00:00 ada\nTue 02 00:00 - Wed 03 00:00 bob\nWed 03 00:00 - Thu 04 00:00 ada\n",
		},
		{
			name: "daily, started after the handoff of its first day", zone: utc, from: "2026-06-01 00:00", to: "2026-06-03 09:00", starts: "2026-06-01 12:00",
			rotation: Rotation{Kind: Daily, Handoff: 9 * 60, Members: people("ada", "bob")},
			want:     "Mon 01 12:00 - Tue 02 09:00 ada\nTue 02 09:00 - Wed 03 09:00 bob\n",
		},
		{
			name: "weekly on Mondays, looked at in the third week", zone: utc, from: "2026-06-17 00:00", to: "2026-06-24 00:00", starts: "2026-06-01 09:00",
			rotation: Rotation{Kind: Weekly, Handoff: 9 * 60, HandoffDay: "M", Members: people("ada", "bob", "cyd")},
			want:     "Wed 17 00:00 - Mon 22 09:00 cyd\nMon 22 09:00 - Wed 24 00:00 ada\n",
		},
		{
			name: "every second Friday", zone: utc, from: "2026-06-01 00:00", to: "2026-07-01 00:00", starts: "2026-06-05 10:00",
			rotation: Rotation{Kind: Biweekly, Handoff: 10 * 60, HandoffDay: "F", Members: people("ada", "bob")},
			want:     "Fri 05 10:00 - Fri 19 10:00 ada\nFri 19 10:00 - Wed 01 00:00 bob\n",
		},
		{
			name: "on the first of the month", zone: utc, from: "2026-02-20 00:00", to: "2026-04-02 00:00", starts: "2026-01-10 00:00",
			rotation: Rotation{Kind: Monthly, Handoff: 8 * 60, HandoffDay: "first_day_of_month", Members: people("ada", "bob")},
			want:     "Fri 20 00:00 - Sun 01 08:00 bob\nSun 01 08:00 - Wed 01 08:00 ada\nWed 01 08:00 - Thu 02 00:00 bob\n",
		},
		{
			name: "on the last of the month, in a leap year", zone: utc, from: "2028-02-28 00:00", to: "2028-04-01 00:00", starts: "2028-01-31 08:00",
			rotation: Rotation{Kind: Monthly, Handoff: 8 * 60, HandoffDay: "last_day_of_month", Members: people("ada", "bob", "cyd")},
			want:     "Mon 28 00:00 - Tue 29 08:00 ada\nTue 29 08:00 - Fri 31 08:00 bob\nFri 31 08:00 - Sat 01 00:00 cyd\n",
		},
		{
			name: "every twelve hours", zone: utc, from: "2026-06-01 00:00", to: "2026-06-02 12:00", starts: "2026-06-01 06:30",
			rotation: Rotation{Kind: Custom, Handoff: 30, Length: 12, Unit: "hours", Members: people("ada", "bob")},
			want:     "Mon 01 06:30 - Mon 01 18:30 ada\nMon 01 18:30 - Tue 02 06:30 bob\nTue 02 06:30 - Tue 02 12:00 ada\n",
		},
		{
			name: "every three days", zone: utc, from: "2026-06-01 00:00", to: "2026-06-08 00:00", starts: "2026-06-01 09:00",
			rotation: Rotation{Kind: Custom, Handoff: 9 * 60, Length: 3, Unit: "days", Members: people("ada", "bob")},
			want:     "Mon 01 09:00 - Thu 04 09:00 ada\nThu 04 09:00 - Sun 07 09:00 bob\nSun 07 09:00 - Mon 08 00:00 ada\n",
		},
		{
			name: "the clocks go forward: the handoff stays at 09:00 on the wall", zone: berlin, from: "2026-03-28 09:00", to: "2026-03-30 09:00", starts: "2026-03-01 09:00",
			rotation: Rotation{Kind: Daily, Handoff: 9 * 60, Members: people("ada", "bob")},
			want:     "Sat 28 09:00 - Sun 29 09:00 bob\nSun 29 09:00 - Mon 30 09:00 ada\n",
		},
		{
			name: "the clocks go back: a week has 169 hours", zone: newYork, from: "2026-10-26 09:00", to: "2026-11-09 09:00", starts: "2026-10-26 09:00",
			rotation: Rotation{Kind: Weekly, Handoff: 9 * 60, HandoffDay: "M", Members: people("ada", "bob")},
			want:     "Mon 26 09:00 - Mon 02 09:00 ada\nMon 02 09:00 - Mon 09 09:00 bob\n",
		},
		{
			name: "office hours on weekdays", zone: berlin, from: "2026-06-05 00:00", to: "2026-06-09 00:00", starts: "2026-06-01 00:00",
			rotation: Rotation{Kind: Weekly, HandoffDay: "M", Members: people("ada", "bob"), Active: week},
			want:     "Fri 05 09:00 - Fri 05 17:00 ada\nMon 08 09:00 - Mon 08 17:00 bob\n",
		},
		{
			name: "nights over the change of the clocks", zone: berlin, from: "2026-10-24 12:00", to: "2026-10-26 12:00", starts: "2026-10-01 12:00",
			rotation: Rotation{Kind: Weekly, Handoff: 12 * 60, HandoffDay: "R", Members: people("ada"), Active: nights},
			want:     "Sat 24 22:00 - Sun 25 06:00 ada\nSun 25 22:00 - Mon 26 06:00 ada\n",
		},
		{
			name: "not before it starts", zone: utc, from: "2026-06-01 00:00", to: "2026-06-02 00:00", starts: "2026-07-01 00:00",
			rotation: Rotation{Kind: Daily, Members: people("ada")},
		},
		{
			name: "without members", zone: utc, from: "2026-06-01 00:00", to: "2026-06-02 00:00", starts: "2026-05-01 00:00",
			rotation: Rotation{Kind: Daily},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := tc.rotation
			r.Zone, r.Schedule, r.Starts = tc.zone, "primary", at(t, tc.zone, tc.starts)
			within := Span{at(t, tc.zone, tc.from), at(t, tc.zone, tc.to)}
			if got := table(tc.zone, Compute(within, []Rotation{r}, nil)); got != tc.want {
				t.Errorf("shifts\n%swant\n%s", got, tc.want)
			}
		})
	}
}

func TestANightIsAnHourLongerWhenTheClocksGoBack(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	r := Rotation{Kind: Daily, Handoff: 12 * 60, Zone: berlin, Members: people("ada"), Active: map[string][]Hours{"U": {{22 * 60, 6 * 60}}}}
	for day, hours := range map[string]time.Duration{"2026-03-28": 7, "2026-06-06": 8, "2026-10-24": 9} {
		from := at(t, berlin, day+" 12:00")
		if got := Total(spansOf(Compute(Span{from, from.AddDate(0, 0, 1)}, []Rotation{r}, nil))); got != hours*time.Hour {
			t.Errorf("the night of %s lasts %s, want %s", day, got, hours*time.Hour)
		}
	}
}

func spansOf(shifts []Shift) []Span {
	var list []Span
	for _, s := range shifts {
		list = append(list, s.Span)
	}
	return list
}

func TestOverridesTakeThePlace(t *testing.T) {
	t.Parallel()
	span := func(from, to string) Span { return Span{at(t, time.UTC, from), at(t, time.UTC, to)} }
	r := Rotation{Kind: Daily, Zone: time.UTC, Schedule: "primary", Starts: at(t, time.UTC, "2026-06-01 00:00"), Members: people("ada", "bob")}
	shifts := Compute(span("2026-06-01 00:00", "2026-06-03 00:00"), []Rotation{r}, []Shift{
		{Span: span("2026-06-01 20:00", "2026-06-02 04:00"), Schedule: "primary", User: "cyd", Override: true},
		{Span: span("2026-06-02 06:00", "2026-06-02 08:00"), Schedule: "primary", User: "dee", Shadow: true},
		{Span: span("2026-05-01 00:00", "2026-05-02 00:00"), Schedule: "primary", User: "eve", Override: true},
	})
	want := "Mon 01 00:00 - Mon 01 20:00 ada\nMon 01 20:00 - Tue 02 04:00 cyd override\nTue 02 04:00 - Wed 03 00:00 bob\nTue 02 06:00 - Tue 02 08:00 dee shadow\n"
	if got := table(time.UTC, shifts); got != want {
		t.Errorf("shifts\n%swant\n%s", got, want)
	}
}

func TestSchedulesAreMembers(t *testing.T) {
	t.Parallel()
	start := at(t, time.UTC, "2026-06-01 00:00")
	rotations := []Rotation{
		{Kind: Weekly, HandoffDay: "M", Zone: time.UTC, Schedule: "follow the sun", Starts: start, Members: people("schedule emea")},
		{Kind: Daily, Zone: time.UTC, Schedule: "emea", Starts: start, Members: people("ada", "bob")},
		{Kind: Daily, Zone: time.UTC, Schedule: "loop", Starts: start, Members: people("schedule loop")},
	}
	var got []Shift
	for _, s := range Compute(Span{start, start.AddDate(0, 0, 2)}, rotations, nil) {
		if s.Schedule != "emea" {
			got = append(got, s)
		}
	}
	if want := "Mon 01 00:00 - Tue 02 00:00 ada\nTue 02 00:00 - Wed 03 00:00 bob\n"; table(time.UTC, got) != want {
		t.Errorf("shifts\n%swant\n%s", table(time.UTC, got), want)
	}
}

func TestUncovered(t *testing.T) {
	t.Parallel()
	day := func(from, to string) Span {
		return Span{at(t, time.UTC, "2026-06-01 "+from), at(t, time.UTC, "2026-06-01 "+to)}
	}
	shifts := []Shift{
		{Span: day("06:00", "12:00"), User: "ada"},
		{Span: day("12:01", "18:00"), User: "bob"}, // after a minute, which does not count
		{Span: day("17:00", "20:00"), User: "ada"},
		{Span: day("00:00", "23:00"), User: "eve", Shadow: true},
		{Span: day("21:00", "22:00")},
	}
	var got []string
	for _, s := range Uncovered(day("00:00", "23:00"), shifts) {
		got = append(got, s.From.Format("15:04")+"-"+s.To.Format("15:04"))
	}
	if text := strings.Join(got, " "); text != "00:00-06:00 20:00-23:00" {
		t.Errorf("uncovered %s", text)
	}
	if left := Uncovered(day("07:00", "11:00"), shifts); left != nil {
		t.Errorf("uncovered %v within a shift", left)
	}
}
