package organisation

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// A live is an object as a reader of the API sees it.
type live struct {
	sandbox.Object
	Type       *catalogue.Type // nil for what is no resource type
	Attributes map[string]any
}

// decode reads the objects back and finds their types.
func decode(t *testing.T, objects []sandbox.Object) []live {
	t.Helper()
	var out []live
	for _, o := range objects {
		var doc struct {
			ID, Type   string
			Attributes map[string]any
		}
		if err := json.Unmarshal(o.Body, &doc); err != nil {
			t.Fatalf("decode %s %s: %v\n%s", o.API, o.ID, err, o.Body)
		}
		if doc.ID != o.ID || doc.Type != o.API {
			t.Errorf("body says %s %s, object says %s %s", doc.Type, doc.ID, o.API, o.ID)
		}
		out = append(out, live{o, typeOf(o.API, doc.Attributes), doc.Attributes})
	}
	return out
}

// typeOf finds the row of an object, by its kind where types share a collection.
func typeOf(api string, attributes map[string]any) *catalogue.Type {
	kind := ""
	if m, ok := attributes["trigger_params"].(map[string]any); ok {
		kind, _ = m["trigger_type"].(string)
	}
	if m, ok := attributes["task_params"].(map[string]any); ok {
		kind, _ = m["task_type"].(string)
	}
	return index()[api+" "+kind]
}

// index finds a row by JSON:API type and kind.
var index = sync.OnceValue(func() map[string]*catalogue.Type {
	m := make(map[string]*catalogue.Type)
	for _, row := range catalogue.Types() {
		m[row.API+" "+row.Kind] = row
		for _, also := range row.Also {
			m[row.API+" "+also] = row
		}
	}
	return m
})

func importable(all []live) int {
	n := 0
	for _, o := range all {
		if o.Type != nil && o.Type.Optional == "" {
			n++
		}
	}
	return n
}

func TestExactSize(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 2, 3, 7, 50, 200, Complete - 1, Complete, Complete + 1, 1000, 2345} {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("%d-%d", size, seed), func(t *testing.T) {
				t.Parallel()
				if got := importable(decode(t, New(Options{Seed: seed, Size: size}))); got != size {
					t.Errorf("%d importable objects, want %d", got, size)
				}
			})
		}
	}
}

func TestDeterministic(t *testing.T) {
	t.Parallel()
	golden := map[Options]string{
		{Seed: 1, Size: 200}:  "8e5125e5721d98d4",
		{Seed: 1, Size: 1000}: "db8d56b5292a5aeb",
		{Seed: 2, Size: 1000}: "1e0edd10de21040b",
	}
	for options, want := range golden {
		if got := digest(New(options)); got != want {
			t.Errorf("%+v: digest %s, want %s: an organisation must not change once it was published", options, got, want)
		}
	}
}

func TestDefaultSize(t *testing.T) {
	t.Parallel()
	if digest(New(Options{Seed: 4})) != digest(New(Options{Seed: 4, Size: Complete})) {
		t.Error("size 0 is not the complete organisation")
	}
}

// TestComplete holds that Complete is what the showcase costs, whatever the seed.
func TestComplete(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		b, err := newBuilder(Options{Seed: seed, Size: 10_000})
		if err != nil {
			t.Fatal(err)
		}
		b.showcase()
		if got := 10_000 - b.left; got != Complete {
			t.Errorf("seed %d: the showcase costs %d objects, Complete says %d", seed, got, Complete)
		}
	}
}

func TestEveryTypeIsThere(t *testing.T) {
	t.Parallel()
	count := make(map[string]int)
	for _, o := range decode(t, New(Options{Seed: 6})) {
		if o.Type == nil {
			count[o.API]++
		} else {
			count[o.Type.Name]++
		}
	}
	for _, row := range catalogue.Types() {
		if count[row.Name] == 0 {
			t.Errorf("no object of %s", row.Name)
		}
	}
	for _, api := range []string{"incidents", "statuses", "schedule_rotation_members"} {
		if count[api] == 0 {
			t.Errorf("no object of %s", api)
		}
	}
}

func TestSmallIsBelievable(t *testing.T) {
	t.Parallel()
	count := make(map[string]int)
	for _, o := range decode(t, New(Options{Seed: 1, Size: 50})) {
		if o.Type != nil {
			count[o.Type.Name]++
			if o.Type.IsTask() {
				count["tasks"]++
			}
			if o.Type.IsWorkflow() {
				count["workflows"]++
			}
		}
	}
	for _, kind := range []string{"rootly_team", "rootly_service", "rootly_severity", "rootly_environment", "rootly_functionality", "rootly_incident_type",
		"rootly_cause", "rootly_incident_role", "rootly_form_field", "rootly_form_field_option", "rootly_workflow_group", "workflows", "tasks"} {
		if count[kind] == 0 {
			t.Errorf("fifty objects without %s", kind)
		}
	}
}

// TestNoSizeIsMissed goes through sizes where a group of objects must be cut short.
func TestNoSizeIsMissed(t *testing.T) {
	t.Parallel()
	sizes := []int{Complete - 1, 1500, 1501}
	for i := range 120 {
		sizes = append(sizes, 1+i)
	}
	for i := range 60 {
		sizes = append(sizes, Complete+i)
	}
	for _, size := range sizes {
		b, err := newBuilder(Options{Seed: 8, Size: size})
		if err != nil {
			t.Fatal(err)
		}
		if b.make(); b.left != 0 {
			t.Errorf("size %d is missed by %d", size, -b.left)
		}
	}
}

// digest is the hash of all that an organisation consists of.
func digest(objects []sandbox.Object) string {
	h := sha256.New()
	for _, o := range objects {
		fmt.Fprintf(h, "%s %s %s %s\n", o.API, o.ID, o.Parent, o.Body)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

func BenchmarkNew(b *testing.B) {
	for _, size := range []int{1000, 10_000, 100_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			b.ReportAllocs()
			bytes, objects := 0, 0
			for b.Loop() {
				for _, o := range New(Options{Seed: 1, Size: size}) {
					bytes += len(o.Body)
					objects++
				}
			}
			b.ReportMetric(float64(bytes)/float64(objects), "bytes/object")
		})
	}
}
