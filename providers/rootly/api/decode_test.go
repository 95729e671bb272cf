package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestDecodeKeepsNumbers(t *testing.T) {
	t.Parallel()
	d, err := decodeMany(&parser{}, []byte(`{"data": [{"type": "things", "id": "1", "attributes": {
		"big": 12345678901234567890, "exact": 0.10, "power": 1e400, "minus": -0, "list": [1.0]}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"big": json.Number("12345678901234567890"), "exact": json.Number("0.10"), "power": json.Number("1e400"),
		"minus": json.Number("-0"), "list": []any{json.Number("1.0")},
	}
	if !reflect.DeepEqual(d.rows[0].Attributes, want) {
		t.Errorf("got %v", d.rows[0].Attributes)
	}
}

// TestParserStartsAfresh uses one parser for good and bad answers in turn.
func TestParserStartsAfresh(t *testing.T) {
	t.Parallel()
	reader := &parser{}
	good := `{"data": [{"type": "things", "id": "1"}]}`
	for _, bad := range []string{good, `{"data": [{"ty`, `<html>`, ``, good + good, `{"data": 3}`, `{"data": [{"id": 1}]}`, good + " x", `nul`} {
		_, _ = decodeMany(reader, []byte(bad))
		d, err := decodeMany(reader, []byte(good))
		if err != nil || len(d.rows) != 1 || d.rows[0].ID != "1" {
			t.Errorf("after %q: %v, %v", bad, d.rows, err)
		}
	}
}

func TestDecodeOddShapes(t *testing.T) {
	t.Parallel()
	plain := `{"type": "things", "id": "7", "attributes": {"n": 1}, "relationships": {"r": {"data": null}}}`
	tests := []struct{ name, body string }{
		{"plain", `{"data": [` + plain + `]}`},
		{"white space around", "\r\n {\"data\": [" + plain + "]} \n"},
		{"unknown members", `{"jsonapi": {"version": "1.0"}, "data": [` + plain + `], "x": [1]}`},
		{"id as number", `{"data": [{"type": "things", "id": 7, "attributes": {"n": 1}, "relationships": {"r": {"data": null}}}]}`},
		{"links as objects", `{"data": [` + plain + `], "links": {"self": {"href": "x"}, "next": null}}`},
		{"links as text", `{"data": [` + plain + `], "links": "x"}`},
		{"links as list", `{"data": [` + plain + `], "links": []}`},
		{"meta as list", `{"data": [` + plain + `], "meta": []}`},
		{"links of the object as text", `{"data": [` + strings.Replace(plain, `"id"`, `"links": "x", "id"`, 1) + `]}`},
		{"included is null", `{"data": [` + plain + `], "included": null}`},
	}
	want, err := decodeMany(&parser{}, []byte(tests[0].body))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := decodeMany(&parser{}, []byte(test.body))
			if err != nil {
				t.Fatal(err)
			}
			got.rows[0].Links = nil
			if !reflect.DeepEqual(got.rows, want.rows) {
				t.Errorf("got %+v, want %+v", got.rows[0], want.rows[0])
			}
		})
	}
	for _, empty := range []string{`[]`, `null`, `{}`} {
		d, err := decodeOne(&parser{}, []byte(`{"data": {"type": "things", "id": "1", "attributes": `+empty+`, "relationships": `+empty+`}}`))
		if err != nil || len(d.rows[0].Attributes) != 0 {
			t.Errorf("attributes %s: %v, %v", empty, d.rows, err)
		}
	}
}

// FuzzDecodePage holds that decoding never panics, and that what it accepts has
// no holes, is the same for both decoders, and is whole.
func FuzzDecodePage(f *testing.F) {
	for _, seed := range []string{
		`{"data": [{"type": "things", "id": "1", "attributes": {"n": 1.50}}], "links": {"next": null}, "meta": {"total_count": 1}}`,
		`{"data": [{"type": "things", "id": 1}], "included": [{"type": "parts", "id": "2"}]}`,
		`{"data": [null]}`, `{"data": null}`, `{"data": {}}`, `{"data": []}{}`, `[]`, `<html>`, ``, `{"data": [{"id": "1"`,
		`{"data": [], "links": "x", "meta": []}`, `{"data": [{"attributes": []}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		reader := &parser{}
		d, err := decodeMany(reader, body)
		if err != nil {
			if d.rows != nil || d.included != nil {
				t.Fatalf("rows beside the error %v", err)
			}
			if !errors.Is(err, errTorn) && !errors.Is(err, errShape) && !errors.Is(err, ErrHTML) {
				t.Fatalf("error of no known kind: %v", err)
			}
			return
		}
		if !json.Valid(body) {
			t.Fatal("accepted what is no JSON")
		}

		// What was left behind by one answer does not leak into the next.
		if again, err := decodeMany(reader, body); err != nil || !reflect.DeepEqual(again, d) {
			t.Fatalf("second time: %v, %v", again, err)
		}
		for _, object := range append(d.rows, d.included...) {
			if object == nil {
				t.Fatal("a hole")
			}
		}

		// Paging over it must come to an end or an error, too.
		m := readMeta(d.meta)
		if m.totalCount < -1 || m.totalPages < -1 || m.nextPage < -1 {
			t.Fatalf("meta %+v", m)
		}
		nextLink(d.links)
	})
}

// page is a list of 100 objects of about 2 KB each.
func page(from int) []byte {
	list := make([]any, 100)
	for i := range list {
		attributes := map[string]any{"description": strings.Repeat("lorem ipsum ", 50), "position": from + i, "enabled": true, "owner": nil}
		for n := range 30 {
			attributes[fmt.Sprintf("attribute_%d_ids", n)] = []any{fmt.Sprintf("6a1c2a5e-6d7c-4c1e-9a40-%012d", from+i*n)}
		}
		list[i] = map[string]any{"type": "things", "id": fmt.Sprint(from + i), "attributes": attributes}
	}
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(map[string]any{"data": list}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func BenchmarkDecodePage(b *testing.B) {
	body := page(0)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	reader := &parser{}
	for b.Loop() {
		if _, err := decodeMany(reader, body); err != nil {
			b.Fatal(err)
		}
	}
}
