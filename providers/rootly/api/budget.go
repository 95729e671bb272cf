package api

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// budget is what is left of the current window, according to the X-RateLimit headers.
type budget struct {
	known bool
	limit int
	every time.Duration // the length of a window
	left  int
	reset time.Time // zero if unknown
}

// over reports whether the window has ended, so that nothing is known any more.
func (b *budget) over(now time.Time) bool {
	return b.known && !b.reset.IsZero() && !now.Before(b.reset)
}

// learn reads the headers of an answer. Answers overtake each other, so within one window only the lowest count is
// used.
func (b *budget) learn(h http.Header, now time.Time) {
	left, ok := leadingInt(h.Get("X-RateLimit-Remaining"))
	if !ok {
		return
	}
	limit, _ := leadingInt(h.Get("X-RateLimit-Limit"))
	reset := announcedReset(h, now)

	// Relative reset times of one window differ by a second when converted to absolute ones.
	sameWindow := b.known && !reset.IsZero() && reset.Sub(b.reset).Abs() <= time.Second
	if sameWindow {
		left, reset = min(left, b.left), b.reset
	}
	*b = budget{known: true, limit: max(limit, b.limit), every: windowOf(h.Get("X-RateLimit-Limit")), left: max(left, 0), reset: reset}
}

// announcedReset is the end of the window, limited to the usual length of windows: the header has different meanings,
// and one early request is better than a wait of an hour.
func announcedReset(h http.Header, now time.Time) time.Time {
	const usual = 2 * time.Minute
	at := parseMoment(h.Get("X-RateLimit-Reset"), serverClock(h, now), now)
	if latest := now.Add(max(usual, windowOf(h.Get("X-RateLimit-Limit")))); at.After(latest) {
		return latest
	}
	return at
}

// perMinute is the limit, or 0 if unknown.
func (b *budget) perMinute() int {
	if b.every <= 0 {
		return 0
	}
	return int(time.Duration(b.limit) * time.Minute / b.every)
}

// windowOf reads the seconds in values like "1000, 1000;window=3600". Without them it is a minute.
func windowOf(text string) time.Duration {
	_, after, _ := strings.Cut(text, "window=")
	if n, ok := leadingInt(after); ok && n > 0 {
		return time.Duration(n) * time.Second
	}
	return time.Minute
}

// leadingInt reads the number in front of values like "1000, 1000;window=3600".
func leadingInt(text string) (int, bool) {
	text = strings.TrimSpace(text)
	if end := strings.IndexAny(text, ",; "); end >= 0 {
		text = text[:end]
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

// serverClock is the server's time of its answer, or ours if it does not send its own.
func serverClock(h http.Header, now time.Time) time.Time {
	if t, err := http.ParseTime(h.Get("Date")); err == nil {
		return t
	}
	return now
}

// parseMoment reads a point in time as servers write it: seconds from now, epoch seconds or milliseconds, RFC 3339 or
// an HTTP date. Absolute times are converted from the server's clock to ours. A past or meaningless time is zero.
func parseMoment(text string, server, now time.Time) time.Time {
	const (
		epochSeconds = 1e8  // as seconds from now these would be three years
		epochMillis  = 1e11 // as epoch seconds these would be the year 5138
	)
	text = strings.TrimSpace(text)
	var at time.Time
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		switch {
		case !(n > 0 && n < 1e14):
			return time.Time{}
		case n < epochSeconds:
			return now.Add(time.Duration(n * float64(time.Second)))
		case n < epochMillis:
			at = time.UnixMilli(int64(n * 1000))
		default:
			at = time.UnixMilli(int64(n))
		}
	} else if at, err = time.Parse(time.RFC3339, text); err != nil {
		if at, err = http.ParseTime(text); err != nil {
			return time.Time{}
		}
	}
	if wait := at.Sub(server); wait > 0 {
		return now.Add(wait)
	}
	return time.Time{}
}
