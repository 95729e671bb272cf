package collector

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/collector/copytest"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

const testSecret = "whsec-of-the-test"

// sign makes the header for a body, as Rootly documents it.
func today() time.Time { return time.Date(2036, time.November, 26, 10, 30, 0, 0, time.UTC) }

func sign(secret string, at time.Time, body string) string {
	stamp := fmt.Sprint(at.Unix())
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp + body))
	return "t=" + stamp + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// webhook is a body of the event audit_log.created.
func webhook(id int) string {
	return fmt.Sprintf(`{"event":{"id":"w-%d","type":"audit_log.created","issued_at":"2026-11-20T10:00:00.000Z"},`+
		`"data":{"id":%d,"event":"update","item_type":"Group","item_id":"g","object_changes":{"name":["a","b"]},"created_at":"2026-11-20T10:00:00.000Z"}}`, id, id)
}

// TestTheDocumentedSignature holds the receiver against a sum that was made elsewhere:
//
//	printf '1700000000{"a":1}' | openssl dgst -sha256 -hmac secret
func TestTheDocumentedSignature(t *testing.T) {
	t.Parallel()
	const sum = "f3a15680551495e7d27302c4d19e4cbedc650f19fa5b40373c00cbea52a64406"
	s, err := parseSignature([]string{"t=1700000000,v1=" + sum})
	if err != nil {
		t.Fatal(err)
	}
	if !s.by([][]byte{[]byte("old"), []byte("secret")}, []byte(`{"a":1}`)) {
		t.Error("a right signature is refused")
	}
	for _, wrong := range []string{`{"a":2}`, `.{"a":1}`, ``} {
		if s.by([][]byte{[]byte("secret")}, []byte(wrong)) {
			t.Errorf("the signature is taken for %q", wrong)
		}
	}
}

// A receiving is a receiver on a loopback port with sinks.
type receiving struct {
	url   string
	rc    *receiver
	stop  func()
	notes atomic.Int64
}

func receive(t *testing.T, sinks ...*auditcopy.Sink) *receiving {
	t.Helper()
	return receiveWithin(t, 3*time.Second, sinks...)
}

func receiveWithin(t *testing.T, limit time.Duration, sinks ...*auditcopy.Sink) *receiving {
	t.Helper()
	o := ServeSettings{Address: "127.0.0.1:0", Path: "/"}
	l, err := o.listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := &receiving{url: "http://" + l.Addr().String()}
	r.rc = newReceiver([][]byte{[]byte(testSecret)}, today, func(string) { r.notes.Add(1) })
	r.rc.requestTime = limit
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.rc.serve(ctx, l, sinks) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		for _, s := range sinks {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	t.Cleanup(r.stop)
	return r
}

func openSink(t *testing.T, target string) *auditcopy.Sink {
	t.Helper()
	s, err := auditcopy.Open(t.Context(), target, auditcopy.Options{State: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// post sends a body and returns the status.
func (r *receiving) post(t *testing.T, header, body string) int {
	t.Helper()
	status, err := r.try(t.Context(), header, body)
	if err != nil {
		t.Fatal(err)
	}
	return status
}

func (r *receiving) try(ctx context.Context, header, body string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	if header != "" {
		req.Header.Set(signatureHeader, header)
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, err
}

func TestOnlyWhatRootlySignedIsStored(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit.db")
	r := receive(t, openSink(t, "sqlite://"+path))
	now := today()
	right := sign(testSecret, now, webhook(1))
	stamp, sum, _ := strings.Cut(right, ",")
	noID := strings.Replace(webhook(89), `"id":89,`, "", 1) // audit sync would read this event with an id
	for name, c := range map[string]struct {
		header, body string
		want         int
	}{
		"no header":             {"", webhook(90), 401},
		"nonsense":              {"v1=zz,t=x", webhook(91), 401},
		"no sum":                {stamp, webhook(92), 401},
		"no time":               {sum, webhook(93), 401},
		"two times":             {stamp + "," + right, webhook(1), 401},
		"of another body":       {right, webhook(94), 401},
		"of another secret":     {sign("other", now, webhook(95)), webhook(95), 401},
		"old":                   {sign(testSecret, now.Add(-6*time.Minute), webhook(96)), webhook(96), 401},
		"of the future":         {sign(testSecret, now.Add(6*time.Minute), webhook(97)), webhook(97), 401},
		"a time that was moved": {"t=" + fmt.Sprint(now.Add(time.Second).Unix()) + "," + sum, webhook(1), 401},
		"too large":             {sign(testSecret, now, webhook(98)), webhook(98) + strings.Repeat(" ", bodyLimit), 413},
		"no JSON":               {sign(testSecret, now, "hello"), "hello", 422},
		"without an id":         {sign(testSecret, now, `{"event":{"type":"audit_log.created"},"data":{"event":"create"}}`), `{"event":{"type":"audit_log.created"},"data":{"event":"create"}}`, 422},
		"an id of the delivery": {sign(testSecret, now, noID), noID, 422},
		"another event":         {sign(testSecret, now, `{"event":{"type":"incident.created"},"data":{"id":"99"}}`), `{"event":{"type":"incident.created"},"data":{"id":"99"}}`, 204},
	} {
		if got := r.post(t, c.header, c.body); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	if n := r.notes.Load(); n != 3 {
		t.Errorf("%d notes of signed requests that were refused, want 3", n)
	}
	if got := r.post(t, right, webhook(1)); got != 200 {
		t.Errorf("right: %d", got)
	}
	if got := r.post(t, right, webhook(1)); got != 200 {
		t.Errorf("sent again: %d", got)
	}
	two := sign(testSecret, now, webhook(2))
	if got := r.post(t, two+",v1="+strings.Repeat("00", 32), webhook(2)); got != 200 {
		t.Errorf("signed twice, as while a secret is replaced: %d", got)
	}
	r.stop()
	if got := copytest.SQLiteIDs(t, path); !slices.Equal(got, []string{"1", "2"}) {
		t.Errorf("stored: %q", got)
	}
}

// TestASinkThatFails holds that Rootly learns of it, and that what it sends again is stored.
func TestASinkThatFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good := openSink(t, "sqlite://"+filepath.Join(dir, "good.db"))
	gone := openSink(t, "sqlite://"+filepath.Join(dir, "gone.db"))
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	r := receive(t, good, gone)
	body := webhook(1)
	if got := r.post(t, sign(testSecret, today(), body), body); got != 503 {
		t.Errorf("with a sink that is gone: %d", got)
	}
	r.stop()
	if r.notes.Load() == 0 {
		t.Error("nobody is told")
	}
	r = receive(t, openSink(t, "sqlite://"+filepath.Join(dir, "good.db")), openSink(t, "sqlite://"+filepath.Join(dir, "gone.db")))
	if got := r.post(t, sign(testSecret, today(), body), body); got != 200 {
		t.Errorf("with both: %d", got)
	}
	r.stop()
	for _, name := range []string{"good.db", "gone.db"} {
		if got := copytest.SQLiteIDs(t, filepath.Join(dir, name)); !slices.Equal(got, []string{"1"}) {
			t.Errorf("%s has %q", name, got)
		}
	}
}

// TestHostileSenders lets a thousand senders at once send bad signatures, replays, bodies that are
// too large and bodies that never come, and right events between them.
func TestHostileSenders(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit.db")
	r := receive(t, openSink(t, "sqlite://"+path))
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	const senders = 1000
	var counts [600]atomic.Int64
	accepted := make([]atomic.Bool, senders)
	now := today()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var all sync.WaitGroup
	for n := range senders {
		all.Go(func() {
			body := webhook(n)
			header := sign(testSecret, now, body)
			switch n % 5 {
			case 0: // right, and again until it is taken
				for ctx.Err() == nil {
					status := send(ctx, client, r.url, header, strings.NewReader(body))
					counts[status].Add(1)
					if status == http.StatusOK {
						accepted[n].Store(true)
						return
					}
					pause(ctx, 50*time.Millisecond)
				}
			case 1: // signed by somebody else
				counts[send(ctx, client, r.url, sign("guess", now, body), strings.NewReader(body))].Add(1)
			case 2: // a replay of what was caught on the way
				counts[send(ctx, client, r.url, sign(testSecret, now.Add(-time.Hour), body), strings.NewReader(body))].Add(1)
			case 3: // more than anybody should send, without a length
				endless := io.MultiReader(strings.NewReader(body), io.LimitReader(spaces{}, 4*bodyLimit))
				counts[send(ctx, client, r.url, header, endless)].Add(1)
			case 4: // a body that does not come, or a header that does not end
				dribble(ctx, r.url, header, n)
			}
		})
	}
	all.Wait()
	if ctx.Err() != nil {
		t.Fatal("the receiver does not answer any more")
	}
	r.stop()
	var want []string
	for n := range senders {
		if accepted[n].Load() {
			want = append(want, fmt.Sprint(n))
		}
	}
	slices.Sort(want)
	if len(want) != senders/5 {
		t.Errorf("%d of %d right events were taken", len(want), senders/5)
	}
	if got := copytest.SQLiteIDs(t, path); !slices.Equal(got, want) {
		t.Errorf("%d events are stored, %d were acknowledged", len(got), len(want))
	}
	if counts[401].Load() == 0 {
		t.Error("nobody was refused")
	}
	t.Logf("200: %d, 401: %d, 413: %d, 503: %d, broken: %d", counts[200].Load(), counts[401].Load(), counts[413].Load(), counts[503].Load(), counts[0].Load())
}

// spaces never ends.
type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	copy(p, bytes.Repeat([]byte(" "), len(p)))
	return len(p), nil
}

// send returns the status, or 0 when the connection broke.
func send(ctx context.Context, client *http.Client, url, header string, body io.Reader) int {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, body)
	if err != nil {
		return 0
	}
	req.Header.Set(signatureHeader, header)
	answer, err := client.Do(req)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// dribble opens a connection, sends the beginning of a request and holds on until it is cut off.
func dribble(ctx context.Context, url, header string, n int) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		return
	}
	defer conn.Close()
	defer time.AfterFunc(2*requestTime, func() { _ = conn.Close() }).Stop()
	text := "POST / HTTP/1.1\r\nHost: x\r\n"
	if n%2 == 0 {
		text += signatureHeader + ": " + header + "\r\nContent-Length: 1000\r\n\r\n{"
	}
	if _, err := conn.Write([]byte(text)); err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, conn)
}

// TestAFullQueueIsReported holds that senders are asked to send again when the sinks are behind.
func TestAFullQueueIsReported(t *testing.T) {
	t.Parallel()
	rc := newReceiver([][]byte{[]byte(testSecret)}, today, func(string) {})
	event, err := webhookEvent([]byte(webhook(1)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	for range queueLimit {
		waiting.Go(func() { _ = rc.store(ctx, event) })
	}
	for len(rc.queue) < queueLimit {
		time.Sleep(time.Millisecond)
	}
	var no refusal
	if err := rc.store(ctx, event); !errors.As(err, &no) || no.status != http.StatusServiceUnavailable {
		t.Errorf("%v", err)
	}
	cancel()
	waiting.Wait()
}

// TestSyncAndServeFillOneStore holds that each event is there once whoever brought it.
func TestSyncAndServeFillOneStore(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"sqlite://audit.db", "plain"} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			place := strings.Replace(target, "sqlite://", "sqlite://"+dir+"/", 1)
			if place == target {
				place = filepath.Join(dir, target)
			}
			r := receive(t, openSink(t, place))
			other := openSink(t, place)
			var both sync.WaitGroup
			both.Go(func() {
				for n := range 120 {
					body := webhook(n)
					if got := r.post(t, sign(testSecret, today(), body), body); got != 200 {
						t.Errorf("event %d: %d", n, got)
					}
				}
			})
			both.Go(func() {
				for n := range 120 {
					event, err := webhookEvent([]byte(webhook(119 - n)))
					if err != nil {
						t.Error(err)
					}
					if _, err := other.Add(t.Context(), []audit.Event{event}); err != nil {
						t.Error(err)
					}
				}
			})
			both.Wait()
			r.stop()
			if err := other.Close(); err != nil {
				t.Error(err)
			}
			if target == "plain" {
				ids := copytest.LineIDs(t, copytest.Content(t, filepath.Join(dir, "plain", "audit-2026-11-20.ndjson")))
				if len(ids) != 120 || len(slices.Compact(ids)) != 120 {
					t.Errorf("%d lines", len(ids))
				}
				return
			}
			if ids := copytest.SQLiteIDs(t, filepath.Join(dir, "audit.db")); len(ids) != 120 {
				t.Errorf("%d rows", len(ids))
			}
		})
	}
}

// TestServeSpeaksTLS holds that a client that trusts the certificate gets through, and that a
// certificate without its key is refused.
func TestServeSpeaksTLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	pool := certify(t, cert, key)
	o := ServeSettings{Address: "127.0.0.1:0", Path: "/hook", Cert: cert, Key: key}
	l, err := o.listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sink := openSink(t, "sqlite://"+filepath.Join(dir, "audit.db"))
	defer sink.Close()
	rc := newReceiver([][]byte{[]byte(testSecret)}, today, func(string) {})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- rc.serve(ctx, l, []*auditcopy.Sink{sink}) }()

	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
	url := "https://" + l.Addr().String()
	body := webhook(1)
	if got := send(t.Context(), client, url+"/hook", sign(testSecret, today(), body), strings.NewReader(body)); got != 200 {
		t.Errorf("over TLS: %d", got)
	}
	if got := send(t.Context(), client, url+"/other", sign(testSecret, today(), body), strings.NewReader(body)); got != 404 {
		t.Errorf("at another path: %d", got)
	}
	if got := send(t.Context(), http.DefaultClient, url+"/hook", sign(testSecret, today(), body), strings.NewReader(body)); got != 0 {
		t.Errorf("without trust: %d", got)
	}
	a := attack(t, l.Addr().String(), 150, []string{"127.0.0.1"}, "\x16\x03\x01") // handshakes that do not end
	for n := range 20 {
		client.CloseIdleConnections()
		body := webhook(n)
		if got := send(t.Context(), client, url+"/hook", sign(testSecret, today(), body), strings.NewReader(body)); got != 200 {
			t.Errorf("during an attack: %d", got)
		}
	}
	a.end()
	client.CloseIdleConnections()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	o.Key = cert
	if _, err := o.listen(t.Context()); err == nil || hint.Of(err) == "" {
		t.Errorf("with the wrong key: %v", err)
	}
}

// certify writes a certificate for loopback with its key.
func certify(t *testing.T, cert, key string) *x509.CertPool {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	certText := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyText := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	if err := errors.Join(os.WriteFile(cert, certText, 0o600), os.WriteFile(key, keyText, 0o600)); err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(certText)
	return pool
}
