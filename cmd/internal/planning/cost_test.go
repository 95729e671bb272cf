package planning

import "testing"

func TestPlanCost(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		requests, limit int
		want            string
	}{
		{1, 0, "the plan makes about 1 request to the API"},
		{9001, 3000, "the plan makes about 9,001 requests to the API, 4 minutes at its limit of 3,000 requests a minute"},
		{3000, 3000, "the plan makes about 3,000 requests to the API, 1 minute at its limit of 3,000 requests a minute"},
	} {
		if got := PlanCost(tt.requests, tt.limit); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestFirstUse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		engine  string
		imports int
		want    string
	}{
		{"terraform 1.11.4", 2999, ""},
		{"tofu 1.12.6", 10000, ""},
		{"terraform 1.11.4", 10000, "terraform 1.11.4 compares 10,000 import blocks with each other: expect about 100 seconds more for your first init, " +
			"and 65 for each plan until the apply. --import-as state and --split-by team avoid that"},
	} {
		if got := FirstUse(tt.engine, tt.imports); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
