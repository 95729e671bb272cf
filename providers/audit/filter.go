package audit

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Source returns events, the newest first: the API, or a copy of our own. It may return more than the filter asks
// for; use [Filter.Match]. It ends after an error.
type Source interface {
	Events(ctx context.Context, f Filter) iter.Seq2[Event, error]
}

// A Filter says which events are wanted. An empty field matches everything; a field with several values matches any of
// them.
type Filter struct {
	Since     time.Time // the first moment
	Until     time.Time // exclusive end
	Users     []string  // ids, emails, or whole names
	Sources   []string  // web, api, mobile, slack, scim or oauth
	ItemTypes []string
	ItemIDs   []string
	Actions   []string // create, update or destroy
	APIKeys   []string // ids
}

// Match reports whether an event matches the filter.
func (f Filter) Match(e Event) bool {
	return (f.Since.IsZero() || !e.At.Before(f.Since)) &&
		(f.Until.IsZero() || e.At.Before(f.Until)) &&
		(len(f.Users) == 0 || slices.ContainsFunc(f.Users, func(user string) bool { return e.by(user) })) &&
		(len(f.Sources) == 0 || slices.ContainsFunc(f.Sources, func(source string) bool { return strings.EqualFold(source, e.Source) })) &&
		among(f.ItemTypes, e.ItemType) && among(f.ItemIDs, e.ItemID) && among(f.Actions, e.Action) && among(f.APIKeys, e.APIKeyID)
}

// among reports whether a value is one of the wanted ones.
func among(wanted []string, value string) bool {
	return len(wanted) == 0 || slices.Contains(wanted, value)
}

// OnlyTimes reports whether the filter is only about times.
func (f Filter) OnlyTimes() bool {
	return len(f.Users)+len(f.Sources)+len(f.ItemTypes)+len(f.ItemIDs)+len(f.Actions)+len(f.APIKeys) == 0
}

// Query returns the part of the filter that the API applies. Emails are not part of it: the API knows users by id.
func (f Filter) Query() url.Values {
	q := url.Values{}
	set := func(name string, values ...string) {
		switch {
		case len(values) == 1 && values[0] != "":
			q.Set("filter["+name+"]", values[0])
		case len(values) > 1:
			q.Set("filter["+name+"][in]", strings.Join(values, ","))
		}
	}
	set("created_at][gte", moment(f.Since))
	set("created_at][lt", moment(f.Until))
	if !slices.ContainsFunc(f.Users, func(user string) bool { return strings.Contains(user, "@") }) {
		set("user_id", f.Users...)
	}
	set("source", f.Sources...)
	set("api_key_id", f.APIKeys...)
	set("item_type", f.ItemTypes...)
	return q
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// ParseTime reads a time: RFC 3339, a date in the zone of now, or a duration before now such as 7d, 12h or 1w2d. If
// last is set, a date means the end of that day, so that a range includes its last day.
func ParseTime(said string, now time.Time, last bool) (time.Time, error) {
	said = strings.TrimSpace(said)
	if t, err := time.Parse(time.RFC3339Nano, said); err == nil {
		return t, nil
	}
	if t, err := time.ParseInLocation("2006-01-02T15:04:05", said, now.Location()); err == nil {
		return t, nil
	}
	if t, err := time.ParseInLocation("2006-01-02T15:04", said, now.Location()); err == nil {
		return t, nil
	}
	if day, err := time.Parse(time.DateOnly, said); err == nil {
		if last {
			day = day.AddDate(0, 0, 1)
		}
		return begin(day, now.Location()), nil
	}
	if d, ok := parseDuration(said); ok {
		return now.Add(-d), nil
	}
	return time.Time{}, fmt.Errorf("%q is neither a time, nor a date, nor a duration", said)
}

// begin is the first moment of a day in a zone, even if clocks are put forward at midnight.
func begin(day time.Time, zone *time.Location) time.Time {
	t := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone)
	if t.Day() != day.Day() {
		_, t = t.ZoneBounds()
	}
	return t
}

// parseDuration reads a duration that may begin with weeks and days.
func parseDuration(said string) (time.Duration, bool) {
	var sum time.Duration
	rest := said
	for _, unit := range []struct {
		letter string
		length time.Duration
	}{{"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour}} {
		number, after, ok := strings.Cut(rest, unit.letter)
		if !ok {
			continue
		}
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 || n > 100_000 {
			return 0, false
		}
		sum += time.Duration(n) * unit.length
		rest = after
	}
	if rest == "" {
		return sum, said != ""
	}
	d, err := time.ParseDuration(rest)
	return sum + d, err == nil && d >= 0 && sum+d >= 0
}
