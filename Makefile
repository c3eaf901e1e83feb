# The commands of this repository. Everything comes from nothing: Python 3.11 or newer, pip and make are enough.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv/bin
TESTS ?= tests
.DEFAULT_GOAL := help
.PHONY: help demo test check bench torture screens looks assets venv venv-dev stop

help: ## Show these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: assets ## Two living clinics on http://localhost:8000 (PORT, STATE, SMS_URL; FRESH=1 starts over)
	@exec $(VENV)/python -m clinic.demo_runner --with-parent

test: venv-dev assets ## Every test, browser tests included (TESTS=tests/finance for a part)
	@CHROMIUM=$$($(VENV)/python tools/browser.py) && export CHROMIUM && \
	STATE=$${STATE:-$(CURDIR)/.state/test} DEVSERVICES_PROFILE=test exec $(VENV)/python -m pytest -n auto $(TESTS)

check: venv-dev ## Formatting, lint, types, layers, translations, deployment checks, templates
	@$(VENV)/python tools/check.py

bench: venv-dev assets ## Measure, print a table, write bench/results.json
	@exec $(VENV)/python -m bench

torture: venv-dev assets ## Kill the parts under load and count what was lost or doubled
	@exec $(VENV)/python -m bench.torture

screens: venv-dev assets ## Make the pictures of the README anew
	@CHROMIUM=$$($(VENV)/python tools/browser.py) && export CHROMIUM && \
	STATE=$${STATE:-$(CURDIR)/.state/test} DEVSERVICES_PROFILE=test SCREENS=1 exec $(VENV)/python -m pytest tests/browser -k screens

looks: venv-dev assets ## A picture of every page in both languages, widths and colours in .state/looks (ONLY=desk)
	@mkdir -p .state/looks && CHROMIUM=$$($(VENV)/python tools/browser.py) && export CHROMIUM && \
	STATE=$${STATE:-$(CURDIR)/.state/test} DEVSERVICES_PROFILE=test LOOKS=$(CURDIR)/.state/looks exec $(VENV)/python -m pytest \
	-n auto tests/browser/test_pages.py -k "test_page and ($(or $(ONLY),page))"

assets: venv ## Style sheets, scripts, translations, collected static files
	@$(VENV)/python tools/assets.py

venv: ## The virtual environment with the locked dependencies
	@$(PYTHON) tools/venv.py base

venv-dev:
	@$(PYTHON) tools/venv.py dev

stop: ## Stop the private PostgreSQL and Valkey that tests and commands left running
	@[ ! -x $(VENV)/python ] || for state in "$${STATE:-.state}" .state/test; do STATE=$$state $(VENV)/python -m clinic.devservices stop; done
