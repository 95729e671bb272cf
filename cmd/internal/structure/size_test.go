package structure

import (
	"go/ast"
	"strings"
	"testing"
)

// The budgets. A larger number is a decision: it goes into a table below, with its reason.
const (
	maxFile     = 500 // lines
	maxFunction = 80  // lines
	maxParams   = 5
	maxNesting  = 4
	maxExported = 30   // names per package, methods and fields aside
	maxPackage  = 30   // files of one package, tests aside
	maxLines    = 4000 // of these files
	maxDocument = 250
	maxGuide    = 120
)

// longFiles may pass maxFile.
var longFiles = map[string]string{
	"providers/rootly/catalogue/rows.go": "a table: one row for each of the 83 types that are no tasks",
}

// wideSurfaces may pass maxExported, up to the number given.
var wideSurfaces = map[string]struct {
	limit  int
	reason string
}{
	"cmd/internal/report": {44, "the messages, which are values and do next to nothing: 33 of the names are in a JSON form"},
	"providers/graph":     {35, "the one language of all stages: resources, the expressions in them, how they are linked"},
}

// largePackages may pass maxPackage and maxLines, up to the numbers given: tables, the organisation that the
// sandbox makes up.
var largePackages = map[string]struct {
	files, lines int
	reason       string
}{}

func TestFilesStaySmall(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, s := range files(t, every) {
		lines := strings.Count(string(s.text), "\n")
		if lines <= maxFile {
			continue
		}
		used[s.path] = true
		if longFiles[s.path] == "" {
			t.Errorf("%s has %d lines, the budget is %d; split it by subject, or add it to longFiles if it is a table", s.path, lines, maxFile)
		}
	}
	for name := range longFiles {
		if !used[name] {
			t.Errorf("longFiles in cmd/internal/structure names %s, which is within the budget; take it out", name)
		}
	}
}

func TestPackagesStayNarrow(t *testing.T) {
	t.Parallel()
	for dir, sources := range byPackage(files(t, product)) {
		var names []string
		for _, s := range sources {
			names = append(names, exported(s)...)
		}
		limit := maxExported
		if wider, ok := wideSurfaces[dir]; ok {
			limit = wider.limit
			if len(names) <= maxExported || wider.reason == "" {
				t.Errorf("wideSurfaces in cmd/internal/structure names %s, which exports %d names; take it out", dir, len(names))
			}
		}
		if len(names) > limit {
			t.Errorf("%s exports %d names, the budget is %d; unexport some of %s", dir, len(names), limit, strings.Join(names, ", "))
		}
	}
}

func TestPackagesStaySmall(t *testing.T) {
	t.Parallel()
	groups := byPackage(files(t, product))
	for dir, sources := range groups {
		most, lines := largePackages[dir], 0
		for _, s := range sources {
			lines += strings.Count(string(s.text), "\n")
		}
		if n := len(sources); n > max(maxPackage, most.files) || lines > max(maxLines, most.lines) {
			t.Errorf("%s has %d files with %d lines, the budget is %d files with %d lines; split the package by subject", dir, n, lines, maxPackage, maxLines)
		} else if most.reason != "" && n <= maxPackage && lines <= maxLines {
			t.Errorf("largePackages in cmd/internal/structure names %s, which is within the budget; take it out", dir)
		}
	}
	for dir := range largePackages {
		if groups[dir] == nil {
			t.Errorf("largePackages in cmd/internal/structure names %s, which is not there; take it out", dir)
		}
	}
}

func TestFunctionsStaySmall(t *testing.T) {
	t.Parallel()
	for _, s := range files(t, every) {
		for _, decl := range s.syntax.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			if n := s.lines(f) - tables(s, f); n > maxFunction {
				t.Errorf("%s: %s has %d lines, the budget is %d; give its steps names", s.at(f), f.Name.Name, n, maxFunction)
			}
			if n := f.Type.Params.NumFields(); n > maxParams {
				t.Errorf("%s: %s takes %d parameters, the budget is %d; make them a struct", s.at(f), f.Name.Name, n, maxParams)
			}
			if n := depth(f.Body); n > maxNesting {
				t.Errorf("%s: %s nests %d deep, the budget is %d; return early, or name the inner step", s.at(f), f.Name.Name, n, maxNesting)
			}
		}
	}
}

// tables counts the lines that a function's tables add to it: data is not what makes it hard to read.
func tables(s *source, f *ast.FuncDecl) int {
	lines := 0
	ast.Inspect(f.Body, func(n ast.Node) bool {
		table, ok := n.(*ast.CompositeLit)
		if ok {
			lines += s.lines(table) - 1
		}
		return !ok
	})
	return lines
}

// depth tells how deep branches and loops stand in each other. "else if" is one level with its if.
func depth(n ast.Node) int {
	deepest := 0
	ast.Inspect(n, func(child ast.Node) bool {
		if child == n || child == nil {
			return true
		}
		switch c := child.(type) {
		case *ast.IfStmt:
			inner := depth(c.Body)
			if otherwise, ok := c.Else.(*ast.BlockStmt); ok {
				inner = max(inner, depth(otherwise))
			}
			deepest = max(deepest, 1+inner)
			if next, ok := c.Else.(*ast.IfStmt); ok {
				deepest = max(deepest, depth(&ast.BlockStmt{List: []ast.Stmt{next}}))
			}
			return false
		case *ast.ForStmt:
			deepest = max(deepest, 1+depth(c.Body))
			return false
		case *ast.RangeStmt:
			deepest = max(deepest, 1+depth(c.Body))
			return false
		case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			deepest = max(deepest, 1+depth(c))
			return false
		}
		return true
	})
	return deepest
}

func TestDocumentsStayShort(t *testing.T) {
	t.Parallel()
	for name, limit := range map[string]int{"README.md": maxDocument - 1, ".github/CONTRIBUTING.md": maxGuide} {
		if n := strings.Count(read(t, name), "\n"); n > limit {
			t.Errorf("%s has %d lines, the budget is %d; say less, or link", name, n, limit)
		}
	}
}
