package plans

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTextDiagnostics(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       []Diagnostic
	}{
		{
			name: "framed and coloured",
			text: "\x1b[31m╷\x1b[0m\n│ \x1b[1mError: Failed to read\x1b[0m\n│ \n│   on main.tf line 3, in resource \"x\" \"y\":\n" +
				"│    3:   input = 1\n│ \n│ It is wrong\n│ in two lines.\n╵\n",
			want: []Diagnostic{{Severity: "error", Summary: "Failed to read", Detail: "It is wrong\nin two lines.", File: "main.tf", Line: 3}},
		},
		{
			name: "preamble and warnings left out",
			text: "Warning: Old\n\nso what\n\nError: Terraform encountered problems during initialisation, including problems\n" +
				"with the configuration, described below.\n\nError: Missing name\n\n  on a.tf line 1:\n   1: resource {\n\nTwo labels.\n\nError: Other\n",
			want: []Diagnostic{
				{Severity: "error", Summary: "Missing name", Detail: "Two labels.", File: "a.tf", Line: 1},
				{Severity: "error", Summary: "Other"},
			},
		},
		{
			name: "no paragraph of errors",
			text: "exit status 1\npanic: oh\n",
			want: []Diagnostic{{Severity: "error", Summary: "exit status 1 panic: oh"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, ParseText(tt.text)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestStreamNamesTheObject(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, diagnostic, want string }{
		{"told", `{"severity":"error","summary":"s","address":"module.m.rootly_team.a[\"k\"]"}`, `module.m.rootly_team.a["k"]`},
		{"by its block", `{"severity":"error","summary":"s","snippet":{"context":"resource \"rootly_team\" \"a\""}}`, "rootly_team.a"},
		{"import in words", `{"severity":"error","summary":"Cannot import non-existent remote object","detail":"While attempting to import an existing object to \"rootly_team.a\", the provider detected that no object exists with the given id."}`, "rootly_team.a"},
		{"import without a block", `{"severity":"error","summary":"s","detail":"The configuration for the given import target rootly_team.a does not exist. If"}`, "rootly_team.a"},
		{"import without a block, tofu", `{"severity":"error","summary":"s","detail":"The configuration for the given import rootly_team.a does not exist. All"}`, "rootly_team.a"},
		{"protected", `{"severity":"error","summary":"Instance cannot be destroyed","detail":"Resource rootly_team.a has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed."}`, "rootly_team.a"},
		{"protected, tofu", `{"severity":"error","summary":"Resource instance cannot be destroyed","detail":"Resource instance rootly_team.a has prevent_destroy set, but the plan calls for it to be destroyed."}`, "rootly_team.a"},
		{"no object", `{"severity":"error","summary":"s","detail":"argument \"name\" is \"a.b\"","snippet":{"context":null}}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := NewStream(func(int) {})
			// In pieces, since a pipe keeps no lines together.
			for piece := range strings.SplitSeq("noise\n{\"type\":\"diagnostic\",\"diagnostic\":"+tt.diagnostic+"}\n", ",") {
				if _, err := s.Write([]byte(piece)); err != nil {
					t.Fatal(err)
				}
				if !strings.HasSuffix(piece, "\n") {
					_, _ = s.Write([]byte(","))
				}
			}
			if len(s.diagnostics) != 1 || s.diagnostics[0].Address != tt.want {
				t.Errorf("diagnostics %+v, want the address %q", s.diagnostics, tt.want)
			}
		})
	}
}

func TestFailedReadingsFindTheirObjects(t *testing.T) {
	t.Parallel()
	start := func(address, id string) string {
		return `{"type":"refresh_start","hook":{"resource":{"addr":"` + address + `"},"id_value":"` + id + `"}}` + "\n"
	}
	failed := func(text string) string {
		return `{"type":"diagnostic","diagnostic":{"severity":"error","summary":"` + text + `"}}` + "\n"
	}
	complete := `{"type":"refresh_complete","hook":{"resource":{"addr":"a.ok"},"id_value":"i0"}}` + "\n"
	tests := []struct {
		name, stream string
		want, unread []string
	}{
		{"by id", start("a.x", "i1") + start("a.y", "i2") + failed("read: i2"), []string{"a.y"}, []string{"a.x", "a.y"}},
		{"the only one", start("a.ok", "i0") + start("a.x", "i1") + complete + failed("no answer"), []string{"a.x"}, []string{"a.x"}},
		{"one of two", start("a.x", "i1") + start("a.y", "i2") + failed("no answer"), []string{""}, []string{"a.x", "a.y"}},
		{"none", start("a.ok", "i0") + complete + failed("other"), []string{""}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := NewStream(func(int) {})
			if _, err := s.Write([]byte(tt.stream)); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range s.Settled() {
				got = append(got, d.Address)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("addresses (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.unread, s.Unread()); diff != "" {
				t.Errorf("unread (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDiagnosticInOneLine(t *testing.T) {
	t.Parallel()
	d := Diagnostic{Severity: "error", Summary: "Bad value", Detail: "must\n  be\nless", Address: "rootly_team.a", File: "teams.tf", Line: 7}
	if got, want := d.String(), "teams.tf:7: rootly_team.a: Bad value: must be less"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
