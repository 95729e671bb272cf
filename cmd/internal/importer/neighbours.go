package importer

import (
	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// Neighbours are the other root modules of an import that makes several, as far as one of them has to know them.
type Neighbours interface {
	// References are how code refers to objects of the others, and the data sources that it needs for that.
	References() (map[graph.Target]graph.Ref, map[graph.Address]*graph.DataSource)

	// Sources are the data sources that read the states of others.
	Sources() []*graph.DataSource

	// Outputs are what the others read from the state of this one.
	Outputs() []generator.Output

	// States are the states that the proof reads, by the names of the data sources that read them.
	States() (map[string][]byte, error)

	// Moved are the objects of an earlier import that one of the others has now.
	Moved() map[graph.Target]string
}

// alone are the neighbours of an import that makes one root module.
type alone struct{}

func (alone) References() (map[graph.Target]graph.Ref, map[graph.Address]*graph.DataSource) {
	return nil, nil
}
func (alone) Sources() []*graph.DataSource       { return nil }
func (alone) Outputs() []generator.Output        { return nil }
func (alone) States() (map[string][]byte, error) { return nil, nil }
func (alone) Moved() map[graph.Target]string     { return nil }
