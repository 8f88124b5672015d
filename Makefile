# Two commands are enough to begin: make run, make test.
#
# PORT=7001 make run          another port
# REQUIRE_ALL=1 make test     nothing may be left out (this is what .ci/run does)
# INI=production.ini make migrate

INI ?= development.ini
LOCALE := src/endi_like/locale
BIN := .venv/bin
# Two processes: each begins with one half, so that what a module needs is made once,
# and whoever is done first takes over half of what is left.
SHARED := -n 2 --dist worksteal
# The settings of a developer's shell must not leak into what is tested, nor have
# every process that a test starts compile all modules anew.
export PYTHONNOUSERSITE = 1
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check nightly lint bench bench-scale coverage messages migrate migration demo format lock

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

run:  ## Start the application with demonstration data: nothing else is needed
	@tools/prepare run
	@$(BIN)/endi-like serve $(INI)

test:  ## Run every test, on SQLite and PostgreSQL, with a browser
	@tools/prepare test
	@$(MAKE) --no-print-directory lint
	$(BIN)/pytest $(SHARED)

check:  ## Run the quick tests: style, types, imports, units, on SQLite only
	@tools/prepare test
	@$(MAKE) --no-print-directory lint
	$(BIN)/pytest $(SHARED) --sqlite-only tests/unit tests/architecture

# By night nothing is left out in silence, and what fails in the one half is no reason
# to know nothing of the other.
nightly: export REQUIRE_ALL = 1
nightly:  ## Run the tests that take hours: promises proven many more times
	@tools/prepare nightly
	@status=0; \
	EVERY_CASE=1 $(BIN)/pytest $(SHARED) -m "(nightly or shared_out) and not alone" || status=$$?; \
	$(BIN)/pytest -m "nightly and alone" || status=$$?; \
	exit $$status

lint:  ## Look for what a machine can see without running the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format:  ## Write the code as the style guide wants it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

coverage:  ## Say which lines and branches no test reaches
	@tools/prepare test
	$(BIN)/pytest $(SHARED) --cov --cov-report=term

bench:  ## Measure time and memory, one table per script of benchmarks/
	@tools/prepare test
	@missed=0; for script in pages dashboards memory jobs mail; do \
	    $(BIN)/python benchmarks/$$script.py || missed=1; done; exit $$missed

bench-scale:  ## Measure pages with 1 000 000 invoices beside 10 000: takes minutes
	@tools/prepare test
	@$(BIN)/python benchmarks/scale.py

messages:  ## Collect the texts to translate, compile the translations
	$(BIN)/pybabel --quiet extract --mapping-file $(LOCALE)/babel.cfg --no-wrap \
	    --add-location file --sort-by-file --project endi-like \
	    --input-dirs src/endi_like --output-file $(LOCALE)/endi_like.pot
	$(BIN)/pybabel --quiet update --domain endi_like --no-wrap --no-fuzzy-matching \
	    --ignore-pot-creation-date --ignore-obsolete \
	    --input-file $(LOCALE)/endi_like.pot --output-dir $(LOCALE)
	$(BIN)/pybabel --quiet compile --domain endi_like --directory $(LOCALE)

migrate:  ## Bring the database of INI up to date
	@tools/prepare run
	$(BIN)/endi-like migrate $(INI)

migration:  ## Write a migration for what changed in the models: MESSAGE="what it adds"
	@tools/prepare run
	$(BIN)/endi-like migrate $(INI)
	$(BIN)/alembic -x ini=$(INI) revision --autogenerate -m "$(MESSAGE)"

demo:  ## Load demonstration data into the database of INI
	@tools/prepare run
	$(BIN)/endi-like demo $(INI)

lock:  ## Choose the newest versions that setup.cfg allows, and their hashes
	tools/lock
