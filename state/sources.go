package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/state/code"
)

// sources are files with their items, found by what they declare.
type sources struct {
	files    map[string]code.Source
	declared map[string][]place // by code.Item.Same
	locals   map[string]place   // by the name of the local value
}

func newSources() *sources {
	return &sources{files: map[string]code.Source{}, declared: map[string][]place{}, locals: map[string]place{}}
}

// add adds a file. Files are added once, in the order of their names.
func (s *sources) add(name string, text []byte) error {
	source, err := parseSource(name, text)
	if err != nil {
		return err
	}
	s.files[name] = source
	for i, it := range source.Items {
		if same := it.Same(); same != "" {
			s.declared[same] = append(s.declared[same], place{name, i})
		}
		if it.Kind == "locals" {
			for _, a := range it.Args {
				s.locals[a.Name] = place{name, i}
			}
		}
	}
	return nil
}

// parseSource reads a file in the syntax of its extension.
func parseSource(name string, text []byte) (code.Source, error) {
	if strings.HasSuffix(name, ".json") {
		return code.ParseJSON(text)
	}
	return code.Parse(text)
}

// load adds a file of the directory; a missing one has no items.
func (s *sources) load(d *Directory, name string) error {
	content, err := readIfThere(d.file(name))
	if err != nil || content == nil {
		return err
	}
	return s.add(name, content)
}

func (s *sources) item(p place) code.Item { return s.files[p.file].Items[p.item] }

// text returns an item without the comments above it.
func (s *sources) text(p place) string {
	it := s.item(p)
	return string(s.files[p.file].Text[it.Head:it.End])
}

// declares reports whether something is declared in one of the files.
func (s *sources) declares(same string) bool { return len(s.declared[same]) > 0 }

// earlierCode reads the files that earlier runs wrote, as they are now.
func (d *Directory) earlierCode() (*sources, error) {
	out := newSources()
	for _, name := range sortedNames(d.manifest.files) {
		if !isRead(name) {
			continue
		}
		if err := out.load(d, name); err != nil {
			return nil, &Refusal{Path: d.file(name), Problem: "cannot be read, but contains code that must stay", cause: err,
				advice: "fix the file, or restore it from version control"}
		}
	}
	return out, nil
}

// foreignCode reads the code in the directory that people wrote.
func (d *Directory) foreignCode(c *Changes) (*sources, error) {
	entries, err := readDir(d.path)
	if err != nil {
		return nil, err
	}
	out := newSources()
	for _, e := range entries {
		_, earlier := d.manifest.files[e.Name()]
		_, fresh := c.files[e.Name()]
		if earlier || fresh && d.options.Force || e.IsDir() || !isCode(e.Name()) || !isRead(e.Name()) {
			continue
		}
		// The engine reports what cannot be read.
		_ = out.load(d, e.Name())
	}
	return out, nil
}

// readDir lists a directory that may not be there.
func readDir(path string) ([]fs.DirEntry, error) {
	entries, err := os.ReadDir(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, diskError("read", path, err)
	}
	return entries, nil
}

// runCode reads the files of this run.
func runCode(files []File) (*sources, error) {
	out := newSources()
	for _, f := range files {
		if !isRead(f.Name) {
			continue
		}
		if err := out.add(f.Name, f.Content); err != nil {
			return nil, fmt.Errorf("read %s: %w", f.Name, err)
		}
	}
	return out, nil
}

// isRead reports whether a file of this name contains code, or values that code needs.
func isRead(name string) bool {
	for _, ext := range []string{".tf", ".tf.json", ".tofu", ".tofu.json", ".tfvars", ".tfvars.example"} {
		if strings.HasSuffix(name, ext) {
			return true
		}
	}
	return false
}

// refuseTwice refuses files with a resource that a person declared.
func (s *sources) refuseTwice(path string, files []File) error {
	if len(s.files) == 0 {
		return nil
	}
	var twice []string
	for _, f := range files {
		for _, a := range f.Addresses {
			same := "resource." + a.Block().String()
			if a.Data {
				same = a.String()
			}
			if places := s.declared[same]; len(places) > 0 {
				twice = append(twice, a.String()+" in "+places[0].file)
			}
		}
	}
	if len(twice) == 0 {
		return nil
	}
	return &Refusal{Path: path, Problem: "already declared by hand: " + listed(twice),
		advice: "remove it there, or leave it out with --excludes"}
}
