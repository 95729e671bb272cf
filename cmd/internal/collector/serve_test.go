package collector

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/collector/copytest"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

// receiveWith starts a receiver with settings.
func receiveWith(t *testing.T, s *ServeSettings, rc *receiver, sinks ...*auditcopy.Sink) (address string) {
	t.Helper()
	s.Address = "127.0.0.1:0"
	e, err := s.listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- rc.serve(ctx, e, sinks) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		for _, sink := range sinks {
			_ = sink.Close()
		}
	})
	return e.Addr().String()
}

// TestPathsOfTheWebhook holds that a slash at the end of a path makes no difference.
func TestPathsOfTheWebhook(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]map[string]int{
		"/rootly":     {"/rootly": 200, "/rootly/": 200, "//rootly": 200, "/": 404, "/rootly/x": 404, "/other": 404, "/healthz": 405},
		"/rootly/in/": {"/rootly/in": 200, "/rootly/in/": 200, "/rootly": 404},
		"/{x}":        {"/%7Bx%7D/": 200, "/y": 404},
		"/":           {"/": 200, "/any": 200, "/metrics": 405},
	} {
		rc := newReceiver([][]byte{[]byte(testSecret)}, today, func(string) {})
		address := receiveWith(t, &ServeSettings{Path: path}, rc, openSink(t, filepath.Join(t.TempDir(), "days")))
		for at, status := range want {
			body := webhook(1)
			if got := send(t.Context(), http.DefaultClient, "http://"+address+at, sign(testSecret, today(), body), strings.NewReader(body)); got != status {
				t.Errorf("--path %s: %s answers %d, want %d", path, at, got, status)
			}
		}
		if text := copytest.Get(t, "http://"+address+"/healthz/"); text != "ok\n" {
			t.Errorf("--path %s: health: %s", path, text)
		}
	}
}

// A moody receiver takes events only if it is well.
type moody struct{ well atomic.Bool }

// Encode implements [auditcopy.Receiver].
func (*moody) Encode(e audit.Event) ([]byte, error) { return audit.FormatRaw.Encode(e) }

// Limits implements [auditcopy.Receiver].
func (*moody) Limits() (entries, bytes int) { return 10, 1 << 20 }

// Send implements [auditcopy.Receiver].
func (m *moody) Send(_ context.Context, b auditcopy.Batch) (auditcopy.Receipt, error) {
	if !m.well.Load() {
		return auditcopy.Receipt{}, errors.New("down")
	}
	for i, entry := range b.Entries {
		if strings.Contains(string(entry), "poison") {
			return auditcopy.Receipt{Rejected: map[int]string{i: "no"}}, nil
		}
	}
	return auditcopy.AllTaken(len(b.Entries)), nil
}

// TestHealthOfTheSinks holds that a receiver is unhealthy once a sink has failed for long enough, until it works again,
// and that the metrics have what waits.
func TestHealthOfTheSinks(t *testing.T) {
	t.Parallel()
	var clock atomic.Int64
	now := func() time.Time { return today().Add(time.Duration(clock.Load())) }
	m := &moody{}
	const target = "https://me:sesame@endpoint.example/sesame"
	sink, err := auditcopy.Open(t.Context(), target, auditcopy.Options{State: t.TempDir(), Receiver: m, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	var notes []string // of flushes, one at a time
	rc := newReceiver([][]byte{[]byte(testSecret)}, now, func(text string) { notes = append(notes, text) })
	address := receiveWith(t, &ServeSettings{Path: "/"}, rc)
	sinks := []*auditcopy.Sink{sink}
	t.Cleanup(func() { _ = sink.Close() })
	health := func(after time.Duration, want int, text string) {
		t.Helper()
		clock.Add(int64(after))
		rc.flush(t.Context(), sinks)
		answer, err := http.Get("http://" + address + "/healthz") //nolint:noctx // the test has its own end
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if said := copytest.Get(t, "http://"+address+"/healthz"); answer.StatusCode != want || !strings.Contains(said, text) || strings.Contains(said, "sesame") {
			t.Errorf("%d %s, want %d %s", answer.StatusCode, said, want, text)
		}
	}
	health(0, 200, "ok")
	for _, id := range []string{"1", "poison"} {
		e, err := audit.Parse([]byte(`{"id":"` + id + `","created_at":"2026-10-01T12:00:00Z"}`))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sink.Add(t.Context(), []audit.Event{e}); err != nil {
			t.Fatal(err)
		}
	}
	health(0, 200, "ok")
	health(4*time.Minute, 200, "ok")
	health(time.Minute, 503, "no success for 5m0s: deliver to https://endpoint.example/")
	text := copytest.Get(t, "http://"+address+"/metrics")
	for _, want := range []string{"rootly_audit_events_waiting 2\n", "rootly_audit_oldest_waiting_seconds 300\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	m.well.Store(true)
	health(0, 200, "ok")
	text = copytest.Get(t, "http://"+address+"/metrics")
	for _, want := range []string{"rootly_audit_events_waiting 0\n", "rootly_audit_oldest_waiting_seconds 0\n", "rootly_audit_events_rejected 1\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	if all := strings.Join(notes, "\n"); !strings.Contains(all, "rejected 1 of its events; the first, poison: no; they are set aside") || strings.Contains(all+text, "sesame") {
		t.Error(all)
	}
}

// TestKeysAreReadAgain holds that a new secret and a new certificate are taken over, and that what cannot be read
// changes nothing.
func TestKeysAreReadAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key, secret := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), filepath.Join(dir, "secret")
	pool := certify(t, cert, key)
	write := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := &ServeSettings{Path: "/", Cert: cert, Key: key, Secrets: func() ([][]byte, error) {
		return ParseSecrets(string(copytest.Content(t, secret)), secret)
	}}
	write(secret, testSecret)
	e, err := s.listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	secrets, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	rc := newReceiver(secrets, today, func(string) {})
	e.keys.secrets = &rc.secrets
	trusted := func() bool {
		pair, err := e.tls.GetCertificate(nil)
		return err == nil && pair == e.keys.pair.Load() && pool.Equal(poolOf(t, pair))
	}
	var notes []string
	reload := func(want ...string) {
		t.Helper()
		notes = nil
		e.keys.reload(func(text string) { notes = append(notes, text) })
		for i, text := range want {
			if len(notes) != len(want) || !strings.Contains(notes[i], text) || strings.Contains(notes[i], "whsec") {
				t.Fatalf("notes %q, want %q", notes, want)
			}
		}
		if len(want) == 0 && len(notes) > 0 {
			t.Fatalf("notes %q", notes)
		}
	}
	signed := func(by string) bool {
		signed, err := parseSignature([]string{sign(by, today(), "{}")})
		return err == nil && signed.by(*rc.secrets.Load(), []byte("{}"))
	}
	reload()
	write(secret, "\ufeff  whsec-of-tomorrow\t\r\n"+testSecret)
	reload("the secret was read again")
	if !signed(testSecret) || !signed("whsec-of-tomorrow") {
		t.Error("two secrets are not taken")
	}
	write(secret, "whsec")
	reload("the secret stays as it was")
	reload()
	if !signed("whsec-of-tomorrow") {
		t.Error("a secret is lost that was replaced wrongly")
	}
	write(secret, "whsec-of-tomorrow")
	reload("the secret was read again")
	if signed(testSecret) {
		t.Error("the old secret is still taken")
	}
	if !Rereadable(secret) || !Rereadable(filepath.Join(dir, "none")) || Rereadable(dir) {
		t.Error("what can be read again is not told from what cannot")
	}
	write(cert, "half")
	reload("the certificate stays as it was")
	if !trusted() {
		t.Error("a certificate is lost that was replaced wrongly")
	}
	pool = certify(t, cert, key)
	reload("the certificate was read again")
	if !trusted() {
		t.Error("the new certificate is not used")
	}
}

func poolOf(t *testing.T, pair *tls.Certificate) *x509.CertPool {
	t.Helper()
	c, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(c)
	return pool
}

// TestASignalAsksForTheKeys holds that what asks for it has the keys read at once.
func TestASignalAsksForTheKeys(t *testing.T) {
	t.Parallel()
	read, ask := make(chan struct{}, 1), make(chan os.Signal)
	s := &ServeSettings{Secrets: func() ([][]byte, error) { read <- struct{}{}; return [][]byte{[]byte(testSecret)}, nil }}
	k := &keys{settings: s}
	stop := k.follow(t.Context(), newReceiver([][]byte{[]byte(testSecret)}, today, func(string) {}), ask)
	ask <- os.Interrupt
	<-read
	stop()
}
