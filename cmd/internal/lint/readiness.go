package lint

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
)

// readiness are the rules about credentials, and about what keeps an object from Terraform.
var readiness = []Rule{
	{
		ID: "clear-text-secret", Family: "Secrets", Severity: Error,
		Title: "A credential stands in clear",
		Means: "A description, a parameter, a URL or a header holds what looks like a credential.",
		Why:   "Everybody who may read the object can use it, and it is in every export.",
		Fix:   "Replace the credential, and put it into a secret of Rootly or of the other system.",
		check: func(o *Organisation, f *finder) {
			for _, obj := range o.Live.Objects {
				credentials("", obj.Node.Attributes, func(path string) { f.at(obj, path, "holds what looks like a credential") })
			}
		},
	},
	{
		ID: "not-importable", Family: "Terraform readiness", Severity: Warning,
		Title: "Terraform cannot have an object",
		Means: "The provider cannot read or plan the object as it is.",
		Why:   "An import has to leave it out, and what refers to it keeps its id.",
		Fix:   "Do what the finding says.",
		check: func(o *Organisation, f *finder) {
			for _, r := range o.Rejected {
				obj := o.byID[graph.Target{Type: r.Type, ID: r.ID}]
				if obj == nil {
					continue
				}
				message := r.Reason
				if r.Fix != "" {
					message += "; " + r.Fix
				}
				f.add(obj, message)
			}
		},
	},
}

// credentials finds texts that hold credentials. What Rootly sets by itself, such as the secret of a webhook, stands in an
// attribute that says so, and is meant to be there.
func credentials(path string, v any, found func(path string)) {
	switch v := v.(type) {
	case string:
		name := path
		if len(secret.Find(name, v)) > 0 {
			found(path)
		}
	case []any:
		for i, item := range v {
			credentials(fmt.Sprintf("%s[%d]", path, i), item, found)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			inner := name
			if path != "" {
				inner = path + "." + name
			} else if own[name] {
				continue
			}
			credentials(inner, v[name], found)
		}
	case json.Number, bool, nil:
	}
}

// own are attributes whose purpose is a credential of the object itself.
var own = map[string]bool{"secret": true, "token": true, "webhook_endpoint": true, "ping_url": true, "email": true, "email_address": true, "alerts_email_address": true}
