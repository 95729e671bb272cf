package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
	"github.com/terraformer-rootly/terraformer-rootly/providers/visible"
)

func TestTable(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		head []string
		rows [][]string
		want string
	}{
		"numbers stand right": {
			[]string{"TYPE", "OBJECTS", "LISTED AT"},
			[][]string{{"service", "1,204", "/v1/services"}, {"team", "7", ""}, {"cause", "-", "/v1/causes"}},
			"TYPE     OBJECTS  LISTED AT\nservice    1,204  /v1/services\nteam           7\ncause          -  /v1/causes\n",
		},
		"wide characters": {
			[]string{"NAME", "ID"},
			[][]string{{"平台チーム", "a"}, {"ｆｕｌｌ", "b"}, {"e\u0301te\u0301", "c"}, {"👩🏽‍🚒", "d"}, {"🇩🇪", "e"}, {"שלום", "f"}, {"plain", "g"}},
			"NAME        ID\n平台チーム  a\nｆｕｌｌ    b\ne\u0301te\u0301         c\n👩🏽‍🚒          d\n🇩🇪          e\nשלום        f\nplain       g\n",
		},
		"hostile cells": {
			nil,
			[][]string{{"\x1b[31mred\x1b[0m", "a\nb"}, {"\u202eabc\u2066", "\u009b2J\x7f"}, {"x\xff", "\r\x00y\u200f"}},
			"[31mred[0m  a b\nabc         2J\nx\ufffd          y\n",
		},
		"ragged rows":  {nil, [][]string{{"a"}, {"b", "c"}, {}}, "a\nb  c\n\n"},
		"nothing":      {nil, nil, ""},
		"only a head":  {[]string{"A", "B"}, nil, "A  B\n"},
		"not a number": {nil, [][]string{{"1", "x"}, {"10a", "y"}}, "1    x\n10a  y\n"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, table(0, tc.head, tc.rows)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestProblem(t *testing.T) {
	t.Parallel()
	tests := []struct {
		err        error
		hint, want string
	}{
		{errors.New("unknown type"), "see types", "error: unknown type\nhint: see types\n"},
		{errors.New("no such directory"), "", "error: no such directory\n"},
		{errors.Join(errors.New("a"), errors.New("b")), "one,\ntwo\n", "error: a; b\nhint: one, two\n"},
		{errors.New("the plan says:\r\n\n  it\tfails"), "\n", "error: the plan says: it fails\n"},
		{fmt.Errorf("read %q: %w", "x", errors.New("\x1b]0;pwned\x07\u202e")), "", "error: read \"x\": ]0;pwned\n"},
	}
	for _, tc := range tests {
		got := printed(t, Options{}, func(h Handler) error { h.Problem(tc.err, tc.hint); return nil })
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestPlural(t *testing.T) {
	t.Parallel()
	tests := []struct {
		n         int
		one, want string
	}{
		{0, "object", "no objects"}, {1, "object", "1 object"}, {2, "object", "2 objects"}, {1006, "file", "1,006 files"},
		{2, "entry", "2 entries"}, {2, "key", "2 keys"}, {2, "process", "2 processes"}, {2, "workflow task", "2 workflow tasks"},
		{100_000, "reference", "100,000 references"}, {1_234_567, "id", "1,234,567 ids"}, {-1500, "box", "-1,500 boxes"},
	}
	for _, tc := range tests {
		if got := Plural(tc.n, tc.one); got != tc.want {
			t.Errorf("%d %s: %q, want %q", tc.n, tc.one, got, tc.want)
		}
	}
}

func TestLasted(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0.0s", 40 * time.Millisecond: "0.0s", 9949 * time.Millisecond: "9.9s", 9950 * time.Millisecond: "10s", 59499 * time.Millisecond: "59s",
		59500 * time.Millisecond: "1m00s", 65 * time.Second: "1m05s", time.Hour - time.Millisecond: "1h00m", 2*time.Hour + 3*time.Minute: "2h03m",
	} {
		if got := lasted(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1 kB", 999_499: "999 kB", 999_500: "1.0 MB", 4_123_456: "4.1 MB", 999_950_000: "1.0 GB",
	} {
		if got := size(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestGrouped(t *testing.T) {
	t.Parallel()
	groups := grouped([]entry{
		{reason: `user 5 of team "a" is 7 years old`, name: "x"},
		{reason: "gone"},
		{reason: `user 5 of team "b \" c" is 8 years old`, name: "y"},
		{reason: "gone", hint: "bring it back"},
		{reason: `user 5 of team "a" is 7 years old`, name: "z"},
	})
	var got []string
	for _, g := range groups {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%d %v %v %s", g.count, g.reason, g.hint, strings.Join(g.names, " "))))
	}
	want := []string{"3 user 5 of team ... is ... years old  x y z", "1 gone", "1 gone bring it back"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestLongTexts: texts of any size are cut or wrapped, not printed whole.
func TestLongTexts(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long 長い "+strings.Repeat("x", 300), 100)
	s := rich()
	s.Directory = long
	s.NotImported[0] = NotImported{Type: long, ID: long, Title: long, Reason: long, Hint: long}
	s.Losses[0] = Loss{Type: long, Path: long, Reason: long}
	s.Files.Edited[0] = long
	s.Proof.Reason, s.Proof.Hint, s.Proof.Engine = long, long, long
	s.Proof.Differences[0] = Difference{Address: long, Path: long, Before: shown.Text(long), After: shown.Text(long) + "y"}
	s.Proof.Differences[1] = Difference{Address: long, Action: "error", Message: long}
	for _, state := range []string{ProofClean, ProofDiffers, ProofUnavailable, ""} {
		s.Proof.State = state
		text := printed(t, Options{}, func(h Handler) error { return h.Summary(s) })
		requireTidy(t, text)
		if len(text) > 40_000 {
			t.Errorf("%d bytes", len(text))
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("plain text of some words", 20)
	f.Add("平台チーム 👩🏽‍🚒🇩🇪 e\u0301 \x1b[31m\u202e\xff", 7)
	f.Add(`{"a":"b\u0000"}`, 3)
	f.Fuzz(func(t *testing.T, s string, room int) {
		room = 3 + room&127
		text := clean(s)
		if !utf8.ValidString(text) || strings.IndexFunc(text, visible.Harmful) >= 0 {
			t.Errorf("harmful: %q", text)
		}
		if got := cut(text, room); columns(got) > room {
			t.Errorf("cut to %d: %q", room, got)
		}
		lines := wrap(text, room)
		for _, line := range lines {
			if columns(line) > room {
				t.Errorf("wrap to %d: %q", room, line)
			}
		}
		if squeeze(strings.Join(lines, "")) != squeeze(text) {
			t.Errorf("wrap to %d loses text: %q of %q", room, lines, text)
		}
		before, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var want, got string
		if err := errors.Join(json.Unmarshal(before, &want), json.Unmarshal([]byte(escape(string(before))), &got)); err != nil || want != got {
			t.Errorf("escape changes %q to %q: %v", want, got, err)
		}
	})
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }
