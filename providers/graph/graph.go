// Package graph holds the resources of one run, linked to each other.
//
// A live object comes in as a Resource with literal ids. Label and Link return copies with addresses
// and references, and do not change their arguments:
//
//	resources with ids ──► Label ──► Link ──► Break cycles ──► Sort ──► Graph
//
// A resource has one value, Config, which contains exactly what is to be written. Next to it is a
// list of expressions that replace literals in the code (references, variables, encoded JSON
// texts), each placed at a path of that value.
//
// Not here: any I/O, any knowledge of Rootly or of HCL. Package graph imports nobody.
package graph

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// An ID is the identity of a live object, as the API and the import block have it.
type ID string

// An Address names a resource or data source in the code.
type Address struct {
	Data bool   // whether this is a data source
	Type string // such as "rootly_team"
	Name string // such as "sre"
	Key  string // of one of several instances that one block makes by for_each; usually empty
}

// String returns the address as Terraform writes it, such as "data.rootly_user.ada" or
// `rootly_severity.these["critical"]`.
func (a Address) String() string {
	s := a.Type + "." + a.Name
	if a.Data {
		s = "data." + s
	}
	if a.Key != "" {
		s += "[" + strings.NewReplacer("${", "$${", "%{", "%%{").Replace(strconv.Quote(a.Key)) + "]"
	}
	return s
}

// identifier matches the names that the language takes.
var identifier = regexp.MustCompile(`^[\pL_][\pL\pM\pN_-]*$`)

// Set reads what [Address.String] wrote. It refuses texts that would mean something else in code.
func (a *Address) Set(s string) error {
	rest, data := strings.CutPrefix(s, "data.")
	rest, index, keyed := strings.Cut(rest, "[")
	typ, name, _ := strings.Cut(rest, ".")
	read := Address{Data: data, Type: typ, Name: name}
	if keyed {
		read.Key, _ = strconv.Unquote(strings.TrimSuffix(index, "]"))
		read.Key = strings.NewReplacer("$${", "${", "%%{", "%{").Replace(read.Key)
	}
	const longest = 4000
	if !identifier.MatchString(typ) || !identifier.MatchString(name) || len(s) > longest || read.String() != s {
		return fmt.Errorf("%.100q is not an address", s)
	}
	*a = read
	return nil
}

// Block is the address of the block that makes an object: its own address, except for an instance.
func (a Address) Block() Address {
	a.Key = ""
	return a
}

// Label is what the object is called in the code.
func (a Address) Label() string {
	if a.Key != "" {
		return a.Key
	}
	return a.Name
}

// IsZero reports whether a names nothing yet.
func (a Address) IsZero() bool { return a == Address{} }

// A Resource is one live object on its way into code.
type Resource struct {
	Address Address
	ID      ID
	Slug    string // the name that some references use instead of the id; may be empty
	Title   string // the object's name; for comments and reports
	Import  ID     // what the import block needs instead of ID; usually empty
	Parent  ID     // of the object that owns this one; empty for top-level objects
	Below   ID     // of the sibling that it follows in the code and whose label begins its own; if that is missing, Parent
	Group   string // stem of its file, such as "services"
	Rank    int    // position among its siblings, where the live object has one

	// Config is an object of exactly the arguments that are to be written. Attributes have the
	// types of the schema; nested blocks are tuples of objects, single nested attributes objects.
	Config cty.Value

	// Beyond are the live settings that the code cannot have, as an object. Unset if unknown.
	Beyond cty.Value

	Exprs   []Placed // replacements for literals of Config, sorted by path
	Ignore  []Ignore // what Terraform ignores, each with the reason
	Protect string   // why the object must not be destroyed; empty if it may
	Notes   []Note   // comments for the reader of the code
}

// Target is the object of the resource.
func (r *Resource) Target() Target { return Target{Type: r.Address.Type, ID: r.ID} }

// ImportID is the id for the import block.
func (r *Resource) ImportID() ID {
	if r.Import != "" {
		return r.Import
	}
	return r.ID
}

// copies returns resources that can be linked without changing these. Config and the other values are shared.
func copies(resources []*Resource) []*Resource {
	all := make([]Resource, len(resources))
	list := make([]*Resource, len(resources))
	for i, r := range resources {
		all[i] = *r
		all[i].Exprs, all[i].Notes = slices.Clone(r.Exprs), slices.Clone(r.Notes)
		list[i] = &all[i]
	}
	return list
}

// Placed is an expression at a path of a resource's Config.
type Placed struct {
	Path cty.Path
	Expr Expr
	Key  bool // whether it stands for the key of the map element that the path leads to, not for its value
}

// Ignore is one entry of lifecycle.ignore_changes.
type Ignore struct {
	Path   string // in Terraform's own form, such as "task_params[0].task_type"
	Reason string
}

// A Note is a comment. Without a path it is above the resource, otherwise above the argument or block at the path.
type Note struct {
	Path cty.Path
	Text string
}

// A Variable is an input variable, usually a secret that must not be in the code.
type Variable struct {
	Name        string
	Description string
	Value       string // the live value; never written into code
	Sensitive   bool   // whether the declaration says sensitive = true
	Optional    bool   // whether the declaration has an empty default, so that nobody has to set a value
}

// A DataSource is a lookup of an object that is not a resource of this run.
type DataSource struct {
	Address Address
	Config  cty.Value // the arguments, such as { email = "ada@example.com" }
	Note    string    // why this is looked up
}

// A User is an entry of the map of users, which is written once and costs no request.
type User struct {
	Email string
	ID    ID
	Name  string
}

// A Graph is everything that a run writes: resources in order, with the data sources, users and variables that they
// use.
type Graph struct {
	Resources    []*Resource
	Data         []*DataSource
	Variables    []*Variable
	Users        []User
	Unresolved   []Unresolved
	BrokenCycles []BrokenCycle
}

// Unresolved is an id that stayed in the code as text although it looks like a reference.
type Unresolved struct {
	From   Address
	Path   string
	ID     ID
	Types  []string // that the id may belong to; empty if not known
	Reason string
	Key    string // of the entry of a map, if several places share the id
}

// A BrokenCycle is a reference that was left as text because it would have closed a cycle.
type BrokenCycle struct {
	From, To Address
	Path     string
	Cycle    []Address
}
