package acceptance

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
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
	return []string{
		"edit", "edit", "rename", "create", "delete", "reorder", "secret", "comment", "locals", "split", "move", "module", "fold",
		"import", "import", "write", "write", "apply", "apply", "commit", "export",
	}
}

const monthsTypes = "service,team,severity,cause,environment,functionality"

// months are an organisation, its code, and what is known of how they differ.
type months struct {
	*clicking
	root     root
	repo     string            // has the root module and, next to it, exports
	code     map[string]string // what the code has of each object, by id
	exported map[string]string // what the last committed export has of each object, by id
	hand     map[string]string // addresses that people gave, by id
	shaped   map[string]bool   // objects whose values people replaced by expressions
	refused  map[string]bool   // objects that import does not take
	notes    []string          // comments that people wrote
	secrets  []string          // values that nobody may see
}

func newMonths(t *testing.T, engine string) *months {
	t.Helper()
	server, url := serve(t, of(60))
	repo := t.TempDir()
	m := &months{clicking: &clicking{t: t, server: server}, root: root{provider: providers(t)[0], engine: engine, dir: filepath.Join(repo, "rootly"), url: url}, repo: repo}
	m.code, m.exported, m.hand, m.shaped = map[string]string{}, map[string]string{}, map[string]string{}, map[string]bool{}
	m.git("init", "--quiet")
	m.git("config", "user.name", "Robot")
	m.git("config", "user.email", "robot@example.com")
	return m
}

// live takes the steps, and returns what went wrong first.
func (m *months) live(todo []step) error {
	if err := m.do(step{do: "import"}); err != nil {
		return err
	}
	if err := m.bring(); err != nil {
		return err
	}
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

// bring applies the code.
func (m *months) bring() error {
	return m.root.inside(m.t, func(tf *tfexec.Terraform, at *tfexec.ReattachOption) error {
		return tf.Apply(m.t.Context(), at)
	})
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
	case "commit":
		return m.commit()
	case "export":
		return m.export(random)
	case "comment", "locals", "split", "move", "module", "fold":
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
	return m.learn(o.summary.Files.Edited)
}

// learn notes what the code has after an import that left some files alone.
func (m *months) learn(edited []string) error {
	files, live, ids := map[string]string{}, m.objects(), m.ids()
	for _, p := range m.places() {
		files[p.address] = filepath.Base(p.file)
	}
	for id, address := range ids {
		file := files[address]
		left := file == "" || slices.Contains(edited, file) || strings.HasPrefix(file, "hand_") // without one: in a module, or folded
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
func (m *months) ids() map[string]string {
	c := read(m.t, m.root.dir)
	ids := c.ids()
	if name := filepath.Join(m.root.dir, "terraform.tfstate"); exists(name) {
		for address, id := range state(m.t, name) {
			if ids[id] == "" && slices.ContainsFunc(c.resources, func(b block) bool { return b.address == address }) {
				ids[id] = address
			}
		}
	}
	maps.Copy(ids, m.hand)
	return ids
}

// write accepts the drift. In code that has values, all of it can be accepted.
func (m *months) write() error {
	c, code, talk := m.root.drift(m.t, "--since", "1d", "--resources", monthsTypes, "--write-code")
	if code != 0 && code != 2 {
		return fmt.Errorf("drift --write-code: exit code %d: %s", code, talk)
	}
	if err := m.silent(talk + fmt.Sprintf("%+v", c)); err != nil {
		return err
	}
	live := m.objects()
	for _, change := range c.Changes {
		o, written := live[change.ID], true
		for _, a := range change.Attributes {
			written = written && strings.HasPrefix(a.Outcome, "written")
		}
		secret := strings.Contains(string(o.Body)+m.code[change.ID], "password=")
		switch {
		case change.Kind == "changed" && written, change.Kind == "unmanaged" && strings.HasPrefix(change.Hint, "written"):
			m.code[change.ID] = m.saying(o)
		case change.Kind == "deleted" && strings.Contains(change.Hint, "was removed"):
			delete(m.code, change.ID)
			delete(m.hand, change.ID)
		case change.Kind == "changed" && !m.shaped[change.ID] && !secret:
			return fmt.Errorf("drift --write-code leaves %+v", change)
		case change.Kind == "changed":
			m.code[change.ID] = "in part"
		}
	}
	return nil
}

// apply accepts first what it can, so that nothing of the organisation is reverted, and holds that nothing is destroyed.
func (m *months) apply() error {
	if err := m.reimport(); err != nil {
		return err
	}
	if err := m.write(); err != nil {
		return err
	}
	if len(m.differing()) > 0 {
		return nil // in code by hand: applying would revert what people did
	}
	before := m.objects()
	if err := m.bring(); err != nil {
		return err
	}
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
		if !want[change.ID] && !unset(change) {
			all = append(all, fmt.Errorf("drift names %s %s %s, which is as in the code", change.Kind, change.Address, change.ID))
		}
	}
	for id := range want {
		if !got[id] {
			all = append(all, fmt.Errorf("drift does not name %s: %s, code %s", id, m.objects()[id].Body, m.code[id]))
		}
	}
	if !m.missing() {
		all = append(all, m.plan(want))
	}
	text := m.text()
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

// unset reports whether drift names only what the code does not set, which an apply keeps.
func unset(c report.ObjectChange) bool {
	return c.Kind == "changed" && strings.Contains(c.Hint, "apply keeps the live value") &&
		!slices.ContainsFunc(c.Attributes, func(a report.AttributeChange) bool { return a.Path != "position" })
}

// missing reports whether code imports an object that was deleted before it was applied: the engine plans nothing then.
func (m *months) missing() bool {
	live := m.objects()
	for id := range read(m.t, m.root.dir).ids() {
		if _, lives := live[id]; !lives {
			return true
		}
	}
	return false
}

// plan holds that the engine, asked without this program, destroys nothing that lives and changes only what differs.
func (m *months) plan(differing map[string]bool) error {
	file := filepath.Join(m.t.TempDir(), "plan")
	var all []error
	err := m.root.inside(m.t, func(tf *tfexec.Terraform, at *tfexec.ReattachOption) error {
		if _, err := tf.Plan(m.t.Context(), tfexec.Out(file), at); err != nil {
			return err
		}
		plan, err := tf.ShowPlanFile(m.t.Context(), file, at)
		if err != nil {
			return err
		}
		live := m.objects()
		for _, change := range plan.ResourceChanges {
			before, _ := change.Change.Before.(map[string]any)
			id, _ := before["id"].(string)
			_, lives := live[id]
			switch {
			case lives && slices.Contains(change.Change.Actions, tfjson.ActionDelete):
				all = append(all, fmt.Errorf("the plan destroys %s %s", change.Address, id))
			case lives && change.Change.Actions.Update() && !differing[id]:
				all = append(all, fmt.Errorf("the plan changes %s %s, which is as in the code: %v to %v", change.Address, id, before, change.Change.After))
			}
		}
		return nil
	})
	return errors.Join(append(all, err)...)
}

// text is all code of the root module and of its modules, and what git has of it.
func (m *months) text() string {
	var all strings.Builder
	err := filepath.WalkDir(m.repo, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.Name() == ".terraform" || entry.Name() == ".git" {
			return fs.SkipDir
		}
		if strings.HasSuffix(path, ".tf") || strings.HasSuffix(path, ".json") {
			content, err := os.ReadFile(path)
			all.Write(content)
			return err
		}
		return nil
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return all.String()
}
