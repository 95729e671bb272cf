package record

import (
	"testing"
	"time"
)

func TestSpans(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct{ startedAt, took, from, to string }{
		{"", "", "12:00:00", "12:00:00"}, {"", "90s", "11:58:30", "12:00:00"}, {"", "90", "11:58:30", "12:00:00"}, {"", "1.5", "11:59:58", "12:00:00"},
		{"2026-01-31T11:00:00Z", "", "11:00:00", "12:00:00"}, {"2026-01-31T11:00:00Z", "1m", "11:00:00", "11:01:00"},
		{"1769857200", "", "11:00:00", "12:00:00"}, {"2026-01-31T12:00:00+01:00", "", "11:00:00", "12:00:00"},
	} {
		from, to, err := span(test.startedAt, test.took, now)
		if err != nil || from.UTC().Format(time.TimeOnly) != test.from || to.UTC().Format(time.TimeOnly) != test.to {
			t.Errorf("%+v: %s to %s, %v", test, from, to, err)
		}
	}
}
