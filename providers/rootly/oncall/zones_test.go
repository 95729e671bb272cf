package oncall

import (
	"testing"
	"time"
)

func TestEveryNameOfAZoneIsKnown(t *testing.T) {
	t.Parallel()
	for name := range railsZones {
		if _, ok := Zone(name); !ok {
			t.Errorf("%q is no zone", name)
		}
	}
	for name, want := range map[string]string{"Europe/Berlin": "Europe/Berlin", "Tokyo": "Asia/Tokyo", "": "UTC", "Pacific Time (US & Canada)": "America/Los_Angeles"} {
		if z, ok := Zone(name); !ok || z.String() != want {
			t.Errorf("%q is %s, %v", name, z, ok)
		}
	}
	for _, name := range []string{"Local", "Middle Earth", "../etc/passwd"} {
		if z, ok := Zone(name); ok || z != time.UTC {
			t.Errorf("%q is %s, %v", name, z, ok)
		}
	}
}
