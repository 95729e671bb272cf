package sandbox

import (
	"net/http"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// A route is one documented path.
type route struct {
	template string   // as counted: "/v1/workflows/{parent}/workflow_tasks"
	api      string   // JSON:API type of what it serves
	owners   []string // JSON:API types that {parent} may name; empty for top-level paths
	single   bool     // one object rather than a collection
	pages    catalogue.Pages
	by       string // attribute that must equal is or, without it, {parent}; empty: children of {parent}
	is       string
	readOnly bool // no writes are documented
}

// A node is one segment of the paths known so far.
type node struct {
	words map[string]*node
	any   *node
	route *route
}

// A target is a request's path taken apart.
type target struct {
	*route
	id, parent string
}

func (n *node) add(r *route) {
	for _, seg := range strings.Split(strings.Trim(r.template, "/"), "/") {
		if strings.HasPrefix(seg, "{") {
			if n.any == nil {
				n.any = &node{}
			}
			n = n.any
			continue
		}
		if n.words == nil {
			n.words = make(map[string]*node)
		}
		if n.words[seg] == nil {
			n.words[seg] = &node{}
		}
		n = n.words[seg]
	}
	if n.route == nil {
		n.route = r
		return
	}
	for _, o := range r.owners {
		n.route.owners = appendNew(n.route.owners, o)
	}
}

func appendNew(list []string, s string) []string {
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}

// match finds the route of a path; words win over placeholders.
func (n *node) match(path string) (target, bool) {
	var vars []string
	for _, seg := range strings.Split(strings.Trim(path, "/"), "/") {
		next := n.words[seg]
		if next == nil {
			next = n.any
			vars = append(vars, seg)
		}
		if next == nil {
			return target{}, false
		}
		n = next
	}
	if n.route == nil {
		return target{}, false
	}
	t := target{route: n.route}
	if len(vars) > 0 && n.route.single {
		t.id, vars = vars[len(vars)-1], vars[:len(vars)-1]
	}
	if len(vars) > 0 {
		t.parent = vars[0]
	}
	return t, true
}

// routes makes the tree of every path of the catalogue, and of the few beyond it.
func routes() *node {
	root := &node{}
	for _, t := range catalogue.Types() {
		owners := ownersOf(t)
		for _, p := range t.Paths {
			r := &route{template: p, api: t.API, pages: t.Pages}
			if strings.Contains(p, "{parent}") {
				r.owners = owners
			}
			if kind, ok := nativeProperties(p); ok {
				r.by, r.is = "catalog_type", kind
			}
			root.add(r)
		}
		get := &route{template: t.Get, api: t.API, single: true}
		if strings.Contains(t.Get, "{parent}") {
			get.owners = owners
		}
		root.add(get)
	}
	for _, r := range extraRoutes() {
		root.add(r)
	}
	return root
}

// extraRoutes are documented paths that list no resource type, or list one a second time.
func extraRoutes() []*route {
	return []*route{
		{template: "/v1/escalation_paths/{parent}/escalation_levels", api: "escalation_levels",
			owners: []string{"escalation_paths"}, by: "escalation_policy_path_id"},
		{template: incidentsPath, api: "incidents"},
		{template: "/v1/incidents/{id}", api: "incidents", single: true},
		{template: "/v1/incidents/{parent}/events", api: "incident_events", owners: []string{"incidents"}},
		{template: "/v1/events/{id}", api: "incident_events", single: true},
		{template: "/v1/pulses", api: "pulses"},
		{template: "/v1/pulses/{id}", api: "pulses", single: true},
		{template: "/v1/statuses", api: "statuses", readOnly: true},
		{template: "/v1/statuses/{id}", api: "statuses", single: true, readOnly: true},
		{template: rulesPath, api: alertRoutes, owners: []string{alertRoutes}, single: true, readOnly: true},
		{template: auditsPath, api: auditsAPI, readOnly: true},
		{template: shiftsPath, api: "shifts", readOnly: true},
		{template: oncallsPath, api: "on_call_resources", readOnly: true},
		{template: mePath, api: "users", single: true, readOnly: true},
	}
}

const (
	auditsAPI  = "audits"
	auditsPath = "/v1/audits"
	mePath     = "/v1/users/me"
)

// ownersOf returns the JSON:API types of a type's parents.
func ownersOf(t *catalogue.Type) []string {
	var owners []string
	for _, name := range t.Parents {
		if p := catalogue.Lookup(name); p != nil {
			owners = appendNew(owners, p.API)
		}
	}
	if t.ParentPath != "" {
		owners = appendNew(owners, t.ParentPath[strings.LastIndex(t.ParentPath, "/")+1:])
	}
	return owners
}

// childTypes maps a JSON:API type to those of what its objects own.
func childTypes() map[string][]string {
	m := map[string][]string{"schedule_rotations": {membersRelation}}
	for _, t := range catalogue.Types() {
		for _, owner := range ownersOf(t) {
			m[owner] = appendNew(m[owner], t.API)
		}
	}
	return m
}

// parentTypes maps a JSON:API type to those of what owns its objects.
func parentTypes() map[string][]string {
	m := map[string][]string{}
	for owner, children := range childTypes() {
		for _, child := range children {
			m[child] = append(m[child], owner)
		}
	}
	return m
}

// nativeProperties tells which native catalog the properties at a path belong to.
func nativeProperties(path string) (kind string, ok bool) {
	kinds := map[string]string{
		"/v1/services/properties":        "service",
		"/v1/functionalities/properties": "functionality",
		"/v1/teams/properties":           "team",
		"/v1/environments/properties":    "environment",
		"/v1/causes/properties":          "cause",
		"/v1/incident_types/properties":  "incident_type",
	}
	kind, ok = kinds[path]
	return kind, ok
}

// named reports whether a list of collections names r, by JSON:API type or by path.
func (r *route) named(collections []string) bool {
	for _, c := range collections {
		if c == r.api || c == r.template {
			return true
		}
	}
	return false
}

func reads(method string) bool { return method == http.MethodGet || method == http.MethodHead }
