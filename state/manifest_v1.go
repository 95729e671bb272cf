package state

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/strict"
)

const manifestVersion = 1

// manifestV1 is the manifest on disk. It goes into version control: it contains no value of any object, and no digest
// of a file with secrets, since a short secret could be guessed from its digest.
type manifestV1 struct {
	Version  int        `json:"version"`
	Tool     string     `json:"tool"`
	Complete []string   `json:"complete"`
	Files    []fileV1   `json:"files"`
	Objects  []objectV1 `json:"objects"`
}

type fileV1 struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256,omitempty"`
	Secret bool   `json:"secret,omitempty"`
}

type objectV1 struct {
	Address    string `json:"address"`
	ID         string `json:"id"`
	Parent     string `json:"parent,omitempty"`
	File       string `json:"file"`
	ImportFile string `json:"import,omitempty"`
	SHA256     string `json:"sha256,omitempty"`
}

// localV1 holds what only this machine may know: the digests of secret files.
type localV1 struct {
	Version int               `json:"version"`
	Digests map[string]string `json:"digests"`
}

// encode returns the manifest for version control and the part that stays on this machine. The latter is nil if it is
// empty.
func (m *manifest) encode() (public, local []byte, err error) {
	m.sort()
	v := manifestV1{Version: manifestVersion, Tool: m.tool, Complete: m.complete}
	digests := map[string]string{}
	for _, name := range sortedNames(m.files) {
		f := fileV1{Name: name, SHA256: m.files[name]}
		if m.secret[name] {
			digests[name] = f.SHA256
			f.SHA256, f.Secret = "", true
		}
		v.Files = append(v.Files, f)
	}
	for _, r := range m.records {
		v.Objects = append(v.Objects, objectV1{
			Address: r.Address.String(), ID: string(r.ID), Parent: string(r.Parent), File: r.file, ImportFile: r.importFile, SHA256: r.digest,
		})
	}
	if public, err = v.lines(); err != nil || len(digests) == 0 {
		return public, nil, err
	}
	local, err = json.MarshalIndent(localV1{Version: manifestVersion, Digests: digests}, "", "  ")
	return public, append(local, '\n'), err
}

// lines writes one line for each file and object, so that version control can merge two
// branches that added different ones.
func (v manifestV1) lines() ([]byte, error) {
	var b bytes.Buffer
	tool, err := json.Marshal(v.Tool)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(&b, "{\n  \"version\": %d,\n  \"tool\": %s,\n", v.Version, tool)
	if err := writeLines(&b, "complete", v.Complete); err != nil {
		return nil, err
	}
	b.WriteString(",\n")
	if err := writeLines(&b, "files", v.Files); err != nil {
		return nil, err
	}
	b.WriteString(",\n")
	if err := writeLines(&b, "objects", v.Objects); err != nil {
		return nil, err
	}
	b.WriteString("\n}\n")
	return b.Bytes(), nil
}

func writeLines[T any](b *bytes.Buffer, name string, items []T) error {
	fmt.Fprintf(b, "  %q: [", name)
	for i, item := range items {
		line, err := json.Marshal(item)
		if err != nil {
			return err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n    ")
		b.Write(line)
	}
	if len(items) > 0 {
		b.WriteString("\n  ")
	}
	b.WriteByte(']')
	return nil
}

// decodeManifest reads what encode wrote.
func decodeManifest(public, local []byte) (*manifest, error) {
	v, err := strict.Decode[manifestV1](public)
	if err != nil {
		return nil, err
	}
	if v.Version != manifestVersion {
		return nil, fmt.Errorf("version %d is not supported by this program", v.Version)
	}
	var l localV1
	if len(local) > 0 {
		if l, err = strict.Decode[localV1](local); err != nil {
			return nil, fmt.Errorf("%s: %w", localName, err)
		}
	}
	m := &manifest{tool: v.Tool, complete: v.Complete, files: make(map[string]string, len(v.Files)), secret: map[string]bool{}}
	for _, f := range v.Files {
		if err := checkName(f.Name); err != nil {
			return nil, err
		}
		if _, twice := m.files[f.Name]; twice {
			return nil, fmt.Errorf("%q is listed twice", f.Name)
		}
		m.files[f.Name] = f.SHA256
		if f.Secret {
			m.files[f.Name], m.secret[f.Name] = l.Digests[f.Name], true
		}
	}
	for _, o := range v.Objects {
		var a graph.Address
		if err := a.Set(o.Address); err != nil {
			return nil, err
		}
		m.records = append(m.records, record{
			Object: Object{Address: a, ID: graph.ID(o.ID), Parent: graph.ID(o.Parent)}, file: o.File, importFile: o.ImportFile, digest: o.SHA256,
		})
	}
	return m, m.check()
}

func sortedNames[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for name := range m {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}
