#!/usr/bin/env bash
# Everything that must hold before a change is done: make test. Set-up comes first; see tools/setup-wasm.sh and tools/setup-test.sh.
# A step that fails does not keep the later ones from running, so that one run shows all that is wrong.
set -euo pipefail
# shellcheck source=tools/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=tools/services.sh
source "$PARLANCE_ROOT/tools/services.sh"
cd "$PARLANCE_ROOT"

if [ -z "${PARLANCE_TEST_POSTGRES_URL:-}" ] || [ -z "${PARLANCE_TEST_REDIS_URL:-}" ]; then
  exec tools/with-services.sh "$0" "$@"
fi

PARLANCE_CHROMIUM="$(find_chromium)" && PARLANCE_CHROMEDRIVER="$(find_chromedriver)" ||
  fail "Chromium or its driver was not found" "Run: tools/setup-test.sh"
export PARLANCE_CHROMIUM PARLANCE_CHROMEDRIVER
export PARLANCE_BIN="$PARLANCE_ROOT/bin/parlance"

logs="$(mktemp -d "${TMPDIR:-/tmp}/parlance-test.XXXXXX")"
trap 'rm -rf "$logs"' EXIT
started=$SECONDS
failed_steps=()

# check NAME DURATION ADVICE COMMAND…: runs one step, keeps its words for the count at the end, remembers a failure.
check() {
  local name="$1" duration="$2" advice="$3" since=$SECONDS
  shift 3
  step "$name ($duration)"
  if "$@" 2>&1 | tee "$logs/${name// /-}.log"; then
    say "   done: $name, $((SECONDS - since)) s"
  else
    failed_steps+=("$name")
    printf '\nfailed: %s, after %s s\n  %s\n' "$name" "$((SECONDS - since))" "$advice" >&2
  fi
}

# Every step's failure is kept by hand: what runs under an "if", as this does, is not ended by "set -e".
native_tests() {
  local status=0
  if cargo nextest --version >/dev/null 2>&1; then
    gently cargo nextest run --workspace --locked --no-fail-fast || status=1
    # Those that name no database, on the other one as well.
    PARLANCE_TEST_DATABASE=postgres gently cargo nextest run -p server --locked --no-fail-fast \
      -E 'binary(integration) & !test(/(sqlite|postgres|postgresql)$/)' || status=1
    gently cargo test --workspace --locked --doc --quiet || status=1
  else
    gently cargo test --workspace --locked --no-fail-fast || status=1
    PARLANCE_TEST_DATABASE=postgres gently cargo test -p server --locked --no-fail-fast --test integration || status=1
  fi
  return "$status"
}

wasm_tests() {
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER="$PARLANCE_ROOT/tools/wasm-test-runner.sh" \
    wasm_cargo test --target "$WASM_TARGET" -p widget -p dashboard --locked --no-fail-fast
}

script_tests() { node --test --test-reporter=tap widget/tests/scripts/*.test.mjs; }

end_to_end_tests() { (cd e2e && npm test --silent); }

dependency_rules() { cargo deny --locked check licenses bans sources; }

# The rest needs the program and the apps' files, which it embeds.
step "build (about 8 min the first time, seconds when nothing changed)"
since=$SECONDS
tools/build.sh
say "   done: build, $((SECONDS - since)) s"

check "formatting" "a few seconds" "Run: make fmt" cargo fmt --all --check
check "lint" "about 4 min the first time" "Clippy's words above name the places. Run: make lint" tools/lint.sh
check "native tests" "about 5 min the first time" \
  "One test alone: tools/with-services.sh cargo nextest run NAME" native_tests
check "browser unit tests" "about 2 min the first time" \
  "If the browser did not start: tools/setup-test.sh, then try $PARLANCE_CHROMIUM --headless --version" wasm_tests
check "script tests" "a few seconds" "One file alone: node --test widget/tests/scripts/line.test.mjs" script_tests
check "end-to-end tests" "a few minutes" \
  "One flow alone: cd e2e && PARLANCE_BIN=$PARLANCE_BIN npx playwright test FILE; traces are in e2e/test-results" end_to_end_tests
check "API descriptions" "about 3 min" "One surface alone: tools/test-api.sh developer" tools/test-api.sh
check "SDKs" "about 1 min" "They alone: sdk/run-tests.sh" sdk/run-tests.sh
if cargo deny --version >/dev/null 2>&1; then
  check "dependency rules" "a few seconds" "deny.toml says what is allowed and why" dependency_rules
else
  say ""
  say "cargo-deny is not installed: its rules are held by the test dependencies.rs alone"
fi

say ""
say "make test took $((SECONDS - started)) s"
node tools/sum-tests.mjs "$logs" "${failed_steps[@]+"${failed_steps[@]}"}"
