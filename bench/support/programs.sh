# Sourced after env.sh: the programs that bench and soak share.

export PARLANCE_BIN="${PARLANCE_BIN:-$PARLANCE_ROOT/bin/parlance}"
export BENCH_PROGRAMS="$PARLANCE_CACHE/target-bench/release"

# A target folder of its own, because its dependencies are locked apart from the product's.
build_bench_programs() {
  [ -x "$PARLANCE_BIN" ] || fail "$PARLANCE_BIN is not there" "Run: make build"
  step "building the load programs (about 2 min the first time)"
  CARGO_TARGET_DIR="$PARLANCE_CACHE/target-bench" gently cargo build --release --locked --quiet \
    --manifest-path "$PARLANCE_ROOT/bench/server/loadgen/Cargo.toml" ||
    fail "the load programs did not build" "The compiler's words are above."
}

# A connection is an open file, here and in the server.
allow_open_files() {
  local limit
  limit="$(ulimit -n)"
  if [ "$limit" = unlimited ] || [ "$limit" -ge "$1" ]; then return 0; fi
  ulimit -n "$1" || fail "$1 open files are needed, and $limit are allowed" "Raise the limit (ulimit -n), or measure without BENCH_FULL"
}
