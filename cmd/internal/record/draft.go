package record

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/post"
)

// PrintRequest reports a request that is not sent.
func PrintRequest(to report.Handler, d post.Draft) error {
	var body bytes.Buffer
	if err := json.Indent(&body, d.Body, "", "  "); err != nil {
		return fmt.Errorf("print the request: %w", err)
	}
	return to.Result(report.Result{Lines: []string{d.Method + " " + d.Path}, Body: body.Bytes()})
}
