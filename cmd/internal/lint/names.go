package lint

import (
	"net/url"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
)

// deepest is how far owners of objects are followed.
const deepest = 5

// called is what people know an object by: its name, and that of its owner where it has one.
func (o *lookup) called(obj *rootly.Object) string { return o.calledBelow(obj, 0) }

func (o *lookup) calledBelow(obj *rootly.Object, depth int) string {
	name := obj.Title()
	if name == "" {
		name = strings.ReplaceAll(strings.TrimPrefix(obj.Type.Short(), "workflow_"), "_", " ")
	}
	owner := o.ids[obj.Parent]
	if path := o.one("escalation_path", graph.ID(text(obj, "escalation_policy_path_id"))); path != nil {
		owner = path
	}
	if owner == nil || owner == obj || depth >= deepest {
		return name
	}
	return name + " of " + o.calledBelow(owner, depth+1)
}

func quoted(obj *rootly.Object) string { return `"` + obj.Title() + `"` }

// pages are where Rootly's web interface shows objects: a page for each by its slug, or the list of the type, as its
// documentation links them. Other types have no address that is known.
var pages = map[string]struct {
	path   string
	bySlug bool
}{
	"service": {"services", true}, "functionality": {"functionalities", true}, "team": {"teams", true},
	"cause": {"causes", false}, "environment": {"environments", false}, "form_field": {"form-fields", false},
	"incident_role": {"incident-roles", false}, "incident_type": {"incident-types", false}, "playbook": {"playbooks", false},
	"retrospective_process": {"retrospective-processes", false}, "role": {"roles", false}, "secret": {"secrets", false},
	"severity": {"severities", false}, "status_page": {"status-pages", false}, "webhooks_endpoint": {"webhooks/outgoing/endpoints", false},
	"workflow": {"workflows", false},
}

// WebPage is the address of the page on which Rootly shows an object, or the object that it is a part of; empty where that is
// not known.
func (o *lookup) WebPage(obj *rootly.Object) string {
	for depth := 0; obj != nil && depth < deepest; depth++ {
		short := obj.Type.Short()
		if strings.HasPrefix(short, "workflow_") && obj.Parent == "" {
			short = "workflow"
		}
		if page, known := pages[short]; known {
			slug := text(obj, "slug")
			if page.bySlug && slug != "" {
				return webInterface + page.path + "/" + url.PathEscape(slug)
			}
			return webInterface + page.path
		}
		obj = o.ids[obj.Parent]
	}
	return ""
}

const webInterface = "https://rootly.com/account/"
