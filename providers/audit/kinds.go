package audit

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/agext/levenshtein"
)

// documented are the item types that Rootly's API document lists.
var documented = []string{
	"AlertRoute", "AlertRoutingRule", "Alerts::Source", "ApiKey", "Catalog", "CatalogEntity", "CatalogEntityProperty",
	"CatalogField", "Cause", "CustomField", "CustomFieldOption", "CustomForm", "Dashboard", "EdgeConnector",
	"EdgeConnector::Action", "Environment", "EscalationPolicy", "EscalationPolicyPath", "ExportJob", "FormField",
	"Functionality", "GeniusWorkflow", "GeniusWorkflowGroup", "GeniusWorkflowRun", "Group", "GroupUser", "Heartbeat",
	"Incident", "IncidentActionItem", "IncidentEvent", "IncidentFormFieldSelection", "IncidentFormFieldSelectionUser",
	"IncidentPermissionSet", "IncidentPostMortem", "IncidentRoleAssignment", "IncidentRoleTask", "IncidentStatusPageEvent",
	"IncidentTask", "IncidentType", "Integrations::DatadogAccount", "Integrations::GithubAccount",
	"Integrations::GoogleMeetAccount", "Integrations::JiraAccount", "Integrations::MicrosoftTeamsAccount",
	"Integrations::NotionAccount", "Integrations::OpsgenieAccount", "Integrations::PagerdutyAccount",
	"Integrations::ServiceNowAccount", "Integrations::SlackAccount", "Integrations::StatusPageIoAccount",
	"Integrations::ZendeskAccount", "Integrations::ZoomAccount", "LiveCallRouter", "LoginActivity", "Membership",
	"OnCallRole", "Playbook", "PlaybookTask", "Role", "Schedule", "Secret", "Service", "Severity", "StatusPage",
}

// spoken are words that people use for item types, in addition to those derived from the names.
var spoken = map[string]string{
	"team": "Group", "team_member": "GroupUser", "retrospective": "IncidentPostMortem", "post_mortem": "IncidentPostMortem",
	"action_item": "IncidentActionItem", "alert_source": "Alerts::Source", "alerts_source": "Alerts::Source",
	"escalation_path": "EscalationPolicyPath", "login": "LoginActivity", "pagerduty": "Integrations::PagerdutyAccount",
	"slack": "Integrations::SlackAccount", "jira": "Integrations::JiraAccount", "github": "Integrations::GithubAccount",
	"user": "Membership", "timeline_event": "IncidentEvent",
}

// onCall are the item types that a role sees that may only read the audits of on-call resources.
var onCall = map[string]bool{
	"Alert": true, "AlertGroup": true, "AlertRoute": true, "AlertRoutingRule": true, "Alerts::Source": true,
	"EscalationPolicy": true, "EscalationPolicyPath": true, "Heartbeat": true,
	"LiveCallRouter": true, "OnCallRole": true, "Schedule": true,
}

// unrecorded are the item types whose changes Rootly does not record, with the item types of their owners. An event of
// the owner only has the owner's own fields.
var unrecorded = map[string]string{
	"ScheduleRotation": "Schedule", "ScheduleRotationUser": "Schedule", "ScheduleRotationMember": "Schedule",
	"ScheduleRotationActiveDay": "Schedule", "Shift": "Schedule", "OverrideShift": "Schedule",
	"EscalationLevel": "EscalationPolicy", "EscalationPolicyLevel": "EscalationPolicy", "WorkflowTask": "GeniusWorkflow",
}

// Unrecorded reports whether Rootly does not record changes of an item type. It returns the item type of the owner.
func Unrecorded(itemType string) (owner string, yes bool) {
	owner, yes = unrecorded[itemType]
	return owner, yes
}

// OnCall reports whether an item type is visible to a role that may only see on-call changes.
func OnCall(itemType string) bool { return onCall[itemType] }

// Kinds are the words for item types. The zero value knows none; see [NewKinds].
type Kinds struct {
	byWord map[string]string
}

// NewKinds knows the documented item types by their own names, by the words that people use for them, and by Terraform
// types, such as "rootly_team" for "Group".
func NewKinds(terraform map[string]string) Kinds {
	k := Kinds{byWord: map[string]string{}}
	for _, name := range documented {
		k.byWord[fold(name)] = name
		word := words(name)
		k.byWord[word] = name
		k.byWord[strings.TrimPrefix(word, "genius_")] = name
		if bare, ok := strings.CutPrefix(word, "integrations_"); ok {
			k.byWord[bare] = name
		}
	}
	for name := range unrecorded {
		k.byWord[fold(name)], k.byWord[words(name)] = name, name
	}
	maps.Copy(k.byWord, spoken)
	for resource, name := range terraform {
		if name == "" {
			if own := k.byWord[strings.TrimPrefix(resource, "rootly_")]; unrecorded[own] != "" {
				k.byWord[resource] = own
			}
			continue
		}
		k.byWord[fold(resource)] = name
		k.byWord[fold(name)] = name
		if short := strings.TrimPrefix(resource, "rootly_"); k.byWord[short] == "" {
			k.byWord[short] = name
		}
	}
	return k
}

var builtIn = sync.OnceValue(func() Kinds { return NewKinds(nil) })

// Find returns the item type for a word, in any case, singular or plural. A word after "=" is used unchanged, for item
// types that are not documented. The error for an unknown word has a Hint with the nearest known one.
func (k Kinds) Find(word string) (string, error) {
	if exact, ok := strings.CutPrefix(word, "="); ok && exact != "" {
		return exact, nil
	}
	if name, ok := k.lookup(word); ok {
		return name, nil
	}
	return "", &unknownKind{word: word, nearest: k.nearest(fold(word))}
}

func (k Kinds) lookup(word string) (string, bool) {
	for _, w := range spellings(word) {
		if name := k.byWord[w]; name != "" {
			return name, true
		}
	}
	return "", false
}

// Known reports whether an item type is documented, or belongs to a Terraform type.
func (k Kinds) Known(itemType string) bool { return k.byWord[fold(itemType)] == itemType }

// Words returns the words for completion: the API's names, and the short words.
func (k Kinds) Words() []string {
	seen := map[string]bool{}
	for word, name := range k.byWord {
		if _, no := Unrecorded(name); no {
			continue
		}
		seen[name] = true
		if word != fold(name) {
			seen[word] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// nearest is the known word that is most similar.
func (k Kinds) nearest(word string) string {
	all := slices.Sorted(maps.Keys(k.byWord))
	sort.SliceStable(all, func(i, j int) bool {
		return levenshtein.Distance(word, all[i], nil) < levenshtein.Distance(word, all[j], nil)
	})
	if len(all) == 0 {
		return ""
	}
	if name := k.byWord[all[0]]; fold(name) == all[0] {
		return name
	}
	return all[0]
}

type unknownKind struct{ word, nearest string }

func (u *unknownKind) Error() string { return fmt.Sprintf("unknown item type %q", u.word) }

// Hint names the nearest word.
func (u *unknownKind) Hint() string {
	return fmt.Sprintf("did you mean %s? =%s sends it to Rootly unchanged", u.nearest, strings.TrimPrefix(u.word, "="))
}

// spellings are the forms in which a word is looked up.
func spellings(word string) []string {
	w := fold(word)
	list := []string{w, words(strings.TrimSpace(word))}
	if stem, ok := strings.CutSuffix(w, "ies"); ok {
		list = append(list, stem+"y")
	}
	if stem, ok := strings.CutSuffix(w, "s"); ok {
		list = append(list, stem, strings.TrimSuffix(stem, "e"))
	}
	return list
}

func fold(word string) string {
	return strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(strings.TrimSpace(word)))
}

// words spells a name in snake case: "EdgeConnector::Action" as "edge_connector_action".
func words(name string) string {
	var b strings.Builder
	for i, c := range strings.ReplaceAll(name, "::", "_") {
		upper := c >= 'A' && c <= 'Z'
		if upper && i > 0 && !strings.HasSuffix(b.String(), "_") {
			b.WriteByte('_')
		}
		b.WriteString(strings.ToLower(string(c)))
	}
	return b.String()
}
