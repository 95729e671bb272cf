package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// TestAuditTableFits holds that tables fit into terminals of every usual width, with whole words.
func TestAuditTableFits(t *testing.T) {
	t.Parallel()
	events := []audit.Event{
		{ID: "981234", At: time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC), UserName: "Ada Lovelace-Okafor of Engineering", Action: "destroy", ItemType: "Integrations::PagerdutyAccount",
			ItemName: "Checkout escalation for the payments team", Source: "web", IP: "2001:db8::1", UserAgent: "Mozilla/5.0 (X11; Linux x86_64)", ItemID: "7f4c2f1e-1111-4222-8333-444455556666",
			Changes: []audit.Change{{Field: "description"}, {Field: "notification_target_params"}, {Field: "position"}}},
		{ID: "7", At: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC), UserName: "Bo", Action: "update", ItemType: "Group", ItemName: "sre"},
	}
	for _, width := range []int{80, 120, 200} {
		var out bytes.Buffer
		if err := (screen{width: width}).handler(&out, Options{}).Events(Events{List: each(events)}); err != nil {
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
