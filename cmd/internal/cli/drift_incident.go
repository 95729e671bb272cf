package cli

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/post"
)

// driftIncident is whether and how to raise drift as an incident.
type driftIncident struct {
	incident     bool
	name         string
	severity     string
	kind         string
	environments []string
	services     []string
	private      bool
	labels       []string
	resolve      bool
	dryRun       bool
}

func (o *driftIncident) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&o.incident, "incident", false, "raise the drift as one Rootly incident, which later runs update")
	f.StringVar(&o.name, "name", "", "`NAME` that tells this directory's incident from others (default: the directory's own)")
	f.StringVar(&o.severity, "severity", "", "`SLUG` of the incident's severity (default: a lowest one)")
	f.StringVar(&o.kind, "incident-kind", "normal", "`KIND` of the incident")
	f.StringSliceVar(&o.environments, "environment", nil, "`SLUGS` of environments concerned")
	f.StringSliceVar(&o.services, "service", nil, "`SLUGS` of services concerned")
	f.BoolVar(&o.private, "private", false, "make the incident private")
	f.StringSliceVar(&o.labels, "label", nil, "`KEY=VALUE` labels of the incident")
	f.BoolVar(&o.resolve, "resolve", false, "resolve the incident when the drift is gone")
	f.BoolVar(&o.dryRun, "dry-run", false, "print the request instead of sending it")
}

// driftLookBack is how old an open incident may be that is still this drift's.
const driftLookBack = 365 * 24 * time.Hour

// raise makes sure that drift has one incident, and that its end is told there.
func (d *drifting) raise(ctx context.Context, c report.Changes) error {
	if !d.o.incident {
		return nil
	}
	client, err := post.New(api.Options{URL: d.live.url, Token: api.Token(d.live.token), UserAgent: "terraformer-rootly/" + version()})
	if err != nil {
		return err
	}
	event, err := d.event(ctx, client, c)
	if err != nil {
		return err
	}
	since := d.started.Add(-driftLookBack)
	if len(d.items) == 0 {
		return d.settle(ctx, client, event, since)
	}
	if d.o.driftIncident.dryRun {
		return printDraft(d.w, event)
	}
	outcome, err := client.Put(ctx, event, since)
	if err != nil {
		return err
	}
	report.Note(d.w.Err, fmt.Sprintf("incident %s %s %s", outcome.ID, outcome.Deed, outcome.URL))
	return nil
}

// event is the incident that tells of the drift.
func (d *drifting) event(ctx context.Context, client *post.Client, c report.Changes) (post.Incident, error) {
	var body bytes.Buffer
	if err := report.WriteChangesMarkdown(&body, c); err != nil {
		return post.Incident{}, err
	}
	name := first(d.o.driftIncident.name, base(d.o.dir))
	e := post.Incident{
		Identity: post.Identity{Fingerprint: digestOf("drift", name), Digest: digestOf(body.String())},
		Title:    "Drift in " + name + ": " + report.Plural(len(d.items), "difference"),
		Summary:  body.String(), Kind: d.o.kind, Private: d.o.private,
	}
	var err error
	if e.Labels, err = pairs("--label", d.o.labels); err != nil {
		return e, err
	}
	if d.o.severity == "" {
		e.Severity, err = client.LowestSeverity(ctx)
	} else {
		e.Severity, err = client.Resolve(ctx, post.Severity, d.o.severity)
	}
	if err != nil {
		return e, err
	}
	if e.Services, err = ids(ctx, client, post.Service, d.o.services); err != nil {
		return e, err
	}
	e.Environments, err = ids(ctx, client, post.Environment, d.o.environments)
	return e, err
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

// settle tells the open incidents of this drift that it is gone.
func (d *drifting) settle(ctx context.Context, client *post.Client, event post.Incident, since time.Time) error {
	found, err := client.Find(ctx, event, since)
	if err != nil {
		return err
	}
	for _, f := range found {
		if f.Closed() || f.Digest == event.Digest || d.o.driftIncident.dryRun {
			continue
		}
		if err := client.Note(ctx, f.ID, "The drift is gone: code and live agree again."); err != nil {
			return err
		}
		end := post.Incident{Identity: event.Identity, Title: event.Title, Summary: event.Summary}
		if d.o.resolve {
			end.Status, end.Resolution = "resolved", "Code and live agree again."
		}
		if _, err := client.Update(ctx, f.ID, end); err != nil {
			return err
		}
		report.Note(d.w.Err, "incident "+f.ID+": the drift is gone")
	}
	return nil
}
