// Package auditlog reads an organisation's audit log through the API.
//
//	API ──► pages ──► [Log.Events]  newest first, for people and for questions about changes
//	              └─► [Log.Batches] oldest first and page by page, for copies
//
// Not here: filters that the API does not have, and removing credentials; both are in package audit.
package auditlog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
)

// A Log is the audit log of one organisation.
type Log struct {
	Client *api.Client
	Lazy   bool              // request pages one by one, for callers that stop early
	Doubt  func(text string) // called with the reason why events may be missing; nil: not called
}

var _ audit.Source = Log{}

// Events reads the events that match a filter, newest first. An event that cannot be read is an [audit.Unreadable]
// error, and the others follow.
func (l Log) Events(ctx context.Context, f audit.Filter) iter.Seq2[audit.Event, error] {
	if single := apart(f); len(single) > 1 {
		return merged(ctx, l, single)
	}
	return func(yield func(audit.Event, error) bool) {
		for page, err := range l.pages(ctx, f, "-created_at") {
			if err != nil {
				yield(audit.Event{}, err)
				return
			}
			for _, row := range page.Raw {
				e, err := event(row, f)
				if !yield(e, err) || err != nil && !IsUnreadable(err) {
					return
				}
			}
			if page.Incomplete != "" && l.Doubt != nil {
				l.Doubt("new events arrived while the log was read: " + page.Incomplete + "; --until leaves them out")
			}
		}
	}
}

// Batches reads the events of a time span, oldest first.
func (l Log) Batches(ctx context.Context, from, to time.Time) iter.Seq2[audit.Batch, error] {
	return func(yield func(audit.Batch, error) bool) {
		for page, err := range l.pages(ctx, audit.Filter{Since: from, Until: to}, "created_at") {
			var batch audit.Batch
			if err == nil {
				batch, err = batchOf(page)
			}
			if !yield(batch, err) || err != nil {
				return
			}
		}
	}
}

func batchOf(page api.Page) (audit.Batch, error) {
	batch := audit.Batch{Incomplete: page.Incomplete}
	for _, row := range page.Raw {
		e, err := audit.ParseRedacted(row)
		var one *audit.Unreadable
		switch {
		case errors.As(err, &one):
			batch.Unreadable = append(batch.Unreadable, one)
		case err != nil:
			return audit.Batch{}, err
		default:
			batch.Events = append(batch.Events, e)
		}
	}
	return batch, nil
}

func (l Log) pages(ctx context.Context, f audit.Filter, order string) iter.Seq2[api.Page, error] {
	query := f.Query()
	query.Set("sort", order)
	return func(yield func(api.Page, error) bool) {
		for page, err := range l.Client.Pages(ctx, api.Request{Path: "/v1/audits", Query: query, Timed: true, Lazy: l.Lazy, Raw: true}) {
			if !yield(page, hinted(err)) || err != nil {
				return
			}
		}
	}
}

// event reads one row. Fields that the API filters on but omits are filled in from the filter.
func event(row json.RawMessage, f audit.Filter) (audit.Event, error) {
	e, err := audit.Parse(row)
	if err != nil {
		return audit.Event{}, err
	}
	if e.Source == "" && len(f.Sources) == 1 {
		e.Source = f.Sources[0]
	}
	if e.APIKeyID == "" && len(f.APIKeys) == 1 {
		e.APIKeyID = f.APIKeys[0]
	}
	return e, nil
}

// Now is the time of the server's clock, which may differ from ours.
func (l Log) Now(ctx context.Context) (time.Time, error) {
	if now, ok := l.Client.ServerTime(); ok {
		return now, nil
	}
	query := url.Values{"sort": {"-created_at"}, "page[size]": {"1"}}
	for _, err := range l.Client.Pages(ctx, api.Request{Path: "/v1/audits", Query: query, Lazy: true, Raw: true}) {
		if err != nil {
			return time.Time{}, hinted(err)
		}
		break
	}
	now, _ := l.Client.ServerTime() // a server without a clock: ours
	return now, nil
}

// IsUnreadable reports whether an error is about one event, so that the others can be read.
func IsUnreadable(err error) bool {
	var one *audit.Unreadable
	return errors.As(err, &one)
}

// UserID finds the id of a user by email or by name. A number is an id already.
func UserID(ctx context.Context, client *api.Client, said string) (string, error) {
	if said != "" && strings.Trim(said, "0123456789") == "" {
		return said, nil
	}
	query := url.Values{"filter[search]": {said}}
	byEmail := strings.Contains(said, "@")
	if byEmail {
		query = url.Values{"filter[email]": {strings.ToLower(said)}} // Rootly stores them in lower case
	}
	listed, err := client.List(ctx, api.Request{Path: "/v1/users", Query: query})
	if err != nil {
		return "", fmt.Errorf("look up user %s: %w", said, hinted(err))
	}
	var users []audit.User
	for _, u := range listed.Objects {
		email, _ := u.Attributes["email"].(string)
		name, _ := u.Attributes["full_name"].(string)
		if name == "" {
			name, _ = u.Attributes["name"].(string)
		}
		if !byEmail || strings.EqualFold(email, said) {
			users = append(users, audit.User{ID: u.ID, Name: name, Email: email})
		}
	}
	if byEmail && len(users) == 0 {
		return "", hint.With(fmt.Errorf("no user has the email %s", said), "give the id instead of the email for a user who has left")
	}
	user, err := audit.PickUser(users, said)
	return user.ID, err
}

// hinted adds the usual causes of a refusal, on whatever page of the log it comes.
func hinted(err error) error {
	var refused *api.Error
	if !errors.As(err, &refused) {
		return err
	}
	switch refused.Status {
	case http.StatusForbidden:
		return hint.With(err, "the role of this API key lacks the permission Audits - read: Configuration > Roles & Permissions; "+
			"an on-call role with that permission sees changes of on-call kinds only")
	case http.StatusNotFound:
		return hint.With(err, "the role of this API key probably lacks the permission Audits - read, for which Rootly answers 404: Configuration > "+
			"Roles & Permissions; else the organisation's plan has no audit log, or the URL is wrong")
	}
	return err
}
