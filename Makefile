# Two commands do everything on a fresh clone: `make demo` and `make test`.
# They need Python 3.11 or newer, the tests also Node 20.19 or newer and a Chromium.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
DEMO := .demo
# Slow files come first, in the order of folders: at the end nobody waits for one of them.
PYTEST_ARGS ?= -n 2 --dist loadfile --no-loadscope-reorder

export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

STAMP_PYTHON := $(VENV)/.installed-dev
STAMP_NODE := node_modules/.installed
LABEXTENSION := jupyter_mlcode/labextension/package.json
STAMP_LAB := $(VENV)/.installed-labextension
SHARED_LAB := $(VENV)/share/jupyter/labextensions/jupyter-mlcode
FRONT_END := $(shell find lab-src -type f -not -path '*/__tests__/*' 2>/dev/null)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

.PHONY: help
help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##### What users run

.PHONY: demo
demo: $(DEMO)/venv/.installed ## Export, run and verify a bundled notebook, in its own environment.
	@sh tools/demo.sh "$(CURDIR)/$(DEMO)/venv/bin" "$(DEMO)"

.PHONY: lab
lab: build ## Open JupyterLab on the bundled example.
	jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) examples/churn/churn.ipynb

# pytest comes last: its closing line is the last thing to see.
.PHONY: test
test: lint test-lab test-ui test-python ## Install what the tests need and run them all.

##### The parts of `make test`

.PHONY: lint
lint: $(STAMP_PYTHON) $(STAMP_NODE) ## Check style, types and the direction of imports.
	ruff check .
	ruff format --check .
	mypy
	lint-imports
	jlpm run lint:check
	jlpm run typecheck

.PHONY: test-lab
test-lab: build ## Test the front end without a browser, and that JupyterLab accepts it.
	jlpm run test
	sh tools/check_lab.sh

.PHONY: test-ui
test-ui: build ## Test the front end in a real JupyterLab.
	sh tools/chromium.sh
	jlpm run test:ui

.PHONY: test-python
test-python: build ## Test the Python package; PYTEST_ARGS narrows it down.
	python -m pytest $(PYTEST_ARGS)

##### Making things

.PHONY: build
build: $(STAMP_LAB) ## Build the front end and show it to the environment's JupyterLab.

.PHONY: wheel
wheel: build ## Build sdist and wheel into dist/.
	python -m build

.PHONY: probes
probes: $(STAMP_PYTHON) ## Judge and observe all probes; `make test` takes every fifth.
	MLCODE_ALL_PROBES=1 python -m pytest -n 2 --dist load tests/probes tests/property/test_oracle.py

# Of these rooms 95 of 100 lines and branches must have been taken; the long random tests do not count.
COVERED := analysis graph artifacts codegen
COUNTED := jupyter_mlcode tests/unit tests/contract tests/probes tests/property/test_found.py \
	tests/property/test_live.py tests/property/test_live_callables.py tests/integration

.PHONY: coverage
coverage: $(STAMP_PYTHON) ## Measure branch coverage of the core; it fails where a room has less than 95 %.
	rm -rf build/coverage
	mkdir -p build/coverage
	MLCODE_ALL_PROBES=1 coverage run -m pytest -p no:cacheprovider --ignore tests/integration/test_wheel.py $(COUNTED)
	coverage combine -q
	@for room in $(COVERED); do \
		echo "== $$room"; \
		coverage report --include "jupyter_mlcode/$$room/*" --fail-under 95 || failed=1; \
	done; test -z "$$failed"

.PHONY: test-wheel
test-wheel: $(STAMP_NODE) ## Install a wheel of the last commit without Node, and use it in a browser.
	sh tools/chromium.sh
	sh tools/check_wheel.sh build/wheel

.PHONY: format
format: $(STAMP_PYTHON) $(STAMP_NODE) ## Repair what tools can repair.
	ruff check --fix .
	ruff format .
	jlpm run lint

.PHONY: clean
clean: ## Remove everything that can be made again.
	rm -rf $(DEMO) $(VENV) node_modules build dist lib tsconfig.tsbuildinfo jupyter_mlcode/labextension
	rm -rf ui-tests/test-results ui-tests/playwright-report .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)

# The front end is built by its own rule below, so that it is built once.
$(STAMP_PYTHON): pyproject.toml | $(BIN)/python
	rm -rf $(SHARED_LAB)
	SKIP_JUPYTER_BUILDER=1 $(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

$(STAMP_NODE): package.json yarn.lock .yarnrc.yml | $(STAMP_PYTHON)
	jlpm install --immutable
	touch $@

$(LABEXTENSION): $(STAMP_NODE) $(FRONT_END) tsconfig.json
	jlpm run build:prod
	touch $@

# An installation copies the front end to where JupyterLab looks. `jlpm watch` puts a link
# there instead, through which pip would overwrite and delete what was built: away with it first.
$(STAMP_LAB): $(LABEXTENSION) $(STAMP_PYTHON)
	rm -rf $(SHARED_LAB)
	SKIP_JUPYTER_BUILDER=1 python -m pip install --quiet --no-deps --editable .
	touch $@

# The demo shows what users get: neither JupyterLab nor Node.
$(DEMO)/venv/.installed: pyproject.toml
	rm -rf $(DEMO)/venv
	$(PYTHON) -m venv $(DEMO)/venv
	SKIP_JUPYTER_BUILDER=1 $(DEMO)/venv/bin/python -m pip install --quiet --editable '.[examples]'
	touch $@
