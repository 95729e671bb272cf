package auditview

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sort"

	"github.com/agext/levenshtein"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/printed"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// ErrNoObjects says that a directory has no record of objects.
var ErrNoObjects = errors.New("it has no manifest of import and no terraform.tfstate")

// LookUp finds the type and id of the object at a Terraform address: in what import
// remembers of a directory, or in the state that Terraform keeps there.
func LookUp(path, address, version string) (resource, id string, err error) {
	known, err := addressesIn(path, version)
	if err != nil {
		return "", "", err
	}
	if o, ok := known[address]; ok {
		return o.Type, string(o.ID), nil
	}
	advice := "give the directory to search with --dir"
	if near := nearestAddress(known, address); near != "" {
		advice = "did you mean " + near + "? " + advice
	}
	return "", "", hint.With(fmt.Errorf("%s has no %s", path, address), advice)
}

// addressesIn lists the objects of a directory by address.
func addressesIn(path, version string) (map[string]graph.Target, error) {
	dir, err := state.Open(path, state.Options{Version: version, LookOnly: true})
	var refusal *state.Refusal
	switch {
	case errors.As(err, &refusal): // code of others: there may be a state
	case err != nil:
		return nil, err
	default:
		defer dir.Close()
	}
	known := map[string]graph.Target{}
	if dir != nil && dir.Known() {
		for key, address := range dir.Addresses() {
			known[address.String()] = key
		}
		return known, nil
	}
	found, err := stateAddresses(filepath.Join(path, "terraform.tfstate"), known)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, hint.With(fmt.Errorf("%s: %w", path, ErrNoObjects),
			"give the directory with --dir; if the state is kept elsewhere: terraform state pull > terraform.tfstate")
	}
	return known, nil
}

// A stateFile is what matters here of a state in its fourth version.
type stateFile struct {
	Version   int `json:"version"`
	Resources []struct {
		Module    string `json:"module"`
		Mode      string `json:"mode"`
		Type      string `json:"type"`
		Name      string `json:"name"`
		Instances []struct {
			Key        json.RawMessage `json:"index_key"`
			Attributes struct {
				ID string `json:"id"`
			} `json:"attributes"`
		} `json:"instances"`
	} `json:"resources"`
}

// stateAddresses adds the objects of Terraform's state file.
func stateAddresses(path string, known map[string]graph.Target) (found bool, err error) {
	content, err := disk.ReadFile(path, disk.MostCode)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read state: %w", err)
	}
	var s stateFile
	if err := json.Unmarshal(printed.One(content), &s); err != nil || s.Version != 4 {
		return false, hint.With(fmt.Errorf("%s is not a Terraform state of version 4", path), "terraform state pull writes one")
	}
	for _, r := range s.Resources {
		if r.Mode != "managed" {
			continue
		}
		for _, i := range r.Instances {
			address := r.Type + "." + r.Name
			if r.Module != "" {
				address = r.Module + "." + address
			}
			if len(i.Key) > 0 {
				address += "[" + string(i.Key) + "]"
			}
			known[address] = graph.Target{Type: r.Type, ID: graph.ID(i.Attributes.ID)}
		}
	}
	return true, nil
}

// nearestAddress is the address that looks most like another, if any does.
func nearestAddress(known map[string]graph.Target, address string) string {
	var all []string
	for a := range known {
		all = append(all, a)
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := levenshtein.Distance(address, all[i], nil), levenshtein.Distance(address, all[j], nil)
		return a < b || a == b && all[i] < all[j]
	})
	if len(all) == 0 || levenshtein.Distance(address, all[0], nil) > len(address)/3 {
		return ""
	}
	return all[0]
}
