# Usher: `make run` starts the whole system on this machine, `make test` tests it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

UV_VERSION := 0.13.8
UV := $(shell uv --version >/dev/null 2>&1 && echo uv || echo .tools/bin/uv)
BIN := .venv/bin
CALLS := $(CURDIR)/.build/calls
abspath_uv = $(if $(filter uv,$(UV)),$(shell command -v uv),$(abspath $(UV)))
ARCHITECTURE ?= $(shell uname -m | sed 's/aarch64/arm64/')
# What is deployed goes where the operator's profile says; all else reaches no account.
ifeq ($(filter deploy destroy,$(MAKECMDGOALS)),)
export AWS_DEFAULT_REGION ?= us-east-1
export AWS_EC2_METADATA_DISABLED := true
endif
export SAM_CLI_TELEMETRY := 0

.PHONY: help install run test grants soak check lint types rooms template build requirements packaging bench
.PHONY: format clean messages audit licences
.PHONY: format clean messages deploy destroy

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | column -t -s "$$(printf '\t')"

.tools/bin/uv:
	python3 -m venv .tools
	.tools/bin/pip install --quiet uv==$(UV_VERSION)

.venv/installed: pyproject.toml uv.lock .python-version | $(filter .tools/bin/uv,$(UV))
	$(UV) sync --frozen --quiet
	touch $@

.venv-sam/installed: pyproject.toml uv.lock .python-version | $(filter .tools/bin/uv,$(UV))
	UV_PROJECT_ENVIRONMENT=.venv-sam $(UV) sync --frozen --quiet --only-group sam
	touch $@

install: .venv/installed ## make .venv with the usher command

run: install ## start everything on this machine: http://127.0.0.1:8080/practice
	exec $(BIN)/usher up $(ARGS)

test: install ## every test that needs no network, a file at a time on each core
	rm -rf $(CALLS)
	USHER_CALLS="$(CALLS)" UV="$(abspath_uv)" $(BIN)/pytest -m "not packaging and not soak and not grants" \
		--numprocesses auto --maxprocesses 4 --dist loadfile $(ARGS)
	$(if $(ARGS),,$(BIN)/pytest -m grants tests/grants)

grants: install ## whether each role was granted what it did in `make test`, and nothing else
	$(BIN)/pytest -m grants tests/grants

soak: install ## the runs that take minutes
	$(BIN)/pytest -m soak $(ARGS)

check: lint types rooms template audit packaging ## the whole gate but the tests

lint: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: install
	$(BIN)/mypy

rooms: install
	$(BIN)/lint-imports --no-cache

template: install .venv-sam/installed
	$(BIN)/cfn-lint template.yaml infra/*.yaml
	.venv-sam/bin/sam validate --lint

audit: install ## is anything that is shipped known to be vulnerable?
	$(BIN)/python -m infra.supply.audit

licences: install ## write docs/licences.md
	$(BIN)/python -m infra.supply.licences

build: install .venv-sam/installed ## the artefacts that `sam deploy` takes, without docker
	PATH="$(CURDIR)/.venv/bin:$$PATH" UV="$(abspath_uv)" USHER_ARCHITECTURE=$(ARCHITECTURE) \
		.venv-sam/bin/sam build --parallel --parameter-overrides Architecture=$(ARCHITECTURE)

deploy: install .venv-sam/installed ## put Usher on your AWS account, or bring it up to date: docs/deploy.md
	$(BIN)/usher deploy $(ARGS)

destroy: install ## delete a stack; ledger and table stay
	$(BIN)/usher destroy $(ARGS)

requirements: install ## what each room's artefact holds, from the lock
	$(MAKE) -C functions requirements UV="$(abspath_uv)"

packaging: install .venv-sam/installed
	UV="$(abspath_uv)" $(BIN)/pytest -m packaging $(ARGS)

bench: install ## measure, beside floors taken in the same run
	UV="$(abspath_uv)" $(BIN)/python -m tests.bench $(ARGS)

messages: install ## collect the sentences for the translators, and compile what they made
	mkdir -p .build
	$(BIN)/pybabel -q extract --no-default-keywords --no-location --sort-output --omit-header --width=100 -k say -k later -k user_menu:1 -k message_menu:1 \
		-k say_count:1,2 -k Opt:1 -k command:2 -k Group:2 -k group:2 -o .build/usher.pot functions
	$(BIN)/pybabel -q update --no-wrap --ignore-obsolete --no-fuzzy-matching --domain usher -i .build/usher.pot -d functions/usher/locales
	$(BIN)/pybabel -q compile --domain usher -d functions/usher/locales

format: install
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean: ## remove what was built and installed, not the state of the local run
	rm -rf .venv .venv-sam .tools .aws-sam .build
