// Package auditlog reads an organisation's audit log through the API.
//
//	API ──► pages ──► [Log.Events]  newest first, for people and for questions about changes
//	              └─► [Log.Batches] oldest first and page by page, for copies
//
// Not here: filters that the API does not have, and removing credentials; both are in package audit.
package auditlog

import (
	"bytes"
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
	Doubt  func(text string) // called with the reason why events may be missing; nil: nobody asks
}

var _ audit.Source = Log{}

// Events reads the events that a filter lets through, newest first. An event that cannot be read is
// an [audit.Unreadable], and the others follow it.
func (l Log) Events(ctx context.Context, f audit.Filter) iter.Seq2[audit.Event, error] {
	return func(yield func(audit.Event, error) bool) {
		for page, err := range l.pages(ctx, f, "-created_at") {
			if err != nil {
				yield(audit.Event{}, err)
				return
			}
			for _, row := range page.Objects {
				e, err := event(row, f)
				if !yield(e, err) || err != nil && !IsUnreadable(err) {
					return
				}
			}
			if page.Unreadable != "" && !yield(audit.Event{}, unreadable(page)) {
				return
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
	if page.Unreadable != "" {
		batch.Unreadable = append(batch.Unreadable, unreadable(page))
	}
	for _, row := range page.Objects {
		e, err := event(row, audit.Filter{})
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

// unreadable stands for the rows of a page that are no objects.
func unreadable(page api.Page) *audit.Unreadable {
	raw, err := json.Marshal(page.Unreadable)
	return &audit.Unreadable{Raw: raw, Err: errors.Join(errors.New(page.Unreadable), err)}
}

func (l Log) pages(ctx context.Context, f audit.Filter, order string) iter.Seq2[api.Page, error] {
	query := f.Query()
	query.Set("sort", order)
	return func(yield func(api.Page, error) bool) {
		for page, err := range l.Client.Pages(ctx, api.Request{Path: "/v1/audits", Query: query, Timed: true, Lazy: l.Lazy}) {
			if !yield(page, hinted(err)) || err != nil {
				return
			}
		}
	}
}

// event reads one row. Fields that the API filters on but omits are filled in from the filter.
func event(row *api.Object, f audit.Filter) (audit.Event, error) {
	var raw bytes.Buffer
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(row); err != nil {
		return audit.Event{}, fmt.Errorf("read %s %s: %w", row.Type, row.ID, err)
	}
	e, err := audit.Parse(bytes.TrimSpace(raw.Bytes()))
	if err != nil {
		return audit.Event{}, err
	}
	if e.Source == "" {
		e.Source = f.Source
	}
	if e.APIKeyID == "" {
		e.APIKeyID = f.APIKey
	}
	return e, nil
}

// IsUnreadable reports whether an error is about one event, so that the others can be read.
func IsUnreadable(err error) bool {
	var one *audit.Unreadable
	return errors.As(err, &one)
}

// UserID finds the id of a user by email.
func UserID(ctx context.Context, client *api.Client, email string) (string, error) {
	query := url.Values{"filter[email]": {strings.ToLower(email)}} // Rootly stores them in lower case
	users, err := client.List(ctx, api.Request{Path: "/v1/users", Query: query})
	if err != nil {
		return "", fmt.Errorf("look up user %s: %w", email, hinted(err))
	}
	for _, u := range users.Objects {
		if has, _ := u.Attributes["email"].(string); strings.EqualFold(has, email) {
			return u.ID, nil
		}
	}
	return "", hint.With(fmt.Errorf("no user has the email %s", email), "give the id instead of the email for a user who has left")
}

// hinted adds the usual causes of a refusal, on whatever page of the log it comes.
func hinted(err error) error {
	var refused *api.Error
	if !errors.As(err, &refused) {
		return err
	}
	switch refused.Status {
	case http.StatusUnauthorized:
		return hint.With(err, "usual causes: the token is mistyped or incomplete; it has expired or was revoked; "+
			"or it belongs to another organisation or URL (--url). Create a new one under Organization Settings > API Keys")
	case http.StatusForbidden:
		return hint.With(err, "the role of this API key lacks the permission Audits - read: Configuration > Roles & Permissions; "+
			"an on-call role with that permission sees changes of on-call kinds only")
	case http.StatusNotFound:
		return hint.With(err, "the role of this API key probably lacks the permission Audits - read, for which Rootly answers 404: Configuration > "+
			"Roles & Permissions; else the organisation's plan has no audit log, or the URL is wrong")
	}
	return err
}
