package lint_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/lint"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/organisation"
)

// id is the id of an object of the healthy organisation.
func id(n string) string {
	if len(n) == 3 && n < "110" { // a user
		return n
	}
	return "5a3d0000-0000-4000-8000-" + strings.Repeat("0", 12-len(n)) + n
}

// edited applies edits to the healthy organisation, one in each line:
//
//	30 {"owner_group_ids":[]}          other attributes for an object
//	- 30                               one object less, with what it owns
//	+ services 200 - {"name":"New"}    one object more, and its parent
//
// @30 in attributes is the id of an object.
func edited(t *testing.T, edits string) []sandbox.Object {
	t.Helper()
	objects := organisation.Healthy()
	for line := range strings.Lines(edits) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		head, attributes, _ := strings.Cut(line, "{")
		words := strings.Fields(head)
		attributes = expand("{" + attributes)
		switch {
		case words[0] == "-":
			objects = slices.DeleteFunc(objects, func(o sandbox.Object) bool { return o.ID == id(words[1]) || o.Parent == id(words[1]) })
		case words[0] == "+":
			o := sandbox.Object{API: words[1], ID: id(words[2]), Body: json.RawMessage(fmt.Sprintf(`{"id":%q,"type":%q,"attributes":%s}`, id(words[2]), words[1], attributes))}
			if words[3] != "-" {
				o.Parent = id(words[3])
			}
			objects = append(objects, o)
		default:
			i := slices.IndexFunc(objects, func(o sandbox.Object) bool { return o.ID == id(words[0]) })
			if i < 0 {
				t.Fatalf("no object %s", words[0])
			}
			objects[i].Body = merged(t, objects[i].Body, attributes)
		}
	}
	return objects
}

func expand(text string) string {
	for n := 130; n > 0; n-- {
		text = strings.ReplaceAll(text, fmt.Sprintf("@%d", n), id(fmt.Sprint(n)))
	}
	return text
}

func merged(t *testing.T, body json.RawMessage, attributes string) json.RawMessage {
	t.Helper()
	var o struct {
		ID         string                     `json:"id"`
		Type       string                     `json:"type"`
		Attributes map[string]json.RawMessage `json:"attributes"`
	}
	more := map[string]json.RawMessage{}
	if err := json.Unmarshal(body, &o); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(attributes), &more); err != nil {
		t.Fatalf("%v: %s", err, attributes)
	}
	maps.Copy(o.Attributes, more)
	out, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Each rule finds what is wrong, and nothing else is found.
func TestRulesFind(t *testing.T) {
	t.Parallel()
	tested := map[string]bool{"unused-ignore": true} // it is about files, in scripts
	for _, tc := range wrong {
		for _, line := range strings.Split(strings.TrimSpace(tc.found), "\n") {
			rule, _, _ := strings.Cut(strings.TrimSpace(line), ":")
			tested[rule] = true
		}
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			checkFindings(t, tc.edits, tc.found)
		})
	}
	for _, r := range lint.Rules() {
		if !tested[r.ID] {
			t.Errorf("rule %s has no test", r.ID)
		}
	}
}

// Whoever tries lint without an account sees what each rule finds. Ignores are in files, of which there are none.
func TestBuiltInOrganisationShowsEachRule(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		shown := map[string]bool{"unused-ignore": true}
		for _, f := range lint.Check(read(t, sandbox.Options{Objects: organisation.New(organisation.Options{Seed: seed})})) {
			shown[f.Rule] = true
		}
		for _, r := range lint.Rules() {
			if !shown[r.ID] {
				t.Errorf("the built-in organisation of seed %d does not show %s", seed, r.ID)
			}
		}
	}
}

// What looks wrong and is not, beyond what the healthy organisation has.
func TestRulesFindNothing(t *testing.T) {
	t.Parallel()
	for name, edits := range fine {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkFindings(t, edits, "")
		})
	}
}

// Without Rootly's shifts, an override fills the gap of a rotation.
func TestOverridesCountWhereShiftsAreWorkedOut(t *testing.T) {
	t.Parallel()
	const weekends = `50 {"active_all_week":false,"active_days":["M","T","W","R","F"]}
		`
	for edits, want := range map[string]int{
		weekends: 1,
		weekends + `+ shifts 200 40 {"schedule_id":"@40","user_id":102,"starts_at":"2026-03-01T00:00:00Z","ends_at":"2026-04-05T00:00:00Z","is_override":true}`: 0,
	} {
		gaps := 0
		for _, f := range lint.Check(read(t, sandbox.Options{Objects: edited(t, edits), Forbidden: []string{"/v1/shifts"}})) {
			if f.Rule == "schedule-gap" {
				gaps++
			}
		}
		if gaps != want {
			t.Errorf("%s\n%d gaps, want %d", edits, gaps, want)
		}
	}
}

func checkFindings(t *testing.T, edits, want string) {
	t.Helper()
	var got []string
	for _, f := range lint.Check(read(t, sandbox.Options{Objects: edited(t, edits)})) {
		got = append(got, f.Rule+": "+f.Name+" "+f.Message)
	}
	var lines []string
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, expand(line))
		}
	}
	slices.Sort(got)
	slices.Sort(lines)
	if !slices.Equal(got, lines) {
		t.Errorf("found\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(lines, "\n  "))
	}
}
