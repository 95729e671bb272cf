package intake

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

// A Target is a sink with its settings, as somebody wrote them.
type Target struct {
	To       string // the address, without settings
	settings url.Values
}

// Name is how messages, metrics and the cursor call the sink.
func (t Target) Name() string {
	if name := t.settings.Get("name"); name != "" {
		return name
	}
	return auditcopy.Name(t.To)
}

// Parse reads a sink as --to names it. Settings are in the query of the address, or behind a # if it is
// http:// or https://, where the query belongs to the endpoint.
func Parse(to string) (Target, error) {
	scheme := schemeOf(to)
	if _, ok := forms()[scheme]; !ok {
		return Target{To: to}, nil
	}
	unreadable := hint.With(fmt.Errorf("%s is not a valid address", auditcopy.Name(to)), "write "+scheme+"://HOST/PATH, with special characters percent-encoded")
	address, behind, _ := strings.Cut(to, "#")
	if scheme != "http" && scheme != "https" {
		var query string
		address, query, _ = strings.Cut(address, "?")
		behind = strings.Trim(query+"&"+behind, "&")
	}
	settings, err := url.ParseQuery(behind)
	if err != nil {
		return Target{}, unreadable
	}
	t := Target{To: address, settings: settings}
	if u, err := url.Parse(address); err != nil || u.Host == "" {
		return t, unreadable
	} else if u.User != nil && scheme != "http" && scheme != "https" {
		return t, hint.With(fmt.Errorf("%s: the address contains a user or a password", auditcopy.Name(to)),
			"name the variable or file that has the credential: token_env=VARIABLE or token_file=FILE; a user for basic authentication is user=NAME")
	}
	return t, t.check()
}

// local are the settings of sinks that are no intakes.
var local = []string{"compress", "format"}

// common are the settings of all intakes.
var common = []string{"ca_file", "compress", "format", "header", "name", "token_env", "token_file"}

var plainName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// check refuses settings that the sink does not have. It never shows a value that may be a credential.
func (t Target) check() error {
	known := local
	if f, ok := forms()[schemeOf(t.To)]; ok {
		known = slices.Sorted(slices.Values(append(slices.Clone(common), f.settings...)))
	}
	for _, name := range slices.Sorted(maps.Keys(t.settings)) {
		values := t.settings[name]
		switch {
		case slices.Contains([]string{"token", "api_key", "apikey", "password", "secret", "key"}, strings.ToLower(name)):
			return hint.With(fmt.Errorf("%s: a credential cannot be given as %q", t.Name(), name), "name where it is: token_env = VARIABLE or token_file = FILE")
		case !slices.Contains(known, name):
			return hint.With(fmt.Errorf("%s: unknown setting %q", auditcopy.Name(t.To), name), "the settings of this sink are "+strings.Join(known, ", "))
		case len(values) > 1 && name != "header":
			return hint.With(fmt.Errorf("%s: %s is given twice", auditcopy.Name(t.To), name), "give it once")
		}
	}
	return t.checkValues()
}

func (t Target) checkValues() error {
	fail := func(name, advice string) error {
		return hint.With(fmt.Errorf("%s: %s = %q is not allowed", auditcopy.Name(t.To), name, t.settings.Get(name)), advice)
	}
	given := func(name string) string { return t.settings.Get(name) }
	if name := given("name"); name != "" && !plainName.MatchString(name) {
		return fail("name", "use letters, digits, dots, hyphens and underscores")
	}
	if _, err := audit.ParseFormat(given("format")); given("format") != "" && err != nil {
		return fail("format", "use raw, flat, ocsf or ecs")
	}
	packing := []string{"gzip", "zstd"}
	if _, ok := forms()[schemeOf(t.To)]; ok {
		packing = []string{"gzip", "none"}
	}
	for name, values := range map[string][]string{"ack": {"true", "false"}, "tls": {"true", "false"}, "batch": {"ndjson", "json"}, "compress": packing} {
		if given(name) != "" && !slices.Contains(values, given(name)) {
			return fail(name, "use "+strings.Join(values, " or "))
		}
	}
	if f := given("format"); schemeOf(t.To) == "elastic" && f != "" && f != string(audit.FormatECS) {
		return fail("format", "Elasticsearch gets ECS documents; the event as received is in event.original")
	}
	if given("token_env") != "" && given("token_file") != "" {
		return hint.With(fmt.Errorf("%s: token_env and token_file are both given", t.Name()), "give one of them")
	}
	for _, line := range t.settings["header"] {
		if _, _, err := header(line); err != nil {
			return hint.With(fmt.Errorf("%s: %w", t.Name(), err), "write header=NAME: VALUE; credentials come from token_env or token_file")
		}
	}
	return nil
}

// header reads "Name: Value". Headers for credentials are refused: their values would be in the open.
func header(line string) (name, value string, err error) {
	name, value, ok := strings.Cut(line, ":")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if !ok || !plainName.MatchString(name) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' }) {
		return "", "", errors.New("a header is not NAME: VALUE")
	}
	if slices.Contains([]string{"authorization", "proxy-authorization", "cookie", "dd-api-key"}, strings.ToLower(name)) {
		return "", "", fmt.Errorf("the header %s carries a credential", name)
	}
	return name, value, nil
}

func schemeOf(to string) string {
	scheme, _, found := strings.Cut(to, ":")
	if !found {
		return ""
	}
	return strings.ToLower(scheme)
}
