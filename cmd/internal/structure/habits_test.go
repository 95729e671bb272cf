package structure

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// untyped lists the packages, or files, whose non-test code may say any, each with the reason.
var untyped = map[string]string{
	"providers/rootly/api":                  "JSON:API attributes have whatever type the server gives them",
	"providers/rootly":                      "the decoder turns those attributes into typed values",
	"providers/rootly/sandbox":              "an imitation of the API stores what it is sent",
	"providers/rootly/sandbox/organisation": "it writes the JSON that the imitation serves",
	"providers/rootly/standin":              "the plugin SDK's own interface is untyped",
	"providers/rootly/oncall":               "it reads relationships as the API answered them",
	"cmd/internal/lint":                     "rules look at settings as the API answered them, which no type describes",
	"cmd/internal/report":                   "a result is encoded as it is, whatever its type",
	"cmd/internal/screen":                   "what jq expressions make of JSON has whatever type",
	"state/auditcopy/index.go":              "the values of a statement of SQL",
	"cmd/internal/planning/replay.go":       "it hands what was fetched to the imitation of the API",
	"state/auditcopy/sqlite.go":             "database/sql takes values of any type",
}

// printers are the functions that write to a stream, their first argument.
var printers = map[string]bool{"fmt.Fprint": true, "fmt.Fprintf": true, "fmt.Fprintln": true, "io.WriteString": true, "json.NewEncoder": true, "csv.NewWriter": true}

// panics lists where non-test code may panic, with the reason.
var panics = map[string]string{}

// variables lists package-level variables of another kind than the test knows to be constant.
var variables = map[string]string{}

// clocks lists where the time may be read, with the reason.
var clocks = map[string]string{
	"cmd/internal/world/env.go":          "here the clock of the program is made",
	"providers/rootly/api/client.go":     "the rate limit is waited for in real time, with a clock that can be replaced",
	"providers/rootly/standin/client.go": "the rate limit is waited for in real time",

	"cmd/internal/acceptance/bench_test.go":       "a benchmark measures",
	"cmd/internal/acceptance/bench_proof_test.go": "a benchmark measures",
	"cmd/internal/cli/kill_state_unix_test.go":    "it measures how long a run takes, to kill others within",
	"cmd/internal/cli/kill_unix_test.go":          "it measures how long a run takes, to kill others within",
	"cmd/internal/cli/audit_sql_test.go":          "the statements ask a database for the time, which has its own",
	"cmd/internal/report/progress_test.go":        "the clock of a bubble",
	"cmd/internal/auditview/reading_test.go":      "the clock of a bubble",
	"providers/graph/secret/find_test.go":         "it measures how time grows with length",
	"cmd/internal/collector/attack_test.go":       "how long an attack may keep a test waiting",
	"providers/rootly/api/pace_test.go":           "the clock of a bubble",
	"state/auditcopy/query_test.go":               "a benchmark measures",
}

func TestTimeComesFromTheClock(t *testing.T) {
	t.Parallel()
	for _, s := range files(t, func(s *source) bool { return !s.nested }) {
		if clocks[s.path] != "" {
			continue
		}
		for _, name := range wallClock(s) {
			t.Errorf("%s: time.%s depends on when and where the program runs; take the time from World or an option, or list the file with its reason in clocks", s.at(name), name.Sel.Name)
		}
	}
}

// wallClock finds where a file reads the computer's clock or asks for its time zone, called or passed on.
func wallClock(s *source) []*ast.SelectorExpr {
	var found []*ast.SelectorExpr
	ast.Inspect(s.syntax, func(n ast.Node) bool {
		if e, ok := n.(*ast.SelectorExpr); ok {
			x, isName := e.X.(*ast.Ident)
			if isName && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Local"}, e.Sel.Name) {
				found = append(found, e)
			}
		}
		return true
	})
	return found
}

func TestCodeKeepsTheHabits(t *testing.T) {
	t.Parallel()
	for _, s := range files(t, program) {
		for _, decl := range s.syntax.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: init runs behind the reader's back; call it by name where it is needed", s.at(f))
			}
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			switch name := called(call); {
			case name == "os.Exit" && s.syntax.Name.Name != "main":
				t.Errorf("%s: os.Exit outside main skips what others deferred; return an error", s.at(call))
			case strings.HasPrefix(name, "log.Fatal") || strings.HasPrefix(name, "log.Panic"):
				t.Errorf("%s: %s ends the program from afar; return an error", s.at(call), name)
			case printers[name] && s.dir != "cmd/internal/report" && isStream(call.Args[0]):
				t.Errorf("%s: %s prints what nobody escaped, in one format; give a message to World.Report", s.at(call), name)
			case name == "panic" && panics[s.path] == "":
				t.Errorf("%s: panic in the program; return an error, or list the file with its reason in panics", s.at(call))
			}
			return true
		})
	}
}

// isStream reports whether an expression is an output of the program.
func isStream(e ast.Expr) bool {
	f, ok := e.(*ast.SelectorExpr)
	return ok && (f.Sel.Name == "Out" || f.Sel.Name == "Err")
}

// called names the function of a call, such as "os.Exit".
func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
	case *ast.IndexExpr:
		return called(&ast.CallExpr{Fun: f.X})
	}
	return ""
}

func TestTypesAreKnown(t *testing.T) {
	t.Parallel()
	for _, s := range files(t, program) {
		if untyped[s.dir] != "" || untyped[s.path] != "" {
			continue
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			switch e := n.(type) {
			case *ast.FuncType:
				// The bounds of type parameters are no values.
				e.TypeParams = nil
			case *ast.TypeSpec:
				e.TypeParams = nil
			case *ast.InterfaceType:
				if len(e.Methods.List) == 0 {
					t.Errorf("%s: interface{} outside the JSON edge; give the value a type", s.at(e))
				}
			case *ast.Ident:
				if e.Name == "any" {
					t.Errorf("%s: any outside the JSON edge; give the value a type, or list the package with its reason in untyped", s.at(e))
				}
			}
			return true
		})
	}
}

func TestPackagesHoldNoState(t *testing.T) {
	t.Parallel()
	for _, sources := range byPackage(files(t, program)) {
		names := map[string]bool{}
		for _, s := range sources {
			for _, v := range packageVars(s) {
				names[v.name.Name] = true
				if !v.constant() && variables[s.path+" "+v.name.Name] == "" {
					t.Errorf("%s: %s is a package-level variable; pass it in, or list it with its reason in variables", s.at(v.name), v.name.Name)
				}
			}
		}
		delete(names, "_")
		for _, s := range sources {
			for _, id := range assigned(s, names) {
				t.Errorf("%s: %s belongs to the package and is changed while the program runs; pass it in", s.at(id), id.Name)
			}
		}
	}
}

// A variable is one declared at the top level of a file.
type variable struct {
	name  *ast.Ident
	value ast.Expr // nil if it has none
	embed bool
}

// packageVars lists the variables that a file declares at its top level.
func packageVars(s *source) []variable {
	var found []variable
	for _, decl := range s.syntax.Decls {
		d, ok := decl.(*ast.GenDecl)
		if !ok || d.Tok != token.VAR {
			continue
		}
		for _, spec := range d.Specs {
			v := spec.(*ast.ValueSpec)
			for i, name := range v.Names {
				found = append(found, variable{name: name, embed: embedded(d.Doc) || embedded(v.Doc)})
				if i < len(v.Values) {
					found[len(found)-1].value = v.Values[i]
				}
			}
		}
	}
	return found
}

// embedded reports whether the compiler fills the variable under a comment from a file.
func embedded(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
}

// constant reports whether a variable is one only because Go has no constants of its type: an
// error, a pattern, embedded text, a table, a value made once.
func (v variable) constant() bool {
	if v.name.Name == "_" || v.embed {
		return true
	}
	switch e := v.value.(type) {
	case *ast.CompositeLit:
		return true
	case *ast.CallExpr:
		name := called(e)
		if len(e.Args) == 1 && name == "json.RawMessage" {
			_, text := e.Args[0].(*ast.BasicLit)
			return text
		}
		return slices.Contains([]string{"errors.New", "fmt.Errorf", "regexp.MustCompile", "strings.NewReplacer"}, name) ||
			strings.HasPrefix(name, "sync.Once") || strings.HasPrefix(name, "cty.")
	}
	return false
}

// assigned lists where a file writes to variables of its package.
func assigned(s *source, names map[string]bool) []*ast.Ident {
	var found []*ast.Ident
	note := func(e ast.Expr) {
		for {
			switch x := e.(type) {
			case *ast.IndexExpr:
				e = x.X
				continue
			case *ast.Ident:
				if names[x.Name] && global(s, x) {
					found = append(found, x)
				}
			}
			return
		}
	}
	ast.Inspect(s.syntax, func(n ast.Node) bool {
		switch st := n.(type) {
		case *ast.AssignStmt:
			if st.Tok != token.DEFINE {
				for _, left := range st.Lhs {
					note(left)
				}
			}
		case *ast.IncDecStmt:
			note(st.X)
		}
		return true
	})
	return found
}

// global reports whether an identifier stands for something declared at the top level: of its own
// file, or of another one of the package, which the parser leaves unresolved.
func global(s *source, id *ast.Ident) bool {
	if id.Obj == nil {
		return true
	}
	spec, ok := id.Obj.Decl.(*ast.ValueSpec)
	return ok && slices.ContainsFunc(packageVars(s), func(v variable) bool { return slices.Contains(spec.Names, v.name) })
}
