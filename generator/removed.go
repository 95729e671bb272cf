package generator

import (
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

const (
	movedHeader   = "Objects that had another address in earlier code. This file can be deleted once every state has the new addresses."
	removedHeader = "The next apply removes these objects from the state; they stay in Rootly. After that, this file can be deleted."
)

// addRemoved writes the moved and removed blocks.
func (r *rendering) addRemoved() error {
	var moved, removed []block
	for _, m := range r.options.Moved {
		moved = append(moved, movedBlock(m))
	}
	for _, a := range r.options.Forgotten {
		removed = append(removed, removedBlock(a, r.options.Removed))
	}
	if err := r.addUnder(movedFile, movedHeader, moved); err != nil {
		return err
	}
	return r.addUnder(removedFile, removedHeader, removed)
}

// addUnder prints blocks into a file of their own with a header.
func (r *rendering) addUnder(stem, header string, blocks []block) error {
	if len(blocks) == 0 {
		return nil
	}
	if r.nameOf(stem) == stem+r.syntax.extension {
		r.draft(r.nameOf(stem)).header = header
	}
	return r.add(stem, blocks...)
}

func movedBlock(m Move) block {
	return block{kind: movedKind, body: body{args: []argument{bare("from", m.From.String()), bare("to", m.To.String())}}}
}

func removedBlock(a graph.Address, form RemovedForm) block {
	b := block{kind: removedKind, body: body{args: []argument{bare("from", a.String())}}}
	if form == WithLifecycle {
		keep := body{args: []argument{{name: "destroy", value: cty.False}}}
		b.body.blocks = []block{{kind: "lifecycle", body: keep}}
	}
	return b
}
