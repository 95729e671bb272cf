package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/cli"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

const docs = "../../.github/docs"

// The pages of reference say what the program says.
func TestPages(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(*testing.T) string{"commands.md": commandsPage, "json.md": jsonPage, "types.md": typesPage} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fresh := write(t)
			path := filepath.Join(docs, name)
			if *update {
				if err := os.WriteFile(path, []byte(fresh), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if have, err := os.ReadFile(path); err != nil || string(have) != fresh {
				t.Errorf("%s is stale (%v); run make docs", name, err)
			}
		})
	}
}

func commandsPage(t *testing.T) string {
	var b strings.Builder
	w := world.World{Getenv: func(string) string { return "" }}
	if err := cli.WriteReference(w, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// jsonPage describes each schema by its own words.
func jsonPage(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("# JSON documents\n\nThis page is written by `make docs`. Fields are added, and never renamed within a major version. " +
		"The schemas are\nin every release; tests hold the outputs to them.\n\n| schema | what |\n|---|---|\n")
	names, err := filepath.Glob(filepath.Join(docs, "schemas", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range names {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var schema struct{ Description string }
		if err := json.Unmarshal(raw, &schema); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "| [%s](schemas/%s) | %s |\n", strings.TrimSuffix(filepath.Base(path), ".json"), filepath.Base(path), schema.Description)
	}
	b.WriteString("\nAudit events in the formats `ocsf` and `ecs` follow the schemas of those standards, and `raw` is what Rootly's API answers.\n" +
		"`record --dry-run` prints the request as Rootly's API documents it.\n")
	return b.String()
}

// typesPage lists the types with what the provider has no place for.
func typesPage(*testing.T) string {
	var b strings.Builder
	b.WriteString("# Types\n\nThis page is written by `make docs`. Settings that the provider cannot represent are in no code; every import lists them by\nobject. " +
		"Settings in the last column are never written, for the reason given.\n\n| type | listed at | the provider cannot represent | never written |\n|---|---|---|---|\n")
	for _, t := range catalogue.Types() {
		if t.IsTask() {
			continue
		}
		name := t.Name
		if t.Optional != "" {
			name += " (" + t.Optional + ")"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", name, cells(t.Paths), cells(t.Lost), reasons(t.Omit))
	}
	fmt.Fprintf(&b, "| rootly_workflow_task_… | `/v1/workflows/{parent}/workflow_tasks` | | |\n")
	return b.String()
}

func cells(words []string) string {
	var quoted []string
	for _, w := range words {
		quoted = append(quoted, "`"+w+"`")
	}
	return strings.Join(quoted, ", ")
}

// reasons groups what is left out by the reason.
func reasons(omit map[string]string) string {
	by := map[string][]string{}
	for name, why := range omit {
		by[why] = append(by[why], name)
	}
	var parts []string
	for _, why := range slices.Sorted(maps.Keys(by)) {
		parts = append(parts, cells(slices.Sorted(slices.Values(by[why])))+": "+why)
	}
	return strings.Join(parts, "; ")
}
