package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // where the system has no zones
)

// today is when the tests of this package are, and the processes that they start. Files have the times of
// the computer, so it is a day that those are before.
func today() time.Time { return time.Date(2036, time.November, 26, 10, 30, 0, 0, time.UTC) }

// clockVariable gives the program, where it is this test binary, a clock that stands still: a time, and
// after a space the zone in which people are shown times.
const clockVariable = "ROOTLY_TEST_CLOCK"

// clockText is what the variable has to say for a time in a zone.
func clockText(at time.Time, zone string) string { return at.UTC().Format(time.RFC3339) + " " + zone }

// systemUnderTest is the real world with the clock that the variable says.
func systemUnderTest() (World, error) {
	w := System()
	text := os.Getenv(clockVariable)
	if text == "" {
		return w, nil
	}
	said, name, _ := strings.Cut(text, " ")
	at, err := time.Parse(time.RFC3339, said)
	if err != nil {
		return w, fmt.Errorf("%s: %w", clockVariable, err)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return w, fmt.Errorf("%s: %w", clockVariable, err)
	}
	w.Now = func() time.Time { return at.In(zone) }
	return w, nil
}

// An instant is a time at which a script may come out differently.
type instant struct {
	name string
	at   time.Time
}

// turns are moments around which days, months and years end, and clocks are put forward or back.
func turns() []instant {
	at := func(text string) time.Time {
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return today()
		}
		return t
	}
	return []instant{
		{"leap day", at("2036-02-29T12:00:00Z")},
		{"end of the year", at("2036-12-31T23:59:59Z")},
		{"clocks go forward", at("2036-03-09T10:00:00Z")}, // in Los Angeles
		{"clocks go back", at("2036-11-02T09:00:00Z")},
		{"Sunday", at("2036-11-23T02:25:00Z")},
		{"end of February", at("2037-02-28T23:30:00Z")},
	}
}

// hours are those of one day.
func hours() []instant {
	var day []instant
	for h := range 24 {
		at := time.Date(2036, time.November, 29, h, 25, 0, 0, time.UTC)
		day = append(day, instant{at.Format("15:04"), at})
	}
	return day
}

var (
	zones = []string{"UTC", "America/Los_Angeles", "Asia/Kolkata"}

	// timely are the scripts that show or compute times.
	timely = []string{"audit_list", "audit_live", "audit_sync", "diff", "diff_forms", "export", "export_commit", "record", "record_incident", "status"}

	// planning are those of them that need plans, which take long.
	planning = []string{"drift", "drift_write", "drift_incident", "record_engine"}
)

// TestScriptsAtOtherTimes runs scripts whose outcome could depend on the time: the one with the built-in
// history at each hour of a day; all that make no plans at the turns, each in one zone; and those that plan at
// some of them.
func TestScriptsAtOtherTimes(t *testing.T) {
	t.Parallel()
	for i, when := range hours() {
		scriptsAt(t, when, zones[i%len(zones)], "audit_list")
	}
	for i, when := range turns() {
		scriptsAt(t, when, zones[i%len(zones)], timely...)
		for _, zone := range zones {
			if zone != zones[i%len(zones)] {
				scriptsAt(t, when, zone, "audit_list")
			}
		}
	}
	for i, when := range turns()[:3] {
		scriptsAt(t, when, zones[(i+1)%len(zones)], planning...)
	}
}

func scriptsAt(t *testing.T, when instant, zone string, names ...string) {
	t.Run(when.name+" "+zone, func(t *testing.T) {
		t.Parallel()
		runScripts(t, when.at, zone, names...)
	})
}
