package importer

import (
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
)

// Only where the plan stopped at an object that is gone does taking it out of the state help.
func TestAdviseGone(t *testing.T) {
	t.Parallel()
	const gone, here = "rootly_schedule_rotation.gone", "rootly_schedule_rotation.here"
	list := []report.Difference{
		{Address: gone, Action: "error", Message: "NotFoundError (404)"},
		{Address: here, Action: "error", Message: "NotFoundError (404)"},
		{Address: gone, Action: "update"},
	}
	adviseGone(list, []string{gone, "rootly_team.other"})
	if m := list[0].Message; !strings.HasSuffix(m, "(NotFoundError (404))") || !strings.Contains(m, "state rm '"+gone+"'") {
		t.Errorf("%q", m)
	}
	if list[1].Message != "NotFoundError (404)" || list[2].Message != "" {
		t.Errorf("%+v", list[1:])
	}
}
