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
	"unicode"
	"unicode/utf8"

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
	insecure  bool
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
	credential, err := s.credential(w)
	if err != nil {
		return journal.Options{}, err
	}
	d := &deliverer{client: endpointClient(), header: http.CanonicalHeaderKey(s.header), credential: credential, attempts: 4}
	return journal.Options{
		Format: format, Compress: s.compress, State: s.cursorPath() + ".queues",
		Stdout: w.Out, Deliver: d.deliver, Batch: s.batch, Insecure: s.insecure,
	}, nil
}

// credential reads the credential of endpoints.
func (s *auditSinks) credential(w World) (string, error) {
	text, source := w.Getenv(sinkToken), "$"+sinkToken
	if s.tokenFile != "" {
		content, err := os.ReadFile(s.tokenFile)
		if err != nil {
			return "", advised(fmt.Errorf("read the endpoint's credential: %w", err), "--http-token-file names a file with nothing but the credential")
		}
		text, source = string(content), s.tokenFile
	} else if text == "" {
		return "", nil
	}
	text, err := plainText(text)
	text = strings.TrimSpace(text)
	switch {
	case err != nil:
	case text == "":
		err = errors.New("no credential")
	case strings.Contains(text, "\n"):
		err = errors.New("more than one line")
	}
	if err != nil {
		return "", advised(fmt.Errorf("the endpoint's credential in %s: %w", source, err), "give the credential alone, on one line of plain text")
	}
	if http.CanonicalHeaderKey(s.header) == "Authorization" {
		text = strings.TrimSpace(strings.TrimPrefix(text, "Bearer "))
	}
	return text, nil
}

// plainText takes what editors add from a text that holds secrets: a byte-order mark, and the line
// ends of Windows. It refuses other encodings and control characters, which nobody would see.
func plainText(text string) (string, error) {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return "", errors.New("not UTF-8")
	}
	odd := func(r rune) bool {
		return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r))
	}
	if strings.ContainsFunc(text, odd) {
		return "", errors.New("an invisible character in it")
	}
	return text, nil
}
