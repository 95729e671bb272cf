package engines

import (
	"time"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
)

// Job is one directory to plan. Its zero values are the usual case.
type Job struct {
	Engine Engine // as found by FindEngine
	Dir    string // directory with the code; left as it was found

	// Final is where the code is going to be, for hints; zero: Dir, which is not removed after the plan.
	Final string

	URL   string // API that the provider asks, such as a loopback server; zero: as the environment says
	Token string // token for it; zero: as the environment says

	// Always asks URL with Token even where the code or an override file configures the provider otherwise, for its
	// default configuration and those of Aliases. All others get no answers.
	Always  bool
	Aliases []string

	// Reattach makes the engine talk to providers that run already instead of installing them.
	Reattach tfexec.ReattachInfo
	StandIn  string // name of what Reattach reaches, for the record; zero: the provider proper

	// Backend plans against the state that the directory's backend keeps. Zero: against a local state only, and without
	// touching the directory's .terraform.
	Backend   bool
	VarFiles  []string // more values for variables; secrets belong here and never into arguments
	StateFile string   // state to plan against instead of the directory's own; only without Backend
	Targets   []string // addresses to restrict the plan to; zero: everything
	Stored    bool     // take what the state has as it is, and read only what is to be imported
	ByStream  bool     // do not look into a plan of which the engine's messages show that it only imports objects as they are
	Arguments bool     // take over the values for variables that TF_CLI_ARGS and TF_CLI_ARGS_plan hold

	// States are read in the place of those that terraform_remote_state data sources of these names read.
	States map[string][]byte

	// DataDir is the data directory of a session that was initialised for the same modules and providers. Zero: one of its own.
	DataDir string

	Parallelism int              // operations at once; zero: the engine's own default
	PluginCache string           // directory for downloaded providers where the user has named none; zero: none
	Environ     []string         // environment to pass on; zero: os.Environ()
	TempDir     string           // where the private directory is made; zero: os.TempDir()
	Progress    func(p Progress) // called as the plan advances, never concurrently; zero: nobody listens
	Now         func() time.Time // measures how long plans take; zero: nobody asks
}

// Progress tells how far a plan is.
type Progress struct {
	Step    string // init, plan or show
	Objects int    // objects read so far, while planning
}

const (
	stepInit     = "init"
	stepPlan     = "plan"
	stepShow     = "show"
	stepValidate = "validate"
)

// Result is a plan that was made.
type Result struct {
	Engine   Engine
	Provider Provider
	Duration time.Duration

	plans.Plan
}

// Provider is what read the objects for the plan.
type Provider struct {
	Source  string // such as registry.terraform.io/rootlyhq/rootly; zero: no installed provider took part
	Version string
	StandIn string // name of what stood in for it; zero: nothing did
}

// String names what read the objects, never a stand-in by the name of the provider.
func (p Provider) String() string {
	switch {
	case p.StandIn != "":
		return p.StandIn
	case p.Source != "":
		return p.Source + " " + p.Version
	default:
		return "no provider"
	}
}
