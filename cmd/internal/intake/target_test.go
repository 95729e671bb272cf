package intake

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

func TestEventsAreNotSentInClearText(t *testing.T) {
	t.Parallel()
	for target, refused := range map[string]bool{
		"http://collector.example.com/in":                        true,
		"http://user:pass@192.0.2.7:8080/in":                     true,
		"http://localhost@collector.example/x":                   true,
		"http://127.0.0.1.example.com/":                          true,
		"http://0.0.0.0:1/":                                      true,
		"http:collector.example.com":                             true,
		"http:///in":                                             true,
		"https:///in":                                            true,
		"splunk://hec.example.com?token_env=HEC&tls=false":       true,
		"elastic://es.example.com/audit?tls=false":               true,
		"splunk://hec.example.com?token_env=HEC":                 false,
		"http://127.0.0.1:1/in":                                  false,
		"http://[::1]:1/in":                                      false,
		"http://LOCALHOST:1/in":                                  false,
		"https://collector.example.com/in":                       false,
		"elastic://[::1]:9200/audit?token_env=ES&tls=false":      false,
		"datadog://datadoghq.eu?token_env=DD":                    false,
		"sumo://endpoint.example/receiver/v1/http/x?tls=false":   true,
		"sumo://endpoint1.collection.sumologic.com?token_env=SU": true,
	} {
		if _, err := resolved(t, testWorld(), target); (err != nil) != refused {
			t.Errorf("%s: %v", target, err)
		}
	}
	w := testWorld()
	w.Insecure = true
	if _, err := resolved(t, w, "http://collector.example.com/in"); err != nil {
		t.Error(err)
	}
}

func TestAddressesOfVendors(t *testing.T) {
	t.Parallel()
	w := testWorld()
	w.Getenv = func(string) string { return "https://other.example/receiver/v1/http/code" }
	for to, want := range map[string]string{
		"splunk://hec.example.com?token_env=T":           "https://hec.example.com:8088/services/collector/event",
		"splunk://http-inputs-a.example:443?token_env=T": "https://http-inputs-a.example:443/services/collector/event",
		"datadog://us5.datadoghq.com?token_env=T":        "https://http-intake.logs.us5.datadoghq.com/api/v2/logs",
		"datadog://proxy.example:8443?token_env=T":       "https://proxy.example:8443/api/v2/logs",
		"elastic://es.example.com/audit":                 "https://es.example.com:9200/audit/_bulk",
		"elastic://es.example.com:443/prefix/audit/":     "https://es.example.com:443/prefix/audit/_bulk",
		"sumo://one.example?token_env=T":                 "https://other.example/receiver/v1/http/code",
		"sumo://one.example/receiver/v1/http/own":        "https://one.example/receiver/v1/http/own",
		"https://one.example/in?a=b#format=flat":         "https://one.example/in?a=b",
	} {
		sinks, err := resolved(t, w, to)
		if err != nil {
			t.Errorf("%s: %v", to, err)
			continue
		}
		if got := sinks[0].Options.Receiver.(*intake).url; got != want {
			t.Errorf("%s is at %s, want %s", to, got, want)
		}
	}
}

func TestSettingsThatAreRefused(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{
		"splunk://hec.example.com":                                   "the HEC token is missing",
		"splunk://hec.example.com?token=sesame":                      `cannot be given as "token"`,
		"splunk://sesame@hec.example.com":                            "contains a user or a password",
		"splunk://hec.example.com?token_env=HEC&indx=a":              `unknown setting "indx"`,
		"splunk://hec.example.com?token_env=HEC&index=a&index=b":     "index is given twice",
		"splunk://hec.example.com?token_env=NONE":                    "$NONE is not set",
		"splunk://hec.example.com?token_file=/none/sesam":            "no such file",
		"splunk://hec.example.com?token_env=HEC&token_file=x":        "both given",
		"splunk://hec.example.com?token_env=HEC&tls=no":              `tls = "no"`,
		"splunk://hec.example.com?token_env=HEC&compress=zstd":       `compress = "zstd"`,
		"splunk://hec.example.com?token_env=HEC&format=xml":          `format = "xml"`,
		"splunk://?token_env=HEC":                                    "is not a valid address",
		"elastic://es.example.com?token_env=ES":                      "the index is missing",
		"elastic://es.example.com/a?token_env=ES&format=ocsf":        `format = "ocsf"`,
		"https://me:ses%ame@h.example/#x=1":                          "is not a valid address",
		"https://h.example/in#header=Authorization:+Bearer+sesame":   "carries a credential",
		"https://h.example/in#header=sesame":                         "not NAME: VALUE",
		"https://h.example/sesame#name=a+b":                          `name = "a b"`,
		"https://h.example/sesame#ca_file=/none":                     "read ca_file",
		"sumo://h.example":                                           "the address of the HTTP source is missing",
		"datadog://datadoghq.com?token_env=DD&header=DD-API-KEY:+x1": "carries a credential",
	} {
		_, err := resolved(t, testWorld(), to)
		if err == nil || !strings.Contains(err.Error(), want) || hint.Of(err) == "" || strings.Contains(err.Error()+hint.Of(err), "sesame") {
			t.Errorf("%s: %v, want %q", to, err, want)
		}
	}
}

func TestReadFile(t *testing.T) {
	t.Parallel()
	write := func(text string) string {
		path := filepath.Join(t.TempDir(), "sinks.hcl")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	targets, err := ReadFile(write(`
sink "hec" {
  to        = "splunk://hec.example.com:8088"
  token_env = "HEC"
  index     = "audit"
  tls       = true
  headers   = { X-Tenant = "blue" }
}
sink "hook" {
  to     = "https://h.example/in?a=b"
  format = "flat"
  name   = "hook"
}
sink "days" {
  to       = "./days"
  compress = "zstd"
}`))
	if err != nil {
		t.Fatal(err)
	}
	sinks, err := Resolve(targets, testWorld())
	if err != nil {
		t.Fatal(err)
	}
	n := sinks[0].Options.Receiver.(*intake)
	if n.header.Get("X-Tenant") != "blue" || n.header.Get("Authorization") != "Splunk hec-sesame" || sinks[1].Options.Format != audit.FormatFlat ||
		sinks[1].Options.Name != "hook" || sinks[2].Options.Compress != "zstd" || sinks[2].Options.Receiver != nil || targets[1].Name() != "hook" {
		t.Errorf("%+v", sinks)
	}
	for text, want := range map[string]string{
		``:                               "has no sink",
		`sink {`:                         "sinks.hcl:1",
		`drain "a" {}`:                   "Unsupported block type",
		`sink "a" {}`:                    "has no address",
		`sink "a" { to = var.x }`:        "not a plain value",
		`sink "a" { to = ["x"] }`:        "not a plain value",
		`sink "a" { to = "splunk://h" }`: "",
		"sink \"a\" {\n to = \"splunk://h\"\n token = \"sesame\"\n}":         `line 1: sink "a": splunk://h: a credential cannot be given as "token"`,
		"sink \"a\" {\n to = \"days\"\n index = \"x\"\n}":                    `unknown setting "index"`,
		"sink \"a\" {\n to = \"https://h/in\"\n headers = \"x\"\n}":          "not a map",
		"sink \"a\" {\n to = \"https://h/in\"\n headers = { Cookie = 1 }\n}": "carries a credential",
	} {
		_, err := ReadFile(write(text))
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "sesame") || hint.Of(err) == "") {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
