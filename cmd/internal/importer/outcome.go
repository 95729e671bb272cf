package importer

import (
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
)

// Print prints the report and says how the import ended.
func Print(live *Live, s *report.Summary) error {
	w := live.Job.Watch
	s.Seconds, s.StageSeconds = w.elapsed(), w.seconds
	if err := live.Job.World.Report().Summary(s); err != nil {
		return err
	}
	return outcome(s, live)
}

// outcome is the exit code that an import ends with.
func outcome(s *report.Summary, live *Live) error {
	switch {
	case s.Proof.State == report.ProofDiffers:
		return exit.Status(exit.Differs)
	case len(s.Rerun.Dangling) > 0, len(live.amiss()) > 0:
		return exit.Status(exit.Partial)
	case s.Imported() == 0 && (s.Listed() > 0 || len(live.read.Skipped) > 0 && !anyComplete(live.read)):
		return exit.Status(exit.Partial)
	}
	return nil
}

// amiss is what could not be read and is more than a feature that this organisation does not have: it
// was asked for, or it was readable before, or its list ended in the middle.
func (l *Live) amiss() []rootly.Skipped {
	var list []rootly.Skipped
	for _, s := range l.read.Skipped {
		if !s.Absent() || s.Type == graph.UserType || l.Job.explicit[s.Type] || l.earlier[s.Type] > 0 {
			list = append(list, s)
		}
	}
	return list
}
