.DEFAULT_GOAL := build

GO     ?= go
BIN    := bin
TOFU   := $(CURDIR)/$(BIN)/tofu
LINT   := honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: build
build: ## build the program into bin/
	$(GO) build -trimpath -o $(BIN)/terraformer-rootly ./cmd/terraformer-rootly

.PHONY: test
test: engine ## run every test, with plans by each engine that is found
	PATH="$(CURDIR)/$(BIN):$$PATH" $(GO) test -timeout 20m ./...

.PHONY: engine
engine: ## build OpenTofu from its Go module, unless terraform or tofu is on PATH
	@command -v terraform >/dev/null || command -v tofu >/dev/null || $(MAKE) --no-print-directory $(TOFU)

$(TOFU): .ci/tofu/go.mod .ci/tofu/go.sum
	CGO_ENABLED=0 $(GO) build -C .ci/tofu -trimpath -ldflags '-s -w -X github.com/opentofu/opentofu/version.dev=no' \
		-o $@ github.com/opentofu/opentofu/cmd/tofu

.PHONY: demo
demo: build engine ## import the built-in organisation, prove it, show what came out
	rm -rf $(BIN)/demo
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/terraformer-rootly import --synthetic --provider stand-in -o $(BIN)/demo
	@sed -n '1,40p' $(BIN)/demo/teams.tf

.PHONY: acceptance
acceptance: engine ## the same suite on 10,000 objects; with PROVIDER_MIRROR=DIR also by the official provider
	PATH="$(CURDIR)/$(BIN):$$PATH" ACCEPTANCE=1 PROVIDER_MIRROR="$(PROVIDER_MIRROR)" $(GO) test -timeout 90m -run 'Acceptance' -v ./cmd/internal/cli

.PHONY: bench
bench: build ## requests against the minimum, objects per second, peak memory
	$(GO) test -run '^$$' -bench 'Import' -benchtime 1x -timeout 30m ./cmd/internal/cli

.PHONY: lint
lint: ## vet and staticcheck
	$(GO) vet ./...
	$(GO) run $(LINT) ./...

.PHONY: docs
docs: ## write the generated parts of README.md
	$(GO) test ./cmd/internal/cli -run TestDocs -update

.PHONY: update-golden
update-golden: ## rewrite the expected outputs of the tests
	$(GO) test ./... -update

.PHONY: check
check: lint test ## what CI runs

.PHONY: help
help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'
