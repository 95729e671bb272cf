// Package pipeline tells from the environment which CI system runs, for what.
//
//	environment ──► Detect ──► Run: commit, branch, pull request, actor, address of the run
//
// What a system does not say stays empty: nothing is asked over the network, and nothing guessed.
//
// Not here: what is done with it.
package pipeline

import (
	"regexp"
	"strings"
)

// A Run is one run of a pipeline.
type Run struct {
	System     string `json:"system,omitempty"` // such as "GitHub Actions"; empty where none is known
	ID         string `json:"id,omitempty"`     // stays the same when the run is repeated
	Job        string `json:"job,omitempty"`    // distinguishes the jobs of a run; likewise
	URL        string `json:"url,omitempty"`
	Repository string `json:"repository,omitempty"`
	Commit     string `json:"commit,omitempty"`
	Branch     string `json:"branch,omitempty"`
	Actor      string `json:"actor,omitempty"`       // who started it
	Approver   string `json:"approved_by,omitempty"` // who approved it, if the system says so
	Workspace  string `json:"workspace,omitempty"`   // of Terraform, or the system's equivalent
	Directory  string `json:"directory,omitempty"`   // of the code, in the repository

	PullRequest    string `json:"pull_request,omitempty"` // its number
	PullRequestURL string `json:"pull_request_url,omitempty"`
}

// A System is where the program runs.
type System struct {
	Getenv func(string) string

	// ReadFile reads the file in which GitHub describes what started a run. It may be nil.
	ReadFile func(string) ([]byte, error)
}

// systems are tried in order. Those that run inside another one come first.
var systems = []struct {
	name string
	here func(System) bool
	read func(System) Run
}{
	{"Atlantis", func(s System) bool {
		return s.has("ATLANTIS_TERRAFORM_VERSION") || s.has("BASE_REPO_NAME") && s.has("PULL_NUM") && s.has("HEAD_COMMIT")
	}, atlantis},
	{"Spacelift", func(s System) bool { return s.has("TF_VAR_spacelift_run_id") }, spacelift},
	{"HCP Terraform", func(s System) bool { return s.has("TFC_RUN_ID") }, hcp},
	{"GitHub Actions", func(s System) bool { return s.Getenv("GITHUB_ACTIONS") == "true" }, github},
	{"GitLab", func(s System) bool { return s.Getenv("GITLAB_CI") == "true" }, gitlab},
	{"CircleCI", func(s System) bool { return s.Getenv("CIRCLECI") == "true" }, circle},
	{"Buildkite", func(s System) bool { return s.Getenv("BUILDKITE") == "true" }, buildkite},
	{"Jenkins", func(s System) bool { return s.has("JENKINS_URL") || s.has("BUILD_TAG") && s.has("JOB_NAME") }, jenkins},
}

// Detect reads the CI system's variables of its run. Outside of CI, only the workspace may be known.
func Detect(s System) Run {
	r := Run{}
	for _, candidate := range systems {
		if candidate.here(s) {
			r = candidate.read(s)
			r.System = candidate.name
			break
		}
	}
	if r.Workspace == "" {
		r.Workspace = s.Getenv("TF_WORKSPACE")
	}
	r.Branch = strings.TrimPrefix(strings.TrimPrefix(r.Branch, "refs/heads/"), "refs/tags/")
	return r
}

func (s System) has(name string) bool { return s.Getenv(name) != "" }

// first returns the first variable that is set.
func (s System) first(names ...string) string {
	for _, name := range names {
		if v := s.Getenv(name); v != "" {
			return v
		}
	}
	return ""
}

// remote matches the addresses of git repositories.
var remote = regexp.MustCompile(`^(?:[a-z+]+://)?(?:[^@/]*@)?[^:/]+(?::\d+/|[:/])(.+?)(?:\.git)?/?$`)

// repository is the name of a repository from its URL, without a password in it.
func repository(address string) string {
	if m := remote.FindStringSubmatch(address); m != nil {
		return m[1]
	}
	return ""
}

// join makes a path or an identifier of the parts that are known.
func join(separator string, parts ...string) string {
	var known []string
	for _, p := range parts {
		if p != "" {
			known = append(known, p)
		}
	}
	return strings.Join(known, separator)
}

// all joins parts to an address, or returns nothing when one is missing.
func all(parts ...string) string {
	for _, p := range parts {
		if p == "" {
			return ""
		}
	}
	return strings.Join(parts, "")
}

// tail is what follows the last slash.
func tail(address string) string {
	return address[strings.LastIndex(address, "/")+1:]
}
