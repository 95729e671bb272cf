package upgrade

import (
	"fmt"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/state/legacy"
)

// upgradeReport is what state upgrade prints as JSON.
type upgradeReport struct {
	State   string         `json:"state"`
	Backup  string         `json:"backup,omitempty"`
	Moves   string         `json:"moved_blocks,omitempty"`
	From    []string       `json:"from"`
	Objects int            `json:"objects"`
	Renamed []upgradeMove  `json:"renamed"`
	Moved   []upgradeMove  `json:"moved"`
	Left    []upgradeEntry `json:"left"`
	Outputs int            `json:"outputs_left"`
}

type upgradeMove struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type upgradeEntry struct {
	Address string `json:"address"`
	ID      string `json:"id,omitempty"`
	Reason  string `json:"reason"`
}

// tell reports the result for every entry.
func (u *upgrade) tell(w world.World) error {
	r := upgradeReport{
		State: u.out, Backup: u.backup, Moves: u.moves, From: u.paths, Objects: len(u.merged.Resources), Outputs: u.merged.Outputs,
		Renamed: moves(u.merged.Renamed), Moved: moves(u.merged.Moved), Left: []upgradeEntry{},
	}
	for _, l := range u.merged.Left {
		r.Left = append(r.Left, upgradeEntry{l.Address, string(l.ID), l.Reason})
	}
	if err := w.Report().Result(report.Result{Value: r, Lines: r.lines(), Did: true}); err != nil {
		return err
	}
	if len(r.Left) > 0 {
		return exit.Status(exit.Partial)
	}
	return nil
}

func moves(list []legacy.Move) []upgradeMove {
	out := make([]upgradeMove, 0, len(list))
	for _, m := range list {
		out = append(out, upgradeMove{m.From.String(), m.To.String()})
	}
	return out
}

func (r *upgradeReport) lines() []string {
	lines := []string{fmt.Sprintf("Upgraded %s of %s into %s", report.Plural(r.Objects, "object"), report.Plural(len(r.From), "state"), r.State)}
	if r.Backup != "" {
		lines = append(lines, fmt.Sprintf("  the old state is kept as %s", r.Backup))
	}
	if r.Moves != "" {
		lines = append(lines, fmt.Sprintf("  %s to readable addresses in %s", report.Plural(len(r.Moved), "moved block"), r.Moves))
	}
	if r.Outputs > 0 {
		lines = append(lines, fmt.Sprintf("  %s left out: code that has them creates them again", report.Plural(r.Outputs, "output")))
	}
	if len(r.Renamed) > 0 {
		lines = append(lines, "", fmt.Sprintf("Renamed types: %d", len(r.Renamed)))
	}
	for _, m := range r.Renamed {
		lines = append(lines, fmt.Sprintf("  %s is %s", m.From, m.To))
	}
	if len(r.Left) > 0 {
		lines = append(lines, "", fmt.Sprintf("Left out: %d", len(r.Left)))
	}
	for _, l := range r.Left {
		lines = append(lines, fmt.Sprintf("  %s %s: %s", l.Address, l.ID, l.Reason))
	}
	return lines
}
