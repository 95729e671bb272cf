package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/collector"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/intake"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// auditSinks is the set of flags for sinks.
type auditSinks struct {
	to        []string
	file      string
	format    string
	compress  string
	cursor    string
	batch     string
	header    string
	tokenFile string
	insecure  bool
	retry     bool
}

// sinksText is the part of the help that explains sinks.
const sinksText = `Sinks: sqlite://FILE, postgres://USER@HOST/DB, FILE.csv, a directory for daily NDJSON
files, - for stdout, https://HOST/PATH for any endpoint, and the intakes of log systems:
  splunk://HOST[:8088]          HTTP Event Collector
    index, source, sourcetype, host, ack
  datadog://SITE                logs intake, such as datadog://datadoghq.eu
    source, service, host, tags
  sumo://HOST                   HTTP source; its address is the credential
    category, source, host
  elastic://HOST[:9200]/INDEX   Elasticsearch and OpenSearch, as ECS
    user
Settings follow the address, as in 'splunk://HOST?token_env=HEC_TOKEN&index=audit'. With
https://, they follow a #, as in 'https://HOST/in#token_env=TOKEN&format=flat'; its own
are batch, token_header and user. All take token_env=VARIABLE or token_file=FILE (the
credential), format, header=NAME:VALUE, ca_file, compress and name; intakes also take
tls=false. --sinks reads the same settings from an HCL file:
  sink "hec" {
    to        = "splunk://hec.example.com"
    token_env = "HEC_TOKEN"
    headers   = { X-Tenant = "blue" }
  }
An event that an endpoint rejects is set aside for that endpoint and reported, and the
run ends with status 3; --retry-rejected sends such events again.`

// sinkToken is the variable with the credential for endpoints.
const sinkToken = "ROOTLY_SINK_TOKEN"

func (s *auditSinks) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&s.to, "to", nil, "`SINK` to fill, can be repeated; audit sync --help lists the kinds")
	f.StringVar(&s.file, "sinks", "", "HCL `FILE` with more sinks and their settings")
	f.BoolVar(&s.retry, "retry-rejected", false, "send events again that an endpoint has rejected")
	f.StringVar(&s.format, "format", "raw", "how events are written: raw, flat, ocsf or ecs")
	f.StringVar(&s.compress, "compress", "", "gzip or zstd, for the files of a directory")
	f.StringVar(&s.cursor, "cursor", "", "`FILE` that stores how far each sink is (default: next to the first sink that is a file, otherwise rootly-audit.cursor.json)")
	f.StringVar(&s.batch, "http-batch", "ndjson", "format of a batch for an https:// endpoint without its own: ndjson or json")
	f.StringVar(&s.header, "http-header", "Authorization", "`NAME` of the header for --http-token-file; Authorization sends it as a bearer token")
	f.StringVar(&s.tokenFile, "http-token-file", "", "`FILE` with the credential of the one https:// endpoint that names none (default $"+sinkToken+")")
	f.BoolVar(&s.insecure, "insecure", false, "let events and credentials go to other machines unencrypted: http://, or PostgreSQL without TLS")
	completions(cmd, []choice{
		{flag: "format", choices: []string{"raw", "flat", "ocsf", "ecs"}},
		{flag: "compress", choices: []string{"gzip", "zstd"}},
		{flag: "http-batch", choices: []string{"ndjson", "json"}},
	})
}

// check refuses flags that contradict each other.
func (s *auditSinks) check() error {
	targets, err := s.targets()
	if err != nil {
		return exit.Usage(err, exit.HintOf(err))
	}
	if len(targets) == 0 {
		return exit.Usage(errors.New("no sink is given"), "give at least one sink, such as --to sqlite://audit.db")
	}
	var names []string
	for _, t := range targets {
		names = append(names, t.Name())
	}
	slices.Sort(names)
	if len(slices.Compact(slices.Clone(names))) < len(names) {
		return exit.Usage(errors.New("a sink is given twice"), "give each sink once; two at one address need the setting name")
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

// targets are the sinks of the command line and of the file.
func (s *auditSinks) targets() ([]intake.Target, error) {
	var targets []intake.Target
	for _, to := range s.to {
		t, err := intake.Parse(to)
		if err != nil {
			return nil, err
		}
		targets = append(targets, t)
	}
	if s.file == "" {
		return targets, nil
	}
	more, err := intake.ReadFile(s.file)
	return append(targets, more...), err
}

// settings reads the flags, and what the sinks name.
func (s *auditSinks) settings(w world.World) (collector.Sinks, error) {
	credential, err := s.credential(w)
	if err != nil {
		return collector.Sinks{}, err
	}
	targets, err := s.targets()
	if err != nil {
		return collector.Sinks{}, err
	}
	sinks, err := intake.Resolve(targets, intake.World{
		Getenv: w.Getenv, Now: w.Now, UserAgent: "terraformer-rootly/" + world.Version(), Format: audit.Format(s.format), Compress: s.compress,
		Batch: s.batch, Header: s.header, Credential: credential, Insecure: s.insecure,
	})
	return collector.Sinks{To: sinks, Cursor: s.cursor, RetryRejected: s.retry}, err
}

// credential reads the credential of endpoints.
func (s *auditSinks) credential(w world.World) (string, error) {
	if s.tokenFile != "" {
		content, err := os.ReadFile(s.tokenFile)
		if err != nil {
			return "", exit.WithHint(fmt.Errorf("read the endpoint's credential: %w", err), "--http-token-file takes a file that contains only the credential")
		}
		return intake.ParseCredential(string(content), s.tokenFile)
	}
	if text := w.Getenv(sinkToken); text != "" {
		return intake.ParseCredential(text, "$"+sinkToken)
	}
	return "", nil
}

// collecting is what a collector needs from the world.
func collecting(w world.World) collector.World {
	return collector.World{Out: w.Out, Report: w.Report(), Now: w.Now}
}
