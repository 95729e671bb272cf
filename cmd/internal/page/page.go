package page

import "time"

// A Page is what a file shows. Parts that are empty are left out.
type Page struct {
	Title   string
	Subject string // what it is about, such as the address of the organisation
	Made    time.Time
	Facts   []Fact
	Notes   []string // what a reader has to know in order not to misunderstand the rest

	Findings []Finding
	Linted   bool // whether anybody looked for findings
	Coverage *Coverage
	Objects  []*Object
	Edges    []Edge
	Counts   *Table // such as how much of each type is managed
	Drift    []Drift
	Compared string // what Drift compares, where somebody did
	Events   []Event
}

// A Fact is a number or a word at the top.
type Fact struct {
	Label, Value string
	Note         string
	Tone         Tone
	Part         string // of the page that says more; empty: none
}

// A Tone says how a fact or a finding is meant. The zero value is neutral.
type Tone string

// The tones.
const (
	Neutral Tone = ""
	Good    Tone = "good"
	Remark  Tone = "info"
	Caution Tone = "warning"
	Bad     Tone = "error"
)

// A Finding is something that is wrong with an object.
type Finding struct {
	Tone               Tone
	Rule, Title        string
	Key                string // of the object, where the page has it; else empty
	Type, Name         string
	Message, Why, Fix  string
	Link               string // to Rootly
	Teams              []string
	Place              string // in the code
	Author, AuthorTime string // who changed the object last, where that is known
	Diff               string // that fixes the code; empty where people have to decide
}

// An Object is one object of the organisation.
type Object struct {
	Key     string // type and id
	Type    string // without its prefix
	Name    string
	Address string // in the code; empty: nowhere
	Status  string // managed, unmanaged or not representable; empty where nobody looked
	Why     string // it is not representable
	Teams   []string
	Link    string // to Rootly
	Layer   int    // where the graph draws it, from 1 at the left; 0: not at all
	Level   *Level
	Path    *Path
	OnCall  string // who is on call for it now, of services and schedules

	Settings string // as JSON
	Code     string
	History  []Event
}

// A Path is when an escalation path is taken.
type Path struct {
	Default bool      // it is taken unless another one fits
	Quiet   bool      // it does not wake anybody
	When    string    // for which alerts, and in which hours; empty: for all
	Always  bool      // at any hour, as far as its own hours say
	Open    []Stretch // the hours otherwise
}

// A Level is what an escalation level does.
type Level struct {
	After    int // minutes until the next level
	Position int
	Targets  []Target
	Now      []string // who is paged now, as Rootly answers; nil: it was not asked
}

// A Target is who a level pages.
type Target struct {
	Kind   string // user, schedule, team, service or a channel
	Key    string // of an object of the page; else empty
	Name   string
	People []string // of a team
}

// An Edge leads from what comes first to what follows, by the keys of objects.
type Edge struct{ From, To string }

// A Drift is an object that differs between two sides.
type Drift struct {
	Kind, Type, Name string
	Key              string // where the page has the object
	Authors          []string
	Hint             string
	Rows             []DriftRow
}

// A DriftRow is an attribute on both sides.
type DriftRow struct {
	Path          string
	Before, After string
}

// An Event is a change that somebody made.
type Event struct {
	At               time.Time
	Who, Did         string
	Type, Name, What string
	Key              string // where the page has the object
}

// A Table is rows of texts below a head.
type Table struct {
	Title string
	Head  []string
	Rows  [][]string
}
