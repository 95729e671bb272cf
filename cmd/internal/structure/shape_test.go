package structure

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

const (
	maxFields  = 15 // of a struct
	maxMethods = 20 // of a type
)

// plain are the packages whose structs are rows and values: many fields, each of them one fact.
var plain = []string{"cmd/internal/report", "providers/rootly/catalogue", "providers/rootly/sandbox/organisation"}

// A growth is how large a type may be all the same. The tables below may only get shorter, and their numbers smaller.
type growth struct {
	limit  int
	reason string
}

// wideStructs may pass maxFields. Settings and Options need no entry: there is one field for each flag.
var wideStructs = map[string]growth{
	"cmd/internal/prooffile proofV1":           {18, "a document: its fields are those of the file"},
	"generator/verify Verdict":                 {18, "a value: all that a plan says"},
	"providers/audit Event":                    {18, "a value: the fields are those of the audit log"},
	"providers/audit ocsfEvent":                {23, "a document: its fields are those of a standard"},
	"providers/rootly/post Incident":           {18, "a value: the fields are those of the API"},
	"providers/rootly/post incidentAttributes": {16, "a document: its fields are those of the API"},
	"providers/rootly/sandbox Faults":          {16, "what goes wrong: settings, under another name"},
}

func TestStructsStaySmall(t *testing.T) {
	t.Parallel()
	fields := map[string]int{}
	for _, s := range files(t, program) {
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			name := spec.Name.Name
			if st, ok := spec.Type.(*ast.StructType); ok && !strings.HasSuffix(name, "Settings") && !strings.HasSuffix(name, "Options") && !slices.Contains(plain, s.dir) {
				fields[s.dir+" "+name] = st.Fields.NumFields()
			}
			return true
		})
	}
	within(t, fields, budget{maxFields, "fields", "wideStructs"}, wideStructs)
}

func TestTypesStaySmall(t *testing.T) {
	t.Parallel()
	methods := map[string]int{}
	for _, s := range files(t, program) {
		if s.dir == "providers/rootly/sandbox/organisation" {
			continue // a method for each type
		}
		for _, decl := range s.syntax.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil {
				methods[s.dir+" "+receiver(f)]++
			}
		}
	}
	within(t, methods, budget{maxMethods, "methods", ""}, nil)
}

// A budget is how much there may be of what, and the table of exceptions.
type budget struct {
	most        int
	what, table string
}

// within holds sizes to a budget, but for those in its table.
func within(t *testing.T, sizes map[string]int, b budget, exceptions map[string]growth) {
	t.Helper()
	for name, n := range sizes {
		if most := max(b.most, exceptions[name].limit); n > most {
			t.Errorf("%s has %d %s, the budget is %d; give the parts that belong together a type of their own", name, n, b.what, most)
		}
	}
	for name, e := range exceptions {
		if sizes[name] <= b.most || e.reason == "" {
			t.Errorf("%s in cmd/internal/structure names %s, which has %d %s; take it out", b.table, name, sizes[name], b.what)
		}
	}
}

// receiver is the name of the type that a method belongs to.
func receiver(f *ast.FuncDecl) string {
	t := f.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}
