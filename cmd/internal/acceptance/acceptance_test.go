package acceptance

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// Terraform compares every import block with every other, so that the large organisation takes it
// minutes.
func TestAcceptance(t *testing.T) {
	t.Parallel()
	sizes := map[string]int{"1000 objects": 1000}
	if large() {
		sizes["10000 objects"] = 10000
	}
	for name, size := range sizes {
		for _, p := range providers(t) {
			for _, engine := range engineNames(t) {
				t.Run(strings.Join([]string{name, p.name, filepath.Base(engine)}, "/"), func(t *testing.T) {
					t.Parallel()
					accept(t, size, p, engine)
				})
			}
		}
	}
}

func accept(t *testing.T, size int, p provider, engine string) {
	server, url := serve(t, of(size))
	dir, summary := imported(t, url, p.environ, "--engine", engine, "--provider", p.name)
	c := read(t, dir)

	proven(t, summary, len(c.imports))
	accounted(t, server.Snapshot(), c, summary)
	unnamed(t, c, summary)
	withoutSecrets(t, c, server.Snapshot())
	if len(summary.Repairs) > 0 {
		t.Errorf("%d repairs were needed, such as %+v: the mapping should know", len(summary.Repairs), summary.Repairs[0])
	}

	again, _ := imported(t, url, p.environ, "--no-verify")
	delete(c.files, "proof.json") // the second has no proof
	same(t, c.files, read(t, again).files)
}

// same holds a second import to the bytes of the first.
func same(t *testing.T, first, second map[string]string) {
	t.Helper()
	for name := range second {
		if _, ok := first[name]; !ok {
			t.Errorf("a second import also writes %s", name)
		}
	}
	for name, text := range first {
		a, b := strings.Split(text, "\n"), strings.Split(second[name], "\n")
		for i, line := range a {
			if i >= len(b) || b[i] != line {
				t.Errorf("a second import writes other bytes into %s, from line %d: %q", name, i+1, line)
				break
			}
		}
		if len(b) > len(a) {
			t.Errorf("a second import writes more into %s", name)
		}
	}
}

// proven holds the plan to importing everything that has code, and nothing else.
func proven(t *testing.T, s report.Summary, written int) {
	t.Helper()
	if s.Proof.State != report.ProofClean || len(s.Proof.Differences) > 0 || s.Proof.Imported != written {
		t.Errorf("proof %s, %d imported of %d, %d differences", s.Proof.State, s.Proof.Imported, written, len(s.Proof.Differences))
	}
	if s.Listed() != s.Imported()+len(s.NotImported) {
		t.Errorf("%d listed, but %d imported and %d not", s.Listed(), s.Imported(), len(s.NotImported))
	}
	if len(s.NotImported) > s.Listed()/100 {
		t.Errorf("%d of %d objects are not imported", len(s.NotImported), s.Listed())
	}
	for _, n := range s.NotImported {
		if n.Reason == "" || n.Hint == "" {
			t.Errorf("%s %s is not imported, without reason or mend: %+v", n.Type, n.ID, n)
		}
	}
}

// accounted holds every live object of the types that are taken to being in the code or told.
func accounted(t *testing.T, live []sandbox.Object, c code, s report.Summary) {
	t.Helper()
	taken, ids := map[string]bool{}, c.ids()
	for _, row := range catalogue.Types() {
		if row.Optional == "" {
			taken[row.API] = true
		}
	}
	told := map[string]bool{}
	for _, n := range s.NotImported {
		told[n.ID] = true
	}
	for _, o := range live {
		if taken[o.API] && ids[o.ID] == "" && !told[o.ID] {
			t.Errorf("%s %s is neither in the code nor in the report", o.API, o.ID)
		}
	}
}

// unnamed holds the code to spell no id of an object that it has, but where a cycle was broken.
func unnamed(t *testing.T, c code, s report.Summary) {
	t.Helper()
	ids, told := c.ids(), map[[2]string]bool{}
	for _, cycle := range s.References.Cycles {
		told[[2]string{cycle.From, cycle.ID}] = true
	}
	for _, b := range c.resources {
		for _, id := range uuid.FindAllString(b.text, -1) {
			if to := ids[id]; to != "" && !told[[2]string{b.address, to}] {
				t.Errorf("%s spells the id of %s", b.address, to)
			}
		}
	}
	for _, id := range uuid.FindAllString(c.other, -1) {
		if to := ids[id]; to != "" {
			t.Errorf("the id of %s stands outside of resources", to)
		}
	}
}

// credentials are what ordinary scanners look for.
var credentials = []*regexp.Regexp{
	regexp.MustCompile(`\b(AKIA|ASIA)[0-9A-Z]{16}\b`),
	regexp.MustCompile(`\bgh[pousr]_[0-9A-Za-z]{30,}`),
	regexp.MustCompile(`\bxox[abeoprs]-[0-9A-Za-z-]{10,}`),
	regexp.MustCompile(`\b(sk|rk|pk)_live_[0-9A-Za-z]{16,}`),
	regexp.MustCompile(`\beyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}\.`),
	regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY`),
	regexp.MustCompile(`(?i)\bbearer\s+[0-9a-z._~+/-]{16,}`),
	regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://[^/\s:@"{}]+:[^/\s:@"{}]+@`),
	regexp.MustCompile(`(?i)[?&](api_?key|token|secret|password|access_token|sig)=[0-9a-z_-]{12,}`),
	regexp.MustCompile(`(?i)\b(password|passwd|client_secret|api_key)\\?["']?\s*[=:]\s*\\?["']?[0-9a-z_-]{12,}`),
	regexp.MustCompile(`(?i)\bAUTH [0-9a-z]{12,}`),
}

// withoutSecrets looks for credentials in every file that others can read.
func withoutSecrets(t *testing.T, c code, live []sandbox.Object) {
	t.Helper()
	planted := planted(t, live)
	for name, text := range c.files {
		for _, pattern := range credentials {
			if found := pattern.FindString(text); found != "" {
				t.Errorf("%s: %q looks like a credential (%s)", name, found, pattern)
			}
		}
		for secret, where := range planted {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds what stands in %s", name, where)
			}
		}
	}
}

// planted finds the credentials of an organisation in its objects: they are what the patterns see
// there, and what attributes hold that are called secret.
func planted(t *testing.T, live []sandbox.Object) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, o := range live {
		var doc struct {
			Attributes map[string]json.RawMessage `json:"attributes"`
		}
		if err := json.Unmarshal(o.Body, &doc); err != nil {
			t.Fatalf("%s %s: %v", o.API, o.ID, err)
		}
		for name, raw := range doc.Attributes {
			where := o.API + "." + name
			if name == "secret" && len(raw) > 20 {
				found[strings.Trim(string(raw), `"`)] = where
			}
			for _, pattern := range credentials {
				for _, s := range pattern.FindAllString(string(raw), -1) {
					found[longest(s)] = where
				}
			}
		}
	}
	if len(found) < 10 {
		t.Errorf("only %d credentials in the organisation: the search would find nothing", len(found))
	}
	return found
}

// longest is the part of a match that is the credential: its longest run of letters and digits.
func longest(s string) string {
	runs := regexp.MustCompile(`[0-9A-Za-z]+`).FindAllString(s, -1)
	return slices.MaxFunc(runs, func(a, b string) int { return len(a) - len(b) })
}

func TestAcceptanceOfPrivateFiles(t *testing.T) {
	t.Parallel()
	_, url := serve(t, of(0))
	dir, _ := imported(t, url, os.Environ(), "--no-verify")
	stat, err := os.Stat(filepath.Join(dir, "secrets.auto.tfvars"))
	if err != nil || stat.Mode().Perm() != 0o600 {
		t.Fatalf("secrets.auto.tfvars: %v, %v", stat, err)
	}
	ignored, err := os.ReadFile(filepath.Join(dir, ".gitignore"))
	if err != nil || !strings.Contains(string(ignored), "secrets.auto.tfvars") {
		t.Fatalf("git would take the secrets along: %s %v", ignored, err)
	}
}
