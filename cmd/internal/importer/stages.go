package importer

import (
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/entries"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/terraformer-rootly/terraformer-rootly/state"
)

// A Run is the import of one root module on its way through the stages. Each of the types that it is made of has what
// one stage finds out, with what that stage needs of those before it; what comes later it cannot see.
type Run struct {
	proof
}

// A job is what was asked for, and with what it is done. The runs of the parts of a split share it, but for the settings.
type job struct {
	W          world.World
	o          *Settings
	types      []*catalogue.Type
	explicit   map[string]bool
	filters    []selection.Filter
	compared   []rootly.Known // what an export to compare with has
	Client     *api.Client
	liveTarget connect.Target
	disconnect func()
	Progress   *report.Progress
	Report     *report.Summary
	started    time.Time
	veil       *secret.Veil // masks the values that are shown
}

// A directory is where the code goes, locked, with what is there before.
type directory struct {
	job
	Schema        *schema.Provider
	RenderOptions generator.Options
	Dir           *state.Directory
	state         *entries.State // unless import blocks do
	around        *surroundings  // code by hand, and the state
	neighbours    Neighbours     // the other root modules
}

// What is fetched are the live objects.
type fetched struct {
	directory
	live     *rootly.Live
	ids      rootly.IDs       // what else the objects may be called
	filtered []*rootly.Object // listed, but not taken
	earlier  map[string]int   // objects that earlier runs knew, by type
}

// What is gathered are the objects to write, as resources, and what these refer to.
type gathered struct {
	fetched
	decoded *rootly.Decoded
	users   map[graph.ID]graph.User
	lookups map[graph.Target]*graph.DataSource // for what is referred to and no resource
	others  []*rootly.Object                   // what the lookups stand for
	skipped []rootly.Rejected                  // objects that were not to be taken, or that the provider does not take
	replay  planning.Recording                 // what the proof is made against
}

// What is linked has addresses and references.
type linked struct {
	gathered
	unlinked []*graph.Resource // of which the graph has linked copies
	Graph    *graph.Graph
	forget   map[graph.Target]bool      // removed from the code although it exists
	keptFor  []state.Dangling           // references that keep code from being forgotten
	hidden   map[string]int             // how many settings became variables, by type
	secrets  []string                   // values that are variables in any of several root modules
	mayFold  func(*graph.Resource) bool // what may become part of a fold
	unfold   map[graph.Target]bool      // what stays out of every fold
	held     []graph.Target             // kept as it is, since its fold is only selected in part
	crashed  map[graph.Target]string    // objects at which the provider stops, and why
}

// What is staged is the future directory, next to the present one.
type staged struct {
	linked
	Files    []generator.File
	Changes  *state.Changes
	Staged   *state.Stage
	snapshot bool // a snapshot is put next to the code
}

// What is planned is all that is staged, or a choice of it.
type planned struct {
	staged
	unread map[graph.Address]bool // carried code whose objects could not be read
	subset map[graph.Address]bool // the resources to plan; nil for all
}

// What is proven has a plan, and what that says.
type proof struct {
	planned
	declared []byte // what the planner declares in addition to the code

	served  *planning.Replay  // the recording, while the plan reads it; nil for a plan against the live API
	planner *planning.Planner // of the staged directory, while it lasts
	whole   bool              // the staged directory cannot be planned in shards
	Verdict verify.Verdict
}
