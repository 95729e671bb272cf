package api

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"unicode"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// redacted is printed instead of the token.
const redacted = "[token]"

// Token is a Rootly API token. It prints, logs and marshals as a placeholder.
type Token string

// String returns a placeholder, never the token.
func (t Token) String() string { return redacted }

// GoString returns a placeholder, never the token.
func (t Token) GoString() string { return redacted }

// LogValue returns a placeholder, never the token.
func (t Token) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns a placeholder, never the token.
func (t Token) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// TokenSources are the possible sources of a token, in order of precedence. An empty field counts as not given.
type TokenSources struct {
	Flag string // value of --token
	File string // path given with --token-file
	Env  string // value of ROOTLY_API_TOKEN

	// ReadFile reads File. It is only called when File is not empty.
	ReadFile func(path string) ([]byte, error)
}

// Resolve returns the token from the first source that is given. A byte-order mark, white space around the token and a
// leading "Bearer " are removed. A given but blank source is an error: using another token instead would be a surprise.
func (s TokenSources) Resolve() (Token, error) {
	switch {
	case s.Flag != "" && s.File != "":
		return "", hint.With(errors.New("--token and --token-file cannot be combined"), "give one of them")
	case s.Flag != "":
		return parseToken(s.Flag, "--token")
	case s.File != "":
		text, err := s.ReadFile(s.File)
		if err != nil {
			return "", hint.With(fmt.Errorf("read token file: %w", err), "check the path given with --token-file")
		}
		return parseToken(string(text), "token file "+s.File)
	case s.Env != "":
		return parseToken(s.Env, "ROOTLY_API_TOKEN")
	}
	return "", hint.With(
		errors.New("no API token"),
		"set ROOTLY_API_TOKEN, or give --token or --token-file; create a token under Organization Settings > API Keys",
	)
}

func parseToken(text, source string) (Token, error) {
	const byteOrderMark = "\ufeff"
	token := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(strings.TrimPrefix(text, byteOrderMark)), "Bearer "))
	if token == "" {
		return "", hint.With(fmt.Errorf("the API token in %s is empty", source), "set it to a token from Organization Settings > API Keys")
	}

	// A token is one word of visible ASCII; anything else was pasted wrongly and would not be valid in a header.
	odd := func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsGraphic(r) || unicode.IsSpace(r) }
	if strings.ContainsFunc(token, odd) {
		return "", hint.With(fmt.Errorf("the API token in %s is not one word of plain text", source), "copy only the token, without quotes or line breaks")
	}
	return Token(token), nil
}
