package printed_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/printed"
)

const document = "{\"format_version\": \"1.2\",\n \"name\": \"Störung\"}"

func utf16(t *testing.T, order unicode.Endianness, mark unicode.BOMPolicy, text string) string {
	t.Helper()
	out, err := unicode.UTF16(order, mark).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDocumentsAreFound(t *testing.T) {
	t.Parallel()
	const command = "[command]/opt/hostedtoolcache/terraform-bin show -json plan\n"
	const trailing = "\n::debug::Terraform exited with code 0.\n::set-output name=stdout::{\"format_version\"}\n"
	tests := map[string]struct {
		text    string
		wrapped bool
	}{
		"as it is":                         {text: document},
		"with a byte-order mark":           {text: "\ufeff" + document},
		"after empty lines":                {text: "\r\n\r\n" + document},
		"UTF-16, little endian":            {text: utf16(t, unicode.LittleEndian, unicode.UseBOM, document)},
		"UTF-16, big endian":               {text: utf16(t, unicode.BigEndian, unicode.UseBOM, document)},
		"UTF-16 without a mark":            {text: utf16(t, unicode.LittleEndian, unicode.IgnoreBOM, document)},
		"UTF-16, big endian, without mark": {text: utf16(t, unicode.BigEndian, unicode.IgnoreBOM, document)},
		"UTF-16, Windows' line ends":       {text: utf16(t, unicode.LittleEndian, unicode.UseBOM, strings.ReplaceAll(document, "\n", "\r\n")+"\r\n")},
		"from a wrapper":                   {text: command + document + trailing, wrapped: true},
		"from a wrapper on Windows":        {text: "\ufeff" + strings.ReplaceAll(command+document+trailing, "\n", "\r\n"), wrapped: true},
		"from a wrapper, in UTF-16":        {text: utf16(t, unicode.LittleEndian, unicode.UseBOM, command+document+trailing), wrapped: true},
		"after a warning":                  {text: "\nWarning: x\n\n" + document},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := string(printed.One([]byte(tt.text))); strings.ReplaceAll(got, "\r\n", "\n") != document {
				t.Errorf("found %q", got)
			}
			if found := printed.JSON(strings.NewReader(tt.text)); found.Wrapped != tt.wrapped {
				t.Errorf("wrapped: %v", found.Wrapped)
			}
		})
	}
}

func TestTextWithoutADocumentIsPassedOn(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "x", "no document\n", "[command]terraform\nError: no plan\n", "[1]", strings.Repeat("line\n", 1<<15)} {
		found := printed.JSON(strings.NewReader(text))
		if found.Wrapped != strings.HasPrefix(text, "[command]") {
			t.Errorf("%.20q: wrapped is %v", text, found.Wrapped)
		}
		got, err := io.ReadAll(found)
		if err != nil || string(got) != text {
			t.Errorf("%.20q became %.20q, %v", text, got, err)
		}
		if one := printed.One([]byte(text)); !bytes.Equal(one, []byte(text)) {
			t.Errorf("%.20q became %.20q", text, one)
		}
	}
}
