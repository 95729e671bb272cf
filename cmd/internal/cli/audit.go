package cli

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

func newAudit(w World) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Read Rootly's audit log: who changed what, when and from where",
		Long: `Read Rootly's audit log: who changed what, when and from where.

Rootly records every create, update and delete of some sixty kinds of objects, with
the values before and after. The API key needs the permission Audits - read.

` + exitText,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newAuditList(w), newAuditShow(w), newAuditSync(w), newAuditServe(w))
	return cmd
}

// auditKinds are the words for item types, those of Terraform among them.
func auditKinds() audit.Kinds {
	terraform := map[string]string{}
	for _, t := range catalogue.Types() {
		terraform[t.Name] = t.Audit
	}
	return audit.NewKinds(terraform)
}

const auditsPath = "/v1/audits"

// A liveLog is the audit log as the API gives it.
type liveLog struct {
	client *api.Client
	lazy   bool              // pages are asked for one by one, for callers that stop early
	doubt  func(text string) // told why events may be missing
}

var _ audit.Source = liveLog{}

// Events asks for the events, the newest first. Behind one that cannot be read it goes on.
func (l liveLog) Events(ctx context.Context, f audit.Filter) iter.Seq2[audit.Event, error] {
	return func(yield func(audit.Event, error) bool) {
		query := f.Query()
		query.Set("sort", "-created_at")
		for page, err := range l.client.Pages(ctx, api.Request{Path: auditsPath, Query: query, Lazy: l.lazy}) {
			if err != nil {
				yield(audit.Event{}, auditAdvice(err))
				return
			}
			for _, row := range page.Objects {
				e, err := liveEvent(row, f)
				if !yield(e, err) || err != nil && !isUnreadable(err) {
					return
				}
			}
			if page.Incomplete != "" {
				l.doubt("the log was not read in one piece: " + page.Incomplete + "; --until holds it still")
			}
		}
	}
}

// isUnreadable reports whether an error is about one event, and the others can be had.
func isUnreadable(err error) bool {
	var one *audit.Unreadable
	return errors.As(err, &one)
}

// liveEvent reads an event of the API's answer. What the API filters by and does not tell, the
// event has all the same.
func liveEvent(row *api.Object, f audit.Filter) (audit.Event, error) {
	raw, err := rawObject(row)
	if err != nil {
		return audit.Event{}, err
	}
	e, err := audit.Parse(raw)
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

// auditAdvice says what the usual causes of a refusal are.
func auditAdvice(err error) error {
	switch {
	case errors.Is(err, api.ErrUnauthorized):
		return advised(err, "three usual causes: the token is mistyped or incomplete; it has expired or was revoked; "+
			"or it is of another organisation or address (--url). A new one: Organization Settings > API Keys")
	case errors.Is(err, api.ErrForbidden):
		return advised(err, "the role of this API key lacks the permission Audits - read: Configuration > Roles & Permissions; "+
			"an on-call role with that permission sees changes of on-call kinds only")
	case errors.Is(err, api.ErrNotFound):
		return advised(err, "is the URL right? Rootly also answers 404 where the organisation's plan has no audit log, or the role may not see it")
	}
	return err
}

// userID looks up the id of a user by email.
func userID(ctx context.Context, client *api.Client, email string) (string, error) {
	query := url.Values{"filter[email]": {strings.ToLower(email)}} // as Rootly keeps them
	users, err := client.List(ctx, api.Request{Path: "/v1/users", Query: query})
	if err != nil {
		return "", fmt.Errorf("look up user %s: %w", email, err)
	}
	for _, u := range users.Objects {
		if said, _ := u.Attributes["email"].(string); strings.EqualFold(said, email) {
			return u.ID, nil
		}
	}
	return "", advised(fmt.Errorf("no user has the email %s", email), "a user who has left is found by id: --user ID")
}

// auditSources are the roads on which changes come.
var auditSources = []string{"web", "api", "mobile", "slack", "scim", "oauth"}

// auditActions are what can be done to an object, with other words for it.
var auditActions = map[string]string{
	"create": "create", "created": "create", "update": "update", "updated": "update",
	"destroy": "destroy", "destroyed": "destroy", "delete": "destroy", "deleted": "destroy",
}

// An auditSelection is which events are wanted, as flags.
type auditSelection struct {
	since, until string
	user         string
	source       string
	itemTypes    []string
	itemID       string
	item, dir    string
	action       string
	apiKey       string
}

func (s *auditSelection) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&s.since, "since", "", "from this `TIME` on: 2026-11-20, 2026-11-20T10:00:00Z, or a duration back such as 7d or 12h")
	f.StringVar(&s.until, "until", "", "before this `TIME`; a date includes its day")
	f.StringVar(&s.user, "user", "", "changes by this `USER`: id or email")
	f.StringVar(&s.source, "source", "", "changes that came by this `WAY`: "+strings.Join(auditSources, ", "))
	f.StringSliceVar(&s.itemTypes, "item-type", nil, "changes of this `KIND`: workflow, rootly_team, GeniusWorkflow; several with commas")
	f.StringVar(&s.itemID, "item-id", "", "changes of the object with this `ID`")
	f.StringVar(&s.item, "item", "", "changes of the object at this Terraform `ADDRESS`, such as rootly_team.sre")
	f.StringVar(&s.dir, "dir", ".", "`DIRECTORY` in which --item is looked up: one that import wrote, or one with a terraform.tfstate")
	f.StringVar(&s.action, "action", "", "only create, update or destroy")
	f.StringVar(&s.apiKey, "api-key", "", "changes made with the API key of this `ID`")
	completions(cmd, []choice{
		{flag: "source", choices: auditSources},
		{flag: "action", choices: []string{"create", "update", "destroy"}},
		{flag: "item-type", choices: auditKinds().Words()},
	})
	_ = cmd.MarkFlagDirname("dir") // fails for unknown flags only
}

// filter reads the flags, without asking anybody anything.
func (s *auditSelection) filter(now time.Time) (audit.Filter, error) {
	f := audit.Filter{User: strings.TrimSpace(s.user), ItemID: s.itemID, APIKey: s.apiKey}
	for _, read := range []func(*audit.Filter, time.Time) error{s.times, s.words, s.kinds, s.address} {
		if err := read(&f, now); err != nil {
			return audit.Filter{}, err
		}
	}
	return f, nil
}

func (s *auditSelection) times(f *audit.Filter, now time.Time) (err error) {
	const hint = "write 2026-11-20, 2026-11-20T10:00:00Z, or a duration back such as 7d, 12h or 1w2d"
	if s.since != "" {
		if f.Since, err = audit.ParseTime(s.since, now, false); err != nil {
			return usage(fmt.Errorf("--since: %w", err), hint)
		}
	}
	if s.until != "" {
		if f.Until, err = audit.ParseTime(s.until, now, true); err != nil {
			return usage(fmt.Errorf("--until: %w", err), hint)
		}
	}
	if !f.Since.IsZero() && !f.Until.IsZero() && !f.Since.Before(f.Until) {
		return usage(fmt.Errorf("--since %s is not before --until %s", s.since, s.until), "swap them, or leave --until out for now")
	}
	return nil
}

func (s *auditSelection) words(f *audit.Filter, _ time.Time) error {
	f.Source = strings.ToLower(strings.TrimSpace(s.source))
	if f.Source != "" && !slices.Contains(auditSources, f.Source) {
		return usage(fmt.Errorf("unknown --source %q", s.source), "one of "+strings.Join(auditSources, ", "))
	}
	f.Action = auditActions[strings.ToLower(strings.TrimSpace(s.action))]
	if f.Action == "" && s.action != "" {
		return usage(fmt.Errorf("unknown --action %q", s.action), "one of create, update, destroy")
	}
	return nil
}

func (s *auditSelection) kinds(f *audit.Filter, _ time.Time) error {
	known := auditKinds()
	for _, word := range s.itemTypes {
		name, err := known.Find(word)
		if err != nil {
			return usage(fmt.Errorf("--item-type: %w", err), hintOf(err))
		}
		if !slices.Contains(f.ItemTypes, name) {
			f.ItemTypes = append(f.ItemTypes, name)
		}
	}
	return nil
}

// address turns --item into an id with its kind.
func (s *auditSelection) address(f *audit.Filter, _ time.Time) error {
	if s.item == "" {
		return nil
	}
	if s.itemID != "" || len(s.itemTypes) > 0 {
		return usage(errors.New("--item names one object, so --item-id and --item-type have nothing to add"), "leave them out")
	}
	resource, id, err := lookUpAddress(s.dir, s.item)
	if err != nil {
		return err
	}
	t := catalogue.Lookup(resource)
	if t == nil || t.Audit == "" {
		return advised(fmt.Errorf("no changes of %s are ever in Rootly's audit log", resource), "types of which it has some: see --item-type")
	}
	f.ItemTypes, f.ItemID = []string{t.Audit}, id
	return nil
}
