package report

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestAuditTableFits holds that tables fit into terminals of every usual width, with whole words.
func TestAuditTableFits(t *testing.T) {
	t.Parallel()
	deeds := []AuditEvent{
		{ID: "981234", At: time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC), Who: "Ada Lovelace-Okafor of Engineering", Action: "destroy", Kind: "Integrations::PagerdutyAccount",
			Name: "Checkout escalation for the payments team", Way: "web", IP: "2001:db8::1", Agent: "Mozilla/5.0 (X11; Linux x86_64)", ItemID: "7f4c2f1e-1111-4222-8333-444455556666",
			Changes: []AuditChange{{Field: "description"}, {Field: "notification_target_params"}, {Field: "position"}}},
		{ID: "7", At: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC), Who: "Bo", Action: "update", Kind: "Group", Name: "sre"},
	}
	for _, width := range []int{80, 120, 200} {
		var out bytes.Buffer
		if err := (AuditView{Width: width}).Write(&out, deeds); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if n := columns(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("%d columns in a terminal of %d: %s", n, width, line)
			}
		}
		for _, broken := range []string{"Lovelac...", "descri...", "notification_t...", "escal...", "paym...", "Integ..."} {
			if strings.Contains(out.String(), broken) {
				t.Errorf("%s is broken:\n%s", broken, out.String())
			}
		}
		if !strings.Contains(out.String(), "destroy") || !strings.Contains(out.String(), "Ada") || !strings.Contains(out.String(), "PagerdutyAccount") {
			t.Errorf("%d: too little is left:\n%s", width, out.String())
		}
	}
}
