package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/state/journal"
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
}

// sinkToken is the variable with the credential for endpoints.
const sinkToken = "ROOTLY_SINK_TOKEN"

func (s *auditSinks) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&s.to, "to", nil, "`SINK` to fill, can be repeated: sqlite://FILE, postgres://USER@HOST/DB, https://HOST/PATH, FILE.csv, a directory for daily NDJSON files, or - for stdout")
	f.StringVar(&s.format, "format", "raw", "how events are written: raw, flat or ocsf")
	f.StringVar(&s.compress, "compress", "", "gzip or zstd, for the files of a directory")
	f.StringVar(&s.cursor, "cursor", "", "`FILE` that remembers how far each sink has got (default: beside the first sink that is a file, else rootly-audit.cursor.json)")
	f.StringVar(&s.batch, "http-batch", "ndjson", "what an endpoint gets: ndjson or json")
	f.StringVar(&s.header, "http-header", "Authorization", "`NAME` of the header with the endpoint's credential; Authorization sends it as a bearer token")
	f.StringVar(&s.tokenFile, "http-token-file", "", "`FILE` with the endpoint's credential (default $"+sinkToken+")")
	completions(cmd, []choice{
		{flag: "format", choices: []string{"raw", "flat", "ocsf"}},
		{flag: "compress", choices: []string{"gzip", "zstd"}},
		{flag: "http-batch", choices: []string{"ndjson", "json"}},
	})
}

// check refuses flags that make no sense together.
func (s *auditSinks) check() error {
	if len(s.to) == 0 {
		return usage(errors.New("no sink is named"), "say where events go, such as --to sqlite://audit.db")
	}
	var names []string
	for _, to := range s.to {
		names = append(names, journal.Name(to))
	}
	slices.Sort(names)
	if len(slices.Compact(slices.Clone(names))) < len(names) {
		return usage(errors.New("one sink is named twice"), "name each once")
	}
	if _, err := audit.ParseFormat(s.format); err != nil {
		return usage(fmt.Errorf("--format: %w", err), "raw is what Rootly answers")
	}
	if !slices.Contains([]string{"", "gzip", "zstd"}, s.compress) {
		return usage(fmt.Errorf("unknown --compress %q", s.compress), "gzip or zstd")
	}
	if !slices.Contains([]string{"ndjson", "json"}, s.batch) {
		return usage(fmt.Errorf("unknown --http-batch %q", s.batch), "ndjson or json")
	}
	return nil
}

// cursorPath is the file of the cursor.
func (s *auditSinks) cursorPath() string {
	if s.cursor != "" {
		return s.cursor
	}
	for _, to := range s.to {
		path := journal.Path(to)
		switch stat, err := os.Stat(path); {
		case path == "":
		case err == nil && stat.IsDir(), err != nil && filepath.Ext(path) == "":
			return filepath.Join(path, ".cursor.json")
		default:
			return path + ".cursor.json"
		}
	}
	return "rootly-audit.cursor.json"
}

// open opens all sinks, or none.
func (s *auditSinks) open(ctx context.Context, w World) ([]*journal.Sink, func() error, error) {
	var opened []*journal.Sink
	done := func() error {
		var err error
		for _, sink := range opened {
			err = errors.Join(err, sink.Close())
		}
		return err
	}
	o, err := s.options(w)
	if err != nil {
		return nil, nil, err
	}
	for _, to := range s.to {
		sink, err := journal.Open(ctx, to, o)
		if err != nil {
			return nil, nil, errors.Join(err, done())
		}
		opened = append(opened, sink)
	}
	return opened, done, nil
}

func (s *auditSinks) options(w World) (journal.Options, error) {
	format, err := audit.ParseFormat(s.format)
	if err != nil {
		return journal.Options{}, err
	}
	credential := w.Getenv(sinkToken)
	if s.tokenFile != "" {
		content, err := os.ReadFile(s.tokenFile)
		if err != nil {
			return journal.Options{}, advised(fmt.Errorf("read the endpoint's credential: %w", err), "--http-token-file names a file with nothing but the credential")
		}
		credential = string(content)
	}
	d := &deliverer{client: endpointClient(), header: http.CanonicalHeaderKey(s.header), credential: strings.TrimSpace(credential), attempts: 4}
	return journal.Options{
		Format: format, Compress: s.compress, State: s.cursorPath() + ".queues",
		Stdout: w.Out, Deliver: d.deliver, Batch: s.batch,
	}, nil
}
