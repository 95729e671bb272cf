package intake

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// example is what the hint for a wrong file shows.
const example = `write blocks such as: sink "hec" { to = "splunk://HOST:8088", token_env = "SPLUNK_HEC_TOKEN" }, with one setting per line`

// ReadFile reads sinks from a file with one block for each:
//
//	sink "hec" {
//	  to        = "splunk://hec.example.com:8088"
//	  token_env = "SPLUNK_HEC_TOKEN"
//	}
func ReadFile(path string) ([]Target, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, hint.With(fmt.Errorf("read the sinks: %w", err), "--sinks takes a file with a block for each sink")
	}
	file, diags := hclparse.NewParser().ParseHCL(content, path)
	if diags.HasErrors() {
		return nil, hint.With(fmt.Errorf("read the sinks: %w", diags), example)
	}
	blocks, diags := file.Body.Content(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "sink", LabelNames: []string{"name"}}}})
	if diags.HasErrors() {
		return nil, hint.With(fmt.Errorf("read the sinks: %w", diags), example)
	}
	var targets []Target
	for _, b := range blocks.Blocks {
		t, err := readSink(b)
		if err != nil {
			return nil, fmt.Errorf("%s, line %d: sink %q: %w", path, b.DefRange.Start.Line, b.Labels[0], err)
		}
		targets = append(targets, t)
	}
	if len(targets) == 0 {
		return nil, hint.With(fmt.Errorf("%s has no sink", path), example)
	}
	return targets, nil
}

// readSink reads a block: the address, and the settings that it may have too.
func readSink(b *hcl.Block) (Target, error) {
	attributes, diags := b.Body.JustAttributes()
	if diags.HasErrors() {
		return Target{}, hint.With(errors.New("it has a block in it"), example)
	}
	settings := url.Values{}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		value, diags := attributes[name].Expr.Value(nil)
		if diags.HasErrors() {
			return Target{}, hint.With(fmt.Errorf("%s is not a plain value", name), "write a text, a number, or true or false; a credential is named with token_env or token_file")
		}
		if name == "headers" {
			lines, err := headerLines(value)
			if err != nil {
				return Target{}, err
			}
			settings["header"] = lines
			continue
		}
		text, err := convert.Convert(value, cty.String)
		if err != nil || text.IsNull() {
			return Target{}, hint.With(fmt.Errorf("%s is not a plain value", name), "write a text, a number, or true or false")
		}
		settings.Set(name, text.AsString())
	}
	to := settings.Get("to")
	if settings.Del("to"); to == "" {
		return Target{}, hint.With(errors.New("it has no address"), `write to = "SINK", as for --to`)
	}
	t, err := Parse(to)
	if err != nil {
		return t, err
	}
	if t.settings == nil {
		t.settings = url.Values{}
	}
	for name, values := range settings {
		t.settings[name] = append(t.settings[name], values...)
	}
	return t, t.check()
}

// headerLines reads { NAME = "VALUE" }.
func headerLines(value cty.Value) ([]string, error) {
	wrong := hint.With(errors.New("headers is not a map of texts"), `write headers = { NAME = "VALUE" }`)
	fields, err := convert.Convert(value, cty.Map(cty.String))
	if err != nil || fields.IsNull() {
		return nil, wrong
	}
	var lines []string
	for name, v := range fields.AsValueMap() {
		if v.IsNull() {
			return nil, wrong
		}
		lines = append(lines, name+": "+v.AsString())
	}
	slices.Sort(lines)
	return lines, nil
}
