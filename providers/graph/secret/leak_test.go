package secret_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
)

func TestLeaksInEverySpelling(t *testing.T) {
	t.Parallel()
	value := `pa$$w0rd "quoted" <&> ${x} ` + word(12)
	asJSON, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := json.Marshal(string(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"raw":            "x = " + value + "\n",
		"JSON":           string(asJSON),
		"JSON in JSON":   string(twice),
		"HCL":            `x = "pa$$w0rd \"quoted\" <&> $${x} ` + word(12) + `"`,
		"query":          "https://example.com/?q=" + url.QueryEscape(value),
		"path":           "https://example.com/" + url.PathEscape(value),
		"base64":         base64.StdEncoding.EncodeToString([]byte(value)),
		"base64 of more": base64.StdEncoding.EncodeToString([]byte("user:" + value + "\n")),
		"base64 shifted": base64.URLEncoding.EncodeToString([]byte("user1:" + value)),
		"hex":            fmt.Sprintf("%x", value),
	} {
		if got := secret.NewWatch([]string{"another " + word(13), value}).Leaks([]byte(content)); !slices.Equal(got, []int{1}) {
			t.Errorf("%s: leaks %v in %q", name, got, content)
		}
	}
}

func TestLeaksOfParts(t *testing.T) {
	t.Parallel()
	token, pem := word(24), "-----BEGIN "+"PRIVATE KEY-----\n"+word(64)+"\n"+word(63)+"\n"
	for name, c := range map[string]struct{ value, content string }{
		"the token without its scheme":   {"Bearer " + token, "curl -H " + token},
		"the password of a URL":          {"redis://:hunter2-hunter@cache/0", `password = "hunter2-hunter"`},
		"a line of a key in a heredoc":   {pem, "<<-EOT\n    " + word(63) + "\n  EOT\n"},
		"the short password of a column": {"hunter2", "user,hunter2,x"},
	} {
		if len(secret.NewWatch([]string{c.value}).Leaks([]byte(c.content))) != 1 {
			t.Errorf("%s is not seen", name)
		}
	}
}

func TestOrdinaryWordsAreNoLeaks(t *testing.T) {
	t.Parallel()
	content := []byte(`resource "x" "production" { name = "Content-Type" team = "sre" n = 123456 mail = "the admin password" }`)
	values := []string{"production", "sre", "123456", "", "x", "Content-Type", "admin", "Bearer admin", "{{ secrets.x }}"}
	if got := secret.NewWatch(values).Leaks(content); len(got) != 0 {
		t.Errorf("leaks %v", got)
	}
	if got := secret.NewWatch([]string{word(20)}).Leaks(nil); len(got) != 0 {
		t.Errorf("leaks %v in nothing", got)
	}
}

// BenchmarkLeaks looks for 2,000 values in a file of 10 MB.
func BenchmarkLeaks(b *testing.B) {
	var values []string
	for i := range 2000 {
		values = append(values, made(uint64(i), 32, alnum))
	}
	content := []byte(strings.Repeat("  name = \"an ordinary line of code\"\n", 10<<20/37))
	watch := secret.NewWatch(values)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if len(watch.Leaks(content)) > 0 {
			b.Fatal("found")
		}
	}
}
