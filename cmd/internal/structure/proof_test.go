package structure

import (
	"go/ast"
	"strings"
	"testing"
)

// alone lists the tests that cannot run beside others, with the reason.
var alone = map[string]string{}

func TestTestsRunInParallel(t *testing.T) {
	t.Parallel()
	for _, s := range files(t, tests) {
		for _, decl := range s.syntax.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !strings.HasPrefix(f.Name.Name, "Test") || f.Name.Name == "TestMain" {
				continue
			}
			if !parallel(f) && alone[s.path+" "+f.Name.Name] == "" {
				t.Errorf("%s: %s does not call t.Parallel; call it first, or list it with its reason in alone", s.at(f), f.Name.Name)
			}
		}
	}
}

// parallel reports whether a test lets others run beside it.
func parallel(f *ast.FuncDecl) bool {
	found := false
	for _, st := range f.Body.List {
		if e, ok := st.(*ast.ExprStmt); ok {
			call, ok := e.X.(*ast.CallExpr)
			found = found || ok && strings.HasSuffix(called(call), ".Parallel")
		}
	}
	return found
}
