package report

import (
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
)

// A Summary is what a run did, for people and for machines. Its JSON form is part of the
// interface: fields are added, never renamed.
type Summary struct {
	Command      string             `json:"command,omitempty"` // import when empty; export, or verify, which proves and does nothing else
	Directory    string             `json:"directory"`
	DryRun       bool               `json:"dry_run,omitempty"`
	Types        []TypeCount        `json:"types"`
	Requests     Requests           `json:"requests"`
	Files        Files              `json:"files"`
	References   References         `json:"references"`
	NotImported  []NotImported      `json:"not_imported"`
	NotListed    []NotListed        `json:"not_listed"`
	Losses       []Loss             `json:"losses"`
	Ignored      []Ignored          `json:"ignored"`
	Repairs      []Repair           `json:"repairs"`
	Secrets      int                `json:"secrets"`
	SecretsMode  string             `json:"secrets_mode,omitempty"` // plain, masked or blank
	SecretsFile  string             `json:"secrets_file,omitempty"` // holds their values, or waits for them
	Coverage     []Coverage         `json:"coverage"`
	LeftOut      map[string]string  `json:"left_out_by_default,omitempty"`
	Kept         []KeptCode         `json:"kept"`
	Folds        Folds              `json:"folds"`
	Rerun        Rerun              `json:"rerun"`
	Split        *Split             `json:"split,omitempty"` // of an import that made several root modules
	Proof        Proof              `json:"proof"`
	Next         []string           `json:"next,omitempty"` // command lines that bring the objects into the state
	Seconds      float64            `json:"seconds"`
	StageSeconds map[string]float64 `json:"stage_seconds,omitempty"`
}

// TypeCount counts the objects of a type.
type TypeCount struct {
	Type     string `json:"type"`
	Listed   int    `json:"listed"`
	Imported int    `json:"imported"`
}

// Requests counts what was asked of the API.
type Requests struct {
	Total   int64         `json:"total"`
	Retries int64         `json:"retries"`
	Bytes   int64         `json:"bytes"`
	Waited  time.Duration `json:"waited_ns"`

	Paths []PathRequests `json:"by_path,omitempty"` // by path
}

// PathRequests counts the requests for one path, with "{id}" in the place of ids.
type PathRequests struct {
	Path     string `json:"path"`
	Requests int64  `json:"requests"`
}

// Files counts what became of the files of the directory.
type Files struct {
	Written   int      `json:"written"`
	Unchanged int      `json:"unchanged"`
	Removed   int      `json:"removed"`
	Edited    []string `json:"edited"` // by people, and therefore left alone
}

// References counts ids that became references, and lists those that did not.
type References struct {
	Resolved   int          `json:"resolved"`
	Users      int          `json:"users"`
	Lookups    int          `json:"lookups"`
	Parts      int          `json:"other_parts"` // to what other root modules manage
	Unresolved []Unresolved `json:"unresolved"`
	Cycles     []Unresolved `json:"cycles"`
}

// Unresolved is an id that stands in the code as text.
type Unresolved struct {
	From   string `json:"from"`
	Path   string `json:"path"`
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// NotImported is a live object that has no code.
type NotImported struct {
	Type   string `json:"type"`
	ID     string `json:"id"`
	Title  string `json:"title"`
	Reason string `json:"reason"`
	Hint   string `json:"hint,omitempty"`
}

// NotListed is a collection, or a part of one, that could not be read.
type NotListed struct {
	Type      string `json:"type"`
	Parent    string `json:"parent,omitempty"`
	Reason    string `json:"reason"`
	Requested bool   `json:"requested"` // named on the command line
	Absent    bool   `json:"absent"`    // the organisation's plan or the token does not have it

	Known int `json:"known_objects,omitempty"` // objects of it that earlier runs could read
}

// Loss is a setting that the provider cannot represent.
type Loss struct {
	Type   string `json:"type"`
	ID     string `json:"id"`
	Title  string `json:"title"`
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// Repair is what was done to make the plan clean.
type Repair struct {
	Address string `json:"address"`
	Path    string `json:"path,omitempty"`
	How     string `json:"how"` // set, drop, ignore or remove
	Cause   string `json:"cause"`
	Unruled bool   `json:"without_rule,omitempty"` // an ignore_changes entry that the mapping has no rule for
}

// Ignored is an entry of ignore_changes.
type Ignored struct {
	Address string `json:"address"`
	Path    string `json:"path"`
	Reason  string `json:"reason"`
}

// Coverage counts what became of the settings of a type.
type Coverage struct {
	Type     string `json:"type"`
	Written  int    `json:"in_code"`
	Default  int    `json:"default"`
	Computed int    `json:"computed"`
	Secret   int    `json:"secret"`
	Lost     int    `json:"not_representable"`
}

// KeptCode is code of an earlier run that stays although this run does not have its object.
type KeptCode struct {
	Address string `json:"address"`
	Reason  string `json:"reason"`
}

// Folds counts the blocks with for_each and the objects in them.
type Folds struct {
	Blocks   int        `json:"blocks"`
	Objects  int        `json:"objects"`
	Unfolded []KeptCode `json:"unfolded"` // blocks, or objects of one, that would be, but for the reason
}

// Proof is what the plan said.
type Proof struct {
	State        string       `json:"state"` // clean, differs, unavailable, skipped
	Plan         string       `json:"plan,omitempty"`
	Engine       string       `json:"engine,omitempty"`
	Provider     string       `json:"provider,omitempty"`
	StandIn      bool         `json:"stand_in"`            // the provider is the built-in one, not the official
	Against      string       `json:"against,omitempty"`   // recording or live
	Plans        int          `json:"plans,omitempty"`     // in how many plans, where everything was planned in parts
	Whole        string       `json:"whole,omitempty"`     // what kept a large directory from being planned in parts
	FirstUse     string       `json:"first_use,omitempty"` // what the user's own first plan costs, where that is much
	Reason       string       `json:"reason,omitempty"`    // why there is no proof
	Hint         string       `json:"hint,omitempty"`
	Imported     int          `json:"imported"`
	Managed      int          `json:"managed"`
	Reported     int          `json:"reported"`
	AddedToState int          `json:"added_to_state,omitempty"` // managed objects that were not in the state before this run
	ImportAs     string       `json:"import_as,omitempty"`      // how those get there: state, both, script or none
	Differences  []Difference `json:"differences"`
	Seconds      float64      `json:"seconds"`
	Sampled      int          `json:"sampled,omitempty"`       // objects read again to compare lists with single answers
	Subset       int          `json:"subset,omitempty"`        // resources that were planned, where it was not all
	Checks       []string     `json:"failed_checks,omitempty"` // conditions of the code that do not hold
	LeftOut      []string     `json:"left_out,omitempty"`      // blocks of other providers, and of other configurations of this one
}

// The states of a proof.
const (
	ProofClean       = "clean"
	ProofDiffers     = "differs"
	ProofUnavailable = "unavailable"
	ProofSkipped     = "skipped"
)

// Difference is what keeps a plan from being clean.
type Difference struct {
	Address string     `json:"address"`
	Action  string     `json:"action"`
	Path    string     `json:"path,omitempty"`
	Before  shown.Text `json:"before,omitempty"`
	After   shown.Text `json:"after,omitempty"`
	Message string     `json:"message,omitempty"`
}

// Imported sums up the objects that have code.
func (s *Summary) Imported() int {
	n := 0
	for _, t := range s.Types {
		n += t.Imported
	}
	return n
}

// Listed sums up the objects that the API listed.
func (s *Summary) Listed() int {
	n := 0
	for _, t := range s.Types {
		n += t.Listed
	}
	return n
}
