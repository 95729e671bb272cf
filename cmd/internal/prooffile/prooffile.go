// Package prooffile writes proof.json, the record next to the code of what the last proof covered.
//
//	report + verdict ──► Next ──► the bytes of the file, unchanged if they say the same as before
//
// It holds ids and counts and no value of any attribute. Not here: the proof itself, or where the file is staged.
package prooffile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"sort"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
	"github.com/terraformer-rootly/terraformer-rootly/state/strict"
)

// Name is the file next to the code.
const Name = "proof.json"

// proofV1 is the shape of proof.json. Fields are added, never renamed. It has no value of
// any attribute.
type proofV1 struct {
	Version  int    `json:"version"`
	Tool     string `json:"tool"`
	State    string `json:"state"`
	Plan     string `json:"plan"`
	Engine   string `json:"engine"`
	Provider string `json:"provider"`
	Against  string `json:"against"`          // recording or live
	Plans    int    `json:"plans,omitempty"`  // in how many plans, where everything was planned in parts
	Sampled  int    `json:"sampled"`          // objects read again to compare lists with single answers
	Subset   int    `json:"subset,omitempty"` // resources that were planned, where it was not all; the others are in no set

	// Objects are the ids of every listed object by type: each is in exactly one of the three sets.
	Objects map[string]*proofObjects `json:"objects"`

	References struct {
		Resolved   int `json:"resolved"`
		Users      int `json:"users"`
		Lookups    int `json:"lookups"`
		Unresolved int `json:"unresolved"`
		Cycles     int `json:"cycles"`
	} `json:"references"`
	Secrets  int               `json:"secrets"`
	Repairs  []report.Repair   `json:"repairs"`
	Ignored  int               `json:"ignored"`
	Coverage []report.Coverage `json:"coverage"`

	// What differs from run to run; alone it is no reason to write the file again.
	Requests int64   `json:"requests"`
	Seconds  float64 `json:"seconds"`
}

type proofObjects struct {
	Imported []string `json:"imported"`
	Managed  []string `json:"managed"`
	Reported []string `json:"reported"`
}

// Next returns the content of the file in a directory: that of the last run if it says the same.
func Next(dir string, s *report.Summary, objects []verify.Proven, rejected []rootly.Rejected) ([]byte, error) {
	p := proofOf(s, objects, rejected)
	before, err := disk.Dir(dir).Read(Name, disk.MostCode)
	if err == nil && sameProof(before, p) {
		return before, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the last proof: %w", err)
	}
	content, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", Name, err)
	}
	return append(shown.Readable(content), '\n'), nil
}

func proofOf(s *report.Summary, objects []verify.Proven, rejected []rootly.Rejected) proofV1 {
	p := proofV1{
		Version: 1, Tool: world.Version(), State: s.Proof.State, Plan: s.Proof.Plan, Engine: s.Proof.Engine, Provider: s.Proof.Provider,
		Against: s.Proof.Against, Plans: s.Proof.Plans, Sampled: s.Proof.Sampled, Subset: s.Proof.Subset, Objects: map[string]*proofObjects{},
		Secrets: s.Secrets, Repairs: s.Repairs, Ignored: len(s.Ignored), Coverage: s.Coverage,
		Requests: s.Requests.Total, Seconds: s.Seconds,
	}
	p.References.Resolved, p.References.Users, p.References.Lookups = s.References.Resolved, s.References.Users, s.References.Lookups
	p.References.Unresolved, p.References.Cycles = len(s.References.Unresolved), len(s.References.Cycles)
	of := func(t string) *proofObjects {
		if p.Objects[t] == nil {
			p.Objects[t] = &proofObjects{Imported: []string{}, Managed: []string{}, Reported: []string{}}
		}
		return p.Objects[t]
	}
	for _, o := range objects {
		list := &of(o.Type).Imported
		if o.Managed {
			list = &of(o.Type).Managed
		}
		*list = append(*list, o.ID)
	}
	for _, o := range rejected {
		of(o.Type).Reported = append(of(o.Type).Reported, string(o.ID))
	}
	for _, o := range p.Objects {
		sort.Strings(o.Imported)
		sort.Strings(o.Managed)
		sort.Strings(o.Reported)
	}
	return p
}

// sameProof compares all but what differs from run to run.
func sameProof(before []byte, now proofV1) bool {
	then, err := strict.Decode[proofV1](before)
	if err != nil {
		return false
	}
	then.Requests, then.Seconds = now.Requests, now.Seconds
	a, errA := json.Marshal(then)
	b, errB := json.Marshal(now)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}
