package organisation

import (
	_ "embed"
	"encoding/json"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

//go:embed healthy.json
var healthy []byte

// Healthy returns a small organisation in which nothing is wrong, and much looks as if it were: quiet paths, office hours,
// schedules in schedules, names that are alike in different places.
func Healthy() []sandbox.Object {
	var rows []struct {
		API, ID, Parent string
		Attributes      json.RawMessage
	}
	if json.Unmarshal(healthy, &rows) != nil {
		return nil // a broken build; the tests of this package say so
	}
	objects := make([]sandbox.Object, 0, len(rows))
	for _, r := range rows {
		body := object(field{"id", text(r.ID)}, field{"type", text(r.API)}, field{"attributes", encoded(r.Attributes)})
		objects = append(objects, sandbox.Object{API: r.API, ID: r.ID, Parent: r.Parent, Body: json.RawMessage(body)})
	}
	return objects
}
