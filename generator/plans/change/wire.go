package change

import (
	"bytes"
	"encoding/json"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/document"
)

// actions maps the engine's actions to ours. Reads, and objects that exist only during the run, are not changes.
var actions = map[plans.Action]Action{
	plans.Create: Created, plans.Update: Changed, plans.Delete: Destroyed, plans.Replace: Replaced, plans.Forget: Forgotten,
	plans.ForgetCreate: Created,
}

// actionOn returns what happens to an object, or nothing.
func actionOn(r document.Resource) Action {
	action := actions[plans.ActionOf(r.Change.Actions)]
	switch {
	case action != "":
		return action
	case r.Change.Importing != nil:
		return Imported
	case r.Previous != "" && r.Previous != r.Address:
		return Moved
	}
	return ""
}

// values are the trees of a change.
type values struct {
	before, after *node
	unknown       *node // of after
	hidden        [2]*node
	typ           string // of the object; empty for an output
	name          string // name of the value; empty for an object
	replacing     []string
}

func parseChange(wire document.Change) (values, error) {
	v := values{}
	for _, part := range []struct {
		to  **node
		raw json.RawMessage
	}{
		{&v.before, wire.Before}, {&v.after, wire.After}, {&v.unknown, wire.AfterUnknown},
		{&v.hidden[0], wire.BeforeSensitive}, {&v.hidden[1], wire.AfterSensitive},
	} {
		tree, err := parse(part.raw)
		if err != nil {
			return v, err
		}
		*part.to = tree
	}
	for _, steps := range wire.ReplacePaths {
		path, err := pathOf(steps)
		if err != nil {
			return v, err
		}
		v.replacing = append(v.replacing, path)
	}
	return v, nil
}

// marked reports whether any of the values may be sensitive.
func marked(wire document.Change) bool {
	return bytes.Contains(wire.BeforeSensitive, []byte("true")) || bytes.Contains(wire.AfterSensitive, []byte("true"))
}

// under gives the values a name.
func (v values) under(name string) values {
	v.name = name
	return v
}

// pathOf writes a list of names and indexes as a path.
func pathOf(steps []json.RawMessage) (string, error) {
	path := ""
	for _, raw := range steps {
		step, err := parse(raw)
		switch {
		case err != nil:
			return "", err
		case step.is('n'):
			path = index(path, step.text)
		case step != nil:
			path = join(path, step.text)
		}
	}
	return path, nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func index(path, i string) string { return path + "[" + i + "]" }
