# Two commands to start with: `make demo` and `make test`.
SHELL := /bin/bash
DATA ?= data
LISTEN ?= 127.0.0.1:8080

.PHONY: demo story web build setup test prove lint deny bench

demo: build ## A running Qiao with a small demo city.
	target/release/qiao demo --data $(DATA) --listen $(LISTEN)

story: build ## Plays the whole loop against the running demo.
	target/release/qiao story --server http://$(LISTEN)

# The web apps, which the binary holds. Without Node.js 20 or later it has the API alone.
ifeq ($(shell node -p 'process.versions.node.split(".")[0] >= 20' 2>/dev/null),true)
web: web/node_modules
	npm --prefix web run build
web/node_modules: web/package-lock.json
	npm --prefix web ci --no-audit --no-fund
	touch $@
else
web:
	@echo "Node.js 20 or later is not installed: this Qiao has its API, but no web apps." >&2
endif

build: web
	cargo build --release --locked -p qiao

setup: ## What the tests need from the system: PostgreSQL and Chromium.
	scripts/setup

test: setup web ## Everything, on both engines and in a browser.
	scripts/with-postgres scripts/test

prove: setup ## The long run of what is promised: docs/reliability.md.
	scripts/with-postgres scripts/prove

lint: web
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	for script in $$(git ls-files scripts .ci | xargs grep -l '^#!.*bash'); do bash -n $$script || exit 1; done
	[ ! -d web/node_modules ] || npm --prefix web run check

deny: ## Licences, sources and known advisories of everything that is linked in; needs cargo-deny.
	cargo deny --locked check

bench: build setup ## The table of docs/benchmarks.md.
	QIAO_TEST_POSTGRES_FSYNC=on scripts/with-postgres scripts/bench
