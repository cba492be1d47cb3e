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

# Now and then ChromeDriver starts a browser and never says so, and no time-out of the runner's covers that. Where the tests have
# not begun by then, driver and browser are ended and started anew; tests that have begun are never run again.
begin_limit=60
run_tests() { setsid wasm-bindgen-test-runner "$module" "$@" >"$folder/log" 2>&1; }
has_begun() { grep -qE '^(running [0-9]+ test|no tests to run)' "$folder/log"; }
for try in 1 2 3; do
  : >"$folder/log"
  run_tests "$@" &
  runner=$!
  tail -f --pid="$runner" "$folder/log" &
  shown=$!
  for ((second = 0; second < begin_limit; second++)); do
    if has_begun || ! kill -0 "$runner" 2>/dev/null; then break; fi
    sleep 1
  done
  if has_begun || [ "$try" = 3 ] || ! kill -0 "$runner" 2>/dev/null; then
    status=0
    wait "$runner" || status=$?
    wait "$shown" 2>/dev/null || true
    exit "$status"
  fi
  echo "the browser did not begin within $begin_limit s: starting it anew"
  group="$(ps -o pid= --ppid "$runner" | tr -d ' ')"
  kill -- "-$group" 2>/dev/null || true
  wait "$runner" "$shown" 2>/dev/null || true
done
