.DEFAULT_GOAL := build

GO    ?= go
BIN   := bin
TOFU  := $(CURDIR)/$(BIN)/tofu
LINT  := honnef.co/go/tools/cmd/staticcheck@v0.8.2
ACTIONS := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
VULN  := golang.org/x/vuln/cmd/govulncheck@v1.9.0
PATHS := PATH="$(CURDIR)/$(BIN):$$PATH"

TOOLS   := $(CURDIR)/$(BIN)/tools
RELEASE := PATH="$(TOOLS):$$PATH" goreleaser
ORIGIN  := GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=remote.origin.url GIT_CONFIG_VALUE_0=https://github.com/terraformer-rootly/terraformer-rootly
IMAGE    = PATH="$(TOOLS):$$PATH" image $(CURDIR)/dist "$$(git describe --tags --always)" "$$(git log -1 --format=%ct)"

.PHONY: build
build: ## build the program into bin/
	$(GO) build -o $(BIN)/ ./cmd/terraformer-rootly

.PHONY: test
test: engine ## run every test, with plans by terraform, by tofu or by both
	$(PATHS) $(GO) test -timeout 40m ./...

.PHONY: lint
lint: ## vet, staticcheck, the workflows and the shape of the program
	$(GO) vet ./...
	$(GO) run $(LINT) ./...
	$(GO) run $(ACTIONS)
	$(GO) test ./cmd/internal/structure

.PHONY: check
check: lint test ## what CI runs

.PHONY: demo
demo: build engine ## import the built-in organisation, prove it, show what came out
	rm -rf $(BIN)/demo
	$(PATHS) $(BIN)/terraformer-rootly import --synthetic --provider stand-in -o $(BIN)/demo
	@echo && echo "$(BIN)/demo/escalation_policies.tf:" && echo && head -n 32 $(BIN)/demo/escalation_policies.tf

.PHONY: acceptance
acceptance: engine snapshot ## the promises on 10,000 objects; with PROVIDER_MIRROR=DIR by the official provider too
	$(PATHS) ACCEPTANCE=1 ROOTLY_TEST_DIST="$(CURDIR)/dist" PROVIDER_MIRROR="$(PROVIDER_MIRROR)" $(GO) test -timeout 90m -v ./cmd/internal/acceptance

.PHONY: exactly-once
exactly-once: ## 50,000 audit events into every sink, by a process that is killed again and again
	ROOTLY_TEST_AUDIT_EVENTS=50000 $(GO) test -count=1 -timeout 30m -v -run 'Kills$$' ./cmd/internal/cli

.PHONY: adversity
adversity: engine ## misbehaving providers, odd answers, months of use, runs killed while they write the state or plan
	$(PATHS) ROOTLY_TEST_PROVIDERS=100 $(GO) test -count=1 -timeout 60m -v -run 'NothingUnproven|ShardsJudge' ./cmd/internal/acceptance
	$(PATHS) ROOTLY_TEST_KILLS=15 $(GO) test -count=1 -timeout 60m -v -run KilledState ./cmd/internal/cli
	$(PATHS) ROOTLY_TEST_KILLS=50 $(GO) test -count=1 -timeout 60m -v -run KilledPlans ./cmd/internal/cli
	$(PATHS) ROOTLY_TEST_ODD_RUNS=200 $(GO) test -count=1 -timeout 120m -v -run OddAnswers ./cmd/internal/acceptance
	$(PATHS) ROOTLY_TEST_MONTHS=200 ROOTLY_TEST_STEPS=12 $(GO) test -count=1 -timeout 300m -v -run MonthsOfUse ./cmd/internal/acceptance

.PHONY: bench-audit
bench-audit: build ## audit events per second into every sink, 1,000,000 of them in SQLite, and against a plain Python loop
	BENCH_PROGRAM=$(CURDIR)/$(BIN)/terraformer-rootly $(GO) test -run '^$$' -bench AuditAgainstPython -benchtime 1x -timeout 30m ./cmd/internal/acceptance
	$(GO) test -run '^$$' -bench 'Sinks|Million' -benchtime 1x -timeout 30m ./state/auditcopy

.PHONY: bench
bench: ## requests, objects per second and memory, for 10,000 and 100,000 objects; linting of 10,000
	$(GO) test -run '^$$' -bench Import -benchtime 1x -timeout 30m ./cmd/internal/acceptance
	$(GO) test -run '^$$' -bench Lint -benchtime 5x ./cmd/internal/lint

.PHONY: bench-proof
bench-proof: engine ## seconds, processor time and memory of the proof; PROVIDER_MIRROR=DIR for the official provider, ROOTLY_BENCH_OBJECTS=100000 ROOTLY_BENCH_PROOFS=replay for many
	$(PATHS) PROVIDER_MIRROR="$(PROVIDER_MIRROR)" $(GO) test -run '^$$' -bench Proof -benchtime 1x -timeout 120m -v ./cmd/internal/acceptance

.PHONY: cover
cover: engine ## how much of the code the tests reach
	$(PATHS) $(GO) test -timeout 30m -coverpkg=./... -coverprofile=$(BIN)/cover.out ./...
	$(GO) tool cover -func=$(BIN)/cover.out | tail -1

.PHONY: docs
docs: engine ## write the generated parts of README.md and .github/docs
	ROOTLY_TEST_WRITE_SCHEMAS=1 $(GO) test -count=1 ./cmd/internal/... -run '^Test(Schemas|Version)$$'
	$(PATHS) $(GO) test ./cmd/terraformer-rootly -run 'TestReadme|TestPages' -update

.PHONY: schema
schema: ## refresh the embedded schema; PROVIDER_MIRROR=DIR takes the provider from there
	$(GO) run ./providers/schema/refresh -mirror "$(PROVIDER_MIRROR)"

.PHONY: update-golden
update-golden: ## rewrite the expected outputs of the tests
	$(GO) test ./generator ./cmd/internal/report ./cmd/internal/cli -update

.PHONY: vulnerabilities
vulnerabilities: ## look for known vulnerabilities in what the program uses
	$(GO) run $(VULN) ./...

.PHONY: snapshot
snapshot: $(TOOLS)/goreleaser ## what a release consists of, in dist/; needs 2 GB of modules and some minutes
	$(ORIGIN) $(RELEASE) release --snapshot --clean --skip=sign,publish
	$(IMAGE)

.PHONY: reproducible
reproducible: snapshot ## build a release twice, and compare
	mkdir -p $(BIN)/first && cp dist/SHA256SUMS dist/image/index.json $(BIN)/first/
	$(MAKE) snapshot
	cmp dist/SHA256SUMS $(BIN)/first/SHA256SUMS
	cmp dist/image/index.json $(BIN)/first/index.json

.PHONY: release
release: $(TOOLS)/goreleaser ## build, sign and publish; for the workflow, on a tagged commit
	$(RELEASE) release --clean
	$(IMAGE)

$(TOOLS)/goreleaser: .ci/tools/release/go.mod .ci/tools/release/go.sum
	mkdir -p $(TOOLS)
	CGO_ENABLED=0 $(GO) build -C .ci/tools/release -trimpath -o $(TOOLS)/ ./image github.com/goreleaser/goreleaser/v2 \
		github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod github.com/google/go-containerregistry/cmd/crane

.PHONY: tofu
tofu: $(TOFU) ## build OpenTofu from its own module into bin/

# The engine for the plans: OpenTofu is built when there is neither on PATH.
.PHONY: engine
engine:
	@command -v terraform >/dev/null || command -v tofu >/dev/null || $(MAKE) --no-print-directory $(TOFU)

$(TOFU): .ci/tofu/go.mod .ci/tofu/go.sum
	CGO_ENABLED=0 $(GO) build -C .ci/tofu -trimpath -ldflags '-s -w -X github.com/opentofu/opentofu/version.dev=no' \
		-o $@ github.com/opentofu/opentofu/cmd/tofu

.PHONY: help
help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18
