package lint

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
)

// dangling are the rules about references to what is not there.
var dangling = []Rule{
	{
		ID: "dangling-reference", Family: "Dangling references", Severity: Error,
		Title: "An object refers to something that does not exist",
		Means: "A setting contains the id of an object that was deleted.",
		Why:   "Rootly skips what it does not find: the step does nothing, and nobody is notified.",
		Fix:   "Choose another object for the setting, or clear it.",
		needs: []need{theAPI},
		amend: (*amending).dropReference,
		check: func(o *Organisation, f *finder) {
			for _, u := range o.Unresolved {
				obj := o.byID[graph.Target{Type: u.From.Type, ID: graph.ID(u.From.Name)}] // addresses of a check are made of ids
				if obj != nil && len(u.Types) > 0 && !strings.Contains(strings.Join(u.Types, " "), graph.UserType) && o.knowAll(u.Types) {
					f.stale(obj, u.Path, u.ID, "refers to "+string(u.ID)+", which does not exist")
				}
			}
		},
	},
	{
		ID: "unknown-user", Family: "Dangling references", Severity: Warning,
		Title: "An object names a user who has left",
		Means: "A setting contains the id of a user who is not in the organisation.",
		Why:   "Whatever is meant for that person reaches nobody.",
		Fix:   "Choose somebody else.",
		needs: []need{theUsers},
		check: unknownUsers, amend: (*amending).dropReference,
	},
	{
		ID: "refers-to-disabled", Family: "Dangling references", Severity: Warning,
		Title: "An object refers to something that is switched off or archived",
		Means: "A setting names an object, such as an alert source or a status page, that is disabled or archived.",
		Why:   "The object looks active, but receives nothing from there, or reaches nobody.",
		Fix:   "Switch the other object on, or remove it from the setting.",
		check: refersToDisabled, amend: (*amending).dropReference,
	},
	{
		ID: "component-without-source", Family: "Dangling references", Severity: Info,
		Title: "A component of a status page is connected to nothing",
		Means: "The component shows neither a service nor a functionality.",
		Why:   "Incidents never change its status, so somebody has to do it by hand.",
		Fix:   "Connect it to a service or a functionality.",
		check: func(o *Organisation, f *finder) {
			for _, c := range o.of("status_page_component") {
				if says(c, "source_id") && text(c, "source_id") == "" {
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
		check: hiddenFields, amend: (*amending).dropBlock,
	},
}

// knowAll reports whether all objects of all types are known.
func (o *Organisation) knowAll(types []string) bool {
	for _, t := range types {
		if !o.complete(strings.TrimPrefix(t, "rootly_")) {
			return false
		}
	}
	return true
}

// hiddenFields looks at every object that has the id of a form field and compares it with something. Forms show fields by
// the settings of the field, by placements and by positions.
func hiddenFields(o *Organisation, f *finder) {
	placed := map[string]bool{}
	for _, short := range []string{"form_field_placement", "form_field_position"} {
		for _, p := range o.of(short) {
			placed[cmp.Or(text(p, "form_field_id"), string(p.Parent))] = true
		}
	}
	all := o.complete("form_field_placement") && o.complete("form_field_position")
	for _, obj := range o.Live.Objects {
		if !strings.Contains(obj.Type.Name, "condition") {
			continue
		}
		field := o.one("form_field", graph.ID(text(obj, "form_field_id")))
		switch {
		case field == nil:
		case off(field):
			f.at(obj, "form_field_id", "compares "+quoted(field)+", which is switched off")
		case all && says(field, "shown") && len(list(field, "shown")) == 0 && !placed[string(field.ID)]:
			f.at(obj, "form_field_id", "compares "+quoted(field)+", which no form shows")
		}
	}
}

// userAttributes hold ids of people who have something to do. Who made an object may have left.
var userAttributes = []string{"user_ids", "admin_ids", "owner_user_ids", "owner_user_id", "user_id", "manager_user_id"}

// unknownUsers finds people who have left. Levels have a rule of their own.
func unknownUsers(o *Organisation, f *finder) {
	for _, obj := range o.Live.Objects {
		if text(obj, "ends_at") != "" && o.since(obj, "ends_at") > 0 {
			continue // what is over concerns nobody
		}
		for _, name := range userAttributes {
			for _, id := range append(ids(obj, name), graph.ID(text(obj, name))) {
				if o.gone(id) {
					f.stale(obj, name, id, "names user "+string(id)+", who is not in the organisation")
				}
			}
		}
		for _, m := range obj.Members {
			if id := graph.ID(asText(field(m, "member_id"))); asText(field(m, "member_type")) != "Schedule" && o.gone(id) {
				f.stale(obj, obj.Type.Members+" "+string(id), id, "has user "+string(id)+" as a member, who is not in the organisation")
			}
		}
	}
}

// refersToDisabled looks for ids of what is switched off. Parts of a disabled object are part of it, and what forms and
// their conditions make of a field is the business of another rule.
func refersToDisabled(o *Organisation, f *finder) {
	disabled := map[string]*rootly.Object{}
	for _, obj := range o.Live.Objects {
		if off(obj) && !strings.HasPrefix(obj.Type.Short(), "form_") && !strings.HasPrefix(obj.Type.Short(), "custom_") {
			disabled[string(obj.ID)] = obj
		}
	}
	if len(disabled) == 0 {
		return
	}
	for _, obj := range o.Live.Objects {
		if off(obj) || o.partOf(obj, disabled) {
			continue
		}
		eachText("", obj.Node.Attributes, func(path, v string) {
			if to := disabled[v]; to != nil && to != obj && path != "id" {
				f.stale(obj, path, to.ID, "refers to "+quoted(to)+", which is switched off")
			}
		})
	}
}

// partOf reports whether one of some objects owns an object, or whatever owns it.
func (o *lookup) partOf(obj *rootly.Object, owners map[string]*rootly.Object) bool {
	for depth := 0; obj != nil && obj.Parent != "" && depth < deepest; depth++ {
		if owners[string(obj.Parent)] != nil {
			return true
		}
		obj = o.ids[obj.Parent]
	}
	return false
}

// eachText visits the texts in a value, with their paths, in any order.
func eachText(path string, v any, visit func(path, text string)) {
	switch v := v.(type) {
	case string:
		visit(path, v)
	case []any:
		for i, item := range v {
			eachText(path+"["+strconv.Itoa(i)+"]", item, visit)
		}
	case map[string]any:
		for name, item := range v {
			if path != "" {
				name = path + "." + name
			}
			eachText(name, item, visit)
		}
	}
}
