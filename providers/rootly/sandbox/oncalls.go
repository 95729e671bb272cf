package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/oncall"
)

const oncallsPath = "/v1/oncalls"

// oncallsList answers whom the levels of escalation policies page now, all at once.
func (r *reader) oncallsList() ([]byte, error) {
	now := r.opts.Clock().UTC()
	onCall := map[string][]oncall.Shift{}
	for _, shift := range r.store.shifts(oncall.Span{From: now, To: now.Add(time.Hour)}) { // shorter ones count as none
		if shift.User != "" && !shift.Shadow && !shift.From.After(now) {
			onCall[string(shift.Schedule)] = append(onCall[string(shift.Schedule)], shift)
		}
	}
	rows := [][]byte{}
	for _, rec := range r.store.byAPI["escalation_levels"] {
		level := attributesOf(rec)
		list, _ := level["notification_target_params"].([]any)
		for _, v := range list {
			target, _ := v.(map[string]any)
			for _, shift := range r.store.pagedBy(target, onCall) {
				rows = append(rows, oncallRow(rec, level, shift, len(rows)))
			}
		}
	}
	var buf bytes.Buffer
	buf.WriteString(`{"data":[`)
	buf.Write(bytes.Join(rows, []byte{','}))
	buf.WriteString(`]}`)
	return buf.Bytes(), nil
}

// pagedBy are the people whom a target of a level pages.
func (s *store) pagedBy(target map[string]any, onCall map[string][]oncall.Shift) []oncall.Shift {
	id := fmt.Sprint(target["id"])
	switch target["type"] {
	case "schedule":
		return onCall[id]
	case "user":
		return []oncall.Shift{{User: graph.ID(id)}}
	case "team":
		rec := s.find("groups", id)
		if rec == nil || target["team_members"] == "escalate" {
			return nil
		}
		name := "user_ids"
		if target["team_members"] == "admins" {
			name = "admin_ids"
		}
		members, _ := attributesOf(rec)[name].([]any)
		var all []oncall.Shift
		for _, m := range members {
			all = append(all, oncall.Shift{User: graph.ID(fmt.Sprint(m))})
		}
		return all
	}
	return nil
}

func oncallRow(rec *record, level map[string]any, shift oncall.Shift, n int) []byte {
	var schedule any
	if shift.Schedule != "" {
		schedule = shift.Schedule
	}
	return encode(map[string]any{
		"id": fmt.Sprintf("%s-%d", rec.ID, n), "type": "on_call_resources",
		"attributes": map[string]any{
			"escalation_policy_id": level["escalation_policy_id"], "escalation_policy_path_id": level["escalation_policy_path_id"],
			"escalation_level": level["position"], "schedule_id": schedule, "user_id": json.RawMessage(shift.User),
		},
	})
}
