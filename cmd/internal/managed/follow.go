package managed

import (
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// followed are the objects that moved blocks move to another address with the next apply: those in the state, and those
// of earlier code without a block now.
func (m *Module) followed() []tfstate.Held {
	var list []tfstate.Held
	add := func(h tfstate.Held) {
		if to := m.counted(follow(h.String(), m.Hand.Moves)); to != h.String() {
			list = appendPlace(list, to, string(h.ID))
		}
	}
	for _, h := range m.Held {
		add(h)
	}
	for _, o := range m.Hand.Away {
		if h, ok := tfstate.ParseAddress(o.Address.String()); ok {
			h.ID = o.ID
			add(h)
		}
	}
	return list
}

// counted is an address after the moves that engines make without a moved block, when a resource by hand gets or loses
// count.
func (m *Module) counted(address string) string {
	h, ok := tfstate.ParseAddress(address)
	_, byHand := m.Hand.Declared[h.Address]
	if !ok || !byHand || h.Module != "" {
		return address
	}
	switch repeat := m.Hand.Repeated[h.Address]; {
	case repeat == "count" && h.Key == "":
		h.Key = "0"
	case repeat == "" && h.Key == "0":
		h.Key = ""
	}
	return h.String()
}

// follow applies moved blocks to an address, one after the other, as the engines do.
func follow(address string, moves []state.Move) string {
	for range moves { // no chain is longer, and a cycle ends
		next := address
		for _, m := range moves {
			if next = moved(address, m); next != address {
				break
			}
		}
		if next == address {
			return address
		}
		address = next
	}
	return address
}

// moved applies one moved block. It may name a resource or a module, with all instances, or one instance.
func moved(address string, m state.Move) string {
	rest, below := strings.CutPrefix(address, m.From)
	switch {
	case !below || rest != "" && rest[0] != '.' && rest[0] != '[':
		return address
	case strings.HasPrefix(rest, "[") && strings.HasSuffix(m.To, "]"):
		return address // one instance cannot become all
	}
	return m.To + rest
}
