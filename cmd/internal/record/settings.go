package record

import (
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/pipeline"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/post"
)

// Settings say what to record, and how.
type Settings struct {
	URL, Token, TokenFile string

	Plan, Dir, Engine string
	As, Status        string
	Name, Summary     string
	Source, Key       string
	Ties              map[post.Kind]*[]string
	Maps              []string
	Labels, Refs      []string
	StartedAt, Took   string
	Run               pipeline.Run // the flags' part of it
	Severity          string
	Form              Form
	Most              int
	Always, Strict    bool
	DryRun            bool
	Output            string // file that gets the id and the URL of the event
	Limit             time.Duration
}
