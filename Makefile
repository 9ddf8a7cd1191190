# Every target is one line: what it does lives in `xtask`. YES=1 answers questions with yes.
.PHONY: help run stop clean test check

help: ## Say what can be done here
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Bring up an engine, build Berth, start it with a demo tenant
	@cargo xtask run

stop: ## Stop Berth; tenants keep running
	@cargo xtask stop

clean: ## Remove everything `make run` made, after asking
	@cargo xtask clean

test: ## Format, lints, checks and all tests
	@cargo xtask test

check: ## Layering, bans, licences, budgets, forbidden text
	@cargo xtask check
