# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# A supported Python, also where a version manager puts names on PATH that do not run.
PYTHON ?= $(shell for p in python3.13 python3.14 python3.12 python3 \
  $$(ls -d "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.1[2-4]*/bin/python 2>/dev/null | sort -Vr); do \
  "$$p" -c 'import sys, venv, ensurepip; sys.exit(not (3, 12) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1 \
  && { "$$p" -c 'import sys; print(sys.executable)'; break; }; done)
export UV := $(shell command -v uv 2>/dev/null)
RUN := .venv/bin/python -m
STEPS := ruff types ansible-lint docs-lint generated galaxy workflow changelog unit contract datapath docs playbooks core-2.21 forwarder sanity molecule

.DEFAULT_GOAL := help
.PHONY: help setup system demo sandbox test versions lint release clean $(STEPS)

help:  ## Show this list
	@sed -n 's/^\([a-z][a-z -]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name what; do \
	  printf '  make %-14s %s\n' "$$name" "$$what"; done
	@echo '  make STEP           One step of the tests: $(STEPS)'

setup: .venv/.ready  ## Make .venv with everything pinned (the other targets do this by themselves)

system: .venv/.ready  ## Install the Debian packages that some steps need and this machine lacks (as root)
	@$(RUN) tests.tools.system

demo: .venv/.ready  ## Take an example company private, in the sandbox
	@$(RUN) tests.demo

sandbox: .venv/.ready  ## Keep a sandbox running, for playbooks of your own in another terminal
	@exec $(RUN) tests.demo.keep $(SEED)

test: .venv/.ready  ## Run every check and test
	@$(RUN) tests.tools.check test $(ALSO)

versions: .venv/.ready  ## Run playbooks on every ansible-core that is supported
	@$(RUN) tests.tools.check versions

lint: .venv/.ready  ## Run the linters alone
	@$(RUN) tests.tools.check lint

$(STEPS): .venv/.ready
	@$(RUN) tests.tools.check $@

core-%: .venv/.ready  # playbooks on one ansible-core: `make core-2.18`
	@$(RUN) tests.tools.check $@

release: .venv/.ready  ## Move what changed (changelogs/fragments) to CHANGELOG.md
	@cd .cache/tree/ansible_collections/saas/privatelink && \
	PATH="$(CURDIR)/.venv/bin:$$PATH" antsibull-changelog release --update-existing

clean:  ## Remove everything that these targets made
	rm -rf .venv .cache

.venv/.ready: requirements-dev.txt constraints.txt
	@test -n "$(PYTHON)" || { echo 'No Python 3.12, 3.13 or 3.14 with venv found; name one: make setup PYTHON=/path/to/python' >&2; exit 1; }
	@echo "Setting up .venv with $(PYTHON)"
ifdef UV
	@$(UV) venv --quiet --clear --seed --python "$(PYTHON)" .venv
	@$(UV) pip install --quiet --python .venv/bin/python -r requirements-dev.txt -c constraints.txt
else
	@"$(PYTHON)" -m venv --clear .venv
	@.venv/bin/python -m pip install --quiet --no-compile --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
endif
	@$(RUN) tests.tools.link
	@touch $@
