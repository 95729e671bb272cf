package acceptance

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// A block is a resource as its text has it.
type block struct {
	address string
	text    string // without comments
}

// A code is what stands in the files of a directory.
type code struct {
	resources []block
	imports   map[string]string // address to what it is imported by
	other     string            // everything but resources, imports and values of secrets, without comments
	files     map[string]string // all that are not private
}

// read parses a directory with the language's own parser.
func read(t *testing.T, dir string) code {
	t.Helper()
	c := code{imports: map[string]string{}, files: map[string]string{}}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no files in %s: %v", dir, err)
	}
	for _, name := range names {
		stat, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if stat.IsDir() || stat.Mode().Perm() == 0o600 {
			continue // secrets, for the eyes of one user
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		c.files[filepath.Base(name)] = string(text)
		if strings.HasSuffix(name, ".tf") {
			c.add(t, name, text)
		}
	}
	return c
}

func (c *code) add(t *testing.T, name string, text []byte) {
	t.Helper()
	f, diags := hclsyntax.ParseConfig(text, name, hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s: %v", name, diags)
	}
	for _, b := range f.Body.(*hclsyntax.Body).Blocks {
		whole := spoken(t, b.Range(), text[b.Range().Start.Byte:b.CloseBraceRange.End.Byte])
		switch b.Type {
		case "resource":
			c.resources = append(c.resources, block{strings.Join(b.Labels, "."), whole})
		case "import":
			to := b.Body.Attributes["to"].Expr.Range().SliceBytes(text)
			if each := b.Body.Attributes["for_each"]; each != nil {
				c.addEach(t, string(to), each.Expr)
				continue
			}
			id, diags := b.Body.Attributes["id"].Expr.Value(nil)
			if diags.HasErrors() {
				t.Fatalf("%s: %v", name, diags)
			}
			c.imports[string(to)] = id.AsString()
		default:
			c.other += whole + "\n"
		}
	}
}

// addEach adds the objects that one block imports, whose ids stand in a map.
func (c *code) addEach(t *testing.T, to string, each hclsyntax.Expression) {
	t.Helper()
	ids, diags := each.Value(nil)
	if diags.HasErrors() {
		t.Fatalf("import to %s: %v", to, diags)
	}
	for key, id := range ids.AsValueMap() {
		c.imports[strings.Replace(to, "each.key", strconv.Quote(key), 1)] = id.AsString()
	}
}

// spoken takes the comments out of a text.
func spoken(t *testing.T, at hcl.Range, text []byte) string {
	t.Helper()
	tokens, diags := hclsyntax.LexConfig(text, at.Filename, hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s: %v", at, diags)
	}
	var said strings.Builder
	last := 0
	for _, tok := range tokens {
		if tok.Type != hclsyntax.TokenComment {
			continue
		}
		said.Write(text[last:tok.Range.Start.Byte])
		last = tok.Range.End.Byte
	}
	said.Write(text[last:])
	return said.String()
}

// ids maps what was imported to its address. Some are imported by a path that ends in the id.
func (c code) ids() map[string]string {
	ids := map[string]string{}
	for address, id := range c.imports {
		ids[id[strings.LastIndexByte(id, '/')+1:]] = address
	}
	return ids
}

var uuid = regexp.MustCompile(`[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)
