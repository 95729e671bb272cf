package change

import (
	"bytes"
	"encoding/json"
	"slices"
	"sort"
)

// wireResource is an element of resource_changes.
type wireResource struct {
	Address  string     `json:"address"`
	Previous string     `json:"previous_address"`
	Module   string     `json:"module_address"`
	Mode     string     `json:"mode"`
	Type     string     `json:"type"`
	Reason   string     `json:"action_reason"`
	Change   wireChange `json:"change"`
}

// wireChange is a change as the engines write it. Its marks have the shape of the values, with
// true where they hold.
type wireChange struct {
	Actions         []string        `json:"actions"`
	Before          json.RawMessage `json:"before"`
	After           json.RawMessage `json:"after"`
	AfterUnknown    json.RawMessage `json:"after_unknown"`
	BeforeSensitive json.RawMessage `json:"before_sensitive"`
	AfterSensitive  json.RawMessage `json:"after_sensitive"`
	ReplacePaths    json.RawMessage `json:"replace_paths"`
	Importing       json.RawMessage `json:"importing"`
}

// action returns what becomes of an object, or nothing.
func (w wireResource) action() Action {
	action := actionOf(w.Change.Actions)
	imports := len(w.Change.Importing) > 0 && string(w.Change.Importing) != "null"
	switch {
	case action != "":
		return action
	case imports:
		return Imported
	case w.Previous != "" && w.Previous != w.Address:
		return Moved
	}
	return ""
}

// actionOf reads the engine's list of actions. Reading, and what lives only as long as the run,
// changes nothing.
func actionOf(list []string) Action {
	has := func(word string) bool { return slices.Contains(list, word) }
	switch {
	case has("create") && (has("delete") || has("forget")):
		return Replaced
	case has("create"):
		return Created
	case has("delete"):
		return Destroyed
	case has("forget"):
		return Forgotten
	case has("update"):
		return Changed
	}
	return ""
}

// values are the trees of a change.
type values struct {
	before, after *node
	unknown       *node // of after
	hidden        [2]*node
	typ           string // of the object; empty for an output
	name          string // under which it stands; empty for an object
	replacing     []string
}

func (w wireChange) parse() (values, error) {
	v := values{}
	for _, part := range []struct {
		to  **node
		raw json.RawMessage
	}{
		{&v.before, w.Before}, {&v.after, w.After}, {&v.unknown, w.AfterUnknown},
		{&v.hidden[0], w.BeforeSensitive}, {&v.hidden[1], w.AfterSensitive},
	} {
		tree, err := parse(part.raw)
		if err != nil {
			return v, err
		}
		*part.to = tree
	}
	paths, err := parse(w.ReplacePaths)
	if err != nil {
		return v, err
	}
	if paths != nil {
		for _, path := range paths.items {
			v.replacing = append(v.replacing, pathOf(path.items))
		}
	}
	return v, nil
}

// marked reports whether any of the values may be sensitive.
func (w wireChange) marked() bool {
	return bytes.Contains(w.BeforeSensitive, []byte("true")) || bytes.Contains(w.AfterSensitive, []byte("true"))
}

// under gives the values a name of their own.
func (v values) under(name string) values {
	v.name = name
	return v
}

// pathOf spells a list of names and indexes as attributes are.
func pathOf(steps []*node) string {
	path := ""
	for _, s := range steps {
		if s.is('n') {
			path = index(path, s.text)
			continue
		}
		path = join(path, s.text)
	}
	return path
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func index(path, i string) string { return path + "[" + i + "]" }

func sortedNames(m map[string]wireChange) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	sort.Strings(list)
	return list
}
