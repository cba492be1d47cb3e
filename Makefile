# Parlance's few commands. Each does only what is not done yet; tools/ holds the scripts behind them.
.DEFAULT_GOAL := help
.PHONY: help run test build dev bench soak setup setup-wasm setup-test fmt lint openapi types

help: ## what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 18

run: build ## set up, build and serve on http://127.0.0.1:8080
	@exec bin/parlance serve

test: setup ## set up what tests need and run all of them
	@tools/test.sh

build: setup-wasm ## the release program with both apps, left at bin/parlance
	@tools/build.sh

dev: setup-wasm ## build, serve, and again on every change
	@bash -c 'source tools/env.sh && exec node tools/dev.mjs'

bench: build setup-test ## byte counts, turns per second, memory: what bench/README.md describes
	@bash -c 'source tools/env.sh && exec bench/run.sh'

soak: build ## hours of load with faults
	@bash -c 'source tools/env.sh && exec bench/soak.sh'

setup: setup-wasm setup-test ## everything that building and testing need

setup-wasm:
	@tools/setup-wasm.sh

setup-test:
	@tools/setup-test.sh

fmt: ## format the Rust code
	@cargo fmt --all

openapi: ## write the API's description to server/openapi/ from the code
	@bash -c 'source tools/env.sh && PARLANCE_WRITE_OPENAPI=1 cargo test --quiet --locked -p server --test integration openapi_committed'

types: setup-test ## write the npm package's types from the API's description
	@node tools/make-types.mjs

lint: setup-wasm ## clippy, natively and for WebAssembly
	@tools/lint.sh
