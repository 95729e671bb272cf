package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/collector"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

// auditSinks are where events go, as flags.
type auditSinks struct {
	to        []string
	format    string
	compress  string
	cursor    string
	batch     string
	header    string
	tokenFile string
	insecure  bool
}

// sinkToken is the variable with the credential for endpoints.
const sinkToken = "ROOTLY_SINK_TOKEN"

func (s *auditSinks) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&s.to, "to", nil, "`SINK` to fill, can be repeated: sqlite://FILE, postgres://USER@HOST/DB, https://HOST/PATH, FILE.csv, a directory for daily NDJSON files, or - for stdout")
	f.StringVar(&s.format, "format", "raw", "how events are written: raw, flat or ocsf")
	f.StringVar(&s.compress, "compress", "", "gzip or zstd, for the files of a directory")
	f.StringVar(&s.cursor, "cursor", "", "`FILE` that stores how far each sink is (default: next to the first sink that is a file, otherwise rootly-audit.cursor.json)")
	f.StringVar(&s.batch, "http-batch", "ndjson", "format of a batch for an endpoint: ndjson or json")
	f.StringVar(&s.header, "http-header", "Authorization", "`NAME` of the header with the endpoint's credential; Authorization sends it as a bearer token")
	f.StringVar(&s.tokenFile, "http-token-file", "", "`FILE` with the endpoint's credential (default $"+sinkToken+")")
	f.BoolVar(&s.insecure, "insecure", false, "let events and credentials go to other machines unencrypted: http://, or PostgreSQL without TLS")
	completions(cmd, []choice{
		{flag: "format", choices: []string{"raw", "flat", "ocsf"}},
		{flag: "compress", choices: []string{"gzip", "zstd"}},
		{flag: "http-batch", choices: []string{"ndjson", "json"}},
	})
}

// check refuses flags that make no sense together.
func (s *auditSinks) check() error {
	if len(s.to) == 0 {
		return exit.Usage(errors.New("no sink is given"), "give at least one sink, such as --to sqlite://audit.db")
	}
	var names []string
	for _, to := range s.to {
		names = append(names, auditcopy.Name(to))
	}
	slices.Sort(names)
	if len(slices.Compact(slices.Clone(names))) < len(names) {
		return exit.Usage(errors.New("a sink is given twice"), "give each sink once")
	}
	if _, err := audit.ParseFormat(s.format); err != nil {
		return exit.Usage(fmt.Errorf("--format: %w", err), "raw is the answer of Rootly")
	}
	if !slices.Contains([]string{"", "gzip", "zstd"}, s.compress) {
		return exit.Usage(fmt.Errorf("unknown --compress %q", s.compress), "gzip or zstd")
	}
	if !slices.Contains([]string{"ndjson", "json"}, s.batch) {
		return exit.Usage(fmt.Errorf("unknown --http-batch %q", s.batch), "ndjson or json")
	}
	return nil
}

// settings reads the flags.
func (s *auditSinks) settings(w world.World) (collector.Sinks, error) {
	credential, err := s.credential(w)
	return collector.Sinks{
		To: s.to, Format: audit.Format(s.format), Compress: s.compress, Cursor: s.cursor, Batch: s.batch,
		Header: s.header, Credential: credential, Insecure: s.insecure,
	}, err
}

// credential reads the credential of endpoints.
func (s *auditSinks) credential(w world.World) (string, error) {
	if s.tokenFile != "" {
		content, err := os.ReadFile(s.tokenFile)
		if err != nil {
			return "", exit.WithHint(fmt.Errorf("read the endpoint's credential: %w", err), "--http-token-file takes a file that contains only the credential")
		}
		return collector.ParseCredential(string(content), s.tokenFile)
	}
	if text := w.Getenv(sinkToken); text != "" {
		return collector.ParseCredential(text, "$"+sinkToken)
	}
	return "", nil
}

// collecting is what a collector gets from the world.
func collecting(w world.World) collector.World {
	return collector.World{Out: w.Out, Err: w.Err, Now: w.Now, UserAgent: "terraformer-rootly/" + world.Version()}
}
