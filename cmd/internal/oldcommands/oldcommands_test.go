package oldcommands

import (
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
)

// What is translated needs no command line: flags by name, with their values.
func TestTranslate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		given []Flag
		now   string
		gone  string
	}{
		{"one type has a directory", []Flag{{"resources", []string{"severity"}}}, "import -o generated/rootly/severity --resources severity", ""},
		{"all types share one", []Flag{{"resources", []string{"*"}}}, "import -o generated/rootly", ""},
		{"a type comes with what it owns", []Flag{{"resources", []string{"escalation_policy"}}},
			"import -o generated/rootly/escalation_policy --resources escalation_policy,escalation_level,escalation_path", ""},
		{"what happens anyway is left out", []Flag{{"resources", []string{"severity"}}, {"state", []string{"local"}}, {"connect", []string{"true"}}},
			"import -o generated/rootly/severity --resources severity", ""},
		{"a list of today, value by value", []Flag{{"resources", []string{"severity"}}, {"var-file", []string{"a b", "c"}}},
			"import -o generated/rootly/severity --resources severity --var-file 'a b' --var-file c", ""},
		{"each type by itself", []Flag{{"path-pattern", []string{"{output}/{service}"}}, {"resources", []string{"severity", "cause"}}},
			"import -o generated --resources severity,cause", "--path-pattern with {service} is not supported any more"},
	} {
		line, err := Translate(c.given)
		if err != nil || line.String() != "terraformer-rootly "+c.now {
			t.Errorf("%s: %s, %v, want %s", c.name, line.String(), err, c.now)
		}
		if got := line.Refuse(); (got != nil) != (c.gone != "") || got != nil && !strings.HasPrefix(got.Error(), c.gone) {
			t.Errorf("%s: refused with %v, want %q", c.name, got, c.gone)
		}
		if plan := line.RefusePlan(); !strings.HasPrefix(plan.Error(), "plan files are not supported any more") || !strings.Contains(exit.HintOf(plan), " --dry-run shows") {
			t.Errorf("%s: below plan: %v, %s", c.name, plan, exit.HintOf(plan))
		}
	}
	if _, err := Translate(nil); exit.Code(err) != exit.BadUsage {
		t.Errorf("no types: %v", err)
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ old, now string }{
		{"service=id1:id2", "service.id=id1 service.id=id2"},
		{"service='a:b':c", "service.id=a:b service.id=c"},
		{"Name=name;Value=Team *", `*.name=Team \*`},
		{"Name=name;Value=a:'b:c'", "*.name=a *.name=b:c"},
		{"Type=service;Name=name;Value=[x]?", `service.name=\[x]\?`},
		{"Name=slug", "*.slug=?*"},
		{"service.name=api-*", "service.name=api-*"},
		{"service", ""},
		{"service=", ""},
		{"Type=service;Name=name", ""},
		{"Type=servise;Name=name;Value=x", ""},
		{"Type=service;Name=labels.app;Value=x", ""},
		{"a;b;c;d", ""},
	} {
		got, err := filters([]string{c.old})
		if (err != nil) != (c.now == "") || strings.Join(got, " ") != c.now {
			t.Errorf("%s: %q, %v, want %q", c.old, got, err, c.now)
		}
		if err != nil && (exit.Code(err) != exit.BadUsage || exit.HintOf(err) == "") {
			t.Errorf("%s: code %d, hint %q", c.old, exit.Code(err), exit.HintOf(err))
		}
	}
	if _, err := filters([]string{"service=a", "service=b"}); err == nil {
		t.Error("two filters on the same attribute had to match both, and now either")
	}
}

// A command line from the translation is one that a shell reads back as it is.
func TestShellQuote(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"a-b/c=d": "a-b/c=d", "": "''", "a b": "'a b'", "*": "'*'", "it's": `'it'\''s'`} {
		if got := shellQuote(in); got != want {
			t.Errorf("%q becomes %s, want %s", in, got, want)
		}
	}
}
