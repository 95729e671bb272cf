package tfstate_test

import (
	"encoding/json"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

func TestOutputs(t *testing.T) {
	t.Parallel()
	content, err := tfstate.Outputs(map[string]cty.Value{
		"team_ids": cty.ObjectVal(map[string]cty.Value{"sre": cty.StringVal("t-1")}),
	})
	if err != nil {
		t.Fatal(err)
	}
	var state struct {
		Version   int               `json:"version"`
		Resources []json.RawMessage `json:"resources"`
		Outputs   map[string]struct {
			Value map[string]string `json:"value"`
			Type  json.RawMessage   `json:"type"`
		} `json:"outputs"`
	}
	if err := json.Unmarshal(content, &state); err != nil {
		t.Fatal(err)
	}
	ids := state.Outputs["team_ids"]
	var typ []any
	if err := json.Unmarshal(ids.Type, &typ); err != nil || len(typ) != 2 || typ[0] != "object" {
		t.Errorf("type %s, want an object's", ids.Type)
	}
	if state.Version != 4 || state.Resources == nil || ids.Value["sre"] != "t-1" {
		t.Errorf("not a state of one output: %s", content)
	}
	if held, err := tfstate.Objects(content); err != nil || len(held) != 0 {
		t.Errorf("holds %v, %v", held, err)
	}
}
