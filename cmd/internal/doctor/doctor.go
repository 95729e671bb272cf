package doctor

import (
	"cmp"
	"context"
	"fmt"
	"net/http"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
)

// Settings are the flags of doctor.
type Settings struct {
	connect.Connection

	Dir         string // that an import would write to
	Engine      string
	Assumptions bool
}

// A finding is what one check found. Its JSON form is part of the interface: fields are added, never renamed.
type finding struct {
	Check  string `json:"check"`
	Status string `json:"status"`
	Detail string `json:"detail,omitempty"`
	Hint   string `json:"hint,omitempty"`
}

// An examination is all findings.
type examination struct {
	Version  int       `json:"version"`
	Ready    bool      `json:"ready"` // an import would work
	Findings []finding `json:"findings"`
}

// The results of a check of this machine.
const (
	fine    = "ok"
	warning = "warning"
	failed  = "failed"
)

// Run checks what an import depends on, or what this program assumes about the API, and prints the findings.
func Run(ctx context.Context, w world.World, o *Settings) error {
	if o.Assumptions {
		return testAssumptions(ctx, w, o)
	}
	findings, err := examine(ctx, w, o)
	if err != nil {
		return err
	}
	ready := true
	for _, f := range findings {
		ready = ready && f.Status != failed
	}
	if err := w.Report().Result(result(ready, findings)); err != nil {
		return err
	}
	if !ready {
		return exit.Status(exit.Failed)
	}
	return nil
}

func result(ready bool, findings []finding) report.Result {
	var lines []string
	width := 0
	for _, f := range findings {
		width = max(width, len(f.Check))
	}
	for _, f := range findings {
		lines = append(lines, fmt.Sprintf("  %-7s  %-*s  %s", f.Status, width, f.Check, f.Detail))
		if f.Hint != "" {
			lines = append(lines, fmt.Sprintf("           %-*s  hint: %s", width, "", f.Hint))
		}
	}
	conclusion := map[bool]string{true: "An import would work.", false: "An import would not work."}[ready]
	return report.Result{Value: examination{1, ready, findings}, Lines: append(lines, "", conclusion)}
}

// open connects, and keeps the headers of the answers, which the client does not return.
func open(w world.World, o *Settings, heads *heads) (*api.Client, string, func(), error) {
	c := o.Connection
	c.Transport = heads
	client, target, done, err := c.Open(w, nil)
	if err != nil {
		return nil, "", nil, err
	}
	return client, cmp.Or(target.URL, api.DefaultURL), done, nil
}

// heads records the time that the API sent.
type heads struct {
	http.RoundTripper
	date chan string // the latest
}

func newHeads() *heads {
	return &heads{&http.Transport{Proxy: http.ProxyFromEnvironment}, make(chan string, 1)}
}

// RoundTrip sends a request.
func (h *heads) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := h.RoundTripper.RoundTrip(r)
	if err == nil {
		select {
		case h.date <- answer.Header.Get("Date"):
		default: // the first one is enough
		}
	}
	return answer, err
}

// fault is the finding for an error.
func fault(check, status string, err error) finding {
	return finding{check, status, secret.Mask(err.Error()), hint.Of(err)}
}
