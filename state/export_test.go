package state

import (
	"io/fs"
	"sync"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// Step is a change to the file system that is about to happen.
type Step struct {
	Operation, Path string
}

// OnDisk returns the options with a file system on which before is asked before every step.
// When it answers with an error the step fails with it; a file is half-written then.
func OnDisk(o Options, before func(Step) error) Options {
	o.wrap = func(real medium) medium { return &faultyDisk{medium: real, before: before} }
	return o
}

// faultyDisk is the machine's file system with faults.
type faultyDisk struct {
	medium
	mu     sync.Mutex
	before func(Step) error
}

var _ medium = (*faultyDisk)(nil)

func (d *faultyDisk) ask(operation, path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.before(Step{operation, path}); err != nil {
		return &fs.PathError{Op: operation, Path: path, Err: err}
	}
	return nil
}

func (d *faultyDisk) mkdir(path string, mode fs.FileMode) error {
	if err := d.ask("mkdir", path); err != nil {
		return err
	}
	return d.medium.mkdir(path, mode)
}

func (d *faultyDisk) create(path string, content []byte, mode fs.FileMode) error {
	if err := d.ask("create", path); err != nil {
		_ = d.medium.create(path, content[:len(content)/2], mode)
		return err
	}
	return d.medium.create(path, content, mode)
}

func (d *faultyDisk) link(target, path string) error {
	if err := d.ask("link", path); err != nil {
		return err
	}
	return d.medium.link(target, path)
}

func (d *faultyDisk) rename(from, to string) error {
	if err := d.ask("rename", to); err != nil {
		return err
	}
	return d.medium.rename(from, to)
}

func (d *faultyDisk) remove(path string) error {
	if err := d.ask("remove", path); err != nil {
		return err
	}
	return d.medium.remove(path)
}

func (d *faultyDisk) removeAll(path string) error {
	if err := d.ask("removeAll", path); err != nil {
		return err
	}
	return d.medium.removeAll(path)
}

func (d *faultyDisk) flush(path string) error {
	if err := d.ask("flush", path); err != nil {
		return err
	}
	return d.medium.flush(path)
}

// ReadJournal decodes a journal as recovery does.
func ReadJournal(content []byte, prefix string) (stage string, names []string, err error) {
	j, err := decodeJournal(content)
	if err == nil {
		err = j.check(prefix)
	}
	for _, step := range j.Steps {
		names = append(names, step.Name)
	}
	return j.Stage, names, err
}

// ReadManifest decodes a manifest as Open does.
func ReadManifest(public, local []byte) (names []string, addresses []graph.Address, err error) {
	m, err := decodeManifest(public, local)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range m.records {
		addresses = append(addresses, r.Address)
	}
	return sortedNames(m.files), addresses, nil
}
