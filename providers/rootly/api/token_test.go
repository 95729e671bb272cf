package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestTokenSources(t *testing.T) {
	t.Parallel()
	files := map[string]string{"good": "from-file\n", "blank": " \n", "two": "one\ntwo\n", "bearer": "Bearer from-file\r\n", "marked": "\ufeffBearer from-file\r\n"}
	read := func(path string) ([]byte, error) {
		if text, ok := files[path]; ok {
			return []byte(text), nil
		}
		return nil, errors.New("no such file")
	}
	tests := []struct {
		name    string
		sources TokenSources
		want    string // the token, or what the error says
	}{
		{"flag", TokenSources{Flag: " from-flag ", Env: "from-env"}, "from-flag"},
		{"file", TokenSources{File: "good", Env: "from-env"}, "from-file"},
		{"file with scheme", TokenSources{File: "bearer"}, "from-file"},
		{"file with byte-order mark", TokenSources{File: "marked"}, "from-file"},
		{"env", TokenSources{Env: "from-env\n"}, "from-env"},
		{"none", TokenSources{}, "no API token"},
		{"blank flag", TokenSources{Flag: "  ", Env: "from-env"}, "--token is empty"},
		{"blank file", TokenSources{File: "blank", Env: "from-env"}, "token file blank is empty"},
		{"blank env", TokenSources{Env: "\t"}, "ROOTLY_API_TOKEN is empty"},
		{"no file", TokenSources{File: "none", Env: "from-env"}, "no such file"},
		{"two lines", TokenSources{File: "two"}, "not one word"},
		{"flag and file", TokenSources{Flag: "a", File: "good"}, "cannot be combined"},
		{"pasted quotes", TokenSources{Flag: "“abc”"}, "not one word"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.sources.ReadFile = read
			token, err := test.sources.Resolve()
			if err == nil && string(token) == test.want {
				return
			}
			var hint interface{ Hint() string }
			if err == nil || !strings.Contains(err.Error(), test.want) || !errors.As(err, &hint) || hint.Hint() == "" {
				t.Errorf("got %q, %v; want %q", string(token), err, test.want)
			}
		})
	}
}

func TestTokenPrintsNothing(t *testing.T) {
	t.Parallel()
	token := Token(testToken)
	encoded, err := json.Marshal(struct{ T Token }{token})
	if err != nil {
		t.Fatal(err)
	}
	said := fmt.Sprintf("%s %v %q %#v %s %s", token, token, token, token, slog.AnyValue(token).Resolve(), encoded)
	if strings.Contains(said, testToken) || strings.Count(said, redacted) != 6 {
		t.Errorf("said: %s", said)
	}
}

func TestNewNeedsToken(t *testing.T) {
	t.Parallel()
	if _, err := New(Options{}); err == nil {
		t.Error("a client without a token")
	}
}
