package acceptance

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// TestMonthsOfUse imports and applies an organisation, and then lets people and pipelines work on it at random. After
// each step, drift names what differs and nothing else, no object is destroyed, no comment is lost and no secret is
// shown. ROOTLY_TEST_MONTHS says how many runs of ROOTLY_TEST_STEPS steps to make, ROOTLY_TEST_MONTHS_SEED the first.
func TestMonthsOfUse(t *testing.T) {
	t.Parallel()
	runs, steps, first := number("ROOTLY_TEST_MONTHS", 1), number("ROOTLY_TEST_STEPS", 4), number("ROOTLY_TEST_MONTHS_SEED", 1)
	engine := engineNames(t)
	for seed := first; seed < first+runs; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(uint64(seed), 5))
			var todo []step
			for i := range steps {
				todo = append(todo, step{pickOne(random, doings()...), i, random.Uint64()})
			}
			live := func(todo []step) error { return newMonths(t, engine[seed%len(engine)]).live(todo) }
			err := live(todo)
			if err == nil {
				return
			}
			todo = shrink(todo, func(fewer []step) bool { return live(fewer) != nil })
			t.Errorf("%v\nshrunk to %v\n%v", err, todo, live(todo))
		})
	}
}

func number(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// A step is one thing that somebody does.
type step struct {
	do   string
	n    int
	seed uint64
}

func doings() []string {
	return []string{"edit", "edit", "rename", "create", "delete", "reorder", "secret", "comment", "locals", "split", "move", "import", "import", "write", "apply"}
}

const monthsTypes = "service,team,severity,cause,environment,functionality"

// months are an organisation, its code, and what is known of how they differ.
type months struct {
	*clicking
	root    root
	code    map[string]string // what the code has of each object, by id
	applied map[string]string // what the state has of each object, by id
	refused map[string]bool   // objects that import does not take
	notes   []string          // comments that people wrote
	secrets []string          // values that nobody may see
}

func newMonths(t *testing.T, engine string) *months {
	t.Helper()
	server, url := serve(t, of(60))
	dir := filepath.Join(t.TempDir(), "rootly")
	p := providers(t)[0]
	m := &months{clicking: &clicking{t: t, server: server}, root: root{provider: p, engine: engine, dir: dir, url: url}, refused: map[string]bool{}}
	return m
}

// live takes the steps, and returns what went wrong first.
func (m *months) live(todo []step) error {
	if err := m.do(step{do: "import"}); err != nil {
		return err
	}
	m.bring()
	for _, s := range todo {
		if err := m.do(s); err != nil {
			return fmt.Errorf("step %d, %s: %w", s.n, s.do, err)
		}
		if err := m.check(); err != nil {
			return fmt.Errorf("after step %d, %s: %w", s.n, s.do, err)
		}
	}
	return nil
}

// bring applies the code, and notes what the state has then.
func (m *months) bring() {
	apply(m.t, m.root.provider, m.root.engine, m.root.dir, m.root.url)
	m.applied = map[string]string{}
	for id, o := range m.objects() {
		m.applied[id] = m.saying(o)
	}
}

// behind reports whether the state has an object as it was before the code followed it: drift names that too.
func (m *months) behind(id string) bool {
	o, lives := m.objects()[id]
	return lives && m.applied[id] != m.saying(o)
}

// objects are the live objects of the types, by id.
func (m *months) objects() map[string]sandbox.Object {
	found := map[string]sandbox.Object{}
	for _, name := range strings.Split(monthsTypes, ",") {
		row := catalogue.Lookup("rootly_" + name)
		for _, o := range m.server.Snapshot() {
			if o.API == row.API {
				found[o.ID] = o
			}
		}
	}
	return found
}

// saying is what an object says that somebody chose.
func (m *months) saying(o sandbox.Object) string {
	attrs := attributesOf(m.t, o.Body)
	delete(attrs, "updated_at")
	text, err := json.Marshal(attrs)
	if err != nil {
		m.t.Fatal(err)
	}
	return string(text)
}

func (m *months) do(s step) error {
	random := rand.New(rand.NewPCG(s.seed, 3))
	switch s.do {
	case "import":
		return m.reimport()
	case "write":
		return m.write()
	case "apply":
		return m.apply()
	case "comment", "locals", "split", "move":
		return m.byHand(s, random)
	}
	m.click(s, random)
	return nil
}

// click changes the organisation in the web interface.
func (m *months) click(s step, random *rand.Rand) {
	live := m.objects()
	ids := slices.DeleteFunc(slices.Sorted(maps.Keys(live)), func(id string) bool { return m.refused[id] })
	o := live[ids[random.IntN(len(ids))]]
	var row *catalogue.Type
	for _, t := range catalogue.Types() {
		if t.API == o.API {
			row = t
		}
	}
	single := strings.ReplaceAll(row.Get, "{id}", o.ID)
	switch s.do {
	case "edit":
		m.call(http.MethodPut, single, o.API, fmt.Sprintf(`{"description":"Edited %d"}`, s.n))
	case "rename":
		m.call(http.MethodPut, single, o.API, fmt.Sprintf(`{"name":"Renamed %d"}`, s.n))
	case "reorder":
		m.call(http.MethodPut, single, o.API, fmt.Sprintf(`{"position":%d}`, 100+s.n))
	case "create":
		m.call(http.MethodPost, "/v1/causes", "causes", fmt.Sprintf(`{"name":"Born %d"}`, s.n))
	case "delete":
		m.call(http.MethodDelete, "/v1/causes/"+m.call(http.MethodPost, "/v1/causes", "causes", fmt.Sprintf(`{"name":"Short-lived %d"}`, s.n)), "", "")
		if o.API == "causes" || o.API == "environments" {
			m.call(http.MethodDelete, single, "", "")
		}
	case "secret":
		value := fmt.Sprintf("Tr0ub4dor%dxQ7z", s.n)
		m.secrets = append(m.secrets, value)
		m.call(http.MethodPut, single, o.API, fmt.Sprintf(`{"description":"password=%s"}`, value))
	}
}

// reimport imports again. What it takes of the organisation is in the code then, unless people edited that file.
func (m *months) reimport() error {
	args := []string{"import", "-o", m.root.dir, "--url", m.root.url, "--token", token, "--resources", monthsTypes, "--engine", m.root.engine, "--provider", "stand-in"}
	o := program(m.t, m.root.provider.environ, args...)
	if o.code != 0 && o.code != 3 {
		return fmt.Errorf("import: exit code %d: %s %+v", o.code, o.talk, o.summary.Proof.Differences)
	}
	if err := m.silent(o.talk + fmt.Sprintf("%+v", o.summary)); err != nil {
		return err
	}
	m.refused = map[string]bool{}
	for _, n := range o.summary.NotImported {
		m.refused[n.ID] = true
	}
	if m.code == nil {
		m.code = map[string]string{}
	}
	return m.learn(o.summary.Files.Edited)
}

// learn notes what the code has after an import that left some files alone.
func (m *months) learn(edited []string) error {
	managed, live := read(m.t, m.root.dir), m.objects()
	at := map[string]string{}
	for name, text := range managed.files {
		for _, found := range resourceAt.FindAllStringSubmatch(text, -1) {
			at[found[1]+"."+found[2]] = name
		}
	}
	ids := m.ids(managed)
	for id, address := range ids {
		left := slices.Contains(edited, at[address]) || strings.HasPrefix(at[address], "hand_")
		if o, lives := live[id]; lives && (!left || m.code[id] == "") {
			m.code[id] = m.saying(o)
		}
	}
	for id := range m.code {
		if _, lives := live[id]; !lives && ids[id] == "" {
			delete(m.code, id)
		}
	}
	return nil
}

// ids maps what the state or an import block has to its address in the code.
func (m *months) ids(c code) map[string]string {
	ids := c.ids()
	if _, err := os.Stat(filepath.Join(m.root.dir, "terraform.tfstate")); err == nil {
		for address, id := range state(m.t, filepath.Join(m.root.dir, "terraform.tfstate")) {
			if ids[id] == "" && slices.ContainsFunc(c.resources, func(b block) bool { return strings.HasSuffix(b.address, address) }) {
				ids[id] = address
			}
		}
	}
	return ids
}

var resourceAt = regexp.MustCompile(`(?m)^resource "([^"]+)" "([^"]+)" \{`)

// write accepts the drift.
func (m *months) write() error {
	c, code, talk := m.root.drift(m.t, "--since", "1d", "--resources", monthsTypes, "--write-code")
	if code != 0 && code != 2 {
		return fmt.Errorf("drift --write-code: exit code %d: %s", code, talk)
	}
	if err := m.silent(talk + fmt.Sprintf("%+v", c)); err != nil {
		return err
	}
	left := m.drifted(m.t)
	for id, o := range m.objects() {
		if m.code[id] != "" && !left[id] {
			m.code[id] = m.saying(o)
		}
	}
	return nil
}

// drifted are the objects that drift names.
func (m *months) drifted(t *testing.T) map[string]bool {
	t.Helper()
	c, _, _ := m.root.drift(t, "--since", "1d", "--resources", monthsTypes)
	ids := map[string]bool{}
	for _, change := range c.Changes {
		ids[change.ID] = true
	}
	return ids
}

// apply imports first, so that nothing of the organisation is reverted, and holds that nothing is destroyed.
func (m *months) apply() error {
	if err := m.reimport(); err != nil {
		return err
	}
	if len(m.differing()) > 0 {
		return nil // in code by hand: applying would revert what people did
	}
	before := m.objects()
	m.bring()
	after := m.objects()
	for id, o := range before {
		if now, lives := after[id]; !lives {
			return fmt.Errorf("apply destroyed %s %s", o.API, id)
		} else if m.saying(now) != m.saying(o) {
			return fmt.Errorf("apply changed %s %s from %s to %s", o.API, id, m.saying(o), m.saying(now))
		}
	}
	return nil
}

// differing are the objects that differ from the code.
func (m *months) differing() map[string]bool {
	live, ids := m.objects(), map[string]bool{}
	for id, o := range live {
		if !m.refused[id] && m.code[id] != m.saying(o) {
			ids[id] = true
		}
	}
	for id := range m.code {
		if _, lives := live[id]; !lives {
			ids[id] = true
		}
	}
	return ids
}

// check holds what must be true after every step.
func (m *months) check() error {
	c, code, talk := m.root.drift(m.t, "--since", "1d", "--resources", monthsTypes)
	if code != 0 && code != 2 {
		return fmt.Errorf("drift: exit code %d: %s", code, talk)
	}
	want, got := m.differing(), map[string]bool{}
	var all []error
	for _, change := range c.Changes {
		got[change.ID] = true
		if !want[change.ID] && !m.behind(change.ID) {
			all = append(all, fmt.Errorf("drift names %s %s %s, which is as in the code", change.Kind, change.Address, change.ID))
		}
	}
	for id := range want {
		if !got[id] {
			all = append(all, fmt.Errorf("drift does not name %s: %s, code %s", id, m.objects()[id].Body, m.code[id]))
		}
	}
	text := ""
	for _, content := range read(m.t, m.root.dir).files {
		text += content
	}
	for _, note := range m.notes {
		if !strings.Contains(text, note) {
			all = append(all, fmt.Errorf("the comment %q is lost", note))
		}
	}
	return errors.Join(append(all, m.silent(talk+fmt.Sprintf("%+v", c)+text))...)
}

// silent holds that a text shows no secret.
func (m *months) silent(text string) error {
	for _, value := range m.secrets {
		if strings.Contains(text, value) {
			return fmt.Errorf("the secret %s is shown", value)
		}
	}
	return nil
}

// byHand edits the code as people do.
func (m *months) byHand(s step, random *rand.Rand) error {
	hand := filepath.Join(m.root.dir, fmt.Sprintf("hand_%d.tf", s.n))
	if s.do == "locals" {
		return os.WriteFile(hand, fmt.Appendf(nil, "locals {\n  note_%d = \"x\" # note %d.\n}\n", s.n, s.n), 0o644)
	}
	names, err := filepath.Glob(filepath.Join(m.root.dir, "*s.tf"))
	if err != nil {
		return err
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		text, err := os.ReadFile(name)
		return err != nil || !resourceAt.Match(text)
	})
	name := names[random.IntN(len(names))]
	content, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	blocks := resourceAt.FindAllStringSubmatchIndex(string(content), -1)
	at := blocks[random.IntN(len(blocks))]
	text, start := string(content), at[0]
	end := start + strings.Index(text[start:], "\n}\n") + 3
	kind, label := text[at[2]:at[3]], text[at[4]:at[5]]
	switch s.do {
	case "comment":
		note := fmt.Sprintf("# note %d: ask before you change this.\n", s.n)
		m.notes = append(m.notes, note)
		return os.WriteFile(name, []byte(text[:start]+note+text[start:]), 0o644)
	case "split":
		if err := os.WriteFile(hand, []byte(text[start:end]), 0o644); err != nil {
			return err
		}
		return os.WriteFile(name, []byte(text[:start]+text[end:]), 0o644)
	}
	return m.rename(hand, kind, label, fmt.Sprintf("%s_m%d", label, s.n))
}

// rename gives a resource another label, with a block that says so.
func (m *months) rename(hand, kind, label, to string) error {
	names, err := filepath.Glob(filepath.Join(m.root.dir, "*.tf"))
	if err != nil {
		return err
	}
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		text := strings.ReplaceAll(string(content), fmt.Sprintf("resource %q %q", kind, label), fmt.Sprintf("resource %q %q", kind, to))
		text = regexp.MustCompile(regexp.QuoteMeta(kind+"."+label)+`\b`).ReplaceAllString(text, kind+"."+to)
		if text == string(content) {
			continue
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(hand, fmt.Appendf(nil, "moved {\n  from = %s.%s\n  to   = %s.%s\n}\n", kind, label, kind, to), 0o644)
}
