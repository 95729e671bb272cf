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

	API      API      // that the provider asks; zero: as code and environment say
	Attached Attached // a provider that runs already; zero: the engine installs what the code asks for
	Scope    Scope    // what the plan covers; zero: everything

	// Backend plans against the state that the directory's backend keeps. Zero: against a local state only, and without
	// touching the directory's .terraform.
	Backend   bool
	VarFiles  []string // more values for variables; secrets belong here and never into arguments
	Arguments bool     // also use the values for variables in TF_CLI_ARGS and TF_CLI_ARGS_plan

	// DataDir is the data directory of a session that was initialised for the same modules and providers. Zero: one of its own.
	DataDir string

	Environ  []string         // environment to pass on; zero: os.Environ()
	TempDir  string           // where the private directory is made; zero: os.TempDir()
	Progress func(p Progress) // called as the plan advances, never concurrently; zero: not reported
	Now      func() time.Time // measures how long plans take; zero: not measured
}

// API is what the provider asks.
type API struct {
	URL   string // such as a loopback server
	Token string

	// Configurations of the provider, such as rootly.eu, ask URL with Token even where the code or an override file says
	// otherwise, and all others get no answers; zero: all are as the code says.
	Configurations []string

	// Named are configurations that ask URL, with the token that code or environment say, although the code names a host.
	Named []string
}

// Attached is a provider that runs already.
type Attached struct {
	Reattach tfexec.ReattachInfo
	StandIn  string // its name, for the record
}

// Scope is what a plan covers.
type Scope struct {
	StateFile string   // state to plan against instead of the directory's own; only without Backend
	Targets   []string // addresses to restrict the plan to; zero: everything
	Stored    bool     // do not refresh the state, and read only what is to be imported
	ByStream  bool     // do not read a plan file if the engine's messages show that it only imports objects without changes

	// Declared is code to plan in addition to that of the directory, such as what it refers to and lacks.
	Declared []byte

	// States replace what terraform_remote_state data sources of these names read.
	States map[string][]byte
}

// Progress is how far a plan is.
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
