#!/usr/bin/env bash
# Clippy without warnings, over every target: natively, and both apps for WebAssembly.
set -euo pipefail
# shellcheck source=tools/env.sh
source "$(dirname "$0")/env.sh"
cd "$PARLANCE_ROOT"

step "clippy, native (about 3 min the first time)"
gently cargo clippy --workspace --all-targets --locked -- -D warnings

step "clippy, WebAssembly (about 1 min the first time)"
wasm_cargo clippy --target "$WASM_TARGET" -p widget -p dashboard --all-targets --locked -- -D warnings
