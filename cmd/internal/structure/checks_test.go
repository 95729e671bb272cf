package structure

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"testing"
)

const sample = `package p

import "errors"

var (
	ErrGone = errors.New("gone")
	table   = map[string]int{
		"a": 1,
		"b": 2,
	}
	counter int
)

// Deep is deep.
func Deep(a int) {
	for range 3 {
		if a > 0 {
			counter++
		} else if a < 0 {
			switch {
			case a < -1:
				table["a"] = 3
			}
		}
	}
	local := 1
	local = 2
	_ = []int{
		local,
		a,
	}
}

func late() bool { return time.Since(day) > 0 && clock(time.Now) && day.Local() }

func TestDeep(t *T)     { Deep(1) }
func TestParallel(t *T) { t.Parallel() }
`

// The checks of this package are code too: on a sample, they find what is there.
func TestChecksSeeWhatTheyLookFor(t *testing.T) {
	t.Parallel()
	s := &source{path: "p/p.go", fset: token.NewFileSet()}
	var err error
	if s.syntax, err = parser.ParseFile(s.fset, s.path, sample, parser.ParseComments); err != nil {
		t.Fatal(err)
	}
	functions := map[string]*ast.FuncDecl{}
	for _, d := range s.syntax.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			functions[f.Name.Name] = f
		}
	}

	deep := functions["Deep"]
	if got := depth(deep.Body); got != 3 {
		t.Errorf("depth is %d, want 3: for, else if, switch", got)
	}
	if got := s.lines(deep) - tables(s, deep); got != 15 {
		t.Errorf("Deep has %d lines beside its table, want 15", got)
	}
	if parallel(functions["TestDeep"]) || !parallel(functions["TestParallel"]) {
		t.Error("the check for t.Parallel does not tell tests apart")
	}
	if got := exported(s); !slices.Equal(got, []string{"ErrGone", "Deep", "TestDeep", "TestParallel"}) {
		t.Errorf("exported: %v", got)
	}

	if got := wallClock(s); len(got) != 2 {
		t.Errorf("%d readings of the clock, want 2", len(got))
	}

	names, constants := map[string]bool{}, []string{}
	for _, v := range packageVars(s) {
		names[v.name.Name] = true
		if v.constant() {
			constants = append(constants, v.name.Name)
		}
	}
	if !slices.Equal(constants, []string{"ErrGone", "table"}) {
		t.Errorf("constants: %v", constants)
	}
	var written []string
	for _, id := range assigned(s, names) {
		written = append(written, id.Name)
	}
	if !slices.Equal(written, []string{"counter", "table"}) {
		t.Errorf("assigned: %v", written)
	}
}
