package overview

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/page"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
)

// How objects relate to Terraform.
const (
	inCode     = "managed"
	notInCode  = "unmanaged"
	impossible = "not representable"
)

// addObjects puts the live objects onto the page.
func (v *view) addObjects(p *page.Page) error {
	reasons := map[graph.Target]string{}
	for _, r := range v.org.Rejected {
		reasons[graph.Target{Type: r.Type, ID: r.ID}] = v.hide(r.Reason)
	}
	items := map[string]*page.Object{}
	for _, live := range v.org.Live.Objects {
		target := graph.Target{Type: live.Type.Name, ID: live.ID}
		o := &page.Object{
			Key: key(target.Type, target.ID), Type: live.Type.Short(), Name: v.hide(readable(live.Title())),
			Teams: v.teams(live, 0), Link: v.org.WebPage(live), Layer: layer(live.Type), Address: v.code.at[target], Why: reasons[target],
		}
		switch {
		case o.Why != "":
			o.Status = impossible
		case o.Address != "":
			o.Status, o.Code = inCode, v.hide(v.code.blockOf(o.Address))
		case v.code.left[target]:
			o.Status, o.Why = impossible, "the import left it out"
		case v.code.known:
			o.Status = notInCode
		}
		o.History = v.past.of(live)
		var err error
		if o.Settings, err = v.settingsOf(target); err != nil {
			return err
		}
		if o.Type == "escalation_path" {
			o.Path = v.path(live)
		}
		if o.Type == "escalation_level" {
			o.Level = v.level(live)
		}
		v.objects[o.Key], items[item(live.Type.Audit, string(live.ID))] = o, o
		p.Objects = append(p.Objects, o)
	}
	v.past.name(items)
	return nil
}

// settingsOf are the settings of an object as JSON, without credentials.
func (v *view) settingsOf(target graph.Target) (string, error) {
	o, known := v.settings[target]
	if !known {
		return "", nil
	}
	raw, err := ctyjson.Marshal(o.Values, o.Values.Type())
	if err != nil {
		return "", fmt.Errorf("settings of %s %s: %w", target.Type, target.ID, err)
	}
	var text bytes.Buffer
	if err := json.Indent(&text, raw, "", "  "); err != nil {
		return "", fmt.Errorf("settings of %s %s: %w", target.Type, target.ID, err)
	}
	return text.String(), nil
}

// teams are the names of the teams that own an object, or what owns that.
func (v *view) teams(o *rootly.Object, depth int) []string {
	if o.Type.Short() == "team" {
		return []string{v.hide(readable(o.Title()))}
	}
	var names []string
	if o.Type.Owner != "" {
		for _, id := range idsIn(o, o.Type.Owner) {
			if team := v.byID[id]; team != nil {
				names = append(names, v.hide(readable(team.Title())))
			}
		}
	}
	const deepest = 5
	if parent := v.byID[o.Parent]; len(names) == 0 && parent != nil && depth < deepest {
		return v.teams(parent, depth+1)
	}
	return names
}

// level is what an escalation level does.
func (v *view) level(o *rootly.Object) *page.Level {
	l := &page.Level{}
	_, _ = fmt.Sscan(o.Text("delay"), &l.After)
	_, _ = fmt.Sscan(o.Text("position"), &l.Position)
	for _, t := range pagedBy(o) {
		id := graph.ID(t.ID)
		target := page.Target{Kind: t.Type, Name: string(id)}
		if named := v.byID[id]; named != nil {
			target.Key, target.Name = key(named.Type.Name, named.ID), v.hide(readable(named.Title()))
			target.People = v.members(named, t.Members)
		} else if target.Kind == "user" {
			target.Name = v.person(id)
		}
		l.Targets = append(l.Targets, target)
	}
	l.Now = v.paged(o, l.Position)
	return l
}

// paged are the people whom a level pages now, as Rootly answers it; nil where it does not.
func (v *view) paged(level *rootly.Object, position int) []string {
	if !v.answered {
		return nil
	}
	names, path := []string{}, graph.ID(level.Text("escalation_policy_path_id"))
	for _, a := range v.answers {
		same := a.Path == path || path == "" && a.Default
		if a.Policy == level.Parent && a.Level == position && same && !slices.Contains(names, v.person(a.User)) {
			names = append(names, v.person(a.User))
		}
	}
	return names
}

// members are the people of a team whom a level pages; nil for what is no team, and for one whose own policy does it.
func (v *view) members(team *rootly.Object, which string) []string {
	if team.Type.Short() != "team" || which == "escalate" {
		return nil
	}
	attribute, names := "user_ids", []string{}
	if which == "admins" {
		attribute = "admin_ids"
	}
	for _, id := range idsIn(team, attribute) {
		names = append(names, v.person(id))
	}
	return names
}

// person is what people call a user.
func (v *view) person(id graph.ID) string {
	switch u := v.org.Users[id]; {
	case u.Name != "":
		return v.hide(readable(u.Name))
	case u.Email != "":
		return u.Email
	}
	return "user " + string(id)
}
