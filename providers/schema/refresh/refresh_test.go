package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const printed = `{"format_version":"1.0","provider_schemas":{"registry.terraform.io/rootlyhq/rootly":{
"provider":{"version":0,"block":{"attributes":{"token":{"type":"string","description":"prose","optional":true}}}},
"functions":{},
"data_source_schemas":{},
"resource_schemas":{"rootly_team":{"version":1,"block":{
	"description":"a team","description_kind":"plain",
	"attributes":{
		"name":{"type":"string","description":"how it is called","description_kind":"plain","required":true},
		"description":{"type":"string","description":"what it is for","description_kind":"plain","optional":true,"computed":true},
		"owner":{"nested_type":{"attributes":{"description":{"type":"string","description":"prose","optional":true}},"nesting_mode":"single"},"optional":true}},
	"block_types":{"notes":{"nesting_mode":"list","max_items":1,"block":{"description":"prose","attributes":{"description":{"type":["list","string"],"optional":true,"x<y":true}}}}}
}}}}}}`

const stripped = `{"format_version":"1.0","provider_schemas":{"registry.terraform.io/rootlyhq/rootly":{` +
	`"data_source_schemas":{},` +
	`"provider":{"block":{"attributes":{"token":{"optional":true,"type":"string"}}},"version":0},` +
	`"resource_schemas":{"rootly_team":{"block":{` +
	`"attributes":{` +
	`"description":{"computed":true,"optional":true,"type":"string"},` +
	`"name":{"required":true,"type":"string"},` +
	`"owner":{"nested_type":{"attributes":{"description":{"optional":true,"type":"string"}},"nesting_mode":"single"},"optional":true}},` +
	`"block_types":{"notes":{"block":{"attributes":{"description":{"optional":true,"type":["list","string"],"x<y":true}}},"max_items":1,"nesting_mode":"list"}}},` +
	`"version":1}}}}}`

func TestStripTakesProseAndLeavesAttributesOfThatName(t *testing.T) {
	t.Parallel()
	got, err := strip([]byte(printed))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != stripped {
		t.Errorf("got\n%s\nwant\n%s", got, stripped)
	}
	again, err := strip(got)
	if err != nil || !bytes.Equal(again, got) {
		t.Errorf("stripping twice changes the schema: %v\n%s", err, again)
	}
}

func TestStripKeepsTheSnapshotAsItIs(t *testing.T) {
	t.Parallel()
	old, err := os.ReadFile(filepath.Join("..", "snapshot", "schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := strip(old)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytes.TrimSpace(got), bytes.TrimSpace(old)) {
		t.Error("the snapshot is not in the form that refresh writes; the next refresh would change every line of it")
	}
}

func TestCompareTellsEveryPath(t *testing.T) {
	t.Parallel()
	fresh := strings.NewReplacer(
		`"name":{"required":true,"type":"string"},`, `"name":{"optional":true,"type":"string"},"slug":{"computed":true,"type":"string"},`,
		`,"x<y":true`, ``, `"max_items":1`, `"max_items":3`,
		`"owner":{"nested_type":{"attributes":{"description":{"optional":true,"type":"string"}},"nesting_mode":"single"},"optional":true}`, `"zone":{"optional":true,"type":"string"}`,
	).Replace(stripped)
	got, err := compare([]byte(stripped), []byte(fresh))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`~ rootly_team.name optional "string", was required "string"`,
		`~ rootly_team.notes list 0..3, was list 0..1`,
		`- rootly_team.owner optional single`,
		`+ rootly_team.slug computed "string"`,
		`+ rootly_team.zone optional "string"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestCompareTellsATypeOnce(t *testing.T) {
	t.Parallel()
	empty := `{"format_version":"1.0","provider_schemas":{}}`
	got, err := compare([]byte(empty), []byte(stripped))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"+ rootly_team version 1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
