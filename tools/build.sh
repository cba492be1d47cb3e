#!/usr/bin/env bash
# Builds the release program with both apps embedded and leaves it at bin/parlance.
set -euo pipefail
# shellcheck source=tools/env.sh
source "$(dirname "$0")/env.sh"
cd "$PARLANCE_ROOT"

tools/build-apps.sh

take_lock server
step "building the server for release (about 6 min the first time, seconds when little changed)"
gently cargo build --release --locked -p server --bin parlance || {
  fail "the server did not build" "The compiler's words are above." \
    "If Cargo.lock is said to need an update, run: cargo check, and commit Cargo.lock"
}
mkdir -p bin
if ! cmp -s "$CARGO_TARGET_DIR/release/parlance" bin/parlance; then
  # Moved into place, because a program that runs cannot be written to.
  cp "$CARGO_TARGET_DIR/release/parlance" bin/parlance.new
  mv bin/parlance.new bin/parlance
fi
say "   bin/parlance is ready"
