package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/oncall"
)

func otherRows() []assumption {
	return []assumption{
		{"users", "a user has an email", "Users without one stay ids.", usersHaveEmails},
		{"shifts", "shifts of four weeks are answered, each with a schedule, a user and two times", "", shiftsComplete},
		{"times", "times of objects have an offset", "", timesHaveOffsets},
		{"not-found", "a 404 says what was not found", "An object counts as deleted only after a complete list without it.", notFoundExplained},
		{"rate-limit", "the limit of requests is announced", "", limitAnnounced},
		{"steady", "every request is answered at the first attempt", "Requests that fail in passing are repeated.", steady},
	}
}

func usersHaveEmails(ctx context.Context, a *account) (verdict, error) {
	d, err := a.list(ctx, "/v1/users", "page[size]", "100")
	if err != nil {
		return verdict{}, err
	}
	n := 0
	for _, u := range d.Data {
		if !strings.Contains(u.text("email"), "@") {
			n++
		}
	}
	switch {
	case len(d.Data) == 0:
		return unknown("there are no users")
	case n > 0:
		return no(fmt.Sprintf("%d of %d users have none", n, len(d.Data)))
	}
	return yes()
}

func shiftsComplete(ctx context.Context, a *account) (verdict, error) {
	const weeks = 4 * 7 * 24 * time.Hour
	shifts, err := oncall.Fetch(ctx, a.client, oncall.Span{From: a.now, To: a.now.Add(weeks)})
	var failed *api.Error
	switch {
	case rootly.Absent(err):
		return unknown("shifts are not answered, or the key may not read them")
	case errors.As(err, &failed) && !failed.Decided():
		return verdict{}, err
	case err != nil:
		return no("the answer cannot be read, or the span is refused")
	case len(shifts) == 0:
		return unknown("nobody is on call")
	}
	n := 0
	for _, s := range shifts {
		if s.User == "" || s.Schedule == "" {
			n++
		}
	}
	if n > 0 {
		return no(fmt.Sprintf("%d of %d shifts lack the user or the schedule", n, len(shifts)))
	}
	return yes()
}

func timesHaveOffsets(_ context.Context, a *account) (verdict, error) {
	return each(a, func(o *rootly.Object) bool {
		said := o.Text("updated_at")
		_, err := time.Parse(time.RFC3339, said)
		return said != "" && err != nil
	})
}

func notFoundExplained(ctx context.Context, a *account) (verdict, error) {
	_, _, err := a.client.Get(ctx, "/v1/teams/00000000-0000-4000-8000-000000000000", nil)
	var refused *api.Error
	switch {
	case err == nil:
		return no("an object that does not exist is answered")
	case !errors.As(err, &refused) || !errors.Is(err, api.ErrNotFound):
		return verdict{}, err
	case strings.Contains(strings.ToLower(refused.Title), "unauthorized"):
		return no("it says the same of what does not exist and of what is not allowed")
	}
	return yes()
}

func limitAnnounced(_ context.Context, a *account) (verdict, error) {
	if a.client.Stats().Limit == 0 {
		return unknown("no answer announced a limit")
	}
	return yes()
}

func steady(_ context.Context, a *account) (verdict, error) {
	if n := a.client.Stats().Retries; n > 0 {
		return no(fmt.Sprintf("%d of %d requests were repeated", n, a.client.Stats().Requests))
	}
	return yes()
}
