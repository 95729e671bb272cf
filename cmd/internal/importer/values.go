package importer

import (
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/entries"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/managed"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/fold"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/ignore"
)

// This file has what the stages pass on to each other.

// A Job is what was asked for, and with what it is done. All root modules of an import share it.
type Job struct {
	World    world.World
	Settings *Settings
	Client   *api.Client
	Schema   *schema.Provider
	Watch    *Watch
	Look     func(*Live) error // is called while the objects still have what the API answered; may be nil

	types      []*catalogue.Type
	explicit   map[string]bool
	filters    []selection.Filter
	secrets    secret.Mode
	compared   []rootly.Known // what an export to compare with has
	target     connect.Target
	disconnect func()
}

// A Root is a root module: its directory, locked, with what is in there before the import.
type Root struct {
	Job    *Job
	Name   string // of the directory, as the user gave it
	Dir    *state.Directory
	Layout generator.Options
	Watch  *Watch // that of the job, or one that shows nothing

	state  *entries.State // unless import blocks do
	around *surroundings  // code by hand, and the state
	before earlier
	users  string       // how the code refers to people
	veil   *secret.Veil // masks the values that are shown
	stage  *state.Stage // the private copy, once there is one

	removedForm func() (generator.RemovedForm, error) // of removed blocks that the engine reads
}

// surroundings are what a directory contains apart from what this program writes.
type surroundings struct {
	managed.Module
	ignore  ignore.File
	slugged map[graph.Target]bool // what the state knows by a slug, or will
}

// earlier are the moved and removed blocks that earlier runs wrote.
type earlier struct {
	moved   [][2]graph.Address
	removed []graph.Address
}

// Live is what was read of the organisation: the objects to write, as resources without references, and what these refer to.
type Live struct {
	Job *Job
	IDs rootly.IDs // what else the objects may be called

	read      *rootly.Live
	filtered  []*rootly.Object // listed, but not taken
	earlier   map[string]int   // objects that earlier runs knew, by type
	elsewhere map[*Root]*elsewhere
	decoded   *rootly.Decoded
	users     map[graph.ID]graph.User
	lookups   map[graph.Target]*graph.DataSource // for what is referred to and no resource
	others    []*rootly.Object                   // what the lookups stand for
	builtIn   []rootly.Rejected                  // made by Rootly, and not to be taken
	recording planning.Recording                 // what the proof is made against
	sampled   int                                // objects that were read again
	disagree  []report.Difference                // where those are not what their list says
}

// elsewhere is what other code of a root module manages, or code of other root modules.
type elsewhere struct {
	refs    map[graph.Target]graph.Ref // how to refer to it
	places  map[graph.Target]string    // where no reference leads to
	objects []*rootly.Object           // that the root module itself manages elsewhere
}

// A Share is what one root module has of what was read.
type Share struct {
	Root       *Root
	Live       *Live
	Resources  []*graph.Resource // with addresses, but not linked
	Rejected   []rootly.Rejected // objects without code that are reported for this root module
	Neighbours Neighbours

	elsewhere *elsewhere
	ignored   []graph.Target // what an ignore file leaves out
	partial   []graph.Target // kept as it is, since its fold is only selected in part
	secrets   []string       // values that are variables in any of several root modules
}

// Neighbours are the other root modules of an import that makes several, as far as one of them has to know them. The zero
// value is that of an import that makes one.
type Neighbours struct {
	Refs    map[graph.Target]graph.Ref          // how code refers to their objects,
	Lookups map[graph.Address]*graph.DataSource // with these data sources
	Moved   map[graph.Target]string             // objects of an earlier import that one of them has now
	Sources []*graph.DataSource                 // read their states
	Outputs []generator.Output                  // what they read from the state of this one
	States  map[string][]byte                   // which the proof reads, by the names of the data sources
}

// Linked is a share with references in the place of ids, and with variables in the place of secrets.
type Linked struct {
	Share   Share // without what was taken out of the code since
	Graph   *graph.Graph
	Skipped []rootly.Rejected       // what was taken out
	crashed map[graph.Target]string // objects at which the provider stops, and why
	unfold  map[graph.Target]bool   // what stays out of every fold
	folds   []*fold.Fold
	hidden  map[string]int // how many settings became variables, by type

	moved     []generator.Move
	forgotten []graph.Address // addresses that leave the state
	form      generator.RemovedForm
	forget    map[graph.Target]bool // removed from the code although it exists
	keptFor   []state.Dangling      // references that keep code from being forgotten
}

// Staged is the future directory, next to the present one.
type Staged struct {
	Linked  Linked
	Files   []generator.File
	Changes *state.Changes

	next     []string // command lines that bring the objects into the state
	snapshot bool     // a snapshot is put next to the code
}

func (s Staged) root() *Root { return s.Linked.Share.Root }

// A Proof is what the plan of a staged directory says, and what was done to the code so that it says so.
type Proof struct {
	Staged  Staged // with the repairs
	Verdict verify.Verdict
	Facts   report.Proof

	repairs  []report.Repair
	unfolded []report.KeptCode // folds that were taken apart
}
