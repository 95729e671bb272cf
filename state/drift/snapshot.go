// Package drift compares what an organisation was with what it is.
//
//	graph ──► Snapshot ──► Encode ──► snapshot.json, made for version control
//	                         │
//	two snapshots ──► Compare ──► Diff: added, removed, renamed, changed by attribute
//
// A snapshot contains the values that the code of every object has, without secrets. Snapshots are
// compared by meaning: objects are matched by id, whatever their names, and an order that the
// provider ignores makes no difference.
//
// Not here: reading the API, asking who made a change, printing.
package drift

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/number"
	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
	"github.com/terraformer-rootly/terraformer-rootly/providers/visible"
	"github.com/terraformer-rootly/terraformer-rootly/state/strict"
)

// Redacted stands for a secret. A snapshot does not show whether a secret changed.
const Redacted = "[REDACTED]"

// A Snapshot is a whole organisation, or the selected part of one, sorted by type and id.
type Snapshot struct {
	Objects []Object
	Users   []graph.User // people that objects refer to, sorted by id
}

// An Object is one object of a snapshot.
type Object struct {
	Type    string
	ID      graph.ID
	Parent  graph.ID
	Address string
	Title   string
	Values  cty.Value // an object: the arguments of its code, ids as text

	// Settings are those that the provider cannot represent, as the API has them: an object; cty.NilVal if nobody
	// recorded any.
	Settings cty.Value
}

// Key identifies an object in both snapshots.
func (o Object) Key() graph.Target { return graph.Target{Type: o.Type, ID: o.ID} }

// Of makes a snapshot of a graph.
func Of(g *graph.Graph) (*Snapshot, error) {
	s := &Snapshot{Users: append([]graph.User(nil), g.Users...)}
	secrets := make(map[string]string, len(g.Variables))
	for _, v := range g.Variables {
		secrets[v.Name] = v.Value
	}
	for _, r := range g.Resources {
		values, err := withoutSecrets(r, secrets)
		if err != nil {
			return nil, fmt.Errorf("snapshot of %s: %w", r.Address, err)
		}
		s.Objects = append(s.Objects, Object{
			Type: r.Address.Type, ID: r.ID, Parent: r.Parent, Address: r.Address.String(), Title: r.Title, Values: values,
			Settings: r.Beyond,
		})
	}
	s.sort()
	return s, nil
}

func (s *Snapshot) sort() {
	sort.Slice(s.Objects, func(i, j int) bool {
		a, b := s.Objects[i], s.Objects[j]
		if a.Type != b.Type {
			return a.Type < b.Type
		}
		return a.ID < b.ID
	})
	sort.Slice(s.Users, func(i, j int) bool { return s.Users[i].ID < s.Users[j].ID })
}

// objectV1 is the shape of a line of snapshot.json.
type objectV1 struct {
	Type    string          `json:"type"`
	ID      graph.ID        `json:"id"`
	Parent  graph.ID        `json:"parent,omitempty"`
	Address string          `json:"address"`
	Title   string          `json:"title,omitempty"`
	Values  json.RawMessage `json:"values"`

	Settings json.RawMessage `json:"settings,omitempty"` // none: the object has no such settings, from version 2 on
}

// userV1 is a person in snapshot.json.
type userV1 struct {
	ID    graph.ID `json:"id"`
	Email string   `json:"email"`
}

// headV1 is snapshot.json, as it is read.
type headV1 struct {
	Version int        `json:"version"`
	Users   []userV1   `json:"users"`
	Objects []objectV1 `json:"objects"`
}

// Version 1 has no settings.
const formatVersion = 2

// Encode writes a snapshot with one object per line, so that version control shows which objects changed. The same
// organisation gives the same bytes.
func Encode(s *Snapshot) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n\"version\": %d,\n\"users\": [", formatVersion)
	for i, u := range s.Users {
		if err := line(&b, i, userV1{u.ID, u.Email}); err != nil {
			return nil, err
		}
	}
	b.WriteString("\n],\n\"objects\": [")
	for i, o := range s.Objects {
		values, err := ctyjson.Marshal(o.Values, o.Values.Type())
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", o.Address, err)
		}
		var settings []byte
		if o.Settings != cty.NilVal && o.Settings.LengthInt() > 0 {
			if settings, err = ctyjson.Marshal(o.Settings, o.Settings.Type()); err != nil {
				return nil, fmt.Errorf("encode %s: %w", o.Address, err)
			}
		}
		if err := line(&b, i, objectV1{o.Type, o.ID, o.Parent, o.Address, o.Title, shown.Readable(values), shown.Readable(settings)}); err != nil {
			return nil, err
		}
	}
	b.WriteString("\n]\n}\n")
	return b.Bytes(), nil
}

func line[T any](b *bytes.Buffer, i int, v T) error {
	if i > 0 {
		b.WriteByte(',')
	}
	b.WriteByte('\n')
	var text strings.Builder
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("encode snapshot: %w", err)
	}
	b.WriteString(visible.JSON(strings.TrimSuffix(text.String(), "\n"))) // the encoder ends each value with a line of its own
	return nil
}

// Decode reads what Encode wrote.
func Decode(in io.Reader) (*Snapshot, error) {
	content, err := io.ReadAll(in)
	if err != nil {
		return nil, fmt.Errorf("read snapshot: %w", err)
	}
	head, err := strict.Decode[headV1](content)
	if err != nil {
		return nil, fmt.Errorf("read snapshot: %w", err)
	}
	if head.Version < 1 || head.Version > formatVersion {
		return nil, fmt.Errorf("read snapshot: format %d is not supported, only up to %d", head.Version, formatVersion)
	}
	s := &Snapshot{}
	for _, u := range head.Users {
		s.Users = append(s.Users, graph.User{ID: u.ID, Email: u.Email})
	}
	seen := make(map[graph.Target]bool, len(head.Objects))
	for _, o := range head.Objects {
		var a graph.Address
		err := a.Set(o.Address)
		key := graph.Target{Type: o.Type, ID: o.ID}
		if err != nil || a.Type != o.Type || seen[key] {
			return nil, fmt.Errorf("read snapshot: it has a second object of type %q at the address %q", o.Type, o.Address)
		}
		seen[key] = true
		values, err := object(o.Values)
		if err != nil {
			return nil, fmt.Errorf("read snapshot of %s: %w", o.Address, err)
		}
		settings := cty.NilVal
		if len(o.Settings) > 0 {
			settings, err = object(o.Settings)
		} else if head.Version > 1 {
			settings = cty.EmptyObjectVal
		}
		if err != nil {
			return nil, fmt.Errorf("read snapshot of %s: %w", o.Address, err)
		}
		s.Objects = append(s.Objects, Object{o.Type, o.ID, o.Parent, o.Address, o.Title, values, settings})
	}
	s.sort()
	return s, nil
}

// object reads the JSON of an object.
func object(raw json.RawMessage) (cty.Value, error) {
	ty, err := ctyjson.ImpliedType(raw)
	if err == nil && !ty.IsObjectType() {
		err = errors.New("its values are not an object")
	}
	if err != nil {
		return cty.NilVal, err
	}
	return ctyjson.Unmarshal(raw, ty)
}

// SettingsOf is a snapshot that contains only the settings that the provider cannot represent, of the objects that have
// any.
func SettingsOf(resources []*graph.Resource) *Snapshot {
	s := &Snapshot{}
	for _, r := range resources {
		if r.Beyond != cty.NilVal && r.Beyond.LengthInt() > 0 {
			s.Objects = append(s.Objects, Object{Type: r.Address.Type, ID: r.ID, Address: r.Address.String(), Values: cty.EmptyObjectVal, Settings: r.Beyond})
		}
	}
	s.sort()
	return s
}

// withoutSecrets returns the values in the code of a resource, with a mark in place of each secret. They have the loose
// types that JSON keeps: lists and maps become tuples and objects. Values are those of the variables, by name.
func withoutSecrets(r *graph.Resource, values map[string]string) (cty.Value, error) {
	secret := map[string]graph.Expr{}
	for _, p := range r.Exprs {
		if p.HoldsVariable() {
			secret[graph.PathString(p.Path)] = p.Expr
		}
	}
	hidden := r.Config
	if len(secret) > 0 {
		var err error
		hidden, err = cty.Transform(r.Config, func(p cty.Path, v cty.Value) (cty.Value, error) {
			if e := secret[graph.PathString(p)]; e != nil && v.Type() == cty.String {
				return cty.StringVal(redact(e, v.AsString(), values)), nil
			}
			return v, nil
		})
		if err != nil {
			return cty.NilVal, err
		}
	}
	return loose(hidden), nil
}

// redact replaces a text by the mark. If the code contains the rest of the text, only the variables in it are replaced.
func redact(e graph.Expr, text string, values map[string]string) string {
	template, ok := e.(graph.Template)
	if !ok {
		return Redacted
	}
	done := map[string]bool{}
	for _, p := range template.Parts {
		v, ok := p.Expr.(graph.VariableRef)
		if !ok || done[v.Name] {
			continue
		}
		done[v.Name] = true
		if values[v.Name] == "" || !strings.Contains(text, values[v.Name]) {
			return Redacted
		}
		text = strings.ReplaceAll(text, values[v.Name], Redacted)
	}
	return text
}

// loose turns lists and sets into tuples and maps into objects, at every depth.
func loose(v cty.Value) cty.Value {
	ty := v.Type()
	switch {
	case v.IsNull() || ty.IsPrimitiveType():
		return v
	case ty.IsObjectType(), ty.IsMapType():
		m := map[string]cty.Value{}
		for it := v.ElementIterator(); it.Next(); {
			k, elem := it.Element()
			m[k.AsString()] = loose(elem)
		}
		return cty.ObjectVal(m)
	}
	var elems []cty.Value
	for it := v.ElementIterator(); it.Next(); {
		_, elem := it.Element()
		elems = append(elems, loose(elem))
	}
	return cty.TupleVal(elems)
}

// Keeping returns a snapshot with those objects of an earlier one that it lacks and for which keep returns true.
func (s *Snapshot) Keeping(earlier *Snapshot, keep func(Object) bool) *Snapshot {
	out := &Snapshot{Objects: append([]Object(nil), s.Objects...), Users: append([]graph.User(nil), s.Users...)}
	have := make(map[graph.Target]bool, len(s.Objects))
	for _, o := range s.Objects {
		have[o.Key()] = true
	}
	for _, o := range earlier.Objects {
		if !have[o.Key()] && keep(o) {
			out.Objects = append(out.Objects, o)
			out.peopleOf(o, earlier)
		}
	}
	out.sort()
	return out
}

// peopleOf adds the people of an earlier snapshot that an object of it refers to.
func (s *Snapshot) peopleOf(o Object, earlier *Snapshot) {
	for _, u := range earlier.Users {
		known := slices.ContainsFunc(s.Users, func(have graph.User) bool { return have.ID == u.ID })
		if !known && mentions(o.Values, string(u.ID)) {
			s.Users = append(s.Users, u)
		}
	}
}

// mentions reports whether a value contains a text, or a number written out.
func mentions(v cty.Value, text string) bool {
	found := false
	_ = cty.Walk(v, func(_ cty.Path, v cty.Value) (bool, error) {
		if v.IsNull() {
			return false, nil
		}
		switch v.Type() {
		case cty.String:
			found = found || v.AsString() == text
		case cty.Number:
			found = found || number.Text(v.AsBigFloat()) == text
		}
		return !found, nil
	})
	return found
}
