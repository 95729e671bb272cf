package cli

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// tree reads the files of a directory. Without times only the code counts, and what is private
// to the machine is left out.
func tree(ts *testscript.TestScript, dir string, times bool) map[string]string {
	files := map[string]string{}
	root := ts.MkAbs(dir)
	ts.Check(filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(root, path)
		if filepath.Base(name) == "lock" {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files[name] = string(content)
		if times {
			stat, err := d.Info()
			if err != nil {
				return err
			}
			files[name] += "\x00" + stat.ModTime().String() + stat.Mode().String()
		}
		return nil
	}))
	if len(files) == 0 {
		ts.Fatalf("%s has no files", dir)
	}
	return files
}

func noteFiles(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: note NAME DIR")
	}
	rootlyOf(ts).notes[args[0]] = tree(ts, args[1], true)
}

func same(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: same NAME DIR")
	}
	compare(ts, neg, rootlyOf(ts).notes[args[0]], tree(ts, args[1], true))
}

func equal(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: equal DIR DIR")
	}
	compare(ts, neg, tree(ts, args[0], false), tree(ts, args[1], false))
}

func compare(ts *testscript.TestScript, neg bool, a, b map[string]string) {
	var differ []string
	for name := range a {
		if b[name] != a[name] {
			differ = append(differ, name)
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			differ = append(differ, name)
		}
	}
	sort.Strings(differ)
	switch {
	case neg && len(differ) == 0:
		ts.Fatalf("the files do not differ")
	case !neg && len(differ) > 0:
		ts.Fatalf("files differ: %s", strings.Join(differ, ", "))
	}
}

// keys writes the key paths of a JSON document to keys.txt, those of lists and maps of types as one.
func keys(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: keys FILE")
	}
	found := map[string]bool{}
	collectKeys(document(ts, args[0]), "", found)
	list := make([]string, 0, len(found))
	for k := range found {
		list = append(list, k)
	}
	slices.Sort(list)
	ts.Check(os.WriteFile(ts.MkAbs("keys.txt"), []byte(strings.Join(list, "\n")+"\n"), 0o644))
}

func document(ts *testscript.TestScript, name string) any {
	var v any
	if err := json.Unmarshal([]byte(ts.ReadFile(name)), &v); err != nil {
		ts.Fatalf("%s is not JSON: %v", name, err)
	}
	return v
}

func collectKeys(v any, at string, found map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, sub := range v {
			if strings.HasPrefix(k, "rootly_") {
				k = "TYPE"
			}
			path := strings.TrimPrefix(at+"."+k, ".")
			found[path] = true
			collectKeys(sub, path, found)
		}
	case []any:
		for _, sub := range v {
			collectKeys(sub, at+"[]", found)
		}
	}
}

// jsonValue holds a value: a path such as proof.state; "count" counts a list, and a number is one of its elements.
func jsonValue(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: json FILE PATH VALUE")
	}
	v := document(ts, args[0])
	for _, step := range strings.Split(args[1], ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[step]
		case []any:
			n, err := strconv.Atoi(step)
			switch {
			case step == "count":
				v = len(at)
			case err != nil || n >= len(at):
				ts.Fatalf("%s is a list of %d at %s", args[1], len(at), step)
			default:
				v = at[n]
			}
		}
	}
	if got := fmt.Sprint(v); (got == args[2]) == neg {
		ts.Fatalf("%s is %s", args[1], got)
	}
}
