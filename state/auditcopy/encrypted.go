package auditcopy

import (
	"fmt"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// encryptedPostgres removes the options that would send events and the password in clear text. By default, PostgreSQL
// does so if the server does not offer TLS.
func encryptedPostgres(config *pgx.ConnConfig) error {
	ways := append([]*pgconn.FallbackConfig{{Host: config.Host, Port: config.Port, TLSConfig: config.TLSConfig}}, config.Fallbacks...)
	var kept []*pgconn.FallbackConfig
	for _, way := range ways {
		if way.TLSConfig != nil || IsLocal(way.Host) {
			kept = append(kept, way)
		}
	}
	if len(kept) == 0 {
		return hint.With(fmt.Errorf("sslmode=disable would send events and the password to %s unencrypted", config.Host),
			"use sslmode=verify-full or require; it is not needed on this machine, or with --insecure")
	}
	config.Host, config.Port, config.TLSConfig = kept[0].Host, kept[0].Port, kept[0].TLSConfig
	config.Fallbacks = kept[1:]
	return nil
}

// IsLocal reports whether a host is this machine: by name, by address or by the path of a socket.
func IsLocal(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback() || strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@")
}
