package intake

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

// A World is what receivers have from their caller, with the settings of sinks that have none.
type World struct {
	Getenv    func(string) string
	Now       func() time.Time
	UserAgent string

	Format   audit.Format
	Compress string // of the files of a directory: gzip or zstd

	// Batch, Header and Credential are for the one endpoint that has no settings of its own.
	Batch      string // ndjson or json; empty: ndjson
	Header     string // that carries the credential; empty: Authorization
	Credential string // empty: none

	Insecure bool // lets events and credentials go to other machines in clear text
}

// A Sink is ready to be opened, but for the folder of its queue and for standard output.
type Sink struct {
	To      string
	Options auditcopy.Options
	name    string
	limit   time.Duration // events older than this lose their date; zero: none do
}

// Resolve finds credentials and makes receivers.
func Resolve(targets []Target, w World) ([]Sink, error) {
	var sinks []Sink
	open := 0 // endpoints that take the credential of the command line
	for _, t := range targets {
		s := Sink{To: t.To, name: t.Name(), Options: auditcopy.Options{Format: w.Format, Compress: w.Compress, Now: w.Now, Insecure: w.Insecure}}
		if f := t.settings.Get("format"); f != "" {
			s.Options.Format = audit.Format(strings.ToLower(f))
		}
		if c := t.settings.Get("compress"); c != "" {
			s.Options.Compress = c
		}
		if f, ok := forms()[schemeOf(t.To)]; ok {
			n, err := t.intake(w, f)
			if err != nil {
				return nil, fmt.Errorf("open %s: %w", t.Name(), err)
			}
			s.Options.Receiver, s.Options.Name, s.limit = n, t.settings.Get("name"), n.dated
			if t.takesDefault() && w.Credential != "" {
				open++
			}
		}
		sinks = append(sinks, s)
	}
	if open > 1 {
		return nil, hint.With(fmt.Errorf("the credential of the command line would go to %d endpoints", open),
			"name one for each: 'https://HOST/PATH#token_env=VARIABLE', or token_env= for none")
	}
	return sinks, nil
}

// Note is what to know before a sink is filled from a time on, if anything.
func (s Sink) Note(start, now time.Time) string {
	if s.limit == 0 || start.IsZero() || now.Sub(start) <= s.limit {
		return ""
	}
	return fmt.Sprintf("%s: the intake drops entries that are dated more than %d hours back; older events are sent without a date, so they appear at "+
		"the time of arrival, with their own time in occurred_at; to keep history by date, also fill another sink, such as sqlite://FILE",
		s.name, int(s.limit.Hours()))
}

// takesDefault reports whether a target gets the credential of the command line: one that has none of its own,
// neither named nor in its address.
func (t Target) takesDefault() bool {
	u, err := url.Parse(t.To)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.User == nil && !t.settings.Has("token_env") && !t.settings.Has("token_file")
}

// intake makes the receiver of a target.
func (t Target) intake(w World, f form) (*intake, error) {
	credential, err := t.credential(w)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(t.To)
	if err != nil {
		return nil, errors.New("the address is not a URL") // the reason would show it
	}
	p := place{Target: t, url: *u, credential: credential, header: http.Header{}, format: w.Format, batch: w.Batch, now: w.Now}
	if t.takesDefault() {
		p.field = w.Header
	}
	if f := t.settings.Get("format"); f != "" {
		p.format = audit.Format(strings.ToLower(f))
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		p.url.Scheme = "https"
		if t.settings.Get("tls") == "false" {
			p.url.Scheme = "http"
		}
	}
	shape, err := f.shape(&p)
	if err != nil {
		return nil, err
	}
	if p.url.Scheme != "https" && !w.Insecure && !auditcopy.IsLocal(p.url.Hostname()) {
		return nil, hint.With(fmt.Errorf("http://%s would get events and the credential unencrypted", p.url.Host),
			"use https; plain http is only allowed on this machine, or with --insecure")
	}
	for _, line := range t.settings["header"] {
		name, value, _ := header(line) // checked when it was read
		p.header.Set(name, value)
	}
	p.header.Set("User-Agent", w.UserAgent)
	client, err := clientOf(t.settings.Get("ca_file"))
	if err != nil {
		return nil, err
	}
	packed := shape.packed && t.settings.Get("compress") != "none" || t.settings.Get("compress") == "gzip"
	return &intake{
		shape: shape, client: client, url: p.url.String(), header: p.header, format: p.format, secret: p.credential, packed: packed,
		attempts: 4, pause: firstPause,
	}, nil
}

// credential reads what the target names.
func (t Target) credential(w World) (string, error) {
	variable, file := t.settings.Get("token_env"), t.settings.Get("token_file")
	switch {
	case file != "":
		content, err := os.ReadFile(file)
		if err != nil {
			return "", hint.With(fmt.Errorf("read the credential: %w", err), "token_file names a file that contains only the credential")
		}
		return ParseCredential(string(content), file)
	case variable != "":
		text := w.Getenv(variable)
		if text == "" {
			return "", hint.With(fmt.Errorf("$%s is not set", variable), "set it to the credential of this sink")
		}
		return ParseCredential(text, "$"+variable)
	case t.takesDefault():
		return w.Credential, nil
	}
	return "", nil
}

// A place is where a receiver is, while it is made.
type place struct {
	Target
	url        url.URL
	header     http.Header
	credential string
	format     audit.Format
	batch      string
	field      string // header with the credential
	now        func() time.Time
}

// text is a setting, or a default.
func (p *place) text(name, otherwise string) string {
	if p.settings.Has(name) {
		return p.settings.Get(name)
	}
	return otherwise
}

// need refuses a place without a credential.
func (p *place) need(what string) error {
	if p.credential != "" {
		return nil
	}
	return hint.With(fmt.Errorf("%s is missing", what), "name where it is: token_env=VARIABLE or token_file=FILE")
}

// basic is the header of basic authentication.
func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}
