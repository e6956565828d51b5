# Every command prepares what it needs first (private Odoo 19, Python packages, PostgreSQL) and reuses it afterwards.
PYTHON ?= python3
FC = $(PYTHON) scripts/fc.py

.DEFAULT_GOAL := help
.PHONY: help bootstrap capabilities demo test test-fast fuzz lint bench sim mutants chaos odoo-shell pg-stop clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  variables: ODOO_DIR=/path/of/an/odoo-19  FC_CACHE=/folder  PGHOST= PGUSER= PGPASSWORD=  NO_BROWSER=1"

bootstrap: ## prepare everything and say where it is
	@$(FC) bootstrap

capabilities: ## write docs/capabilities.md from the adapters and their conformance kits
	@$(FC) python scripts/capabilities.py

demo: ## a month of three companies through the front door, what came out beside what must, and the screens; SERVE=0 ends after the table, PORT= chooses the port
	@$(FC) python scripts/demo.py

test: ## all tests: pure, fuzz (20 s), Odoo, bridge, system, simulated worlds, browser
	@$(FC) test

test-fast: ## pure tests without the largest files, and ruff: under a minute
	@$(FC) test ruff pure -m "not large"

fuzz: ## damaged inputs for all parsers and the webhook route: SECONDS=60 SEED=, or REPLAY=file of an earlier fault
	@FUZZ_SECONDS="$(or $(SECONDS),60)" FUZZ_SEED="$(SEED)" FUZZ_REPLAY="$(REPLAY)" $(FC) test fuzz

lint: ## ruff, and pylint with the Odoo checks on the addon
	@$(FC) test lint

bench: ## the benchmarks
	@$(FC) python -m bench

sim: ## play simulated worlds on a real Odoo; SEEDS=how many, SEED=one of them, PROFILE=
	@$(FC) python -m simulator.play.cli

mutants: ## plant bugs, one by one: each must be caught by a simulated world
	@$(FC) python -m simulator.play.mutants $(ONLY)

chaos: ## kill the processes and the database of a real server under load: SECONDS=120 SEED= PROFILE=
	@$(FC) python -m simulator.chaos

odoo-shell: ## Odoo's shell on the database DB=name
	@test -n "$(DB)" || { echo "say which database: make odoo-shell DB=fc_demo"; exit 1; }
	@$(FC) odoo shell -d "$(DB)" --no-http

pg-stop: ## stop the embedded PostgreSQL
	@$(FC) pg-stop

clean: ## stop the embedded PostgreSQL and delete everything prepared, databases included
	@$(FC) clean
