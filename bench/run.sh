#!/usr/bin/env bash
# Measures the built program beside a bare relay: make bench. README.md says what and how. BENCH_FULL=1 takes longer and holds 10,000 channels.
set -euo pipefail
# shellcheck source=../tools/env.sh
source "$(dirname "$0")/../tools/env.sh"
# shellcheck source=../tools/services.sh
source "$PARLANCE_ROOT/tools/services.sh"
# shellcheck source=support/programs.sh
source "$PARLANCE_ROOT/bench/support/programs.sh"
cd "$PARLANCE_ROOT"

PARLANCE_CHROMIUM="$(find_chromium)" || fail "Chromium was not found" "Run: tools/setup-test.sh"
export PARLANCE_CHROMIUM
build_bench_programs

channels=1000
if [ -n "${BENCH_FULL:-}" ]; then channels=10000; fi
allow_open_files $((channels + 1000))

exec node bench/run.mjs
