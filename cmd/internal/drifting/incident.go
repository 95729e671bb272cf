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
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/post"
)

// DriftIncident is whether and how to raise drift as an incident.
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
	Given []string    // flags that mean nothing without --incident
}

// check reads the flags, before anything is asked.
func (o *DriftIncident) check() (err error) {
	if !o.Incident && len(o.Given) > 0 {
		return exit.Usage(fmt.Errorf("%s without --incident", strings.Join(o.Given, ", ")), "these flags need --incident")
	}
	o.pairs, err = record.Pairs("--label", o.Labels)
	return err
}

// driftLookBack is how old an open incident may be that is still this drift's.
const driftLookBack = 365 * 24 * time.Hour

// raise makes sure that drift has one incident, and that its end is told there.
func (d *Drifting) raise(ctx context.Context, c report.Changes) error {
	if !d.o.Incident {
		return nil
	}
	client, err := post.New(api.Options{URL: d.live.Url, Token: api.Token(d.live.Token), UserAgent: "terraformer-rootly/" + world.Version()})
	if err != nil {
		return err
	}
	err = d.put(ctx, client, c)
	if hint := driftHint(err); err != nil && exit.HintOf(err) == "" && hint != "" {
		return exit.WithHint(err, hint)
	}
	return err
}

// driftHint says what to do about an incident that Rootly did not take.
func driftHint(err error) string {
	var invalid *post.Invalid
	if errors.As(err, &invalid) && len(invalid.Fields) == 0 {
		return "the organisation requires a field that no flag sets: make it optional under Configuration > Incident Properties"
	}
	return record.Hint(err)
}

// put sends what there is to say, or shows it.
func (d *Drifting) put(ctx context.Context, client *post.Client, c report.Changes) error {
	event, err := d.event(ctx, client, c)
	if err != nil {
		return err
	}
	since := d.started.Add(-driftLookBack)
	if len(d.Items) == 0 {
		return d.settle(ctx, client, event, since)
	}
	if !d.o.DriftIncident.DryRun {
		outcome, err := client.Put(ctx, event, since)
		if err != nil {
			return err
		}
		report.Note(d.w.Err, strings.TrimSpace(fmt.Sprintf("incident %s %s %s", outcome.ID, outcome.Deed, outcome.URL)))
		return nil
	}
	draft, outcome, err := client.Plan(ctx, event, since)
	if err != nil {
		return err
	}
	if outcome.Deed == post.Unchanged {
		report.Note(d.w.Err, "incident "+outcome.ID+" already reports this drift: there is nothing to send")
		return nil
	}
	out := d.w.Out
	if d.o.Json || d.o.Markdown { // which a program reads
		out = d.w.Err
	}
	return record.PrintRequest(out, draft)
}

// event is the incident that tells of the drift.
func (d *Drifting) event(ctx context.Context, client *post.Client, c report.Changes) (post.Incident, error) {
	var body bytes.Buffer
	if err := report.WriteChangesMarkdown(&body, c); err != nil {
		return post.Incident{}, err
	}
	name := cmp.Or(d.o.DriftIncident.Name, base(d.o.Dir))
	e := post.Incident{
		Identity: post.Identity{Fingerprint: digestOf("drift", name), Digest: digestOf(body.String())},
		Title:    "Drift in " + name + ": " + report.Plural(len(d.Items), "difference"),
		Summary:  body.String(), Kind: d.o.Kind, Private: d.o.Private, Labels: d.o.pairs,
	}
	var err error
	if d.o.Severity == "" {
		e.Severity, err = client.LowestSeverity(ctx)
	} else {
		e.Severity, err = client.Resolve(ctx, post.Severity, d.o.Severity)
	}
	if err != nil {
		return e, err
	}
	tied := map[post.Kind][]string{}
	for _, kind := range slices.Sorted(maps.Keys(d.o.Ties)) {
		if tied[kind], err = ids(ctx, client, kind, *d.o.Ties[kind]); err != nil {
			return e, err
		}
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

// settle tells the open incidents of this drift that it is gone: once, and resolves them if asked for, then or later.
func (d *Drifting) settle(ctx context.Context, client *post.Client, event post.Incident, since time.Time) error {
	found, err := client.Find(ctx, event, since)
	if err != nil {
		return err
	}
	for _, f := range found {
		told := f.Digest == event.Digest
		if f.Closed() || told && !d.o.Resolve {
			continue
		}
		end := post.Incident{Identity: event.Identity, Title: event.Title, Summary: event.Summary}
		text := "incident " + f.ID + ": there is no drift any more"
		if d.o.Resolve {
			end.Status, end.Resolution = "resolved", "Code and live agree again."
			text += ", resolved"
		}
		if d.o.DriftIncident.DryRun {
			report.Note(d.w.Err, text+" (dry run: not sent)")
			continue
		}
		if !told {
			if err := client.Note(ctx, f.ID, "There is no drift any more: code and live agree again."); err != nil {
				return err
			}
		}
		if _, err := client.Update(ctx, f.ID, end); err != nil {
			return err
		}
		report.Note(d.w.Err, text)
	}
	return nil
}
