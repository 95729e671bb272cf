package lint

import (
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
)

// readiness are the rules about credentials, and about what keeps an object from Terraform.
var readiness = []Rule{
	{
		ID: "clear-text-secret", Family: "Secrets", Severity: Error,
		Title: "A credential is stored in clear text",
		Means: "A description, a parameter, a URL or a header contains what looks like a credential.",
		Why:   "Everybody who may read the object can use it, and it is in every export.",
		Fix:   "Replace the credential, and put it into a secret of Rootly or of the other system.",
		check: func(o *Organisation, f *finder) {
			for _, obj := range o.Live.Objects {
				eachText("", obj.Node.Attributes, func(path, text string) {
					if top, _, nested := strings.Cut(path, "."); (nested || !own[top]) && len(secret.Find(path, text)) > 0 {
						f.at(obj, path, "contains what looks like a credential")
					}
				})
			}
		},
	},
	{
		ID: "not-importable", Family: "Terraform readiness", Severity: Warning,
		Title: "Terraform cannot manage an object",
		Means: "The provider cannot read or plan the object as it is.",
		Why:   "An import has to leave it out, and references to it stay ids.",
		Fix:   "Follow the hint in the finding.",
		needs: []need{theAPI},
		check: func(o *Organisation, f *finder) {
			for _, r := range o.Rejected {
				obj := o.byID[graph.Target{Type: r.Type, ID: r.ID}]
				if obj == nil || o.clashes[obj] != nil {
					continue // tasks of one position have a rule of their own
				}
				message := r.Reason
				if r.Fix != "" {
					message += "; " + r.Fix
				}
				f.add(obj, message)
			}
		},
	},
	{
		ID: "not-held", Family: "Terraform readiness", Severity: Info,
		Title: "The provider cannot represent a value",
		Means: "A setting has a value that the provider does not accept or store.",
		Why:   "The code lacks the setting: an organisation built from the code differs, and changes of the setting are not reviewed.",
		Fix:   "Choose a value that the provider knows, or clear the setting.",
		needs: []need{theAPI},
		check: func(o *Organisation, f *finder) {
			for _, l := range o.Losses {
				if obj := o.byID[graph.Target{Type: l.Type, ID: l.ID}]; obj != nil && changeable(l) {
					f.at(obj, l.Path, l.Reason)
				}
			}
		},
	},
}

// changeable reports whether another value would do: a setting that the provider does not have at all cannot be changed
// into one that it has.
func changeable(l rootly.Loss) bool {
	return strings.Contains(l.Reason, "does not accept") || strings.Contains(l.Reason, "cannot store it")
}

// own are attributes whose purpose is a credential of the object itself: Rootly makes it, and it is meant to be there.
var own = map[string]bool{"secret": true, "token": true, "webhook_endpoint": true, "ping_url": true, "email": true, "email_address": true, "alerts_email_address": true}
