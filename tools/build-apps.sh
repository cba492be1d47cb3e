#!/usr/bin/env bash
# Builds both browser apps for release and packs them with the files of public/ into dist/, which the server embeds.
# Does nothing when no input has changed since the last time.
set -euo pipefail
# shellcheck source=tools/env.sh
source "$(dirname "$0")/env.sh"
cd "$PARLANCE_ROOT"

current_stamp() {
  node tools/stamp.mjs widget dashboard shared public Cargo.toml Cargo.lock Trunk.toml tools/build-apps.sh tools/pack-assets.mjs -- \
    "$(with_wasm_toolchain rustc --version)" "$WASM_BINDGEN_VERSION" "$TRUNK_VERSION" "$BINARYEN_VERSION" "$ESBUILD_VERSION"
}

# What visitors download decides how the apps are compiled. Measured on the panel (wasm after wasm-opt, brotli):
# 181 KB plainly, 169 KB with erased view types, 96 KB with the standard library built along, for size, and without the
# machinery that words a panic (a panic still ends the app at once, as panic = "abort" does). Building the standard
# library is not stable in cargo, hence RUSTC_BOOTSTRAP; the compiler is the same stable one as everywhere.
export RUSTC_BOOTSTRAP=1
export CARGO_UNSTABLE_BUILD_STD=std,panic_abort
export CARGO_UNSTABLE_BUILD_STD_FEATURES=optimize_for_size
# The path prefix: visitors need not learn where this machine keeps its crates.
export RUSTFLAGS="--cfg=erase_components -Zunstable-options -Cpanic=immediate-abort \
--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src=crates"

build_app() {
  local app="$1"
  step "building the $app for WebAssembly ($2)"
  # Trunk would spend its own time on downloads that the set-up has already made.
  RUST_BACKTRACE=0 CARGO_TERM_QUIET=true with_wasm_toolchain gently trunk --config Trunk.toml --quiet build "$app/index.html" --offline \
    --dist "$output/$app" --public-url "/$app/assets/" ||
    fail "the $app did not build" "The compiler's or Trunk's words are above." \
      "If they speak of a missing tool or target, run: tools/setup-wasm.sh"
}

stamp="$(current_stamp)"
if [ "$(cat dist/.stamp 2>/dev/null)" = "$stamp" ]; then exit 0; fi

take_lock apps
step "fetching crates (a few seconds; up to 2 min the first time)"
wasm_cargo fetch --quiet --target "$WASM_TARGET" || fail "the crates could not be fetched" "Check the network, then start again."
output="$(mktemp -d "$PARLANCE_CACHE/trunk.XXXXXX")"
trap 'rm -rf "$output"' EXIT
mkdir -p "$output/widget" "$output/dashboard"
# Clones share the target folder, and cargo tells by the time of a file whether what lies there was made of it: another clone's is older or newer.
touch shared/src/lib.rs widget/src/lib.rs widget/src/main.rs dashboard/src/main.rs
build_app widget "about 3 min the first time, less than 1 min later"
build_app dashboard "about 1 min"

step "packing and compressing the apps (about 10 s)"
node tools/pack-assets.mjs "$output" dist || fail "the apps could not be packed" "The reason is above."
echo "$stamp" >dist/.stamp
