package lint

import (
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
)

// dangling are the rules about references to what is not there.
var dangling = []Rule{
	{
		ID: "dangling-reference", Family: "Dangling references", Severity: Error,
		Title: "An object refers to something that does not exist",
		Means: "A setting holds the id of an object that is gone.",
		Why:   "Rootly skips what it does not find: the step does nothing, and nobody is told.",
		Fix:   "Choose another object for the setting, or clear it.",
		check: func(o *Organisation, f *finder) {
			at := map[string]*rootly.Object{}
			for _, obj := range o.Live.Objects {
				at[obj.Type.Name+" "+string(obj.ID)] = obj
			}
			for _, u := range o.Unresolved {
				obj := at[u.From.Type+" "+u.From.Name] // addresses of a check are made of ids
				if obj != nil && len(u.Types) > 0 && !strings.Contains(strings.Join(u.Types, " "), graph.UserType) && o.knowAll(u.Types) {
					f.at(obj, u.Path, "refers to "+string(u.ID)+", which does not exist")
				}
			}
		},
	},
	{
		ID: "unknown-user", Family: "Dangling references", Severity: Warning,
		Title: "An object names a user who has left",
		Means: "A setting holds the id of a user who is not in the organisation.",
		Why:   "Whatever is meant for that person reaches nobody.",
		Fix:   "Choose somebody else.",
		check: func(o *Organisation, f *finder) {
			for _, obj := range o.Live.Objects {
				for _, name := range []string{"user_ids", "admin_ids", "owner_user_ids", "owner_user_id", "user_id"} {
					for _, id := range append(ids(obj, name), graph.ID(text(obj, name))) {
						if o.gone(id) {
							f.at(obj, name, "names user "+string(id)+", who is not in the organisation")
						}
					}
				}
			}
		},
	},
	{
		ID: "refers-to-disabled", Family: "Dangling references", Severity: Warning,
		Title: "An alert route takes alerts of a source that is switched off",
		Means: "The alert route names an alert source that is disabled.",
		Why:   "The route looks as if it worked, and gets no alert from there.",
		Fix:   "Switch the source on, or take it out of the route.",
		check: func(o *Organisation, f *finder) {
			for _, r := range o.of("alert_route") {
				for _, id := range ids(r, "alerts_source_ids") {
					if s := o.one("alerts_source", id); s != nil && off(s) && !off(r) {
						f.at(r, "alerts_source_ids", "takes alerts of "+quoted(s)+", which is switched off")
					}
				}
			}
		},
	},
	{
		ID: "component-without-source", Family: "Dangling references", Severity: Info,
		Title: "A component of a status page has nothing behind it",
		Means: "The component shows neither a service nor a functionality.",
		Why:   "An incident never changes its status: somebody has to think of it.",
		Fix:   "Connect it to a service or a functionality.",
		check: func(o *Organisation, f *finder) {
			for _, c := range o.of("status_page_component") {
				if text(c, "source_id") == "" {
					f.at(c, "source_id", "shows neither a service nor a functionality")
				}
			}
		},
	},
	{
		ID: "condition-on-hidden-field", Family: "Dangling references", Severity: Warning,
		Title: "A condition is on a form field that no form shows",
		Means: "The condition compares a form field that is switched off, or that no form has.",
		Why:   "Nobody can fill in the field, so the condition is never met.",
		Fix:   "Show the field in a form, or delete the condition.",
		check: hiddenFields,
	},
}

func quoted(obj *rootly.Object) string { return `"` + obj.Title() + `"` }

// knowAll reports whether all objects of all types are known.
func (o *Organisation) knowAll(types []string) bool {
	for _, t := range types {
		if !o.complete(strings.TrimPrefix(t, "rootly_")) {
			return false
		}
	}
	return true
}

// hiddenFields looks at every object that has the id of a form field and compares it with something.
func hiddenFields(o *Organisation, f *finder) {
	placed := map[string]bool{}
	for _, p := range o.of("form_field_placement") {
		placed[text(p, "form_field_id")] = true
	}
	for _, obj := range o.Live.Objects {
		if !strings.Contains(obj.Type.Name, "condition") {
			continue
		}
		field := o.one("form_field", graph.ID(text(obj, "form_field_id")))
		switch {
		case field == nil:
		case off(field):
			f.at(obj, "form_field_id", "compares "+quoted(field)+", which is switched off")
		case o.complete("form_field_placement") && len(list(field, "shown")) == 0 && !placed[string(field.ID)]:
			f.at(obj, "form_field_id", "compares "+quoted(field)+", which no form shows")
		}
	}
}
