package record

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/pipeline"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/post"
)

// Run reads the plan, detects the run, and posts the event.
func Run(ctx context.Context, w world.World, o *Settings) error {
	limited, cancel := context.WithTimeoutCause(ctx, o.Limit, fmt.Errorf("not finished within %s (--timeout)", o.Limit))
	defer cancel()
	err := o.record(limited, w)
	if err != nil && ctx.Err() == nil && limited.Err() != nil {
		err = fmt.Errorf("%w: %w", context.Cause(limited), err)
	}
	if hint := Hint(err); hint != "" && exit.HintOf(err) == "" {
		return exit.WithHint(err, hint)
	}
	return err
}

// Forgive keeps an error from failing the pipeline, unless the settings are strict.
func (o *Settings) Forgive(w world.World, err error) error {
	if err == nil || o.Strict || errors.Is(err, context.Canceled) {
		return err
	}
	w.Report().Problem(err, exit.HintOf(err))
	w.Report().Line("nothing was recorded, and the pipeline continues; with --strict it would have failed")
	return nil
}

func (o *Settings) record(ctx context.Context, w world.World) error {
	plan, err := Source{
		Veil: planning.NewVeil(),
		Path: o.Plan, In: w.In, Directory: o.Dir, Engine: o.Engine, World: w,
	}.Load(ctx)
	if err != nil {
		return err
	}
	a, err := o.account(w)
	if err != nil {
		return err
	}
	a.Plan = plan
	ties, err := o.tiesOf()
	if err != nil {
		return err
	}
	if plan.Empty() && !o.Always && (o.Status == Applied || o.Status == Skipped) {
		return w.Report().Result(report.Result{Lines: []string{a.Title() + "; nothing to record (--always records it anyway)"}})
	}
	return o.send(ctx, w, a, Applying(ties, plan))
}

// account collects what is known besides the plan: flags first, then the CI system.
func (o *Settings) account(w world.World) (Account, error) {
	run := pipeline.Detect(pipeline.System{Getenv: w.Getenv, ReadFile: os.ReadFile})
	given := o.Run
	if given.PullRequestURL != "" {
		run.PullRequest = path.Base(given.PullRequestURL)
	}
	for _, fact := range []struct{ to, given *string }{
		{&run.Approver, &given.Approver}, {&run.Actor, &given.Actor}, {&run.Commit, &given.Commit},
		{&run.Branch, &given.Branch}, {&run.PullRequestURL, &given.PullRequestURL}, {&run.URL, &given.URL},
		{&run.ID, &given.ID}, {&run.Workspace, &given.Workspace},
	} {
		*fact.to = cmp.Or(*fact.given, *fact.to)
	}
	run.Workspace = cmp.Or(run.Workspace, Workspace(o.Dir))
	run.Directory = cmp.Or(run.Directory, Directory(o.Dir))

	a := Account{
		Run: run, Status: o.Status, Name: cmp.Or(o.Name, Name(run)), Summary: o.Summary,
		Source: o.Source, Key: o.Key, Place: run.Directory + " " + o.Plan, Most: o.Most,
	}
	var err error
	if a.Labels, err = Pairs("--label", o.Labels); err != nil {
		return a, err
	}
	if a.Refs, err = Pairs("--ref", o.Refs); err != nil {
		return a, err
	}
	a.Started, a.Ended, err = span(o.StartedAt, o.Took, w.Now())
	return a, err
}

// span is the beginning and the end of the apply.
func span(startedAt, took string, now time.Time) (started, ended time.Time, err error) {
	var length time.Duration
	if took != "" {
		if length, err = time.ParseDuration(took); err != nil {
			seconds, notNumber := strconv.ParseFloat(took, 64)
			if notNumber != nil {
				return started, ended, exit.Usage(fmt.Errorf("--duration %q is not a duration", took), "write it as 90s or 90")
			}
			length = time.Duration(seconds * float64(time.Second))
		}
	}
	if length < 0 {
		return started, ended, exit.Usage(fmt.Errorf("--duration %s is negative", took), "write it as 90s or 90")
	}
	if startedAt == "" {
		return now.Add(-length), now, nil
	}
	if seconds, notNumber := strconv.ParseInt(startedAt, 10, 64); notNumber == nil {
		started = time.Unix(seconds, 0)
	} else if started, err = time.Parse(time.RFC3339, startedAt); err != nil {
		return started, ended, exit.Usage(fmt.Errorf("--started-at %q is not a time", startedAt), "write it as 2026-01-31T12:00:00Z, or in seconds since 1970")
	}
	if took != "" {
		return started, started.Add(length), nil
	}
	return started, now, nil
}

// tiesOf lists the objects that the flags name.
func (o *Settings) tiesOf() ([]Tie, error) {
	var ties []Tie
	for _, kind := range []post.Kind{post.Service, post.Environment, post.Team, post.Functionality, post.Cause, post.IncidentType} {
		for _, slug := range *o.Ties[kind] {
			if slug = strings.TrimSpace(slug); slug != "" {
				ties = append(ties, Tie{Kind: kind, Slug: slug})
			}
		}
	}
	for _, text := range o.Maps {
		if strings.TrimSpace(text) == "" {
			continue // as an unset variable leaves it
		}
		t, err := ParseTie(text)
		if err != nil {
			return nil, exit.Usage(fmt.Errorf("--map: %w", err), "write it as --map 'module.db.* = service:postgres'")
		}
		ties = append(ties, t)
	}
	return ties, nil
}
