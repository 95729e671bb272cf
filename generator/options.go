package generator

import (
	"io/fs"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/fold"
)

// Layout says how resources are distributed over files.
type Layout int

// The layouts.
const (
	ByType   Layout = iota // one file for each group, split when it becomes too large
	ByObject               // one file for each top-level object with its children
	Single                 // main.tf
)

// Syntax is the language of the files.
type Syntax int

// The syntaxes.
const (
	HCL  Syntax = iota // .tf
	JSON               // .tf.json
)

// Options describe the files. The zero value is the default.
type Options struct {
	Layout Layout
	Syntax Syntax

	// Version is the constraint on the provider's version.
	// Empty means the schema's version and later ones of the same major.
	Version string

	// Local is the code's name of the provider; empty means rootly. Provider is the configuration of all resources and
	// lookups, such as rootly.eu; empty means the default one.
	Local    string
	Provider string

	// Import decides which resources get an import block; nil means every one that has an ID.
	Import func(*graph.Resource) bool

	// Blank leaves out the values of variables: terraform.tfvars.example is written for people to fill in, instead of
	// secrets.auto.tfvars.
	Blank bool

	// Remembered and RememberedImports name the file in which an earlier run wrote a resource and its import block. The
	// file is used again if the layout could choose its name.
	Remembered        map[graph.Address]string
	RememberedImports map[graph.Address]string

	// Closed names files that get no new resource and no new import block, such as those that a person edited.
	Closed map[string]bool

	// Moved are resources that had another address. Forgotten are addresses that are dropped from code and state while
	// their objects stay in Rootly.
	Moved     []Move
	Forgotten []graph.Address

	// Removed is the form of removed blocks that the engine understands.
	Removed RemovedForm

	// Folds are the blocks of the resources that have a key.
	Folds []*fold.Fold

	// Folded says that other files in the directory contain folds of earlier runs.
	Folded bool

	// Outputs are the outputs that other directories read from this state.
	Outputs []Output

	// Release drops a resource's Config as soon as it is printed, for callers that only need the files. The values are
	// most of the memory of a large run.
	Release bool

	// MaxBytes is the size at which a file is split; 0 means 200,000. Terraform reads many files of this size far
	// faster than a few of megabytes.
	MaxBytes int
}

// A Move is a resource with its address in earlier code and the one that it has now.
type Move struct {
	From, To graph.Address
}

// An Output is a map of ids by the labels of the resources that have them.
type Output struct {
	Name        string
	Description string
	Of          []graph.Address
}

// RemovedForm is how a removed block says that the object stays in Rootly.
type RemovedForm int

// The forms.
const (
	WithLifecycle RemovedForm = iota // lifecycle { destroy = false }: Terraform 1.7, OpenTofu 1.10
	Bare                             // nothing but the address: OpenTofu 1.7 to 1.9
)

// A File is one file of the result.
type File struct {
	Name      string
	Content   []byte
	Addresses []graph.Address // of the resources and data sources in it
	Imports   []graph.Address // of the resources whose import blocks are in it
	Secret    bool            // whether it contains values that only the owner may read
}

// Mode returns the permissions that the file must have.
func (f File) Mode() fs.FileMode {
	if f.Secret {
		return 0o600
	}
	return 0o644
}

const defaultMaxBytes = 200_000

func (o Options) maxBytes() int {
	if o.MaxBytes > 0 {
		return o.MaxBytes
	}
	return defaultMaxBytes
}

func (o Options) wantsImport(r *graph.Resource) bool {
	if r.ID == "" {
		return false
	}
	return o.Import == nil || o.Import(r)
}
