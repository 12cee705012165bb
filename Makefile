# Two commands to start with: `make demo` and `make test`.
SHELL := /bin/bash
DATA ?= data
LISTEN ?= 127.0.0.1:8080

.PHONY: demo story build setup test lint bench prove

demo: build ## A running Qiao with a small demo city.
	target/release/qiao demo --data $(DATA) --listen $(LISTEN)

story: build ## Plays the whole loop against the running demo.
	target/release/qiao story --server http://$(LISTEN)

build:
	cargo build --release --locked -p qiao

setup: ## What the tests need from the system: PostgreSQL.
	@if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null; then :; \
	elif command -v apt-get >/dev/null; then \
	  as_root=""; [ "$$(id -u)" = 0 ] || as_root=sudo; \
	  $$as_root apt-get update -q && $$as_root apt-get install -y -q --no-install-recommends postgresql; \
	else echo "Install PostgreSQL 15 or later, then run this again." >&2; exit 1; fi

test: setup ## Everything, on both engines.
	scripts/with-postgres scripts/test

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

bench: build setup ## The table of docs/benchmarks.md.
	QIAO_TEST_POSTGRES_FSYNC=on scripts/with-postgres scripts/bench
