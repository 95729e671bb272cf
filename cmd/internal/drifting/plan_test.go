package drifting

import (
	"testing"

	"github.com/zclconf/go-cty/cty"
)

// An element that is in both lists has what the state has of it, wherever it is now.
func TestOverListsOfAnotherLength(t *testing.T) {
	t.Parallel()
	channel := func(id string, note cty.Value) cty.Value {
		return cty.ObjectVal(map[string]cty.Value{"id": cty.StringVal(id), "note": note})
	}
	unset, empty := cty.NullVal(cty.String), cty.StringVal("")
	recorded := cty.TupleVal([]cty.Value{channel("C1", empty), channel("C2", empty)})
	for _, c := range []struct{ live, want []cty.Value }{
		{[]cty.Value{channel("C2", unset)}, []cty.Value{channel("C2", empty)}},
		{
			[]cty.Value{channel("C0", unset), channel("C1", unset), channel("C2", unset)},
			[]cty.Value{channel("C0", unset), channel("C1", empty), channel("C2", empty)},
		},
	} {
		if got, want := over(recorded, cty.ListVal(c.live)), cty.TupleVal(c.want); !got.RawEquals(want) {
			t.Errorf("%#v, want %#v", got, want)
		}
	}
}
