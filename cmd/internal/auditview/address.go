package auditview

import (
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
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// ErrNoObjects says that a directory has no record of objects.
var ErrNoObjects = errors.New("it has no manifest of import and no terraform.tfstate")

// LookUp finds the type and id of the object at a Terraform address: in the manifest of a directory that import wrote,
// or in a Terraform state there.
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
	case errors.As(err, &refusal): // other people's code: there may be a state
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

// stateAddresses adds the objects of Terraform's state file.
func stateAddresses(path string, known map[string]graph.Target) (found bool, err error) {
	content, err := disk.ReadFile(path, disk.MostCode)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read state: %w", err)
	}
	held, err := tfstate.Objects(printed.One(content))
	if err != nil {
		return false, fmt.Errorf("%s: %w", path, err)
	}
	for _, h := range held {
		known[h.String()] = graph.Target{Type: h.Address.Type, ID: h.ID}
	}
	return true, nil
}

// nearestAddress is the address that is most similar, if any is.
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
