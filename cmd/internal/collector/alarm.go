package collector

import (
	"fmt"
	"net/netip"
	"sync"
	"time"
)

const (
	alarmAfter = 20          // bad connections, without a calm minute between them
	alarmPause = time.Minute // between lines in the log, and until the alarm ends
)

// An alarm distinguishes attacks from accidents by their number, and reports them at most once a minute.
type alarm struct {
	now  func() time.Time
	note func(text string)

	mu         sync.Mutex
	bad        int
	first      time.Time
	last       time.Time
	lastClient netip.Prefix
	noted      time.Time
}

// hit counts a connection that was closed to make room, was too slow or had no right signature.
func (a *alarm) hit(client netip.Prefix) {
	if text := a.count(client, a.now()); text != "" {
		a.note(text)
	}
}

// count returns what is to be noted, if anything.
func (a *alarm) count(client netip.Prefix, now time.Time) (text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now.Sub(a.last) > alarmPause {
		a.bad, a.first = 0, now
	}
	a.bad++
	a.last, a.lastClient = now, client
	if now.Sub(a.noted) >= alarmPause {
		text = a.text(now)
	}
	if text != "" {
		a.noted = now
	}
	return text
}

// status says what is going on, and is empty when all is well.
func (a *alarm) status() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.text(a.now())
}

func (a *alarm) text(now time.Time) string {
	if a.bad < alarmAfter || now.Sub(a.last) > alarmPause {
		return ""
	}
	client := a.lastClient.Addr().String()
	if a.lastClient.Bits() == 64 {
		client = a.lastClient.String()
	}
	return fmt.Sprintf("%d connections since %s were refused (too many, too slow or without a valid signature), the last from %s: "+
		"this is an attack, or a webhook with another secret; valid deliveries are still accepted", a.bad, a.first.UTC().Format(time.RFC3339), client)
}
