package pipeline

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// github reads the variables of GitHub Actions, and the event file for what they lack.
func github(s System) Run {
	server, name := s.Getenv("GITHUB_SERVER_URL"), s.Getenv("GITHUB_REPOSITORY")
	r := Run{
		ID:         s.Getenv("GITHUB_RUN_ID"),
		Job:        s.Getenv("GITHUB_JOB"),
		Repository: name,
		Commit:     s.Getenv("GITHUB_SHA"),
		Branch:     s.first("GITHUB_HEAD_REF", "GITHUB_REF_NAME"),
		Actor:      s.first("GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR"),
	}
	r.URL = all(server, "/", name, "/actions/runs/", r.ID)
	if number, ok := strings.CutPrefix(s.Getenv("GITHUB_REF"), "refs/pull/"); ok {
		r.PullRequest, _, _ = strings.Cut(number, "/")
	}
	r.event(s)
	if r.PullRequest != "" {
		r.PullRequestURL = all(server, "/", name, "/pull/", r.PullRequest)
	}
	return r
}

// merged finds the pull request that GitHub names in the message of a merge, squashed or not.
var merged = regexp.MustCompile(`^Merge pull request #(\d+) |\(#(\d+)\)$`)

// event reads the file with what started the run. On a pull request, the commit variable names a merge that nobody
// made; after the merge, only the message has the number.
func (r *Run) event(s System) {
	path := s.Getenv("GITHUB_EVENT_PATH")
	if path == "" || s.ReadFile == nil {
		return
	}
	raw, err := s.ReadFile(path)
	if err != nil {
		return // it complements the variables, and may be missing
	}
	var e struct {
		PullRequest struct {
			Number int `json:"number"`
			Head   struct {
				SHA string `json:"sha"`
			} `json:"head"`
		} `json:"pull_request"`
		HeadCommit struct {
			Message string `json:"message"`
		} `json:"head_commit"`
	}
	if json.Unmarshal(raw, &e) != nil {
		return
	}
	title, _, _ := strings.Cut(e.HeadCommit.Message, "\n")
	m := merged.FindStringSubmatch(strings.TrimSpace(title))
	switch {
	case e.PullRequest.Number > 0:
		r.PullRequest = strconv.Itoa(e.PullRequest.Number)
		if e.PullRequest.Head.SHA != "" {
			r.Commit = e.PullRequest.Head.SHA
		}
	case m != nil && r.PullRequest == "":
		r.PullRequest = m[1] + m[2]
	}
}

// mergeRequest finds the merge request that GitLab names in the message of a merge.
var mergeRequest = regexp.MustCompile(`(?m)^See merge request (?:.*)!(\d+)$`)

func gitlab(s System) Run {
	r := Run{
		ID:          s.Getenv("CI_PIPELINE_ID"),
		Job:         s.Getenv("CI_JOB_NAME"),
		URL:         s.first("CI_JOB_URL", "CI_PIPELINE_URL"),
		Repository:  s.Getenv("CI_PROJECT_PATH"),
		Commit:      s.Getenv("CI_COMMIT_SHA"),
		Branch:      s.first("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_REF_NAME"),
		Actor:       s.first("GITLAB_USER_LOGIN", "GITLAB_USER_EMAIL"),
		PullRequest: s.Getenv("CI_MERGE_REQUEST_IID"),
	}
	if m := mergeRequest.FindStringSubmatch(s.Getenv("CI_COMMIT_MESSAGE")); m != nil && r.PullRequest == "" {
		r.PullRequest = m[1]
	}
	if r.PullRequest != "" {
		r.PullRequestURL = all(s.first("CI_MERGE_REQUEST_PROJECT_URL", "CI_PROJECT_URL"), "/-/merge_requests/", r.PullRequest)
	}
	return r
}

func circle(s System) Run {
	r := Run{
		ID:             s.first("CIRCLE_PIPELINE_ID", "CIRCLE_WORKFLOW_ID"),
		Job:            s.Getenv("CIRCLE_JOB"),
		URL:            s.Getenv("CIRCLE_BUILD_URL"),
		Repository:     join("/", s.Getenv("CIRCLE_PROJECT_USERNAME"), s.Getenv("CIRCLE_PROJECT_REPONAME")),
		Commit:         s.Getenv("CIRCLE_SHA1"),
		Branch:         s.first("CIRCLE_BRANCH", "CIRCLE_TAG"),
		Actor:          s.Getenv("CIRCLE_USERNAME"),
		PullRequest:    s.Getenv("CIRCLE_PR_NUMBER"),
		PullRequestURL: s.Getenv("CIRCLE_PULL_REQUEST"),
	}
	if r.PullRequest == "" && r.PullRequestURL != "" {
		r.PullRequest = tail(r.PullRequestURL)
	}
	return r
}

func buildkite(s System) Run {
	r := Run{
		ID:         s.Getenv("BUILDKITE_BUILD_ID"),
		Job:        s.first("BUILDKITE_STEP_KEY", "BUILDKITE_LABEL"),
		URL:        s.Getenv("BUILDKITE_BUILD_URL"),
		Repository: repository(s.Getenv("BUILDKITE_REPO")),
		Commit:     s.Getenv("BUILDKITE_COMMIT"),
		Branch:     s.Getenv("BUILDKITE_BRANCH"),
		Actor:      s.first("BUILDKITE_BUILD_CREATOR", "BUILDKITE_BUILD_CREATOR_EMAIL", "BUILDKITE_BUILD_AUTHOR"),
		Approver:   s.first("BUILDKITE_UNBLOCKER", "BUILDKITE_UNBLOCKER_EMAIL"),
	}
	if r.Commit == "HEAD" {
		r.Commit = "" // not resolved yet if the build was started by hand
	}
	if job := s.Getenv("BUILDKITE_JOB_ID"); r.URL != "" && job != "" {
		r.URL += "#" + job
	}
	if number := s.Getenv("BUILDKITE_PULL_REQUEST"); number != "false" {
		r.PullRequest = number
	}
	if r.PullRequest != "" && strings.Contains(s.Getenv("BUILDKITE_REPO"), "github.com") {
		r.PullRequestURL = all("https://github.com/", r.Repository, "/pull/", r.PullRequest)
	}
	return r
}
