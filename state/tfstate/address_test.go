package tfstate_test

import (
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

func TestParseAddress(t *testing.T) {
	t.Parallel()
	sre := graph.Address{Type: "rootly_team", Name: "sre"}
	tests := []struct {
		text string
		want tfstate.Held
		ok   bool
	}{
		{text: "rootly_team.sre", want: tfstate.Held{Address: sre}, ok: true},
		{text: "rootly_team.sre[0]", want: tfstate.Held{Address: sre, Key: "0"}, ok: true},
		{text: `rootly_team.sre["a.b]"]`, want: tfstate.Held{Address: sre, Key: `"a.b]"`}, ok: true},
		{text: `rootly_team.sre["$${x}"]`, want: tfstate.Held{Address: sre, Key: `"${x}"`}, ok: true},
		{text: "rootly_team.sre[each.key]", want: tfstate.Held{Address: sre, Key: "each.key"}, ok: true},
		{text: "module.a.rootly_team.sre", want: tfstate.Held{Module: "module.a", Address: sre}, ok: true},
		{
			text: `module.a["x.rootly_team.y"].module.b[1].rootly_team.sre["k\"."]`,
			want: tfstate.Held{Module: `module.a["x.rootly_team.y"].module.b[1]`, Address: sre, Key: `"k\"."`}, ok: true,
		},
		{text: "data.rootly_team.sre"},
		{text: "module.a"},
		{text: "rootly_team"},
		{text: ""},
	}
	for _, tt := range tests {
		got, ok := tfstate.ParseAddress(tt.text)
		if ok != tt.ok || ok && (got.Module != tt.want.Module || got.Address != tt.want.Address || got.Key != tt.want.Key) {
			t.Errorf("ParseAddress(%s) = %+v, %v, want %+v, %v", tt.text, got, ok, tt.want, tt.ok)
		}
	}
}
