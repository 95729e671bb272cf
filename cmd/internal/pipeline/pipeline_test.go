package pipeline_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/pipeline"
)

// recorded reads the environment of a run, as testdata has it.
func recorded(t *testing.T, name string) pipeline.System {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	archive := txtar.Parse(raw)
	env, files := map[string]string{}, map[string][]byte{}
	for _, f := range archive.Files {
		files[f.Name] = f.Data
	}
	for _, line := range strings.Split(string(files["env"]), "\n") {
		key, value, _ := strings.Cut(line, "=")
		env[key] = strings.ReplaceAll(value, `\n`, "\n")
	}
	return pipeline.System{
		Getenv: func(name string) string { return env[name] },
		ReadFile: func(path string) ([]byte, error) {
			if data, ok := files[filepath.Base(path)]; ok {
				return data, nil
			}
			return nil, fs.ErrNotExist
		},
	}
}

func TestRunsOfEachSystem(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]pipeline.Run{
		"github-push": {
			System: "GitHub Actions", ID: "9812345678", Job: "apply", URL: "https://github.com/acme/infra/actions/runs/9812345678",
			Repository: "acme/infra", Commit: "4f2c1e0b7a9d8c6f5e4d3c2b1a0f9e8d7c6b5a49", Branch: "main", Actor: "ann",
			PullRequest: "128", PullRequestURL: "https://github.com/acme/infra/pull/128",
		},
		"github-pull-request": {
			System: "GitHub Actions", ID: "9812349999", Job: "plan", URL: "https://github.com/acme/infra/actions/runs/9812349999",
			Repository: "acme/infra", Commit: "aaaa1e0b7a9d8c6f5e4d3c2b1a0f9e8d7c6b5a49", Branch: "bigger-db", Actor: "bob",
			PullRequest: "131", PullRequestURL: "https://github.com/acme/infra/pull/131",
		},
		"gitlab": {
			System: "GitLab", ID: "1187362", Job: "apply: [payments]", URL: "https://gitlab.example.com/acme/infra/-/jobs/5512",
			Repository: "acme/infra", Commit: "1ecfd275763eff1d6b4844ea3168962458c9f27a", Branch: "main", Actor: "ann",
			PullRequest: "42", PullRequestURL: "https://gitlab.example.com/acme/infra/-/merge_requests/42",
		},
		"gitlab-merge-request": {
			System: "GitLab", ID: "1187400", Job: "plan", URL: "https://gitlab.example.com/acme/infra/-/jobs/5600",
			Repository: "acme/infra", Commit: "2ecfd275763eff1d6b4844ea3168962458c9f27a", Branch: "bigger-db", Actor: "bob",
			PullRequest: "43", PullRequestURL: "https://gitlab.example.com/acme/infra/-/merge_requests/43",
		},
		"circleci": {
			System: "CircleCI", ID: "5034460f-c7c4-4c43-9457-de07e2029e7b", Job: "apply", URL: "https://circleci.com/gh/acme/infra/731",
			Repository: "acme/infra", Commit: "b3d1f0a9c8e7d6c5b4a3f2e1d0c9b8a7f6e5d4c3", Branch: "bigger-db", Actor: "ann",
			PullRequest: "17", PullRequestURL: "https://github.com/acme/infra/pull/17",
		},
		"buildkite": {
			System: "Buildkite", ID: "4735ba57-80d0-46e2-8fa0-b28223a86586", Job: "apply",
			URL:        "https://buildkite.com/acme/infra/builds/1514#e44f9784-e20e-4b93-a21d-f41fd5869db9",
			Repository: "acme/infra", Commit: "83a20ec058e2fb00e7fa4558c4c6e81e2dcf253d", Branch: "bigger-db", Actor: "Ann Lee", Approver: "Bob Ray",
			PullRequest: "9", PullRequestURL: "https://github.com/acme/infra/pull/9",
		},
		"jenkins": {
			System: "Jenkins", ID: "jenkins-infra-PR-12-3", Job: "Apply", URL: "https://ci.example.com/job/infra/job/PR-12/3/",
			Repository: "acme/infra", Commit: "ce9a3c1404e8c91be604088670e93434c4253f03", Branch: "bigger-db", Actor: "ann",
			PullRequest: "12", PullRequestURL: "https://github.com/acme/infra/pull/12",
		},
		"jenkins-plain": {
			System: "Jenkins", ID: "jenkins-infra-77", URL: "https://ci.example.com/job/infra/77/", Repository: "ops/infra",
			Commit: "ce9a3c1404e8c91be604088670e93434c4253f03", Branch: "main",
		},
		"atlantis": {
			System: "Atlantis", ID: "55@5ff3e0f1c2b3a4958676869584736251a0b1c2d3", Job: "payments-prod envs/prod default",
			URL: "https://github.com/acme/infra/pull/55", Repository: "acme/infra", Commit: "5ff3e0f1c2b3a4958676869584736251a0b1c2d3",
			Branch: "bigger-db", Actor: "ann", Workspace: "payments-prod", Directory: "envs/prod",
			PullRequest: "55", PullRequestURL: "https://github.com/acme/infra/pull/55",
		},
		"spacelift": {
			System: "Spacelift", ID: "01JKZAHVAQHFM8CC3EA5HWRMP1", URL: "https://acme.app.spacelift.io/stack/payments/run/01JKZAHVAQHFM8CC3EA5HWRMP1",
			Repository: "infra", Commit: "77aa3c1404e8c91be604088670e93434c4253f03", Branch: "main", Actor: "ann@example.com",
			Workspace: "payments", Directory: "envs/prod",
		},
		"hcp-terraform": {
			System: "HCP Terraform", ID: "run-CZcmD7eagjhyX0vN", URL: "https://app.terraform.io/app/acme/workspaces/payments-prod/runs/run-CZcmD7eagjhyX0vN",
			Commit: "abd123453c1404e8c91be604088670e93434c425", Branch: "main", Workspace: "payments-prod",
		},
		"none": {Workspace: "staging"},
	} {
		if diff := cmp.Diff(want, pipeline.Detect(recorded(t, name))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// A run keeps its identity when it is tried again, whatever else the system then says.
func TestRetriedRunsAreTheSame(t *testing.T) {
	t.Parallel()
	for name, retry := range map[string]map[string]string{
		"github-push": {"GITHUB_RUN_ATTEMPT": "2", "GITHUB_TRIGGERING_ACTOR": "bob"},
		"gitlab":      {"CI_JOB_ID": "9999", "CI_JOB_URL": "https://gitlab.example.com/acme/infra/-/jobs/9999"},
		"circleci":    {"CIRCLE_BUILD_NUM": "732", "CIRCLE_BUILD_URL": "https://circleci.com/gh/acme/infra/732", "CIRCLE_WORKFLOW_ID": "other"},
		"buildkite":   {"BUILDKITE_JOB_ID": "other", "BUILDKITE_RETRY_COUNT": "1"},
		"atlantis":    {"USER_NAME": "bob"},
		"spacelift":   {"TF_VAR_spacelift_run_state": "APPLYING"},
	} {
		first := recorded(t, name)
		again := first
		again.Getenv = func(variable string) string {
			if v, ok := retry[variable]; ok {
				return v
			}
			return first.Getenv(variable)
		}
		a, b := pipeline.Detect(first), pipeline.Detect(again)
		if a.ID == "" || a.ID != b.ID || a.Job != b.Job || a.Repository != b.Repository {
			t.Errorf("%s: %+v then %+v", name, a, b)
		}
	}
}

// What cannot be read adds nothing, and harms nothing.
func TestTheEventFileIsNoCondition(t *testing.T) {
	t.Parallel()
	s := recorded(t, "github-push")
	for _, read := range []func(string) ([]byte, error){
		nil,
		func(string) ([]byte, error) { return nil, errors.New("gone") },
		func(string) ([]byte, error) { return []byte("no JSON"), nil },
	} {
		s.ReadFile = read
		if r := pipeline.Detect(s); r.ID == "" || r.PullRequest != "" {
			t.Errorf("%+v", r)
		}
	}
}

func TestPasswordsInAddressesStayOut(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"https://user:hunter2@git.example.com/ops/infra.git", "git@git.example.com:ops/infra.git",
		"ssh://git@git.example.com:2222/ops/infra.git", "https://git.example.com/ops/infra/", "git.example.com:ops/infra",
	} {
		s := pipeline.System{Getenv: func(name string) string {
			return map[string]string{"JENKINS_URL": "x", "GIT_URL": address}[name]
		}}
		if r := pipeline.Detect(s); r.Repository != "ops/infra" {
			t.Errorf("%s: %q", address, r.Repository)
		}
	}
}
