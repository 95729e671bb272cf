package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/auditview"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

func newAudit(w world.World) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Read Rootly's audit log: who changed what, when and from where",
		Long: `Read Rootly's audit log: who changed what, when and from where.

Rootly records every create, update and delete of about sixty kinds of objects, with
the values before and after. The API key needs the permission Audits - read.

` + exit.Text,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newAuditList(w), newAuditTail(w), newAuditShow(w), newAuditTimeline(w), newAuditSummary(w), newAuditSync(w), newAuditServe(w))
	return cmd
}

// auditKinds are the words for item types, including those of Terraform.
func auditKinds() audit.Kinds {
	terraform := map[string]string{}
	for _, t := range catalogue.Types() {
		terraform[t.Name] = t.Audit
	}
	return audit.NewKinds(terraform)
}

// auditActions are the actions on an object, with other words for them.
var auditActions = map[string]string{
	"create": "create", "created": "create", "update": "update", "updated": "update",
	"destroy": "destroy", "destroyed": "destroy", "delete": "destroy", "deleted": "destroy",
}

// An auditSelection is the set of flags that select events.
type auditSelection struct {
	since, until string
	users        []string
	sources      []string
	itemTypes    []string
	itemIDs      []string
	item, dir    string
	actions      []string
	apiKeys      []string
}

func (s *auditSelection) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&s.since, "since", "", "changes since this `TIME`: 2026-11-20, 2026-11-20T10:00:00Z, or a duration back such as 7d or 12h")
	f.StringVar(&s.until, "until", "", "changes before this `TIME`; a date includes the whole day")
	f.StringSliceVar(&s.users, "user", nil, "changes by this `USER`: id, email or name; several with commas, as with the next flags")
	f.StringSliceVar(&s.sources, "source", nil, "changes from this `SOURCE`: "+strings.Join(auditview.AuditSources, ", "))
	f.StringSliceVar(&s.itemTypes, "item-type", nil, "changes of this `KIND`: workflow, rootly_team, GeniusWorkflow")
	f.StringSliceVar(&s.itemIDs, "item-id", nil, "changes of the object with this `ID`")
	f.StringVar(&s.item, "item", "", "changes of the object at this Terraform `ADDRESS`, such as rootly_team.sre")
	f.StringVar(&s.dir, "dir", ".", "`DIRECTORY` in which --item is looked up: one that import wrote, or one with a terraform.tfstate")
	f.StringSliceVar(&s.actions, "action", nil, "changes with this `ACTION`: create, update or destroy")
	f.StringSliceVar(&s.apiKeys, "api-key", nil, "changes made with the API key of this `ID`")
	completions(cmd, []choice{
		{flag: "source", choices: auditview.AuditSources},
		{flag: "action", choices: []string{"create", "update", "destroy"}},
		{flag: "item-type", choices: auditKinds().Words()},
	})
	_ = cmd.MarkFlagDirname("dir") // fails for unknown flags only
}

// filter reads the flags, without any request.
func (s *auditSelection) filter(now time.Time) (audit.Filter, error) {
	f := audit.Filter{Users: words(s.users), ItemIDs: words(s.itemIDs), APIKeys: words(s.apiKeys)}
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
			return exit.Usage(fmt.Errorf("--since: %w", err), hint)
		}
	}
	if s.until != "" {
		if f.Until, err = audit.ParseTime(s.until, now, true); err != nil {
			return exit.Usage(fmt.Errorf("--until: %w", err), hint)
		}
	}
	if !f.Since.IsZero() && !f.Until.IsZero() && !f.Since.Before(f.Until) {
		return exit.Usage(fmt.Errorf("--since %s is not before --until %s", s.since, s.until), "swap them, or leave out --until, which then means now")
	}
	return nil
}

func (s *auditSelection) words(f *audit.Filter, _ time.Time) error {
	for _, source := range words(s.sources) {
		source = strings.ToLower(source)
		if !slices.Contains(auditview.AuditSources, source) {
			return exit.Usage(fmt.Errorf("unknown --source %q", source), "one of "+strings.Join(auditview.AuditSources, ", "))
		}
		f.Sources = distinct(f.Sources, source)
	}
	for _, action := range words(s.actions) {
		known := auditActions[strings.ToLower(action)]
		if known == "" {
			return exit.Usage(fmt.Errorf("unknown --action %q", action), "one of create, update, destroy")
		}
		f.Actions = distinct(f.Actions, known)
	}
	return nil
}

// words are the non-empty values of a flag, without duplicates.
func words(values []string) (said []string) {
	for _, value := range values {
		if value = strings.TrimSpace(value); value != "" {
			said = distinct(said, value)
		}
	}
	return said
}

// distinct appends a value to a list unless it contains it.
func distinct(list []string, value string) []string {
	if slices.Contains(list, value) {
		return list
	}
	return append(list, value)
}

func (s *auditSelection) kinds(f *audit.Filter, _ time.Time) error {
	known := auditKinds()
	for _, word := range words(s.itemTypes) {
		name, err := known.Find(word)
		if err != nil {
			return exit.Usage(fmt.Errorf("--item-type: %w", err), exit.HintOf(err))
		}
		f.ItemTypes = distinct(f.ItemTypes, name)
	}
	return nil
}

// address turns --item into an id and its kind.
func (s *auditSelection) address(f *audit.Filter, _ time.Time) error {
	if s.item == "" {
		return nil
	}
	if len(s.itemIDs) > 0 || len(s.itemTypes) > 0 {
		return exit.Usage(errors.New("--item cannot be combined with --item-id or --item-type"), "leave out --item-id and --item-type")
	}
	resource, id, err := auditview.LookUp(s.dir, s.item, world.Version())
	if errors.Is(err, auditview.ErrNoObjects) {
		return exit.Usage(err, exit.HintOf(err))
	}
	if err != nil {
		return err
	}
	t := catalogue.Lookup(resource)
	if t == nil || t.Audit == "" {
		return exit.WithHint(fmt.Errorf("the audit log never contains changes of %s", resource), "--item-type lists the types that it contains")
	}
	f.ItemTypes, f.ItemIDs = []string{t.Audit}, []string{id}
	return nil
}
