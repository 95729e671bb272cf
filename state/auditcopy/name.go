package auditcopy

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path/filepath"
	"strings"
)

// Name is how messages, metrics and the cursor call a sink: the text that names it, with absolute paths and without
// anything that may be a credential. Of an endpoint only the host remains, since paths of webhooks are secrets; a short
// digest distinguishes two paths of a host.
func Name(target string) string {
	u, kind := parsed(target)
	switch {
	case kind == local:
		return localName(target)
	case u == nil:
		scheme, _, _ := strings.Cut(target, ":")
		return scheme + "://(unreadable)"
	case u.Scheme == "postgres" || u.Scheme == "postgresql" || u.Scheme == "elastic" || strings.Trim(u.Path, "/") == "":
		return bare(u)
	}
	sum := sha256.Sum256([]byte(u.Path))
	return u.Scheme + "://" + u.Host + "/…" + hex.EncodeToString(sum[:3])
}

// fullName is what [Name] was before paths were left out. Queues are still found by a digest of it.
func fullName(target string) string {
	if u, kind := parsed(target); kind == elsewhere && u != nil {
		return bare(u)
	}
	return Name(target)
}

// bare is an address without user, query and fragment.
func bare(u *url.URL) string {
	b := *u
	b.User, b.RawQuery, b.Fragment, b.RawFragment, b.ForceQuery = nil, "", "", "", false
	return b.String()
}

type where int

const (
	local where = iota
	elsewhere
)

// parsed reads a target that is an address. It returns nil for an address that cannot be read, and for one in which
// part of a password (a slash or @) would be taken for host or path.
func parsed(target string) (*url.URL, where) {
	scheme, _, found := strings.Cut(target, ":")
	if !found || target == "-" || scheme == "sqlite" || !strings.Contains(target, "://") && !IsRemote(target) {
		return nil, local
	}
	u, err := url.Parse(target)
	if err != nil || u.Opaque != "" || strings.Contains(u.Path, "@") && (u.User != nil || !strings.ContainsAny(u.Hostname(), ".:")) {
		return nil, elsewhere
	}
	return u, elsewhere
}

// IsRemote reports whether a target has the scheme of a sink on another machine.
func IsRemote(target string) bool {
	scheme, _, _ := strings.Cut(target, ":")
	switch strings.ToLower(scheme) {
	case "http", "https", "splunk", "datadog", "sumo", "elastic", "postgres", "postgresql":
		return len(scheme) < len(target)
	}
	return false
}

func localName(target string) string {
	if rest, ok := strings.CutPrefix(target, "sqlite:"); ok {
		return "sqlite://" + absolute(strings.TrimPrefix(rest, "//"))
	}
	if target == "-" {
		return target
	}
	return absolute(target)
}

// Path is the path of a sink's files; empty if it has none.
func Path(target string) string {
	if rest, ok := strings.CutPrefix(target, "sqlite:"); ok {
		return strings.TrimPrefix(rest, "//")
	}
	if _, kind := parsed(target); target == "-" || kind == elsewhere {
		return ""
	}
	return target
}

func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}
