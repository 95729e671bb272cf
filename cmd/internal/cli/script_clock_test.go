package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // where the system has no zones

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

// today is when the tests of this package are, and the processes that they start. Files have the times of
// the computer, so it is a day that those are before.
func today() time.Time { return time.Date(2036, time.November, 26, 10, 30, 0, 0, time.UTC) }

// clockVariable gives the program, where it is this test binary, a clock that stands still: a time, and
// after a space the zone in which people are shown times. Empty: the clock of the computer.
const clockVariable = "ROOTLY_TEST_CLOCK"

// clockText is what the variable has to say for a time in a zone.
func clockText(at time.Time, zone string) string { return at.UTC().Format(time.RFC3339) + " " + zone }

// systemUnderTest is the real world with the clock that the variable says.
func systemUnderTest() (world.World, error) {
	w := world.System()
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

// An instant is a time, where people are shown it in some zone, at which a script may come out differently.
type instant struct{ name, at, zone string }

// hours are those of one day.
func hours() []instant {
	zones := []string{"UTC", "America/Los_Angeles", "Asia/Kolkata"}
	var day []instant
	for h := range 24 {
		at := fmt.Sprintf("2036-11-29T%02d:25:00Z", h)
		day = append(day, instant{at, at, zones[h%len(zones)]})
	}
	return day
}

// turns are moments at which days, months and years end, and clocks are put forward or back.
var turns = []instant{
	{"end of the year", "2036-12-31T23:59:59Z", "UTC"},
	{"clocks go forward", "2036-03-09T10:00:00Z", "America/Los_Angeles"},
	{"clocks go back", "2036-11-02T09:00:00Z", "America/Los_Angeles"},
	{"leap day", "2036-02-29T12:00:00Z", "Asia/Kolkata"},
	{"end of February", "2037-02-28T23:30:00Z", "Asia/Kolkata"},
	{"Sunday", "2036-11-23T02:25:00Z", "America/Los_Angeles"},
}

// TestScriptsAtOtherTimes runs the scripts that show or compute times: the one with the built-in history at
// each hour of a day, all that make no plans at the turns, and some of those that do, which take long, at two.
func TestScriptsAtOtherTimes(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes a minute")
	}
	for _, when := range hours() {
		scriptsAt(t, when, "audit_list")
	}
	for _, when := range turns {
		scriptsAt(t, when, "audit_list", "audit_live", "audit_sync", "diff", "diff_forms", "export_commit", "record", "record_incident")
	}
	for _, when := range turns[:2] {
		scriptsAt(t, when, "drift_write", "drift_incident", "record_engine")
	}
}

func scriptsAt(t *testing.T, when instant, names ...string) {
	t.Run(when.name, func(t *testing.T) {
		t.Parallel()
		at, err := time.Parse(time.RFC3339, when.at)
		if err != nil {
			t.Fatal(err)
		}
		runScripts(t, at, when.zone, names...)
	})
}
