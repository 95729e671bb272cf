package tfstate

import (
	"encoding/json"
	"fmt"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// outputV4 is an output as a state holds it.
type outputV4 struct {
	Value json.RawMessage `json:"value"`
	Type  json.RawMessage `json:"type"`
}

// Outputs returns a state that contains only outputs. A plan that reads the state of another directory finds such a
// state after that directory was applied.
func Outputs(values map[string]cty.Value) ([]byte, error) {
	outputs := make(map[string]outputV4, len(values))
	for name, v := range values {
		value, err := ctyjson.Marshal(v, v.Type())
		if err != nil {
			return nil, fmt.Errorf("write output %s: %w", name, err)
		}
		typ, err := ctyjson.MarshalType(v.Type())
		if err != nil {
			return nil, fmt.Errorf("write output %s: %w", name, err)
		}
		outputs[name] = outputV4{Value: value, Type: typ}
	}
	raw, err := json.Marshal(outputs)
	if err != nil {
		return nil, err
	}
	s := &stateV4{Version: version, Engine: Options{}.engine(), Serial: 1, Lineage: randomLineage(), Outputs: raw, CheckResults: json.RawMessage("null")}
	s.Resources = []json.RawMessage{}
	return s.encode()
}
