package structure

import (
	"go/ast"
	"path"
	"regexp"
	"strings"
	"testing"
)

// claim is the first sentence of a package comment, up to what explains it.
var claim = regexp.MustCompile(`^.*?[.:]( |$)`)

func TestPackagesSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	for dir, sources := range byPackage(files(t, product)) {
		var docs []*source
		for _, s := range sources {
			if s.syntax.Doc != nil {
				docs = append(docs, s)
			}
		}
		if len(docs) != 1 {
			t.Errorf("%s has %d package comments; every package has one, in doc.go or in the file that bears its name", dir, len(docs))
			continue
		}
		text := docs[0].syntax.Doc.Text()
		start := "Package " + docs[0].syntax.Name.Name + " "
		if docs[0].syntax.Name.Name == "main" {
			start = "Command " + path.Base(dir) + " "
		}
		if !strings.HasPrefix(text, start) {
			t.Errorf("%s: the package comment does not begin with %q", docs[0].path, start)
		}
		first := claim.FindString(strings.ReplaceAll(text, "\n", " "))
		if docs[0].syntax.Name.Name != "main" && strings.Contains(first, " and ") {
			t.Errorf("%s: the first sentence joins two things with \"and\": %q; name the one thing, or split the package", docs[0].path, first)
		}
		if docs[0].syntax.Name.Name != "main" && !strings.Contains(text, "Not here") {
			t.Errorf("%s: the package comment does not say what is not here; without that a package grows", docs[0].path)
		}
	}
}

func TestExportedNamesAreDocumented(t *testing.T) {
	t.Parallel()
	for _, s := range files(t, product) {
		for _, decl := range s.syntax.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && visible(d) && d.Doc == nil {
					t.Errorf("%s: %s is exported without a comment; say what it promises", s.at(d), d.Name.Name)
				}
			case *ast.GenDecl:
				for _, bare := range undocumented(d) {
					t.Errorf("%s: %s is exported without a comment; say what it promises", s.at(bare), bare.Name)
				}
			}
		}
	}
}

// visible reports whether a function can be called from outside: methods of unexported types that
// only fill an interface are documented there.
func visible(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	receiver := d.Recv.List[0].Type
	for {
		switch r := receiver.(type) {
		case *ast.StarExpr:
			receiver = r.X
		case *ast.IndexExpr:
			receiver = r.X
		case *ast.Ident:
			return r.IsExported()
		default:
			return true
		}
	}
}

// undocumented lists the exported names of a declaration that no comment explains. Constants and
// variables may share the comment of their group.
func undocumented(d *ast.GenDecl) []*ast.Ident {
	var bare []*ast.Ident
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			if s.Name.IsExported() && s.Doc == nil && (d.Doc == nil || len(d.Specs) > 1) {
				bare = append(bare, s.Name)
			}
		case *ast.ValueSpec:
			for _, name := range s.Names {
				if name.IsExported() && s.Doc == nil && s.Comment == nil && d.Doc == nil {
					bare = append(bare, name)
				}
			}
		}
	}
	return bare
}

// exported lists the names that a file adds to its package's surface, methods and fields aside.
func exported(s *source) []string {
	var names []*ast.Ident
	for _, decl := range s.syntax.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				names = append(names, declared(spec)...)
			}
		}
	}
	var public []string
	for _, name := range names {
		if name.IsExported() {
			public = append(public, name.Name)
		}
	}
	return public
}

// declared lists the names that one line of a declaration introduces.
func declared(spec ast.Spec) []*ast.Ident {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		return []*ast.Ident{s.Name}
	case *ast.ValueSpec:
		return s.Names
	}
	return nil
}
