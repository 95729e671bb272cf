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
