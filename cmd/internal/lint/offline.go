package lint

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/snapshot"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/splitter"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/oncall"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// readOffline makes an organisation of an export, or else of the states of a directory. Both say less than the API: who has
// left, what ids lead nowhere and what Terraform cannot have is not in them, and who is on call is worked out. A type
// without any object may not have been exported.
func (o *Settings) readOffline(ctx context.Context, w world.World, window oncall.Span) (*Organisation, error) {
	from := "the export"
	s, err := snapshot.ReadSnapshot(o.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		from = "the state"
		s, err = stored(ctx, w, o.Engine, o.Dir)
	}
	if err != nil {
		return nil, err
	}
	if len(s.Objects) == 0 {
		return nil, exit.WithHint(fmt.Errorf("%s has neither %s nor a state with objects", o.Dir, snapshot.SnapshotName),
			"write an export with: terraformer-rootly export -o "+o.Dir)
	}
	live := &rootly.Live{Complete: map[string]bool{}}
	for _, o := range s.Objects {
		row := catalogue.Lookup(o.Type)
		if row == nil {
			continue
		}
		attributes, err := attributesOf(o)
		if err != nil {
			return nil, fmt.Errorf("read %s: %s: %w", from, o.Address, err)
		}
		if o.Parent == "" {
			o.Parent = graph.ID(asText(attributes[row.ParentAttr]))
		}
		obj := &rootly.Object{Type: row, ID: o.ID, Parent: o.Parent, Node: &api.Object{ID: string(o.ID), Type: row.API, Attributes: attributes}}
		obj.Members, _ = attributes[row.Members].([]any)
		live.Objects = append(live.Objects, obj)
		live.Complete[o.Type] = from == "the export" // a state has what is managed
	}
	org := &Organisation{Live: live, Window: window, Now: window.From, from: from, people: map[graph.ID]graph.User{}}
	if from == "the export" {
		org.export = s
	}
	for _, u := range s.Users {
		org.people[u.ID] = u
	}
	org.compute(nil)
	org.index()
	for _, t := range catalogue.Types() { // whoever has workflows has their tasks, of whatever kinds
		live.Complete[t.Name] = live.Complete[t.Name] || t.IsTask() && from == "the export" && len(org.workflows()) > 0
	}
	return org, nil
}

// stored reads the states of the root modules of a directory, with the settings that the provider cannot represent.
func stored(ctx context.Context, w world.World, engine, dir string) (*drift.Snapshot, error) {
	parts, err := splitter.PartsOf(dir)
	if err != nil {
		return nil, err
	}
	s, bare := &drift.Snapshot{}, 0
	for _, part := range parts {
		content, _, err := planning.ReadState(ctx, w, engine, part)
		if err != nil {
			return nil, err
		}
		held, err := tfstate.Objects(content)
		if err != nil {
			return nil, fmt.Errorf("state of %s: %w", part, err)
		}
		values, err := tfstate.Values(content)
		if err != nil {
			return nil, fmt.Errorf("state of %s: %w", part, err)
		}
		settings, err := snapshot.ReadSettings(part)
		if err != nil {
			return nil, err
		}
		beyond := map[graph.Target]cty.Value{}
		for _, o := range settings.Objects {
			beyond[o.Key()] = o.Settings
		}
		for _, h := range held {
			switch row := catalogue.Lookup(h.Address.Type); {
			case row == nil: // of another provider
				continue
			case !filled(row, values[h.String()]):
				bare++
				continue
			}
			o := drift.Object{Type: h.Address.Type, ID: h.ID, Address: h.String(), Values: values[h.String()]}
			o.Settings = beyond[o.Key()]
			s.Objects = append(s.Objects, o)
		}
	}
	if bare > 0 {
		return nil, exit.WithHint(fmt.Errorf("the state of %s has nothing but the ids of %s", dir, report.Plural(bare, "object")), "run terraform apply, which reads the objects into it")
	}
	return s, nil
}

// filled reports whether a state has more of an object than the ids by which it was imported.
func filled(row *catalogue.Type, values cty.Value) bool {
	for name, v := range values.AsValueMap() {
		if name != "id" && !v.IsNull() && name != row.ParentAttr {
			return true
		}
	}
	return false
}

// attributesOf are the settings of an object as the API would name them.
func attributesOf(o drift.Object) (map[string]any, error) {
	attributes := map[string]any{}
	for _, v := range []cty.Value{o.Settings, o.Values} {
		if v == cty.NilVal || v.IsNull() {
			continue
		}
		src, err := ctyjson.Marshal(v, v.Type())
		if err != nil {
			return nil, err
		}
		d := json.NewDecoder(bytes.NewReader(src))
		d.UseNumber()
		if err := d.Decode(&attributes); err != nil {
			return nil, err
		}
	}
	return attributes, nil
}
