# The same targets serve people and CI; `make` alone lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
LIGHTSHIP := $(BIN)/lightship
CODE := exporters generator alerts dashboards compose tests

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: up
up: .venv/.ready ## Start the stack, wait until it is healthy, say where to look
	@$(LIGHTSHIP) up

.PHONY: down
down: $(LIGHTSHIP) ## Stop the stack
	@$(LIGHTSHIP) down

.PHONY: status
status: $(LIGHTSHIP) ## Say service by service what works
	@$(LIGHTSHIP) status

# More workers than cores: most of a test's time it waits for servers. A file stays with one
# worker, which shares its servers between the file's tests.
.PHONY: test
test: .venv/.ready ## Run the tests (all but faults and those that need a Docker engine)
	@$(LIGHTSHIP) tools
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder -m "not compose and not faults and not browser" $(ARGS)

.PHONY: faults
faults: .venv/.ready ## Kill and hang what monitors, and print what that costs
	@$(LIGHTSHIP) tools
	$(BIN)/python -m pytest -q -m faults $(ARGS)

.PHONY: test-browser
test-browser: .venv/.ready ## Open every dashboard's preview in headless Chromium (Debian's)
	@$(LIGHTSHIP) tools >/dev/null
	tests/end_to_end/browser $(ARGS)

.PHONY: test-compose
test-compose: .venv/.ready ## Run the compose stack for real (root; brings an engine of its own)
	tests/compose/run

.PHONY: check
check: .venv/.ready ## Lint, types, spelling, definitions, and that what is committed is rendered
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/codespell $(CODE) docs *.md Makefile
	@$(LIGHTSHIP) tools
	$(LIGHTSHIP) check --strict
	$(LIGHTSHIP) render --check

.PHONY: drill
drill: .venv/.ready ## Drill every alert in the demo, and write the table to docs/drills.md
	@$(LIGHTSHIP) up
	@$(LIGHTSHIP) drill all --write docs/drills.md

.PHONY: fuzz
fuzz: .venv/.ready ## Look for inputs that nobody thought of, with every property test
	@$(LIGHTSHIP) tools >/dev/null
	EXAMPLES=new $(BIN)/python -m pytest -n 2 -m hypothesis $(ARGS)

.PHONY: mutate
mutate: .venv/.ready ## Prove that the examples would notice mistakes in our own rules
	@$(LIGHTSHIP) tools
	$(LIGHTSHIP) test --mutate

.PHONY: test-wheel
test-wheel: .venv/.ready ## Start definitions from the wheel alone: check, prove, render, run them
	@$(LIGHTSHIP) tools >/dev/null
	tests/wheel/run
.PHONY: test-versions
test-versions: .venv/.ready ## Test against each version of the servers that some suite of Debian has (SERVERS="redis")
	$(BIN)/python -m tests.exporters.versions $(SERVERS)

.PHONY: bench-exporters
bench-exporters: .venv/.ready ## Measure our exporters beside those of others (fetched from Debian)
	@$(BIN)/python -m tests.benchmarks.exporters $(ARGS)

.PHONY: soak
soak: .venv/.ready ## Scrape 10,000 times, and fail if memory, files or connections grow
	$(BIN)/python -m tests.benchmarks.soak $(SCRAPES)

.PHONY: bench-generator
bench-generator: .venv/.ready ## Measure rendering, checking and testing, beside grafanalib and promtool
	@$(LIGHTSHIP) tools >/dev/null
	@$(BIN)/python -m tests.benchmarks.scale

.PHONY: bench-inbox
bench-inbox: .venv/.ready ## Measure how many notifications a second the inbox stores, and loses
	@$(BIN)/python -m tests.benchmarks.inbox

.PHONY: fmt
fmt: .venv/.ready ## Format the code
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix-only $(CODE)

.PHONY: render
render: .venv/.ready ## Write compose/generated from the definitions
	@$(LIGHTSHIP) render

.PHONY: golden
golden: .venv/.ready ## Rewrite golden files after a change that is meant
	UPDATE_GOLDEN=1 $(BIN)/python -m pytest -q tests/generator tests/definitions tests/exporters tests/docs

.PHONY: pictures
pictures: ## Take the docs' pictures anew (needs a demo that runs, a fault, and Chromium)
	$(LIGHTSHIP) preview write cache --from now-10m --theme light --png --to .lightship/preview
	cp .lightship/preview/cache.png docs/pictures/cache.png
	chromium-headless-shell --no-sandbox --hide-scrollbars --window-size=1000,620 \
	  --virtual-time-budget=4000 --screenshot=docs/pictures/inbox.png http://127.0.0.1:19080/

.PHONY: grafana-schema
grafana-schema: .venv/.ready ## Make the schema of dashboards anew from npm (needs Node)
	$(BIN)/python -m generator.schemas.regenerate

.PHONY: lock
lock: ## Pin every dependency anew, by hash (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
	  --extra local --group dev pyproject.toml --output-file requirements-dev.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
	  --constraints requirements-dev.lock pyproject.toml --output-file requirements.lock
	echo hatchling | uv pip compile --quiet --universal --generate-hashes --no-header \
	  --python-version 3.11 --constraints requirements-dev.lock - --output-file compose/build.lock

.PHONY: clean
clean: ## Remove what the other targets made; a running stack is stopped first
	@if [ -x $(LIGHTSHIP) ]; then $(LIGHTSHIP) down; fi
	rm -rf .venv .lightship

# For what speaks with a running stack: made when it is missing, never anew under the stack.
$(LIGHTSHIP):
	@$(MAKE) --no-print-directory .venv/.ready

# Field 1 of the pid file is the pid of what watches the stack.
.venv/.ready: requirements-dev.lock pyproject.toml
	@if kill -0 $$(cut -d " " -f 1 .lightship/pids/supervisord 2>/dev/null) 2>/dev/null; then \
	  echo "A stack runs from .venv, which has to be made anew; first run: make down" >&2; exit 1; fi
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || \
	  { echo "Python has no venv here; run: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing what requirements-dev.lock pins into .venv"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  --requirement requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
	  --no-build-isolation --editable .
	@touch $@
