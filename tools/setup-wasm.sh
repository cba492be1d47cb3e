#!/usr/bin/env bash
# Sets up what the two browser apps are built with: the wasm32 standard library and its source, wasm-bindgen, Trunk and wasm-opt.
# What is already there is left alone, so that a second run takes a second.
#
#   tools/setup-wasm.sh          everything
#   tools/setup-wasm.sh target   the wasm32 standard library and its source only
set -euo pipefail
# shellcheck source=tools/env.sh
source "$(dirname "$0")/env.sh"

have cargo || fail "cargo was not found" "Install Rust from https://rustup.rs and start again."
need_compiler
need_node

# Whether a toolchain compiles and fat-links a program for wasm32, and has the library's source, which the release
# builds of the apps compile along. Asking the compiler is the only check
# that also notices a library left behind by an older compiler.
compiles_wasm() {
  local folder status=0 sysroot
  sysroot="$(PARLANCE_WASM_TOOLCHAIN="$1" with_wasm_toolchain rustc --print sysroot 2>/dev/null)" || return 1
  [ -f "$sysroot/lib/rustlib/src/rust/library/std/Cargo.toml" ] || return 1
  folder="$(mktemp -d)"
  echo 'fn main() { std::hint::black_box(vec![1u8]); }' >"$folder/probe.rs"
  PARLANCE_WASM_TOOLCHAIN="$1" with_wasm_toolchain rustc --target "$WASM_TARGET" -C lto=fat -C panic=abort \
    -o "$folder/probe.wasm" "$folder/probe.rs" >"$folder/log" 2>&1 || status=1
  rm -rf "$folder"
  return "$status"
}

remember_toolchain() { printf '%s\n' "$1" >"$WASM_TOOLCHAIN_FILE"; }

# The name under which the distribution's own compiler is reached.
distribution_toolchain() { if have rustup; then echo wasm; else echo /usr/bin; fi; }

add_target_by_rustup() {
  have rustup || return 1
  step "wasm32 target and library source through rustup (about 20 s; up to 3 min on a slow line)"
  if { RUSTUP_MAX_RETRIES=1 limited 180 rustup target add "$WASM_TARGET" &&
    RUSTUP_MAX_RETRIES=1 limited 180 rustup component add rust-src; } >"$PARLANCE_CACHE/rustup.log" 2>&1; then
    return 0
  fi
  say "   rustup's server did not deliver it; falling back on the distribution's packages"
  return 1
}

# rust-web-src and rustc-web carry one version of compiler and library source, which is what building the
# standard library needs; they install beside rustup's toolchain.
install_distribution_compiler() {
  need_root rustc-web cargo-web rust-web-src rust-web-clippy lld
  step "the distribution's Rust compiler with its library source (1 to 3 min)"
  apt_update || fail "the package lists could not be fetched" "Check the network and /etc/apt/sources.list, then start again."
  local lld
  lld="$(apt-cache depends rustc-web | sed -n 's/.*: \(lld-[0-9]*\).*/\1/p' | sort -V | tail -n 1)"
  if [ -z "$lld" ]; then
    lld="$(apt-cache --names-only search '^lld-[0-9]+$' | awk '{print $1}' | sort -V | tail -n 1)"
  fi
  apt_install rustc-web cargo-web rust-web-src rust-web-clippy "$lld" ||
    fail "rustc-web, cargo-web, rust-web-src, rust-web-clippy and $lld could not be installed" \
      "Their log is $PARLANCE_CACHE/apt.log." \
      "Any toolchain that compiles for $WASM_TARGET will do: rustup target add $WASM_TARGET && rustup component add rust-src"
  link_linker "${lld#lld-}"
  if have rustup; then rustup toolchain link wasm /usr; fi
}

# rustc looks for `rust-lld` beside its own libraries; the distribution installs it as lld.
link_linker() {
  local host
  host="$(/usr/bin/rustc -vV | sed -n 's/^host: //p')"
  as_root mkdir -p "/usr/lib/rustlib/$host/bin"
  as_root ln -sf "/usr/lib/llvm-$1/bin/lld" "/usr/lib/rustlib/$host/bin/rust-lld"
}

build_standard_library() {
  step "the standard library for $WASM_TARGET (about 1 min)"
  local folder library="/usr/lib/rustlib/$WASM_TARGET/lib"
  folder="$(mktemp -d "$PARLANCE_CACHE/wasm-std.XXXXXX")"
  mkdir -p "$folder/src"
  printf '[package]\nname = "standard_library"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' >"$folder/Cargo.toml"
  printf '#![no_std]\n' >"$folder/src/lib.rs"
  # Without the embedded bitcode a later build with fat LTO fails with "failed to get bitcode".
  if ! (cd "$folder" && WASM_TARGET_DIR="$folder/target" PARLANCE_WASM_TOOLCHAIN="$(distribution_toolchain)" \
    RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes with_wasm_toolchain nice -n 10 cargo build --quiet --release \
    --target "$WASM_TARGET" -Zbuild-std=std,panic_abort,panic_unwind,proc_macro,test); then
    fail "the standard library for $WASM_TARGET did not build" "The folder is kept for a look: $folder"
  fi
  as_root mkdir -p "$library"
  as_root find "$library" -name 'lib*.rlib' -delete
  find "$folder/target/$WASM_TARGET/release/deps" -name 'lib*.rlib' ! -name 'libstandard_library*' \
    -exec cp {} "$folder" \;
  as_root cp "$folder"/lib*.rlib "$library/"
  rm -rf "$folder"
  # cargo does not notice a new standard library: what was built against the old one would fail with E0463.
  rm -rf "$WASM_TARGET_DIR"
}

setup_target() {
  if compiles_wasm default; then
    remember_toolchain default
    return
  fi
  local other
  other="$(distribution_toolchain)"
  if [ -x /usr/bin/rustc ] && compiles_wasm "$other"; then
    remember_toolchain "$other"
    return
  fi
  if add_target_by_rustup && compiles_wasm default; then
    remember_toolchain default
    return
  fi
  have apt-get || fail "the compiler cannot build for $WASM_TARGET" \
    "rustup target add $WASM_TARGET && rustup component add rust-src    (see $PARLANCE_CACHE/rustup.log for what it said)" \
    "On macOS with Homebrew's Rust: brew install rustup && rustup default stable, then start again."
  install_distribution_compiler
  build_standard_library
  compiles_wasm "$other" || fail "the compiler still cannot build for $WASM_TARGET" \
    "Try by hand: rustc +$other --target $WASM_TARGET hello.rs"
  remember_toolchain "$other"
}

installed_version() { "$1" --version 2>/dev/null | awk '{print $2}' || true; }

# cargo install builds in a folder of its own that it removes afterwards: nothing else shares these crates.
cargo_tool() { env -u CARGO_TARGET_DIR -u RUSTFLAGS nice -n 10 cargo install --quiet --root "$TOOLS_DIR" --force "$@"; }

setup_wasm_bindgen() {
  if [ "$(installed_version "$TOOLS_DIR/bin/wasm-bindgen")" = "$WASM_BINDGEN_VERSION" ] &&
    [ -x "$TOOLS_DIR/bin/wasm-bindgen-test-runner" ]; then return; fi
  step "wasm-bindgen $WASM_BINDGEN_VERSION from crates.io (2 to 4 min)"
  cargo_tool wasm-bindgen-cli --version "$WASM_BINDGEN_VERSION" --locked 2>"$PARLANCE_CACHE/wasm-bindgen.log" && return
  # Its lock file can name a crate version that the registry at hand does not serve.
  cargo_tool wasm-bindgen-cli --version "$WASM_BINDGEN_VERSION" ||
    fail "wasm-bindgen-cli $WASM_BINDGEN_VERSION could not be built" \
      "Try by hand: cargo install wasm-bindgen-cli --version $WASM_BINDGEN_VERSION --root $TOOLS_DIR"
}

setup_trunk() {
  [ "$(installed_version "$TOOLS_DIR/bin/trunk")" = "$TRUNK_VERSION" ] && return
  step "Trunk $TRUNK_VERSION from crates.io (3 to 6 min)"
  # It only drives other programs: a light optimisation halves the wait.
  CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    cargo_tool trunk --version "$TRUNK_VERSION" --locked ||
    fail "Trunk $TRUNK_VERSION could not be built" \
      "Try by hand: cargo install trunk --version $TRUNK_VERSION --locked --root $TOOLS_DIR" \
      "A missing C compiler or OpenSSL header is the usual cause (Debian: apt-get install build-essential pkg-config libssl-dev)."
}

setup_node_tools() {
  local stamp="binaryen@$BINARYEN_VERSION esbuild@$ESBUILD_VERSION" folder="$TOOLS_DIR/node"
  if [ "$(cat "$folder/.stamp" 2>/dev/null)" = "$stamp" ] && have wasm-opt && have esbuild; then return; fi
  have npm || fail "npm was not found" "Install Node.js 20 or newer from https://nodejs.org and start again."
  step "wasm-opt and esbuild from npm (about 30 s)"
  mkdir -p "$folder"
  [ -f "$folder/package.json" ] || echo '{"private": true}' >"$folder/package.json"
  # shellcheck disable=SC2086  # two package names
  npm install --prefix "$folder" --no-audit --no-fund --loglevel=error --save-exact $stamp >"$PARLANCE_CACHE/npm.log" 2>&1 || {
    cat "$PARLANCE_CACHE/npm.log" >&2
    fail "binaryen and esbuild could not be installed from npm" "Check the network, then start again."
  }
  echo "$stamp" >"$folder/.stamp"
}

setup_target
if [ "${1:-all}" = target ]; then exit 0; fi
setup_node_tools
setup_wasm_bindgen
setup_trunk
