package record

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/post"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// lookBack is the maximum age of an event of the same run: systems allow jobs to be repeated for so long.
const lookBack = 30 * 24 * time.Hour

// send resolves the slugs, and creates or updates the event.
func (o *Settings) send(ctx context.Context, w world.World, a Account, ties []Tie) error {
	if o.DryRun && cmp.Or(o.Token, o.TokenFile, w.Getenv("ROOTLY_API_TOKEN")) == "" {
		return o.draft(w, a, ties)
	}
	client, err := o.client(w)
	if err != nil {
		return err
	}
	if a.Ties, err = o.resolve(ctx, w, client, ties); err != nil {
		return err
	}
	form := o.Form
	if o.As == "incident" {
		if form.Severity, err = o.severityOf(ctx, w, client); err != nil {
			return err
		}
	}
	event, err := o.event(a, form)
	if err != nil {
		return err
	}
	if o.DryRun {
		return printDraft(w, event)
	}
	outcome, err := client.Put(ctx, event, w.Now().Add(-lookBack))
	if err != nil {
		return err
	}
	if err := o.output(outcome); err != nil {
		return err
	}
	return w.Report().Result(report.Result{Lines: []string{Sentence(outcome, o.As, a.Title())}})
}

// output appends lines for later steps of a pipeline, in the format of GitHub and GitLab.
func (o *Settings) output(outcome post.Outcome) (err error) {
	if o.Output == "" {
		return nil
	}
	dir, name := disk.Of(o.Output)
	file, err := dir.Open(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("--output-file: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	for _, value := range []struct{ name, text string }{{"id", outcome.ID}, {"url", outcome.URL}} {
		if strings.ContainsFunc(value.text, unicode.IsControl) {
			value.text = "" // a line end would start another variable
		}
		if _, err := fmt.Fprintf(file, "%s=%s\n", value.name, value.text); err != nil {
			return fmt.Errorf("--output-file: %w", err)
		}
	}
	return nil
}

// client returns one that may post.
func (o *Settings) client(w world.World) (*post.Client, error) {
	token, err := api.TokenSources{Flag: o.Token, File: o.TokenFile, Env: w.Getenv("ROOTLY_API_TOKEN"), ReadFile: os.ReadFile}.Resolve()
	if err != nil {
		return nil, err
	}
	return post.New(api.Options{
		URL: cmp.Or(o.URL, w.Getenv("ROOTLY_API_URL")), Token: token, UserAgent: "terraformer-rootly/" + world.Version(),
		Attempts: 4, Timeout: min(o.Limit, 20*time.Second), RetryFor: o.Limit,
	})
}

// resolve finds the ids. A slug without an object loses the tie, not the event, unless --strict.
func (o *Settings) resolve(ctx context.Context, w world.World, client *post.Client, ties []Tie) (Ties, error) {
	ids := Ties{}
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

// spares warns about what the event can do without, and reports whether it may.
func (o *Settings) spares(w world.World, err error) bool {
	var denied *post.Denied
	if o.Strict || !errors.Is(err, post.ErrUnknown) && !errors.As(err, &denied) {
		return false
	}
	w.Report().Problem(fmt.Errorf("recording without it: %w", err), cmp.Or(exit.HintOf(err), Hint(err)))
	return true
}

func (o *Settings) severityOf(ctx context.Context, w world.World, client *post.Client) (string, error) {
	var id string
	var err error
	if o.Severity == "" {
		id, err = client.LowestSeverity(ctx)
	} else {
		id, err = client.Resolve(ctx, post.Severity, o.Severity)
	}
	if err != nil && o.spares(w, err) {
		return "", nil
	}
	return id, err
}

func (o *Settings) event(a Account, form Form) (post.Event, error) {
	if o.As == "incident" {
		return a.Incident(form), nil
	}
	return a.Pulse()
}

// draft prints the request without using a token: slugs stand for ids.
func (o *Settings) draft(w world.World, a Account, ties []Tie) error {
	a.Ties = Ties{}
	for _, t := range ties {
		a.Ties[t.Kind] = append(a.Ties[t.Kind], t.String())
	}
	form := o.Form
	form.Severity = cmp.Or(o.Severity, "lowest")
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
	return PrintRequest(w.Report(), d)
}
