package cli

import (
	"bufio"
	"bytes"
	"context"
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
	if text := get(t, "http://"+address+"/metrics"); !strings.Contains(text, "rootly_audit_webhook_events_stored_total 2\n") {
		t.Error(text)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the end: %v", err)
	}
	if got := sqliteIDs(t, filepath.Join(dir, "audit.db")); !slices.Equal(got, []string{"0", "1"}) {
		t.Errorf("SQLite has %q", got)
	}
	if got := lineIDs(t, stdout.Bytes()); !slices.Equal(got, []string{"0", "1"}) {
		t.Errorf("stdout has %q", got)
	}
}
