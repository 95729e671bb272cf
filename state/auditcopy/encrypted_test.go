package auditcopy

import (
	"testing"

	"github.com/jackc/pgx/v5"
)

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
		if config.TLSConfig == nil && !IsLocal(config.Host) {
			t.Errorf("%s: the first way to %s has no TLS", target, config.Host)
		}
	}
}
