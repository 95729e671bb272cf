package engines

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
)

const (
	providerOverride = "rootly_verify_provider_override.tf"

	// leftOutToken is what the recording refuses: nothing of such a configuration belongs into the plan.
	leftOutToken = "left-out-of-this-plan"
)

// overrideProviders makes the Rootly provider ask an API, whatever the code says. Configurations that it does not name get
// a token that is good for nothing, unless the plan reads only what is to be imported: then they stay as they are. Where it
// names none, only the host changes, of those that the code gives one.
func (b *borrowed) overrideProviders(api API, stored bool) error {
	c, err := roots.Read(b.dir)
	if err != nil {
		return err
	}
	name, err := lastOverride(b.dir)
	if err != nil {
		return err
	}
	file := hclwrite.NewEmptyFile()
	for _, name := range append([]string{roots.Provider}, c.Names()...) {
		named, hosted := slices.Contains(api.Configurations, name), slices.Contains(api.Named, name)
		asCoded := !named && (stored || len(api.Configurations) == 0)
		if asCoded && !hosted || name == roots.Provider && len(file.Body().Blocks()) > 0 {
			continue
		}
		body := file.Body().AppendNewBlock("provider", []string{c.Local}).Body()
		token := api.Token
		if alias := strings.TrimPrefix(strings.TrimPrefix(name, roots.Provider), "."); alias != "" {
			body.SetAttributeValue("alias", cty.StringVal(alias))
		}
		if !named {
			token = leftOutToken
		}
		body.SetAttributeValue("api_host", cty.StringVal(api.URL))
		if !asCoded {
			body.SetAttributeValue("api_token", cty.StringVal(token))
		}
	}
	if err := b.override(name, statesHead+string(file.Bytes())); err != nil {
		return fmt.Errorf("point the provider to the recording: %w", err)
	}
	return nil
}

// lastOverride is a name that comes after those of all other override files, since the last one wins.
func lastOverride(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", fmt.Errorf("list the code: %w", err)
	}
	name := "zz_" + providerOverride
	for _, entry := range entries {
		if other := entry.Name(); roots.CodeNames.MatchString(other) && other >= name && !strings.HasSuffix(other, providerOverride) {
			name = roots.CodeNames.ReplaceAllString(other, "") + "zz_" + providerOverride
		}
	}
	return name, nil
}
