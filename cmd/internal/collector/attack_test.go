package collector

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/collector/copytest"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// An attacker opens connections without the secret, each again as soon as it is closed.
type attacker struct {
	target string
	stop   context.CancelFunc
	all    sync.WaitGroup
}

// attack opens so many connections from each address. Each sends how a request begins, and no more.
func attack(t *testing.T, target string, each int, addresses []string, begin string) *attacker {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	a := &attacker{target: target, stop: cancel}
	t.Cleanup(a.end)
	for _, address := range addresses {
		for range each {
			a.all.Go(func() { a.hold(ctx, address, begin) })
		}
	}
	return a
}

func (a *attacker) end() {
	a.stop()
	a.all.Wait()
}

func (a *attacker) hold(ctx context.Context, address string, begin string) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	for ctx.Err() == nil {
		conn, err := dialer.DialContext(ctx, "tcp", a.target)
		if err != nil {
			continue
		}
		done := context.AfterFunc(ctx, func() { _ = conn.Close() })
		if _, err := io.WriteString(conn, begin); err == nil {
			_, _ = io.Copy(io.Discard, conn) // until the receiver closes it
		}
		done()
		_ = conn.Close()
	}
}

// forged is a request with an invented signature.
func forged(length int, body string) string {
	return fmt.Sprintf("POST / HTTP/1.1\r\nHost: x\r\n%s: t=%d,v1=%s\r\nContent-Length: %d\r\n\r\n%s",
		signatureHeader, today().Unix(), strings.Repeat("ab", 32), length, body)
}

// fill waits until so many connections are open.
func (r *receiving) fill(t *testing.T, n int) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); r.rc.slots.open() < n; runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatalf("%d connections are open, want %d", r.rc.slots.open(), n)
		}
	}
}

// deliverFrom sends events from an address, each once and on a connection of its own.
func (r *receiving) deliverFrom(t *testing.T, address string, from, n int) {
	t.Helper()
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: dialer.DialContext}}
	for i := range n {
		body := webhook(from + i)
		if got := send(t.Context(), client, r.url, sign(testSecret, today(), body), strings.NewReader(body)); got != http.StatusOK {
			t.Errorf("delivery %d from %s: %d", i, address, got)
		}
	}
}

func loopbacks(n int) (addresses []string) {
	for i := range n {
		addresses = append(addresses, fmt.Sprintf("127.0.1.%d", i+1))
	}
	return addresses
}

// TestAttackersKeepNobodyOut attacks from one address and from many, and delivers meanwhile: from an
// address that delivered before, from a new one, and from one that the attacker uses too.
func TestAttackersKeepNobodyOut(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("needs many loopback addresses")
	}
	const deliveries = 40
	for name, c := range map[string]struct {
		each, addresses int
		begin           string
		open            int // connections that the attack reaches
		alarm           bool
	}{
		"unfinished bodies":       {320, 1, forged(1000, "{"), clientLimit, true},
		"unfinished large bodies": {80, 1, forged(bodyLimit, strings.Repeat(" ", 2*smallBody)), largeLimit, true},
		"unfinished headers":      {320, 1, "POST / HTTP/1.1\r\nHost: x\r\n", clientLimit, true},
		"silence":                 {320, 1, "", clientLimit, true},
		"wrong signatures":        {50, 1, forged(2, "{}"), 1, true},
		"many addresses":          {40, 30, forged(1000, "{"), connectionLimit, true},
		"many silent addresses":   {10, 120, "", connectionLimit, true},
		"probes":                  {8, 2, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 1, false},
		"large headers":           {50, 1, "POST / HTTP/1.1\r\nX: " + strings.Repeat("x", 64<<10), 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "audit.db")
			r := receiveWithin(t, requestTime, openSink(t, "sqlite://"+path))
			r.deliverFrom(t, "127.0.2.1", 0, 1)
			addresses := loopbacks(c.addresses)
			a := attack(t, strings.TrimPrefix(r.url, "http://"), c.each, addresses, c.begin)
			r.fill(t, c.open)
			started := time.Now()
			var senders sync.WaitGroup
			for i, from := range []string{"127.0.2.1", "127.0.2.2", addresses[0]} {
				senders.Go(func() { r.deliverFrom(t, from, 1+i*deliveries, deliveries) })
			}
			senders.Wait()
			health, raised := "", !c.alarm
			for ; !raised && time.Since(started) < time.Minute; runtime.Gosched() {
				health = copytest.Get(t, r.url+"/healthz")
				raised = strings.Contains(health, "connections since")
			}
			metrics := copytest.Get(t, r.url+"/metrics")
			a.end()
			// Large headers may count as slow where the machine is.
			if !raised || name == "probes" && r.rc.alarm.status() != "" {
				t.Errorf("healthz: %s", health)
			}
			if n := r.notes.Load(); c.alarm && n == 0 || n > 2+int64(time.Since(started).Minutes()) {
				t.Errorf("%d lines in the log", n)
			}
			r.stop()
			if got := copytest.SQLiteIDs(t, path); len(got) != 1+3*deliveries {
				t.Errorf("%d events are stored", len(got))
			}
			t.Log(strings.Join(slices.DeleteFunc(strings.Split(metrics, "\n"), func(line string) bool { return !strings.HasPrefix(line, "rootly") }), "; "))
		})
	}
}

// TestSlots holds who makes room for whom.
func TestSlots(t *testing.T) {
	t.Parallel()
	var closed []string
	s := newSlots(func() time.Time { return time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC) }, func(netip.Prefix) {})
	take := func(name, address string, proxy bool) *slot {
		t.Helper()
		sl := s.take(clientAt(netip.MustParseAddr(address)), proxy, func() { closed = append(closed, name) })
		if sl == nil {
			t.Fatalf("%s gets no slot", name)
		}
		return sl
	}
	genuine := take("genuine", "192.0.2.1", false)
	if !s.arrived(genuine) {
		t.Fatal("lost")
	}
	s.verify(genuine)
	s.answered(genuine)
	take("proxy", "192.0.2.2", true)
	take("old", "198.51.100.1", false)
	arrived := take("arrived", "2001:db8::1", false)
	s.arrived(arrived)
	take("network", "2001:db8::2", false)
	take("network", "2001:db8::3", false)
	for s.open() < connectionLimit {
		take("known", "192.0.2.1", false)
	}
	for range 5 {
		take("new", "203.0.113.1", false)
	}
	want := []string{"network", "network", "new", "new", "new"}
	if !slices.Equal(closed, want) {
		t.Errorf("closed %q, want %q", closed, want)
	}
	if !s.arrived(genuine) || !arrived.busy {
		t.Error("a connection that may not be closed was")
	}
}

// TestForwardedSenders holds whose word counts for the address of a sender.
func TestForwardedSenders(t *testing.T) {
	t.Parallel()
	trusted, err := ParseProxies([]string{"10.0.0.0/8", "2001:db8::1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		peer      string
		forwarded []string
		want      string
	}{
		{"203.0.113.9:1", []string{"192.0.2.1"}, "203.0.113.9"},
		{"10.1.1.1:1", nil, "10.1.1.1"},
		{"10.1.1.1:1", []string{"192.0.2.1"}, "192.0.2.1"},
		{"10.1.1.1:1", []string{"192.0.2.66, 192.0.2.1, 10.9.9.9"}, "192.0.2.1"},
		{"10.1.1.1:1", []string{"192.0.2.66", "192.0.2.1:4711"}, "192.0.2.1"},
		{"10.1.1.1:1", []string{"192.0.2.66, unknown"}, "10.1.1.1"},
		{"10.1.1.1:1", []string{"10.2.2.2"}, "10.2.2.2"},
		{"[2001:db8::1]:1", []string{"2001:db8:1::7"}, "2001:db8:1::7"},
		{"[::ffff:10.1.1.1]:1", []string{"192.0.2.1"}, "192.0.2.1"},
	} {
		r := &http.Request{Header: http.Header{"X-Forwarded-For": c.forwarded}}
		if got := trusted.sender(r, addressOf(c.peer)).String(); got != c.want {
			t.Errorf("%s for %q: %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
	if _, err := ParseProxies([]string{"proxy.example.com"}); err == nil || hint.Of(err) == "" {
		t.Errorf("%v", err)
	}
}

// TestSecretsAreLines holds what a file with secrets may contain. No error shows a secret.
func TestSecretsAreLines(t *testing.T) {
	t.Parallel()
	const one, two = "0123456789abcdef", "fedcba9876543210!"
	for text, want := range map[string][]string{
		one:                 {one},
		one + "\n":          {one},
		"\ufeff" + one:      {one},
		one + "\r\n" + two:  {one, two},
		" \t" + one + "  ":  {one},
		"\n\n" + one + "\n": {one},
		"# rootly webhook, prod\n" + one + "\n  # old\n" + two: {one, two},
		"":                   nil,
		"# only a comment":   nil,
		one[:15]:             nil,
		one + "\nshort":      nil,
		one + " " + two:      nil,
		one + " # comment":   nil,
		one + "\u00a0" + two: nil,
		one + "\x00":         nil,
		one + "\u200b":       nil,
		one + "\r" + two:     nil,
		"\xff\xfe0\x001\x00": nil,
	} {
		got, err := ParseSecrets(text, "file")
		var lines []string
		for _, secret := range got {
			lines = append(lines, string(secret))
		}
		switch {
		case !slices.Equal(lines, want), (err == nil) != (want != nil):
			t.Errorf("%q: %q, %v", text, lines, err)
		case err != nil && (hint.Of(err) == "" || strings.Contains(err.Error()+hint.Of(err), one[:15])):
			t.Errorf("%q: %v (%s)", text, err, hint.Of(err))
		}
	}
}
