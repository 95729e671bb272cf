package overview

import (
	"encoding/json"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/visible"
)

// An id is text or a number.
type id graph.ID

// UnmarshalJSON reads either; whatever else there is means nothing.
func (i *id) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		text = strings.Trim(string(raw), "{}[]")
	}
	if text != "null" {
		*i = id(text)
	}
	return nil
}

// idsIn are the ids in a list of an object; none where it is something else.
func idsIn(o *rootly.Object, name string) []graph.ID {
	var list []id
	if raw, err := json.Marshal(o.Node.Attributes[name]); err != nil || json.Unmarshal(raw, &list) != nil {
		return nil
	}
	var ids []graph.ID
	for _, i := range list {
		ids = append(ids, graph.ID(i))
	}
	return ids
}

// paged is who an escalation level notifies.
type paged struct {
	Type string `json:"type"`
	ID   id     `json:"id"`

	Members string `json:"team_members"`
}

func pagedBy(o *rootly.Object) []paged {
	var list []paged
	raw, err := json.Marshal(o.Node.Attributes["notification_target_params"])
	if err != nil || json.Unmarshal(raw, &list) != nil {
		return nil
	}
	return list
}

// readable is a text in one line, without characters that nobody sees.
func readable(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if visible.Harmful(r) {
			return ' '
		}
		return r
	}, text)), " ")
}
