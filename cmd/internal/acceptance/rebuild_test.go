package acceptance

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

// The code alone, applied to an empty Rootly, makes the organisation again.
func TestAcceptanceOfRebuilding(t *testing.T) {
	t.Parallel()
	for _, p := range providers(t) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			rebuild(t, p, engineNames(t)[0])
		})
	}
}

// So does code in which what is alike is folded.
func TestAcceptanceOfRebuildingFolds(t *testing.T) {
	t.Parallel()
	for _, p := range providers(t) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			rebuild(t, p, engineNames(t)[0], "--fold")
		})
	}
}

func rebuild(t *testing.T, p provider, engine string, flags ...string) {
	first, url := serve(t, of(0))
	dir, summary := imported(t, url, p.environ, append([]string{"--no-verify", "--positions", "keep"}, flags...)...)
	c := read(t, dir)
	c.imports = byOwnLabel(c.imports)

	second, url := serve(t, sandbox.Options{Objects: seeds(first.Snapshot(), c, summary), Seed: 2})
	if err := os.Remove(filepath.Join(dir, "imports.tf")); err != nil {
		t.Fatal(err)
	}
	fillIn(t, dir)
	made := byOwnLabel(apply(t, p, engine, dir, url))

	old, new := byID(first.Snapshot()), byID(second.Snapshot())
	ids := []string{}
	for address, id := range c.imports {
		if made[address] == "" {
			if unmade[address] == "" {
				t.Errorf("%s was not made", address)
			}
			continue
		}
		ids = append(ids, plain(id), plain(made[address]))
	}
	renamed := strings.NewReplacer(ids...)
	o := rebuilt{t: t, told: told(summary), found: map[string][]string{}}
	for address, id := range c.imports {
		api := catalogue.Lookup(kindOf(address)).API
		was, is := old[[2]string{api, plain(id)}], new[[2]string{api, plain(made[address])}]
		if is.ID == "" {
			continue // told above
		}
		o.compare(address, plain(id), attributesOf(t, []byte(renamed.Replace(string(was.Body)))), attributesOf(t, is.Body))
	}
	o.report()
}

// fillIn gives values to the variables that only people know.
func fillIn(t *testing.T, dir string) {
	t.Helper()
	declared, err := os.ReadFile(filepath.Join(dir, "variables.tf"))
	if err != nil {
		t.Fatal(err)
	}
	values := ""
	for _, block := range strings.Split(string(declared), "variable ")[1:] {
		if strings.Contains(block, "Rootly never returns it") {
			values += strings.Trim(strings.Fields(block)[0], `"`) + " = \"known to people\"\n"
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "people.auto.tfvars"), []byte(values), 0o600); err != nil {
		t.Fatal(err)
	}
}

// byOwnLabel gives what is folded the addresses that it would have by itself, by which it is told of in
// the tables here.
func byOwnLabel(of map[string]string) map[string]string {
	out := make(map[string]string, len(of))
	for address, id := range of {
		block, key, folded := strings.Cut(strings.TrimSuffix(address, `"]`), `["`)
		switch {
		case folded && strings.Contains(block, ".these"):
			address = kindOf(block) + "." + key
		case folded:
			address = block + "_" + key
		}
		out[address] = id
	}
	return out
}

// plain is the id of an object that is imported by a path.
func plain(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }

func kindOf(address string) string { return address[:strings.IndexByte(address, '.')] }

// seeds are what code does not make: people, statuses, and what was told not to be imported. The
// two configurations of retrospectives exist in every organisation.
func seeds(live []sandbox.Object, c code, s report.Summary) []sandbox.Object {
	made, refused := c.ids(), map[string]bool{}
	for _, n := range s.NotImported {
		refused[n.ID] = true
	}
	var kept []sandbox.Object
	for _, o := range live {
		adopted := o.API == "retrospective_configurations"
		if adopted || made[o.ID] == "" && made[o.Parent] == "" && !refused[o.ID] && !refused[o.Parent] {
			kept = append(kept, o)
		}
	}
	return kept
}

// apply makes the code real and returns the id of every address.
func apply(t *testing.T, p provider, engine, dir, url string) map[string]string {
	t.Helper()
	// What is refused is held against the table of what cannot be made.
	r := root{provider: p, engine: engine, dir: dir, url: url}
	if err := r.inside(t, func(tf *tfexec.Terraform, at *tfexec.ReattachOption) error {
		if at == nil {
			return tf.Apply(t.Context())
		}
		return tf.Apply(t.Context(), at)
	}); err != nil {
		t.Logf("apply: %v", err)
	}
	return state(t, filepath.Join(dir, "terraform.tfstate"))
}

// inside initialises a root module and does something there. The stand-in provider may write to Rootly.
func (r root) inside(t *testing.T, do func(*tfexec.Terraform, *tfexec.ReattachOption) error) error {
	t.Helper()
	tf, err := tfexec.NewTerraform(r.dir, r.engine)
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"ROOTLY_API_URL": r.url, "ROOTLY_API_TOKEN": token, "CHECKPOINT_DISABLE": "1"}
	for _, e := range r.provider.environ {
		name, value, _ := strings.Cut(e, "=")
		if name == "PATH" || name == "HOME" || name == "TF_CLI_CONFIG_FILE" && exists(value) { // tofu's version warns of a missing one
			env[name] = value
		}
	}
	if err := tf.SetEnv(env); err != nil {
		t.Fatal(err)
	}
	inits := []tfexec.InitOption{tfexec.Upgrade(false)}
	var at *tfexec.ReattachOption
	if r.provider.name == standin.Name {
		served, err := standin.Serve(t.Context(), standin.Options{URL: r.url, Token: token})
		if err != nil {
			t.Fatal(err)
		}
		defer served.Close()
		at = tfexec.Reattach(served.Reattach)
		inits = append(inits, at)
	}
	if err := tf.Init(t.Context(), inits...); err != nil {
		t.Fatal(err)
	}
	return do(tf, at)
}

// state reads the ids from a state file, in which nothing may be half made.
func state(t *testing.T, name string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Resources []struct {
			Mode, Type, Name string
			Instances        []struct {
				Status     string
				Key        string `json:"index_key"`
				Attributes struct{ ID string }
			}
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{}
	for _, r := range doc.Resources {
		for _, i := range r.Instances {
			if r.Mode != "managed" {
				continue
			}
			address := r.Type + "." + r.Name
			if i.Key != "" {
				address += "[" + strconv.Quote(i.Key) + "]"
			}
			if i.Status != "" && doubted[address] == "" {
				t.Errorf("%s is %s", address, i.Status)
			}
			ids[address] = i.Attributes.ID
		}
	}
	return ids
}

// told maps an address, or a type with an id, to the paths that the report says are not in the code.
func told(s report.Summary) map[string][]string {
	paths := map[string][]string{}
	for _, l := range s.Losses {
		paths[l.Type+" "+l.ID] = append(paths[l.Type+" "+l.ID], names(l.Path))
	}
	for _, i := range s.Ignored {
		paths[i.Address] = append(paths[i.Address], names(i.Path))
	}
	for _, c := range s.References.Cycles {
		paths[c.From] = append(paths[c.From], names(c.Path))
	}
	return paths
}

// A rebuilt organisation is compared with the one that it was made from.
type rebuilt struct {
	t     *testing.T
	told  map[string][]string
	found map[string][]string // type and path to what differs
}

// compare notes what differs and was neither told at import nor explained by the table.
func (r *rebuilt) compare(address, id string, was, is map[string]any) {
	kind := kindOf(address)
	said := slices.Concat(r.told[address], r.told[kind+" "+id])
	for _, path := range differing(was, is, "") {
		if slices.ContainsFunc(said, func(p string) bool { return within(p, path) }) || explained(kind, path) {
			continue
		}
		key := kind + "." + path
		r.found[key] = append(r.found[key], fmt.Sprintf("%s: %s, was %s", address, show(is, path), show(was, path)))
	}
}

// explained looks a difference up in the table: by its type and path, then by the end of the path.
func explained(kind, path string) bool {
	return remade[kind+"."+path] != "" || remade[path[strings.LastIndexByte(path, '.')+1:]] != ""
}

func show(v map[string]any, path string) string {
	var at any = v
	for _, name := range strings.Split(strings.TrimSuffix(path, " order"), ".") {
		inner, ok := at.(map[string]any)
		if !ok {
			break
		}
		at = inner[name]
	}
	text, _ := json.Marshal(at)
	return fmt.Sprintf("%.160s", text)
}

func (r *rebuilt) report() {
	for _, key := range slices.Sorted(maps.Keys(r.found)) {
		r.t.Errorf("%s differs in %d objects, such as %s", key, len(r.found[key]), r.found[key][0])
	}
}
