package drifting

import (
	"fmt"
	"os"
	"slices"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/snapshot"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// compareSettings adds to items the settings that the provider cannot represent and that differ from the recorded ones.
func (m *module) compareSettings(found map[string]*graph.Resource) {
	byObject := map[string]*item{}
	for _, i := range m.items {
		byObject[key(i.typ, i.id)] = i
	}
	for _, recorded := range m.recorded.Objects {
		k := key(recorded.Type, string(recorded.ID))
		live, address := found[k], m.managed[k]
		if live == nil || address == "" {
			continue // which the plan reports
		}
		differences := drift.CompareSettings(recorded.Settings, live.Beyond)
		if len(differences) == 0 {
			continue
		}
		i := byObject[k]
		if i == nil {
			i = &item{module: m, kind: drift.Changed, typ: recorded.Type, id: string(recorded.ID), address: address, title: live.Title, owner: string(live.Parent)}
			i.asks.Was, i.asks.Is = recorded.Settings, live.Beyond
			m.items = append(m.items, i)
		}
		for _, a := range differences {
			before, after := m.veil.Show(i.typ, a.Path, recorded.Settings, live.Beyond)
			i.attributes = append(i.attributes, report.AttributeChange{Path: graph.PathString(a.Path), Before: before, After: after, NotInTerraform: true})
			if step, ok := a.Path[0].(cty.GetAttrStep); ok {
				i.asks.Fields = append(i.asks.Fields, step.Name)
			}
		}
	}
}

// acceptSettings records the settings that managed objects have, as far as they were read.
func (m *module) acceptSettings() error {
	var resources []*graph.Resource
	for k, address := range m.managed {
		if live := m.live.found[k]; live != nil {
			one := *live
			if err := one.Address.Set(address); err == nil {
				resources = append(resources, &one)
			}
		}
	}
	now := drift.SettingsOf(resources).Keeping(m.recorded, func(o drift.Object) bool {
		return m.live.found[key(o.Type, string(o.ID))] == nil && o.Settings != cty.NilVal
	})
	if len(now.Objects) == 0 && len(m.recorded.Objects) == 0 {
		return nil
	}
	content, err := drift.Encode(now)
	if err != nil {
		return err
	}
	dir := disk.Dir(m.root.Dir)
	if err := dir.Free(snapshot.SettingsName); err != nil {
		return err
	}
	if before, err := dir.Read(snapshot.SettingsName, disk.MostCode); err == nil && slices.Equal(before, content) {
		return nil
	}
	mode := os.FileMode(0o644)
	if stat, err := dir.Lstat(snapshot.SettingsName); err == nil {
		mode = stat.Mode().Perm()
	}
	if err := dir.Replace(snapshot.SettingsName, content, mode); err != nil {
		return fmt.Errorf("write %s: %w", snapshot.SettingsName, err)
	}
	return nil
}
