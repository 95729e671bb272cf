package screen_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/screen"
)

func TestFilter(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		".":             `{"a":"x\u001by","n":12345678901234567890.10}` + "\n" + `[1,null]` + "\n",
		".a? // empty":  "x\uFFFDy\n",
		"type":          "object\narray\n",
		"..|numbers":    "12345678901234567890.10\n1\n",
		`"\(.)"|length`: "",
		"empty":         "",
	} {
		var out bytes.Buffer
		s := screen.New(&out)
		start, err := s.Filter(expression)
		if err != nil {
			t.Fatal(err)
		}
		end := start(t.Context())
		fmt.Fprint(s, `{"a":"x\u001by",`)
		fmt.Fprintln(s, `"n":12345678901234567890.10}`)
		fmt.Fprint(s, `[1,null]`)
		if err := end(); err != nil {
			t.Errorf("%s: %v", expression, err)
		}
		if want != "" && out.String() != want {
			t.Errorf("%s: %q, want %q", expression, out.String(), want)
		}
	}
}

func TestFilterFails(t *testing.T) {
	t.Parallel()
	if _, err := screen.New(&bytes.Buffer{}).Filter(".a["); err == nil {
		t.Error("an expression that is none was compiled")
	}
	for expression, input := range map[string]string{".a": "[1]", ".": "no JSON"} {
		s := screen.New(&bytes.Buffer{})
		start, err := s.Filter(expression)
		if err != nil {
			t.Fatal(err)
		}
		end := start(t.Context())
		for range 100 { // more than fits into any buffer
			fmt.Fprintln(s, input)
		}
		if err := end(); err == nil {
			t.Errorf("%s on %s is no error", expression, input)
		}
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "paged.txt")
	for _, c := range []struct {
		terminal    bool
		pager       string
		paged, here string
	}{
		{true, "tee " + file, "hello\n", "hello\n"}, {false, "tee " + file, "", "hello\n"}, {true, "cat", "", "hello\n"},
		{true, "no-such-pager-anywhere", "", "hello\n"}, {true, "true", "", ""},
	} {
		_ = os.Remove(file)
		var out bytes.Buffer
		s := screen.New(&out)
		s.IsTerminal = func() bool { return c.terminal }
		end := s.Page(t.Context(), func(name string) string { return map[string]string{"PAGER": c.pager}[name] }, os.Environ())
		_, err := fmt.Fprintln(s, strings.TrimSpace("hello"))
		if err != nil && !screen.Left(err) {
			t.Error(err)
		}
		if err := end(); err != nil {
			t.Error(err)
		}
		got, _ := os.ReadFile(file)
		if string(got) != c.paged || out.String() != c.here {
			t.Errorf("%+v: %q, %q", c, got, out.String())
		}
	}
}
