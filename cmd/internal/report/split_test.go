package report

import (
	"encoding/json"
	"testing"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	s := single()
	s.References = References{Resolved: 3, Parts: 2}
	s.Split = &Split{Across: "remote-state", Parts: []Part{
		{Name: "shared", Directory: "rootly/shared", Resources: 1204, References: 3, Requests: 1377, Proof: ProofClean},
		{Name: "site-reliability", Directory: "rootly/site-reliability", Resources: 37, References: 105, Requests: 98, Reads: []string{"shared"}},
	}}
	s.Rerun.Parted = []Moved{{From: "shared/rootly_service.api", To: "site-reliability/rootly_service.api"}}
	summary := func(h Handler) error { return h.Summary(s) }
	text := printed(t, Options{}, summary)
	golden(t, "split.txt", text)
	requireTidy(t, text)

	// Without any state that is read, the order is of no account; what was shared is told.
	s.Split.Parts[1].Reads = nil
	s.Split.Shared = []SharedResource{{Address: "rootly_playbook.page", Part: "site-reliability", By: "rootly_workflow_task_print.a"}}
	golden(t, "split_data.txt", printed(t, Options{}, summary))
	var back struct {
		Split struct {
			Parts []struct {
				Reads []string `json:"reads_state_of"`
			} `json:"parts"`
		} `json:"split"`
	}
	if err := json.Unmarshal([]byte(printed(t, Options{Format: "json"}, summary)), &back); err != nil || len(back.Split.Parts) != 2 || back.Split.Parts[0].Reads == nil {
		t.Errorf("%+v, %v", back, err)
	}
}
