package lint

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/oncall"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// Read reads an organisation, by GET requests only: what an import reads, the users, and the shifts of some weeks.
func Read(ctx context.Context, c rootly.Client, types []*catalogue.Type, window oncall.Span) (*Organisation, error) {
	live, err := rootly.Fetch(ctx, c, rootly.FetchOptions{Types: types})
	if err != nil {
		return nil, err
	}
	if live.Partial, err = rootly.TeamKey(ctx, c, live, false); err != nil {
		return nil, err
	}
	o := &Organisation{Live: live, Window: window, Now: window.From}
	if err := o.readUsers(ctx, c); err != nil {
		return nil, err
	}
	if err := o.readShifts(ctx, c); err != nil {
		return nil, err
	}
	return o, o.link()
}

// readUsers reads all users, also those without an email. Where some may be missing, nobody can be said to have left.
func (o *Organisation) readUsers(ctx context.Context, c rootly.Client) error {
	l, err := c.List(ctx, api.Request{Path: "/v1/users"})
	if refused(err) || err == nil && !l.Complete() {
		return nil
	}
	if err != nil {
		return fmt.Errorf("list users: %w", err)
	}
	o.Users = map[graph.ID]graph.User{}
	for _, n := range l.Objects {
		id := graph.ID(n.ID)
		o.Users[id] = graph.User{ID: id, Email: asText(n.Attributes["email"]), Name: asText(n.Attributes["full_name"])}
	}
	return nil
}

// readShifts reads who is on call, or works it out where the key may not read it and all rotations are known.
func (o *Organisation) readShifts(ctx context.Context, c rootly.Client) (err error) {
	o.Shifts, err = oncall.Fetch(ctx, c, o.Window)
	if err != nil && !refused(err) {
		return err
	}
	if err != nil {
		var schedules []graph.ID
		for _, obj := range o.Live.Objects {
			if obj.Type.Short() == "schedule" {
				schedules = append(schedules, obj.ID)
			}
		}
		byHand, err := oncall.Overrides(ctx, c, schedules)
		if err != nil && !refused(err) {
			return err
		}
		o.Overrides = err == nil
		o.compute(byHand)
	}
	if o.Shifts == nil && !o.Computed {
		o.Shifts = []oncall.Shift{} // nobody, which is something else than not known
	}
	return nil
}

// compute works out who is on call from the rotations. Where not all of them are known, neither are the shifts.
func (o *Organisation) compute(byHand []oncall.Shift) {
	o.Shifts, o.Computed = nil, true
	for _, short := range []string{"schedule", "schedule_rotation"} {
		if !o.Live.Complete["rootly_"+short] {
			return
		}
	}
	o.Shifts = append([]oncall.Shift{}, oncall.Compute(o.Window, rotations(o.Live), byHand)...)
}

// refused reports whether the key may not read something, or the organisation does not have it.
func refused(err error) bool {
	return errors.Is(err, api.ErrForbidden) || errors.Is(err, api.ErrNotFound)
}

// link finds out what Terraform makes of the objects, and which ids lead nowhere.
func (o *Organisation) link() error {
	provider, err := schema.Snapshot()
	if err != nil {
		return fmt.Errorf("read the schema: %w", err)
	}
	decoded, err := rootly.Decode(o.Live, rootly.DecodeOptions{Schema: provider})
	if err != nil {
		return err
	}
	for _, r := range decoded.Resources {
		r.Address = graph.Address{Type: r.Address.Type, Name: string(r.ID)} // so that what is found can be told by its id
	}
	o.Rejected, o.Losses = decoded.Rejected, decoded.Losses
	o.Unresolved = graph.Link(decoded.Resources, graph.LinkOptions{Rules: rules, Users: o.Users}).Unresolved
	o.index()
	o.Unresolved = slices.DeleteFunc(o.Unresolved, func(u graph.Unresolved) bool { // what exists, and Terraform cannot have
		return slices.ContainsFunc(u.Types, func(t string) bool { return o.byID[graph.Target{Type: t, ID: u.ID}] != nil })
	})
	return nil
}

func rules(resourceType string) []graph.Rule {
	if t := catalogue.Lookup(resourceType); t != nil {
		return t.Refs
	}
	return nil
}

// rotations are those of the live schedules.
func rotations(live *rootly.Live) []oncall.Rotation {
	days := map[graph.ID][]any{}
	for _, obj := range live.Objects {
		if obj.Type.Short() == "schedule_rotation_active_day" {
			id := graph.ID(text(obj, "schedule_rotation_id"))
			days[id] = append(days[id], obj.Node.Attributes)
		}
	}
	var all []oncall.Rotation
	for _, obj := range live.Objects {
		if obj.Type.Short() == "schedule_rotation" {
			all = append(all, oncall.RotationOf(obj.ID, obj.Node.Attributes, obj.Members, days[obj.ID]))
		}
	}
	return all
}
