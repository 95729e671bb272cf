package organisation

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
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
	for _, row := range catalogue.Types() {
		if row.API != api {
			continue
		}
		if row.Kind == kind || contains(row.Also, kind) {
			return row
		}
	}
	return nil
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

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
