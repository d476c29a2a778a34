# Kabinet. `make run` and `make test` are all a developer needs; each makes what it needs before.
PYTHON ?= python3
STAGE ?= dev
SIZES ?= 1000 10000 100000
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
export PIP_ROOT_USER_ACTION := ignore

.DEFAULT_GOAL := help
.PHONY: help install assets browser run simulate conformance test lint bench mutants package deploy clean-state

help: ## these words
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 22

install: $(STAMP) ## the virtual environment with everything in it

$(STAMP): requirements.txt infra/requirements.txt infra/frontend/package-lock.json
	@echo "installing into $(VENV), about a minute"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install -r infra/requirements.txt
	@$(PIP) check
	@$(BIN)/python -m infra.frontend.collect
	@touch $@

assets: $(STAMP)
	@$(BIN)/python -m infra.frontend.collect

# Chromium and poppler come from Debian where this is Debian and we may install; elsewhere they must be there.
browser:
	@if command -v chromium >/dev/null && command -v pdftoppm >/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		echo "installing chromium and poppler-utils" && apt-get -qq update && \
		DEBIAN_FRONTEND=noninteractive apt-get -qq install -y chromium poppler-utils >/dev/null; \
	else echo "install chromium and poppler-utils for the browser tests" >&2; exit 1; fi

run: assets ## the portal with the demo supplier: PORT=8000, DEMO=none for an empty one
	@exec $(BIN)/python -m infra.local

# USER of the environment is who is logged in here, not a node of the exchange: only what is given to make counts.
NODE_USER = $(if $(filter command line,$(origin USER)),$(USER),1c)
NODE_PASSWORD = $(if $(filter command line,$(origin PASSWORD)),$(PASSWORD),1c)

simulate: assets ## a whole exchange of a simulated 1C: CLIENT=ut|unf|upp|bus URL=… USER=… PASSWORD=… ITEMS=200
	@$(BIN)/python -m infra.simulator.play --client $(or $(CLIENT),ut) --portal $(or $(URL),http://127.0.0.1:8000) \
		--user "$(NODE_USER)" --password "$(NODE_PASSWORD)" --items $(or $(ITEMS),200)

conformance: assets ## what a contractor's 1C does wrong: URL=portal (none: a stand-in) or FILES="…" of an exchange
	@$(BIN)/python -m infra.conformance $(if $(FILES),check $(FILES),listen --port $(or $(KIT_PORT),8090) \
		--user "$(NODE_USER)" --password "$(NODE_PASSWORD)" $(if $(URL),--url $(URL)))

test: assets browser ## everything, the browser tests included
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: assets ## style, formatting, types
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

bench: assets ## figures of speed and memory
	@SIZES="$(SIZES)" $(BIN)/python -m infra.bench

mutants: $(STAMP) ## twenty thousand spoilt files of the exchange: none may crash or hang the reader
	@$(BIN)/python -m infra.bench.mutants

package: assets ## the zip for Lambda in build/STAGE
	@$(BIN)/python -m infra.deploy package --stage $(STAGE)

deploy: assets ## tables, queues and the bucket, then the functions: STAGE=prod
	@$(BIN)/python -m infra.stack apply --stage $(STAGE)
	@$(BIN)/python -m infra.deploy deploy --stage $(STAGE)

clean-state: ## forget everything the laptop keeps
	@rm -rf var
