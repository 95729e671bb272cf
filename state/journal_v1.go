package state

import (
	"encoding/json"
	"fmt"

	"github.com/terraformer-rootly/terraformer-rootly/state/strict"
)

const journalVersion = 1

// journalV1 is a commit that has been decided: whoever finds it brings it to its end.
type journalV1 struct {
	Version int      `json:"version"`
	Stage   string   `json:"stage"` // relative to the directory
	Steps   []stepV1 `json:"steps"`
}

// stepV1 moves a staged file in, or removes a file.
type stepV1 struct {
	Name    string `json:"name"`
	Before  string `json:"before,omitempty"`  // digest of what is replaced; empty if nothing is
	After   string `json:"after,omitempty"`   // digest of what is moved in; empty if the file goes
	Passing bool   `json:"passing,omitempty"` // whether the file is there during the commit only
}

func (j journalV1) encode() ([]byte, error) {
	content, err := json.MarshalIndent(j, "", "  ")
	return append(content, '\n'), err
}

func decodeJournal(content []byte) (journalV1, error) {
	j, err := strict.Decode[journalV1](content)
	if err != nil {
		return j, err
	}
	if j.Version != journalVersion {
		return j, fmt.Errorf("version %d is not supported by this program", j.Version)
	}
	return j, nil
}
