package auditcopy

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestEventsAreNotSentInClearText(t *testing.T) {
	t.Parallel()
	for target, refused := range map[string]bool{
		"http://collector.example.com/in":      true,
		"http://user:pass@192.0.2.7:8080/in":   true,
		"http://localhost@collector.example/x": true,
		"http://127.0.0.1.example.com/":        true,
		"http://0.0.0.0:1/":                    true,
		"http:collector.example.com":           true,
		"http:///in":                           true,
		"https:///in":                          true,
		"http://127.0.0.1:1/in":                false,
		"http://[::1]:1/in":                    false,
		"http://LOCALHOST:1/in":                false,
		"https://collector.example.com/in":     false,
	} {
		o := Options{State: t.TempDir(), Deliver: func(context.Context, Delivery) error { return nil }}
		s, err := Open(t.Context(), target, o)
		if (err != nil) != refused {
			t.Errorf("%s: %v", target, err)
		}
		if err == nil {
			_ = s.Close()
		}
	}
	insecure := Options{State: t.TempDir(), Insecure: true, Deliver: func(context.Context, Delivery) error { return nil }}
	s, err := Open(t.Context(), "http://collector.example.com/in", insecure)
	if err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
}

func TestPostgresIsReachedByTLS(t *testing.T) {
	t.Parallel()
	for target, ways := range map[string]int{
		"postgres://u@db.example.com/a?sslmode=disable":            0,
		"postgres://u@db.example.com/a?sslmode=allow":              1,
		"postgres://u@db.example.com/a?sslmode=prefer":             1,
		"postgres://u@db.example.com/a?sslmode=require":            1,
		"postgres://u@one.example.com,two.example.com/a":           2,
		"postgres://u@one.example.com,127.0.0.1/a?sslmode=disable": 1,
		"postgres://u@127.0.0.1/a?sslmode=disable":                 1,
		"postgres:///a?host=/var/run/postgresql":                   1,
		"postgres://u@localhost/a?sslmode=prefer":                  2,
	} {
		config, err := pgx.ParseConfig(target)
		if err != nil {
			t.Fatal(err)
		}
		err = encryptedPostgres(config)
		if (err != nil) != (ways == 0) {
			t.Errorf("%s: %v", target, err)
		}
		if ways == 0 {
			continue
		}
		if got := 1 + len(config.Fallbacks); got != ways {
			t.Errorf("%s: %d ways, want %d", target, got, ways)
		}
		if config.TLSConfig == nil && !isLocal(config.Host) {
			t.Errorf("%s: the first way to %s has no TLS", target, config.Host)
		}
	}
}
