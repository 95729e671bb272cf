package sandbox

import "encoding/json"

// An Object is one live object as the API would serve it.
type Object struct {
	API    string          // its JSON:API type, such as "groups"
	ID     string          // unique within its JSON:API type
	Parent string          // id of the owner; empty for top-level objects
	Body   json.RawMessage // the whole JSON:API object: id, type, attributes, relationships
}
