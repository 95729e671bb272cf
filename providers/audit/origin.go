package audit

import "encoding/json"

// WithOrigin returns the event with the source and the API key of the change, if it lacks them. They become attributes
// of the raw event too, so that every copy has them.
func (e Event) WithOrigin(source, apiKey string) Event {
	var add []byte
	for _, a := range []struct {
		name, said string
		field      *string
	}{{"source", source, &e.Source}, {"api_key_id", apiKey, &e.APIKeyID}} {
		if a.said != "" && *a.field == "" {
			*a.field = a.said
			add = appendQuoted(append(appendQuoted(append(add, ','), a.name), ':'), a.said)
		}
	}
	r, err := open(json.RawMessage(e.Raw))
	if len(add) == 0 || err != nil || r.attributes == nil || r.attributes.kind != '{' {
		return e
	}
	if len(r.attributes.parts) == 0 {
		add = add[1:]
	}
	at := r.attributes.end - 1
	e.Raw = apply(r.raw, []edit{{at, at, string(add)}})
	return e
}
