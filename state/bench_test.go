package state_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state"
)

// large is a run of n objects of about a kilobyte each, in files of about 200 KB.
func large(n int) state.Run {
	const each = 180
	var files []state.File
	for at := 0; at < n; at += each {
		var code, imports strings.Builder
		f := state.File{Name: fmt.Sprintf("services_%d.tf", at/each)}
		for i := at; i < min(at+each, n); i++ {
			a := graph.Address{Type: "rootly_service", Name: fmt.Sprintf("s%d", i)}
			fmt.Fprintf(&code, "resource \"rootly_service\" %q {\n  name = \"Service %d\"\n  owner_ids = [rootly_team.sre.id]\n  text = <<-EOT\n%s  EOT\n}\n\n",
				a.Name, i, strings.Repeat("    a line of text with \"quotes\" and ${rootly_team.sre.id}\n", 15))
			fmt.Fprintf(&imports, "import {\n  to = %s\n  id = \"id-%s\"\n}\n\n", a, a.Name)
			f.Addresses = append(f.Addresses, a)
		}
		f.Content = []byte(code.String())
		files = append(files, f, state.File{Name: fmt.Sprintf("imports_%d.tf", at/each), Content: []byte(imports.String()), Imports: f.Addresses})
	}
	return everything(files...)
}

func BenchmarkRun(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		run := large(n)
		some := run
		some.Files, some.Objects = run.Files[:2], run.Objects[:180]
		some.Complete = nil
		bench := func(name string, r state.Run, prepared bool) {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for range b.N {
					b.StopTimer()
					parent, err := os.MkdirTemp(b.TempDir(), "")
					if err != nil {
						b.Fatal(err)
					}
					dir := filepath.Join(parent, "out")
					if prepared {
						if _, err := try(dir, state.Options{}, run); err != nil {
							b.Fatal(err)
						}
					}
					b.StartTimer()
					if _, err := try(dir, state.Options{}, r); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		bench("first", run, false)
		bench("again", run, true)
		bench("narrower", some, true)
	}
}
