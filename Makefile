# `make demo` to try it out, `make test` to check it; `make help` lists the rest.
# Needs Python 3.11 or newer with venv. Programs of the virtual environment are run as `python -m`, since the first line of an
# installed script cannot hold a path with a space.

.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

PORT ?= 8000
PYTHON ?= python3
PY := .venv/bin/python
WITH_SERVERS := $(PY) -m config.embedded

export PORT
export PYTHONUNBUFFERED := 1

# What a production installation sets; `check --deploy` must have nothing to say about it. The keys open nothing.
PRODUCTION := DEMO=false DEBUG=false ALLOWED_HOSTS=ideas.example.org SMS_SENDER=communities.sms.show_in_demo \
	SECRET_KEY=only-for-the-deployment-check-0123456789-abcdefghijklmnopqrstuvwxyz \
	PHONE_KEY=b25seS1mb3ItdGhlLWRlcGxveW1lbnQtY2hlY2stMDA=

.PHONY: help setup demo demo-reset test check bench screenshots lock messages clean \
	in-demo in-test in-check in-bench lint format pages types contracts migrations deployment unit

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do printf '%-12s %s\n' "$$name" "$$text"; done

setup: ## make the virtual environment, install the locked packages, write .env
	@$(PY) -c 'import pip' 2>/dev/null || { \
		for python in "$(PYTHON)" python3 python3.14 python3.13 python3.12 python3.11; do \
			"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; python=; \
		done; \
		[ -n "$$python" ] || { echo 'Python 3.11 or newer is needed: install it, or name it as in `PYTHON=/opt/bin/python3 make demo`.' >&2; exit 1; }; \
		"$$python" -m venv --clear .venv || { echo 'No virtual environment can be made: install the venv module of Python (package python3-venv).' >&2; exit 1; }; }
	@$(PY) -I config/install.py
	@$(PY) -m config.dotenv

demo: setup ## run the whole site with demo data on http://127.0.0.1:8000 (PORT=…)
	@$(PY) -m config.procfile check $(PORT)
	@exec $(WITH_SERVERS) $(MAKE) in-demo

demo-reset: setup ## delete the demo's data and start afresh
	@$(WITH_SERVERS) --erase
	@exec $(MAKE) demo

test: setup ## everything: checks, tests with a database, browser journeys
	@$(PY) -m config.browser
	@exec $(WITH_SERVERS) $(MAKE) --keep-going in-check in-test

check: setup ## the fast part: linters, types, contracts, migrations, deployment settings
	@exec $(WITH_SERVERS) $(MAKE) --keep-going in-check

bench: setup ## measure (benchmarks/*.py)
	@$(PY) -m config.browser
	@exec $(WITH_SERVERS) $(MAKE) in-bench

screenshots: setup ## take the pictures of docs/tour.md anew
	@$(PY) -m config.browser
	@exec $(WITH_SERVERS) $(PY) -m config.tour

lock: setup ## write requirements.txt anew from pyproject.toml
	@$(PY) -m pip install --quiet uv
	@UV_CUSTOM_COMPILE_COMMAND='make lock' $(PY) -m uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --extra demo --extra dev pyproject.toml --output-file requirements.txt

messages: setup ## collect translatable strings into locale/ (needs GNU gettext)
	@command -v xgettext >/dev/null || { echo 'GNU gettext is needed: install the package gettext.' >&2; exit 1; }
	@exec $(WITH_SERVERS) $(PY) manage.py makemessages --locale zh_Hans --add-location file --ignore '.venv/*' --ignore 'var/*' --ignore 'tests/*'

clean: ## delete what can be made again; the demo's data stay
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage var/static
	@find . -name __pycache__ -prune -exec rm -rf {} +
	@rm -f locale/*/LC_MESSAGES/*.mo

# Below, both servers run.

in-demo:
	@$(PY) -m config.prepare
	@printf '\nOpen http://127.0.0.1:%s/ (Ctrl-C ends it)\n\n' "$$PORT"
	@PATH="$$PWD/.venv/bin:$$PATH" PYTHONWARNINGS="ignore:You're running the worker with superuser privileges" \
		exec $(PY) -m config.procfile run $(PORT)

in-check: lint format pages types contracts migrations deployment

lint:
	@$(PY) -m ruff check .

format:
	@$(PY) -m ruff format --check .

pages:
	@$(PY) -m djlint --quiet --lint templates

types:
	@$(PY) -m mypy

contracts:
	@$(PY) -c 'import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())'

migrations:
	@$(PY) manage.py makemigrations --check --dry-run

deployment:
	@$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

in-test: unit

unit:
	@$(PY) -m config.translations
	@$(PY) -m pytest --numprocesses logical --maxprocesses 8 --dist worksteal

in-bench:
	@for file in benchmarks/[a-z]*.py; do name="$${file##*/}"; $(PY) -m "benchmarks.$${name%.py}" || exit 1; done
