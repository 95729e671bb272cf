package pipeline

import "strings"

func jenkins(s System) Run {
	r := Run{
		ID:             s.first("BUILD_TAG", "BUILD_URL", "BUILD_ID"),
		Job:            s.Getenv("STAGE_NAME"),
		URL:            s.Getenv("BUILD_URL"),
		Repository:     repository(s.Getenv("GIT_URL")),
		Commit:         s.Getenv("GIT_COMMIT"),
		Branch:         s.first("CHANGE_BRANCH", "BRANCH_NAME", "GIT_BRANCH"),
		Actor:          s.first("BUILD_USER_ID", "BUILD_USER", "CHANGE_AUTHOR"),
		PullRequest:    s.Getenv("CHANGE_ID"),
		PullRequestURL: s.Getenv("CHANGE_URL"),
	}
	r.Branch = strings.TrimPrefix(r.Branch, "origin/")
	return r
}

// atlantis has no id of a run: a pull request at a commit stands for it.
func atlantis(s System) Run {
	r := Run{
		Job:            join(" ", s.Getenv("PROJECT_NAME"), s.Getenv("REPO_REL_DIR"), s.Getenv("WORKSPACE")),
		URL:            s.Getenv("PULL_URL"),
		Repository:     join("/", s.Getenv("BASE_REPO_OWNER"), s.Getenv("BASE_REPO_NAME")),
		Commit:         s.Getenv("HEAD_COMMIT"),
		Branch:         s.Getenv("HEAD_BRANCH_NAME"),
		Actor:          s.first("USER_NAME", "PULL_AUTHOR"),
		Workspace:      s.Getenv("WORKSPACE"),
		Directory:      s.Getenv("REPO_REL_DIR"),
		PullRequest:    s.Getenv("PULL_NUM"),
		PullRequestURL: s.Getenv("PULL_URL"),
	}
	if r.PullRequest != "" || r.Commit != "" {
		r.ID = join("@", r.PullRequest, r.Commit)
	}
	if name := s.Getenv("PROJECT_NAME"); name != "" && (r.Workspace == "" || r.Workspace == "default") {
		r.Workspace = name
	}
	return r
}

// spacelift passes its information as variables for the code.
func spacelift(s System) Run {
	of := func(name string) string { return s.Getenv("TF_VAR_spacelift_" + name) }
	r := Run{
		ID:         of("run_id"),
		Repository: of("repository"),
		Commit:     of("commit_sha"),
		Branch:     of("commit_branch"),
		Actor:      of("run_trigger"),
		Workspace:  of("stack_id"),
		Directory:  of("project_root"),
	}
	r.URL = all("https://", of("account_name"), ".app.spacelift.io/stack/", r.Workspace, "/run/", r.ID)
	return r
}

func hcp(s System) Run {
	r := Run{
		ID:        s.Getenv("TFC_RUN_ID"),
		Commit:    s.Getenv("TFC_CONFIGURATION_VERSION_GIT_COMMIT_SHA"),
		Branch:    s.first("TFC_CONFIGURATION_VERSION_GIT_BRANCH", "TFC_CONFIGURATION_VERSION_GIT_TAG"),
		Workspace: s.Getenv("TFC_WORKSPACE_NAME"),
	}
	organisation, name, _ := strings.Cut(s.Getenv("TFC_WORKSPACE_SLUG"), "/")
	address := s.first("TFC_ADDRESS", "TFE_ADDRESS")
	if address == "" {
		address = "https://app.terraform.io"
	}
	r.URL = all(strings.TrimRight(address, "/"), "/app/", organisation, "/workspaces/", name, "/runs/", r.ID)
	return r
}
