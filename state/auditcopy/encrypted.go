package auditcopy

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// encryptedEndpoint refuses an endpoint that would get events and its credential in clear text.
func encryptedEndpoint(target string) error {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" {
		return hint.With(errors.New("the address is not a URL"), "write https://HOST/PATH")
	}
	if u.Scheme == "https" || isLocal(u.Hostname()) {
		return nil
	}
	return hint.With(fmt.Errorf("http://%s would get events and the credential unencrypted", u.Host),
		"use https; plain http is only allowed on this machine, or with --insecure")
}

// encryptedPostgres removes the ways to reach a database that would send events and the password in
// clear text. PostgreSQL's default is to do so when the server does not speak TLS.
func encryptedPostgres(config *pgx.ConnConfig) error {
	ways := append([]*pgconn.FallbackConfig{{Host: config.Host, Port: config.Port, TLSConfig: config.TLSConfig}}, config.Fallbacks...)
	var kept []*pgconn.FallbackConfig
	for _, way := range ways {
		if way.TLSConfig != nil || isLocal(way.Host) {
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

// isLocal reports whether a host is this machine: by name, by address or by the path of a socket.
func isLocal(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback() || strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@")
}
