# `make` or `make help` lists what there is; each line after ## is its description.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

# Which packages and benchmarks: make test PKG=./domain/... or make bench PKG=./internal/record BENCH=Inbox
PKG ?= ./...
BENCH ?= .

.PHONY: help dev check ci test race replay bench arch vet lint fmt workflowcheck clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

dev: ## Start everything in one process: Temporal, its UI, worker, API, phone lab
	go run ./cmd/stormbell-solo

check: vet lint workflowcheck test ## What a change must pass before it is offered

ci: ## What the CI runs; installs PostgreSQL and Chromium when missing (as root)
	.ci/run

test: ## Run the tests (PKG=./domain/... for a part)
	go test $(PKG)

race: ## Run the tests that do not link the Temporal server under the race detector
	go test -race $$(.ci/may-race)

replay: ## Replay the stored histories through today's workflow code
	@go test -list Replay ./workflows/... | grep '^Test' || { echo 'no replay test found below workflows/'; exit 1; }
	go test -count=1 -run Replay ./workflows/...

bench: ## Run the benchmarks (PKG and BENCH choose)
	go test -run '^$$' -bench '$(BENCH)' -benchmem $(PKG)

arch: ## Check the arrows of docs/architecture.md
	go test -count=1 ./internal/archtest

vet: ## go vet
	go vet $(PKG)

lint: ## golangci-lint in the pinned version, built on first use
	.ci/golangci-lint run $(PKG)

fmt: ## Format and sort imports as lint wants them
	.ci/golangci-lint fmt

workflowcheck: ## Find what would make a workflow's replay differ
	.ci/workflowcheck

clean: ## Remove built tools
	rm -rf .bin
