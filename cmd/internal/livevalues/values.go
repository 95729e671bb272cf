// Package livevalues finds the values of variables that a clone does not have.
//
//	names of variables ──► types that use them ──► import without writing ──► values by name
//
// Not here: which variables are missing (generator/engines).
package livevalues

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/entries"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/importer"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// For fills in variables whose values are kept out of version control with the values that an import would give them
// now. It reports that, since a setting with such a value is not compared.
func For(w world.World, c connect.Connection, dir string) func(context.Context, []string) map[string]string {
	return func(ctx context.Context, missing []string) map[string]string {
		types, err := typesWith(dir, missing)
		if err != nil || len(types) == 0 {
			return nil // the engine names the variables
		}
		all, err := liveValues(ctx, w, c, dir, types)
		if err != nil {
			w.Report().Note(fmt.Sprintf("variables without a value could not be filled in from live ones: %v", err))
			return nil
		}
		values := map[string]string{}
		for _, name := range missing {
			if value, ok := all[name]; ok {
				values[name] = value
			}
		}
		if len(values) > 0 {
			w.Report().Note(fmt.Sprintf("%s without a value here: filled in with live values, so these settings are not compared (set them in %s or TF_VAR_NAME to compare them)",
				report.Plural(len(values), "variable"), planning.SecretsName))
		}
		return values
	}
}

// liveValues reads objects of some types as an import would, and returns the values of its variables.
func liveValues(ctx context.Context, w world.World, c connect.Connection, dir string, types []string) (map[string]string, error) {
	root, err := importer.Open(ctx, w.Reporting(report.Options{Quiet: true}), &importer.Settings{
		Connection: c, Selection: selection.Selection{Resources: types}, Proof: planning.Proof{Off: true}, ImportAs: entries.ImportAs{ImportAs: entries.AsBlocks},
		Dir: dir, Secrets: "plain", Users: "literal", References: "literal", System: "import", DryRun: true,
	})
	if err != nil {
		return nil, err
	}
	defer root.Close()
	live, err := importer.Fetch(ctx, root)
	if err != nil {
		return nil, err
	}
	linked, err := importer.Link(importer.Whole(live, root))
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for _, v := range linked.Graph.Variables {
		values[v.Name] = v.Value
	}
	return values, nil
}

// typeMention matches Rootly's types in code, in both syntaxes.
var typeMention = regexp.MustCompile(`"(rootly_[a-z0-9_]+)"`)

// typesWith are the types in the files that use any of some variables.
func typesWith(dir string, variables []string) ([]string, error) {
	mention := regexp.MustCompile(`\bvar\.(` + strings.Join(variables, "|") + `)\b`) // names are words
	files, err := roots.Files(dir, roots.CodeNames)
	if err != nil {
		return nil, err
	}
	var types []string
	for _, path := range files {
		text, err := disk.ReadFile(path, disk.MostCode)
		if err != nil {
			return nil, err
		}
		if !mention.Match(text) {
			continue
		}
		for _, found := range typeMention.FindAllSubmatch(text, -1) {
			if catalogue.Lookup(string(found[1])) != nil {
				types = append(types, selection.Short(string(found[1])))
			}
		}
	}
	slices.Sort(types)
	return slices.Compact(types), nil
}
