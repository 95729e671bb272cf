package lint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/snapshot"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/oncall"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// readExport makes an organisation of an export. It says less than the API: who has left, what ids lead nowhere and what
// Terraform cannot have is not in it, and who is on call is worked out. A type without any object may not have been exported.
func readExport(dir string, window oncall.Span) (*Organisation, error) {
	s, err := snapshot.ReadSnapshot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, exit.WithHint(fmt.Errorf("%s has no %s", dir, snapshot.SnapshotName), "write it with: terraformer-rootly export -o "+dir)
	}
	if err != nil {
		return nil, err
	}
	live := &rootly.Live{Complete: map[string]bool{}}
	for _, o := range s.Objects {
		row := catalogue.Lookup(o.Type)
		if row == nil {
			continue
		}
		attributes, err := attributesOf(o)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", snapshot.SnapshotName, o.Address, err)
		}
		obj := &rootly.Object{Type: row, ID: o.ID, Parent: o.Parent, Node: &api.Object{ID: string(o.ID), Type: row.API, Attributes: attributes}}
		obj.Members, _ = attributes[row.Members].([]any)
		live.Objects = append(live.Objects, obj)
		live.Complete[o.Type] = true
	}
	o := &Organisation{Live: live, Window: window, Now: window.From, people: map[graph.ID]graph.User{}}
	for _, u := range s.Users {
		o.people[u.ID] = u
	}
	o.compute()
	o.index()
	for _, t := range catalogue.Types() { // an export of workflows has their tasks, of whatever kinds
		live.Complete[t.Name] = live.Complete[t.Name] || t.IsTask() && len(o.workflows()) > 0
	}
	return o, nil
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
