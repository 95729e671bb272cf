package drifting

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/record"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/post"
)

// DriftIncident says whether and how drift becomes an incident.
type DriftIncident struct {
	Incident bool
	Name     string
	Severity string
	Kind     string
	Ties     map[post.Kind]*[]string
	Private  bool
	Labels   []string
	Resolve  bool
	DryRun   bool

	pairs []post.Pair // labels, read
	Given []string    // given flags that need --incident
}

// check reads the flags, before any request.
func (o *DriftIncident) check() (err error) {
	if !o.Incident && len(o.Given) > 0 {
		return exit.Usage(fmt.Errorf("%s without --incident", strings.Join(o.Given, ", ")), "these flags need --incident")
	}
	o.pairs, err = record.Pairs("--label", o.Labels)
	return err
}

// driftLookBack is the maximum age of an open incident that is still updated.
const driftLookBack = 365 * 24 * time.Hour

// raise makes sure that the drift of each owner has one incident, and that the end of the drift is recorded there.
func (r *run) raise(ctx context.Context, c report.Changes) error {
	if !r.o.Incident {
		return nil
	}
	client, err := post.New(api.Options{URL: r.target.URL, Token: api.Token(r.target.Token), UserAgent: "terraformer-rootly/" + world.Version()})
	if err != nil {
		return err
	}
	raising := &raising{r, client}
	for _, w := range r.owners(c) {
		if err := raising.put(ctx, w); err != nil {
			if hint := driftHint(err); exit.HintOf(err) == "" && hint != "" {
				return exit.WithHint(err, hint)
			}
			return err
		}
	}
	return nil
}

// A raising writes incidents.
type raising struct {
	*run
	client *post.Client
}

// An owned is the drift that concerns one owner.
type owned struct {
	name string // part of the incident's identity and title
	team graph.ID
	report.Changes
}

// owners groups the drift by the owners of the parts. A directory that is not split has one owner.
func (r *run) owners(c report.Changes) []*owned {
	name := cmp.Or(r.o.DriftIncident.Name, base(r.o.Dir))
	if len(r.modules) == 1 {
		return []*owned{{name: name, Changes: c}}
	}
	var list []*owned
	at := map[string]*owned{}
	for _, m := range r.modules {
		who := cmp.Or(m.root.Owner, m.root.Name)
		w := at[who]
		if w == nil {
			w = &owned{name: name + "/" + m.root.Name, team: m.root.Team, Changes: c}
			w.Changes.Changes = nil
			at[who] = w
			list = append(list, w)
		}
		for _, o := range c.Changes {
			if o.Part == m.root.Name {
				w.Changes.Changes = append(w.Changes.Changes, o)
			}
		}
	}
	return list
}

// driftHint is the hint for an incident that Rootly refused.
func driftHint(err error) string {
	var invalid *post.Invalid
	if errors.As(err, &invalid) && len(invalid.Fields) == 0 {
		return "the organisation requires a field that no flag sets: make it optional under Configuration > Incident Properties"
	}
	return record.Hint(err)
}

// put opens or updates an incident, or prints the request.
func (r *raising) put(ctx context.Context, w *owned) error {
	event, err := r.event(ctx, w)
	if err != nil {
		return err
	}
	since := r.started.Add(-driftLookBack)
	if len(w.Changes.Changes) == 0 {
		return r.settle(ctx, event, since)
	}
	if !r.o.DriftIncident.DryRun {
		outcome, err := r.client.Put(ctx, event, since)
		if err != nil {
			return err
		}
		r.w.Report().Note(strings.TrimSpace(fmt.Sprintf("incident %s %s %s", outcome.ID, outcome.Deed, outcome.URL)))
		return nil
	}
	draft, outcome, err := r.client.Plan(ctx, event, since)
	if err != nil {
		return err
	}
	if outcome.Deed == post.Unchanged {
		r.w.Report().Note("incident " + outcome.ID + " already reports this drift: there is nothing to send")
		return nil
	}
	return record.PrintRequest(r.w.Report(), draft)
}

// event is the incident for the drift: its title, text and references.
func (r *raising) event(ctx context.Context, w *owned) (post.Incident, error) {
	var body bytes.Buffer
	if err := report.New(report.Options{Out: &body, Format: "markdown"}).Changes(w.Changes); err != nil {
		return post.Incident{}, err
	}
	e := post.Incident{
		Identity: post.Identity{Fingerprint: digestOf("drift", w.name), Digest: digestOf(body.String())},
		Title:    "Drift in " + w.name + ": " + report.Plural(len(w.Changes.Changes), "difference"),
		Summary:  body.String(), Kind: r.o.Kind, Private: r.o.Private, Labels: r.o.pairs,
	}
	var err error
	if r.o.Severity == "" {
		e.Severity, err = r.client.LowestSeverity(ctx)
	} else {
		e.Severity, err = r.client.Resolve(ctx, post.Severity, r.o.Severity)
	}
	if err != nil {
		return e, err
	}
	tied := map[post.Kind][]string{}
	for _, kind := range slices.Sorted(maps.Keys(r.o.Ties)) {
		if tied[kind], err = ids(ctx, r.client, kind, *r.o.Ties[kind]); err != nil {
			return e, err
		}
	}
	if w.team != "" && !slices.Contains(tied[post.Team], string(w.team)) {
		tied[post.Team] = append(tied[post.Team], string(w.team))
	}
	e.Services, e.Environments, e.Teams = tied[post.Service], tied[post.Environment], tied[post.Team]
	e.Functionalities, e.Causes, e.Types = tied[post.Functionality], tied[post.Cause], tied[post.IncidentType]
	return e, nil
}

func base(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	return filepath.Base(abs)
}

func digestOf(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// ids resolves slugs.
func ids(ctx context.Context, client *post.Client, kind post.Kind, slugs []string) ([]string, error) {
	var all []string
	for _, slug := range slugs {
		id, err := client.Resolve(ctx, kind, slug)
		if err != nil {
			return nil, err
		}
		all = append(all, id)
	}
	return all, nil
}

// settle records in the open incidents of this drift that there is no drift any more, once, and resolves them if asked
// for, now or later.
func (r *raising) settle(ctx context.Context, event post.Incident, since time.Time) error {
	found, err := r.client.Find(ctx, event, since)
	if err != nil {
		return err
	}
	for _, f := range found {
		told := f.Digest == event.Digest
		if f.Closed() || told && !r.o.Resolve {
			continue
		}
		end := post.Incident{Identity: event.Identity, Title: event.Title, Summary: event.Summary}
		text := "incident " + f.ID + ": there is no drift any more"
		if r.o.Resolve {
			end.Status, end.Resolution = "resolved", "Code and live agree again."
			text += ", resolved"
		}
		if r.o.DriftIncident.DryRun {
			r.w.Report().Note(text + " (dry run: not sent)")
			continue
		}
		if !told {
			if err := r.client.Note(ctx, f.ID, "There is no drift any more: code and live agree again."); err != nil {
				return err
			}
		}
		if _, err := r.client.Update(ctx, f.ID, end); err != nil {
			return err
		}
		r.w.Report().Note(text)
	}
	return nil
}
