package plans

import (
	"slices"
	"strings"
)

// A streamMessage is a line of what plan -json writes, in the format that the engines document as "machine-readable UI".
type streamMessage struct {
	Type       string         `json:"type"`
	Diagnostic wireDiagnostic `json:"diagnostic"`
	Hook       struct {
		Resource streamResource `json:"resource"`
		ID       string         `json:"id_value"`
		Action   string         `json:"action"`
	} `json:"hook"`
	Change struct {
		Resource  streamResource `json:"resource"`
		Action    string         `json:"action"`
		Importing struct {
			ID string `json:"id"`
		} `json:"importing"`
	} `json:"change"`
	Changes struct {
		Add       int    `json:"add"`
		Change    int    `json:"change"`
		Import    int    `json:"import"`
		Remove    int    `json:"remove"`
		Forget    int    `json:"forget"`
		Operation string `json:"operation"`
	} `json:"changes"`
	Outputs map[string]struct {
		Action string `json:"action"`
	} `json:"outputs"`
}

type streamResource struct {
	Addr string `json:"addr"`
	Type string `json:"resource_type"`
}

// A quiet plan only imports objects as they are. quiet collects what the stream says about a plan.
type quiet struct {
	read    []Change          // objects that were read, with their ids
	imports map[string]string // address to the id by which an object is imported
	summed  bool              // the stream ended normally
	loud    bool              // something else is planned, or something unknown
}

func (q *quiet) take(m streamMessage) {
	switch m.Type {
	case "version", "log", "refresh_start":
	case "apply_start", "apply_progress", "apply_complete": // of a data source, while planning
		q.loud = q.loud || m.Hook.Action != "read"
	case "diagnostic":
		q.loud = q.loud || m.Diagnostic.diagnostic().IsError()
	case "refresh_complete":
		if !strings.HasPrefix(m.Hook.Resource.Addr, "data.") {
			q.read = append(q.read, Change{Address: m.Hook.Resource.Addr, Type: m.Hook.Resource.Type, Action: NoOp, ID: m.Hook.ID})
		}
	case "planned_change":
		if m.Change.Action != "import" || m.Change.Importing.ID == "" {
			q.loud = true
			return
		}
		q.imports[m.Change.Resource.Addr] = m.Change.Importing.ID
	case "outputs":
		for _, o := range m.Outputs {
			q.loud = q.loud || o.Action != "noop"
		}
	case "change_summary":
		c := m.Changes
		q.summed = c.Operation == "plan"
		q.loud = q.loud || c.Add+c.Change+c.Remove+c.Forget != 0 || c.Import != len(q.imports)
	default:
		q.loud = true
	}
}

// Quiet returns the changes of a plan that only imports objects as they are, each of which was read. It returns false
// if the stream does not show that: then the plan itself has to be read. An unchanged object in the state is in the
// stream only as one that was read.
func (s *Stream) Quiet() ([]Change, bool) {
	q := &s.quiet
	if q.loud || !q.summed || len(s.reading) > 0 {
		return nil, false
	}
	changes := slices.Clone(q.read)
	imported := 0
	for i := range changes {
		if id := q.imports[changes[i].Address]; id != "" {
			changes[i].Import = id
			imported++
		}
	}
	slices.SortFunc(changes, func(a, b Change) int { return strings.Compare(a.Address, b.Address) })
	return changes, imported == len(q.imports)
}
