package record

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/pipeline"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/change"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/post"
)

// The outcomes of an apply.
const (
	Applied   = "applied"
	Failed    = "failed"
	Cancelled = "cancelled" // it was stopped before its end
	Skipped   = "skipped"   // it was never started
)

// Outcomes are the values of --status.
func Outcomes() []string { return []string{Applied, Failed, Cancelled, Skipped} }

// An Account describes one apply.
type Account struct {
	Plan   *change.Plan
	Run    pipeline.Run
	Status string // one of the outcomes

	Name    string // name of what was planned, such as payments
	Summary string // instead of the generated summary
	Source  string
	Key     string // distinguishes several records of one run
	Place   string // directory of the plan: likewise

	Started, Ended time.Time
	Labels, Refs   []post.Pair
	Most           int // changes that are listed
	Ties           Ties
}

// Ties are the objects in Rootly that the change is about, by id.
type Ties map[post.Kind][]string

// A Form describes the incident to create.
type Form struct {
	Severity     string // id
	Kind, Status string
	Private      bool
}

// Pulse makes the pulse.
func (a Account) Pulse() (post.Pulse, error) {
	content, err := json.Marshal(a.content())
	if err != nil {
		return post.Pulse{}, fmt.Errorf("encode the changes: %w", err)
	}
	return post.Pulse{
		Identity: a.identity("pulse"),
		Summary:  a.Title(), Source: a.Source, URL: a.url(),
		Services: a.Ties[post.Service], Environments: a.Ties[post.Environment],
		Labels: a.labels(), Refs: a.refs(),
		Started: a.Started, Ended: a.Ended, Content: content,
	}, nil
}

// Incident makes the incident.
func (a Account) Incident(f Form) post.Incident {
	labels := a.labels()
	for _, r := range a.refs() {
		labels = put(labels, r.Key, r.Value)
	}
	return post.Incident{
		Identity: a.identity("incident"),
		Title:    a.Title(), Summary: a.report(), Kind: f.Kind, Status: f.Status, Private: f.Private,
		Severity: f.Severity, Services: a.Ties[post.Service], Environments: a.Ties[post.Environment],
		Teams: a.Ties[post.Team], Functionalities: a.Ties[post.Functionality],
		Causes: a.Ties[post.Cause], Types: a.Ties[post.IncidentType],
		Labels: labels, Started: a.Started, Ended: a.Ended, Once: true,
	}
}

// identity is the same for every attempt to record this apply. Without a run of a CI system, the plan itself is used.
func (a Account) identity(as string) post.Identity {
	run := a.Run.ID
	if run == "" {
		run = a.Plan.Source
	}
	return post.Identity{
		Fingerprint: digest("1", as, a.Run.System, a.Run.Repository, run, a.Run.Job, a.Name, a.Place, a.Key),
		Digest:      digest("1", a.Plan.Content, a.Status, a.Title()),
	}
}

func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:12])
}

// Title says in one line what happened.
func (a Account) Title() string {
	if a.Summary != "" {
		return secret.Mask(a.Summary)
	}
	text := a.Plan.Summary()
	if a.Status != Applied {
		text = "apply " + a.Status + ", planned were " + text
	}
	return secret.Mask(a.Name) + ": " + text
}

func (a Account) url() string {
	if a.Run.URL != "" {
		return a.Run.URL
	}
	return a.Run.PullRequestURL
}

// labels are the given ones, and those that people filter by. Given ones take precedence.
func (a Account) labels() []post.Pair {
	labels := masked(a.Labels)
	for _, l := range []post.Pair{
		{Key: "status", Value: a.Status}, {Key: "name", Value: secret.Mask(a.Name)},
		{Key: "workspace", Value: a.Run.Workspace}, {Key: "repository", Value: a.Run.Repository},
		{Key: "branch", Value: a.Run.Branch}, {Key: "actor", Value: a.Run.Actor},
		{Key: "approved_by", Value: a.Run.Approver}, {Key: "ci", Value: a.Run.System},
	} {
		labels = put(labels, l.Key, l.Value)
	}
	return labels
}

// refs are the given ones, and the identifiers of the change in other systems.
func (a Account) refs() []post.Pair {
	refs := masked(a.Refs)
	request := a.Run.PullRequestURL
	if request == "" {
		request = a.Run.PullRequest
	}
	for _, r := range []post.Pair{
		{Key: "sha", Value: a.Run.Commit}, {Key: "pull_request", Value: request}, {Key: "run", Value: a.Run.URL},
	} {
		refs = put(refs, r.Key, r.Value)
	}
	return refs
}

// put adds a non-empty pair, unless its key exists already.
func put(pairs []post.Pair, key, value string) []post.Pair {
	if value == "" {
		return pairs
	}
	for _, p := range pairs {
		if p.Key == key {
			return pairs
		}
	}
	return append(pairs, post.Pair{Key: key, Value: value})
}

func masked(pairs []post.Pair) []post.Pair {
	list := make([]post.Pair, len(pairs))
	for i, p := range pairs {
		list[i] = post.Pair{Key: p.Key, Value: secret.Mask(p.Value)}
		if found := secret.Find(p.Key, p.Value); len(found) > 0 && list[i].Value == p.Value {
			list[i].Value = "[secret]"
		}
	}
	return list
}
