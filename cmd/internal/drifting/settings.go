package drifting

import (
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// recall reads which settings beyond Terraform were recorded.
func (m *module) recall() error { return nil }

// settings are the objects of which settings were recorded.
func (m *module) settings() []drift.Object { return nil }

func (m *module) compareSettings(found map[string]*graph.Resource) {}
