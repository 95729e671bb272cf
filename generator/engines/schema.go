package engines

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/printed"
	"github.com/terraformer-rootly/terraformer-rootly/state/private"
)

// Installed returns which version of the Rootly provider a directory has been initialised with.
// It is zero where there is none.
func Installed(dir string) (Provider, error) {
	if _, err := os.Stat(filepath.Join(dir, pluginFolder)); err != nil {
		return Provider{}, nil
	}
	return locked(dir)
}

// pluginFolder is where init leaves providers, below the directory.
const pluginFolder = ".terraform/providers"

// Schema asks the provider that a directory has been initialised with for its schema, as the engine
// prints it. The engine runs outside of the directory with the installed provider only: it neither
// reads the directory's code nor asks a registry.
func Schema(ctx context.Context, e Engine, dir string, p Provider, environ []string) ([]byte, error) {
	plugins, err := filepath.Abs(filepath.Join(dir, pluginFolder))
	if err != nil {
		return nil, fmt.Errorf("find the installed provider: %w", err)
	}
	own, err := private.Make("", "schema")
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	defer own.Close()
	beside := own.Path()
	if err := chooseVersion(beside, dir); err != nil {
		return nil, err
	}
	if _, err := own.Write("versions.tf", requirement(p)); err != nil {
		return nil, fmt.Errorf("write the requirement of the provider: %w", err)
	}
	if _, err := quietly(ctx, e, beside, environ, "init", "-input=false", "-no-color", "-plugin-dir="+plugins); err != nil {
		return nil, err
	}
	out, err := quietly(ctx, e, beside, environ, "providers", "schema", "-json")
	return printed.One(out), err
}

// requirement is code that asks for exactly the installed provider.
func requirement(p Provider) []byte {
	f := hclwrite.NewEmptyFile()
	required := f.Body().AppendNewBlock("terraform", nil).Body().AppendNewBlock("required_providers", nil)
	required.Body().SetAttributeValue("rootly", cty.ObjectVal(map[string]cty.Value{
		"source":  cty.StringVal(p.Source),
		"version": cty.StringVal(p.Version),
	}))
	return f.Bytes()
}

// quietly runs the engine and returns what it prints.
func quietly(ctx context.Context, e Engine, dir string, environ []string, args ...string) ([]byte, error) {
	cmd := e.Command(ctx, args...)
	cmd.Dir, cmd.Env = dir, append(environ[:len(environ):len(environ)], "TF_IN_AUTOMATION=1")
	var out, failed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &failed
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, &UnavailableError{
			Reason: fmt.Sprintf("%s %s failed: %s", e, args[0], firstLine(failed.String())),
			Next:   "run " + e.Name + " init in the directory, or remove its .terraform folder",
			Err:    err,
		}
	}
	return out.Bytes(), nil
}

func firstLine(s string) string {
	for _, line := range bytes.Split([]byte(s), []byte("\n")) {
		if line = bytes.TrimSpace(bytes.Trim(line, "│╷╵ ")); len(line) > 0 {
			return string(line)
		}
	}
	return "no message"
}
