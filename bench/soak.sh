#!/usr/bin/env bash
# Kills the server again and again under load and looks for what was lost: make soak, or bench/soak.sh ROUNDS.
#
#   SOAK_DATABASE_URL   an empty PostgreSQL database to use instead of SQLite
#   SOAK_CLIENTS        visitors who write at the same time (16)
#   SOAK_SEED           the random numbers of an earlier run, as it printed them
set -euo pipefail
# shellcheck source=../tools/env.sh
source "$(dirname "$0")/../tools/env.sh"
# shellcheck source=support/programs.sh
source "$PARLANCE_ROOT/bench/support/programs.sh"
cd "$PARLANCE_ROOT"

build_bench_programs
exec node bench/soak.mjs "${1:-100}"
