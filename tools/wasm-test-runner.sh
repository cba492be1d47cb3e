#!/usr/bin/env bash
# cargo's runner for wasm32 tests: runs one test module in a real, headless Chromium.
#
#   CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=tools/wasm-test-runner.sh cargo test --target wasm32-unknown-unknown
set -euo pipefail
# shellcheck source=tools/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=tools/services.sh
source "$PARLANCE_ROOT/tools/services.sh"

chromium="$(find_chromium)" && driver="$(find_chromedriver)" || fail "Chromium or its driver was not found" "Run: tools/setup-test.sh"
module="$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"
shift

folder="$(mktemp -d "${TMPDIR:-/tmp}/parlance-wasm-test.XXXXXX")"
trap 'rm -rf "$folder"' EXIT

# The sandbox needs a user that is not root; the rest keeps the browser from talking to anybody but the test.
arguments='"--headless=new","--disable-gpu","--disable-quic","--no-first-run","--disable-background-networking","--disable-component-update","--disable-sync","--disable-dev-shm-usage"'
if [ "$(id -u)" = 0 ]; then arguments="$arguments,\"--no-sandbox\""; fi
printf '{"goog:chromeOptions": {"binary": "%s", "args": [%s]}}\n' "$chromium" "$arguments" >"$folder/webdriver.json"

cd "$folder"
export CHROMEDRIVER="$driver" WASM_BINDGEN_USE_BROWSER=1 WASM_BINDGEN_TEST_TIMEOUT="${WASM_BINDGEN_TEST_TIMEOUT:-180}"
wasm-bindgen-test-runner "$module" "$@"
