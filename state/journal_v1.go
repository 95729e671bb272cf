package state

import (
	"encoding/json"
	"fmt"

	"github.com/terraformer-rootly/terraformer-rootly/state/strict"
)

const journalVersion = 1

// journalV1 is a decided commit: any run that finds it finishes it.
type journalV1 struct {
	Version int      `json:"version"`
	Stage   string   `json:"stage"` // relative to the directory
	Steps   []stepV1 `json:"steps"`
}

// stepV1 moves a staged file in, or removes a file.
type stepV1 struct {
	Name    string `json:"name"`
	Before  string `json:"before,omitempty"`  // digest of the replaced file; empty if it is new
	After   string `json:"after,omitempty"`   // digest of the staged file; empty if the file is removed
	Passing bool   `json:"passing,omitempty"` // whether the file exists only during the commit
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
