package code_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/state/code"
)

const mapsText = `locals {
  causes = {
    # of the release
    deploy = {
      name = "Deploy"
    }
    disk  = { name = "Disk" } # full
    "for" = { name = var.name }
  }
}

import {
  for_each = {
    deploy = "1"
    disk   = "2"
  }

  to = rootly_cause.these[each.key]
  id = each.value
}

moved {
  from = rootly_cause.disk
  to   = rootly_cause.these["disk"]
}
`

func TestMapsOfTexts(t *testing.T) {
	t.Parallel()
	s, err := code.Parse([]byte(mapsText))
	if err != nil {
		t.Fatal(err)
	}
	locals, imports, moved := s.Items[0], s.Items[1], s.Items[2]
	if got := s.Texts(imports, "for_each"); !maps.Equal(got, map[string]string{"deploy": "1", "disk": "2"}) {
		t.Errorf("texts of the import block: %v", got)
	}
	if got := s.Texts(locals, "causes"); got != nil {
		t.Errorf("texts of a map of objects: %v", got)
	}
	if !s.Says(imports, "id", "each.value") || s.Says(imports, "to", "each.value") || s.Says(imports, "none", "") {
		t.Error("what the arguments say")
	}
	if typ, name, index, ok := moved.Instance("to"); !ok || typ != "rootly_cause" || name != "these" || index != "disk" {
		t.Errorf("address of a moved block: %s.%s[%s], %t", typ, name, index, ok)
	}
	if _, _, index, ok := imports.Instance("to"); !ok || index != "" {
		t.Errorf("index that is an expression: %q, %t", index, ok)
	}
	if moved.Same() != "moved.rootly_cause.these.disk" || imports.Same() != "import.rootly_cause.these" {
		t.Errorf("what is declared: %s, %s", moved.Same(), imports.Same())
	}
}

func TestEntriesLeaveMaps(t *testing.T) {
	t.Parallel()
	s, err := code.Parse([]byte(mapsText))
	if err != nil {
		t.Fatal(err)
	}
	edits := append(s.WithoutEntries(s.Items[0], "causes", map[string]bool{"deploy": true, "none": true}),
		s.WithoutEntries(s.Items[1], "for_each", map[string]bool{"disk": true})...)
	got := string(code.Apply(s.Text, edits))
	want := strings.Replace(mapsText, "\n    # of the release\n    deploy = {\n      name = \"Deploy\"\n    }", "", 1)
	want = strings.Replace(want, "\n    disk   = \"2\"", "", 1)
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if edits := s.WithoutEntries(s.Items[2], "to", map[string]bool{"disk": true}); edits != nil {
		t.Errorf("of what is no map: %v", edits)
	}
}
