package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/post"
	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
	"github.com/terraformer-rootly/terraformer-rootly/providers/visible"
)

// PrintRequest prints a request that is not sent.
func PrintRequest(out io.Writer, d post.Draft) error {
	var body bytes.Buffer
	if err := json.Indent(&body, d.Body, "", "  "); err != nil {
		return fmt.Errorf("print the request: %w", err)
	}
	_, err := fmt.Fprintf(out, "%s %s\n%s\n", d.Method, d.Path, visible.JSON(string(shown.Readable(body.Bytes()))))
	return err
}
