package cli

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/collector/copytest"
)

// TestAuditServe runs the command as people do: secrets in a file with two lines, two sinks, a
// delivery with each secret, and a polite end.
func TestAuditServe(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGTERM")
	}
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte("\ufeff# rootly webhook, prod\r\nthe-new-secret-of-it\r\n\r\n  the-old-secret-of-it\t\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := self(ctx, t, "audit", "serve", "--addr", "127.0.0.1:0", "--path", "/rootly", "--secret-file", secret,
		"--to", "sqlite://"+filepath.Join(dir, "audit.db"), "--to", "-")
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan()
	_, address, ok := strings.Cut(lines.Text(), "receiving audit_log.created on ")
	if !ok {
		t.Fatal(lines.Text())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for n, key := range []string{"the-new-secret-of-it", "the-old-secret-of-it", "prod"} {
		body := webhook(n)
		want := []int{200, 200, 401}[n]
		if got := send(ctx, client, "http://"+address+"/rootly", sign(key, today(), body), strings.NewReader(body)); got != want {
			t.Errorf("signed with %s: %d, want %d", key, got, want)
		}
	}
	if text := copytest.Get(t, "http://"+address+"/metrics"); !strings.Contains(text, "rootly_audit_webhook_events_stored_total 2\n") {
		t.Error(text)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the end: %v", err)
	}
	if got := copytest.SQLiteIDs(t, filepath.Join(dir, "audit.db")); !slices.Equal(got, []string{"0", "1"}) {
		t.Errorf("SQLite has %q", got)
	}
	if got := copytest.LineIDs(t, stdout.Bytes()); !slices.Equal(got, []string{"0", "1"}) {
		t.Errorf("stdout has %q", got)
	}
}

// TestAuditServeReadsItsSecretAgain holds that SIGHUP makes a running service take a secret that was replaced.
func TestAuditServeReadsItsSecretAgain(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("nobody can send SIGHUP on Windows")
	}
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	write := func(text string) {
		if err := os.WriteFile(secret, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("the-old-secret-of-it\n")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := self(ctx, t, "audit", "serve", "--addr", "127.0.0.1:0", "--path", "/rootly/", "--secret-file", secret, "--cursor", filepath.Join(dir, "c.json"),
		"--to", "http://127.0.0.1:1/sesame")
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan()
	_, address, _ := strings.Cut(lines.Text(), "receiving audit_log.created on ")
	said := make(chan string, 100)
	go func() {
		defer close(said)
		for lines.Scan() {
			said <- lines.Text()
		}
	}()
	until := func(text string) {
		t.Helper()
		for line := range said {
			if strings.Contains(line, "sesame") {
				t.Errorf("a path is shown: %s", line)
			}
			if strings.Contains(line, text) {
				return
			}
		}
		t.Fatalf("it ended before it said %q", text)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	post := func(key string, want int) {
		t.Helper()
		body := webhook(1)
		if got := send(ctx, client, "http://"+address+"/rootly", sign(key, today(), body), strings.NewReader(body)); got != want {
			t.Errorf("signed with %s: %d, want %d", key, got, want)
		}
	}
	post("the-old-secret-of-it", 200)
	write("\ufeffthe-new-secret-of-it  \r\n")
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	until("the secret was read again")
	post("the-new-secret-of-it", 200)
	post("the-old-secret-of-it", 401)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for range said { // until it ends
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the end: %v", err)
	}
}

// sign makes the header for a body, as Rootly documents it.
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

// send returns the status, or 0 when the connection broke.
func send(ctx context.Context, client *http.Client, url, header string, body io.Reader) int {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, body)
	if err != nil {
		return 0
	}
	req.Header.Set("X-Rootly-Signature", header)
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
