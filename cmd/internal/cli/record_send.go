package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/record"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/post"
)

// lookBack is how old an event of the same run may be, since for so long systems let jobs be tried again;
// and how far back authors of changes are looked for, where nothing says since when.
const lookBack = 30 * 24 * time.Hour

// send resolves the slugs, makes the event and puts it.
func (o *recordOptions) send(ctx context.Context, w world.World, a record.Account, ties []record.Tie) error {
	if o.dryRun && cmp.Or(o.token, o.tokenFile, w.Getenv("ROOTLY_API_TOKEN")) == "" {
		return o.draft(w, a, ties)
	}
	client, err := o.client(w)
	if err != nil {
		return err
	}
	if a.Ties, err = o.resolve(ctx, w, client, ties); err != nil {
		return err
	}
	form := o.form
	if o.as == "incident" {
		if form.Severity, err = o.severityOf(ctx, w, client); err != nil {
			return err
		}
	}
	event, err := o.event(a, form)
	if err != nil {
		return err
	}
	if o.dryRun {
		return printDraft(w, event)
	}
	outcome, err := client.Put(ctx, event, w.Now().Add(-lookBack))
	if err != nil {
		return err
	}
	return report.Say(w.Out, record.Told(outcome, o.as, a.Title()))
}

// client returns one that may post.
func (o *recordOptions) client(w world.World) (*post.Client, error) {
	token, err := api.TokenSources{Flag: o.token, File: o.tokenFile, Env: w.Getenv("ROOTLY_API_TOKEN"), ReadFile: os.ReadFile}.Resolve()
	if err != nil {
		return nil, err
	}
	return post.New(api.Options{
		URL: cmp.Or(o.url, w.Getenv("ROOTLY_API_URL")), Token: token, UserAgent: "terraformer-rootly/" + world.Version(),
		Attempts: 4, Timeout: min(o.limit, 20*time.Second), RetryFor: o.limit,
	})
}

// resolve finds the ids. A slug that names nothing costs the tie, not the event, unless --strict.
func (o *recordOptions) resolve(ctx context.Context, w world.World, client *post.Client, ties []record.Tie) (record.Ties, error) {
	ids := record.Ties{}
	for _, t := range ties {
		id, err := client.Resolve(ctx, t.Kind, t.Slug)
		if err != nil && !o.spares(w, err) {
			return nil, err
		}
		if err == nil {
			ids[t.Kind] = append(ids[t.Kind], id)
		}
	}
	return ids, nil
}

// spares warns of what the event can do without, and reports whether it may.
func (o *recordOptions) spares(w world.World, err error) bool {
	var denied *post.Denied
	if o.strict || !errors.Is(err, post.ErrUnknown) && !errors.As(err, &denied) {
		return false
	}
	report.Problem(w.Err, fmt.Errorf("recording without it: %w", err), cmp.Or(exit.HintOf(err), record.Hint(err)))
	return true
}

func (o *recordOptions) severityOf(ctx context.Context, w world.World, client *post.Client) (string, error) {
	var id string
	var err error
	if o.severity == "" {
		id, err = client.LowestSeverity(ctx)
	} else {
		id, err = client.Resolve(ctx, post.Severity, o.severity)
	}
	if err != nil && o.spares(w, err) {
		return "", nil
	}
	return id, err
}

func (o *recordOptions) event(a record.Account, form record.Form) (post.Event, error) {
	if o.as == "incident" {
		return a.Incident(form), nil
	}
	return a.Pulse()
}

// draft prints the request as far as it is known without a token: slugs stand for ids.
func (o *recordOptions) draft(w world.World, a record.Account, ties []record.Tie) error {
	a.Ties = record.Ties{}
	for _, t := range ties {
		a.Ties[t.Kind] = append(a.Ties[t.Kind], t.String())
	}
	form := o.form
	form.Severity = cmp.Or(o.severity, "lowest")
	event, err := o.event(a, form)
	if err != nil {
		return err
	}
	return printDraft(w, event)
}

func printDraft(w world.World, e post.Event) error {
	d, err := post.Create(e)
	if err != nil {
		return err
	}
	return record.PrintRequest(w.Out, d)
}
