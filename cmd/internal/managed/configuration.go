package managed

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// ErrAmbiguous says that a root module has several configurations of the provider, and none is the default.
var ErrAmbiguous = errors.New("has several configurations of the Rootly provider")

// ReadConfigurations reads the provider configurations of a directory, and decides which is the organisation's: the
// requested one, otherwise that of earlier runs' code, otherwise the default one, otherwise the only one.
func (m *Module) ReadConfigurations(dir, asked string, earlier map[graph.Target]graph.Address) error {
	var err error
	if m.Providers, err = roots.Read(dir); err != nil {
		return err
	}
	names := m.Providers.Names()
	if asked != "" {
		return m.takeConfiguration(dir, asked, names)
	}
	used := m.ofEarlier(earlier)
	switch {
	case slices.Contains(names, used), len(names) == 0:
		m.Ours = cmp.Or(used, roots.Provider)
	case m.Providers.Default || m.usesDefault(earlier):
		m.Ours = roots.Provider
	case len(names) == 1:
		m.Ours = names[0]
	default:
		return exit.WithHint(fmt.Errorf("%s %w, and no default one", filepath.Clean(dir), ErrAmbiguous), "choose one with --provider-alias: "+strings.Join(m.Providers.Aliases, " or "))
	}
	return nil
}

// takeConfiguration uses the configuration that the user requested, by its alias or as code refers to it.
func (m *Module) takeConfiguration(dir, asked string, names []string) error {
	for _, name := range names {
		alias := strings.TrimPrefix(strings.TrimPrefix(name, roots.Provider), ".")
		if asked == name || asked == m.Providers.Written(name) || asked == alias {
			m.Ours = name
			return nil
		}
	}
	hint := "leave out --provider-alias: the directory has no provider block with an alias"
	if len(m.Providers.Aliases) > 0 {
		hint = "choose one of these: " + strings.Join(m.Providers.Aliases, ", ")
	}
	return exit.Usage(fmt.Errorf("--provider-alias %s: %s has no such configuration of the Rootly provider", asked, filepath.Clean(dir)), hint)
}

// Alias is the alias of the organisation's configuration; empty for the default one.
func (m *Module) Alias() string {
	return strings.TrimPrefix(strings.TrimPrefix(m.Ours, roots.Provider), ".")
}

// ofEarlier is the configuration of most resources of earlier runs; empty without any.
func (m *Module) ofEarlier(earlier map[graph.Target]graph.Address) string {
	counts := map[string]int{}
	most := ""
	for _, a := range earlier {
		name := m.Configuration(a.Block().String())
		counts[name]++
		if counts[name] > counts[most] || counts[name] == counts[most] && name < most {
			most = name
		}
	}
	return most
}

// usesDefault reports whether people have resources without a configuration.
func (m *Module) usesDefault(earlier map[graph.Target]graph.Address) bool {
	ours := map[graph.Address]bool{}
	for _, a := range earlier {
		ours[a.Block()] = true
	}
	for a := range m.Hand.Declared {
		if !ours[a.Block()] && strings.HasPrefix(a.Type, roots.Provider+"_") && m.Configuration(a.Block().String()) == roots.Provider {
			return true
		}
	}
	return slices.ContainsFunc(m.Held, func(h tfstate.Held) bool { return !ours[h.Address] && h.Provider == roots.Provider })
}

// Configuration is the provider configuration of the resource at an address in the code.
func (m *Module) Configuration(address string) string {
	block, _, _ := strings.Cut(address, "[")
	if rest, ok := strings.CutPrefix(block, "module."); ok {
		name, _, _ := strings.Cut(rest, ".")
		block = "module." + name
	}
	return cmp.Or(m.Providers.Of[block], roots.Provider)
}

// Identify replaces slugs by the ids of live objects in what the module manages, as far as they are known, and returns
// the objects that it calls by a slug. A configuration without any known object may belong to another organisation,
// where a slug is another object's.
func (m *Module) Identify(ids rootly.IDs) []graph.Target {
	here := map[string]bool{m.Ours: true, "": true}
	each := func(do func(h *tfstate.Held, configuration string)) {
		for i := range m.Held {
			do(&m.Held[i], m.Held[i].Provider)
		}
		for i := range m.Will {
			do(&m.Will[i], m.Configuration(m.Will[i].String()))
		}
	}
	each(func(h *tfstate.Held, configuration string) {
		if ids.Has(h.Address.Type, h.ID) {
			here[configuration] = true
		}
	})
	var slugged []graph.Target
	each(func(h *tfstate.Held, configuration string) {
		id := ids.Of(h.Address.Type, h.ID)
		if id == h.ID || !here[configuration] {
			return
		}
		h.ID = id
		slugged = append(slugged, graph.Target{Type: h.Address.Type, ID: id})
	})
	return slugged
}
