# Sourced by the project's scripts (bash): where built things live, and which Rust toolchain builds for WebAssembly.
#
#   PARLANCE_CACHE     tools and build folders, outside the clone so that several clones share them
#   CARGO_TARGET_DIR   native builds; a value that is already set is kept
#   WASM_TARGET_DIR    WebAssembly builds; a folder of its own, because its compiler may be another version

PARLANCE_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
export PARLANCE_ROOT
export PARLANCE_CACHE="${PARLANCE_CACHE:-${HOME:?HOME is not set; set PARLANCE_CACHE to a folder for tools and builds}/.cache/parlance}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PARLANCE_CACHE/target}"
export WASM_TARGET_DIR="${WASM_TARGET_DIR:-$PARLANCE_CACHE/target-wasm}"
export TOOLS_DIR="$PARLANCE_CACHE/tools"

# Versions in one place. wasm-bindgen must equal the `wasm-bindgen = "=…"` line of Cargo.toml.
export WASM_BINDGEN_VERSION=0.2.130
export TRUNK_VERSION=0.21.14
export BINARYEN_VERSION=132.0.0
export ESBUILD_VERSION=0.28.2

WASM_TARGET=wasm32-unknown-unknown
WASM_TOOLCHAIN_FILE="$PARLANCE_CACHE/wasm-toolchain"

prepend_path() {
  case ":$PATH:" in
    *":$1:"*) ;;
    *) PATH="$1:$PATH" ;;
  esac
}
prepend_path "$TOOLS_DIR/node/node_modules/.bin"
prepend_path "$TOOLS_DIR/bin"
export PATH

# Which toolchain compiles for WebAssembly, as found by tools/setup-wasm.sh:
# "default" (what plain `cargo` runs), "wasm" (a rustup link to the distribution's compiler) or "/usr/bin" (no rustup at all).
wasm_toolchain() {
  if [ -n "${PARLANCE_WASM_TOOLCHAIN:-}" ]; then
    printf '%s\n' "$PARLANCE_WASM_TOOLCHAIN"
  elif [ -f "$WASM_TOOLCHAIN_FILE" ]; then
    cat "$WASM_TOOLCHAIN_FILE"
  else
    echo default
  fi
}

# Runs a command (cargo, rustc, trunk) with that toolchain and the WebAssembly target folder.
with_wasm_toolchain() {
  local toolchain
  toolchain="$(wasm_toolchain)"
  case "$toolchain" in
    default) CARGO_TARGET_DIR="$WASM_TARGET_DIR" "$@" ;;
    /*) CARGO_TARGET_DIR="$WASM_TARGET_DIR" PATH="$toolchain:$PATH" "$@" ;;
    *) CARGO_TARGET_DIR="$WASM_TARGET_DIR" RUSTUP_TOOLCHAIN="$toolchain" "$@" ;;
  esac
}

wasm_cargo() { with_wasm_toolchain cargo "$@"; }

# --- small helpers that every script uses ---

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
fail() {
  printf '\nfailed: %s\n' "$1" >&2
  shift
  for line in "$@"; do printf '  %s\n' "$line" >&2; done
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

need_node() {
  have node && have npm || fail "Node.js was not found" "Install Node.js 20 or newer from https://nodejs.org and start again."
  local major
  major="$(node -p 'process.versions.node.split(".")[0]')"
  [ "$major" -ge 20 ] || fail "Node.js $major is too old" "Install Node.js 20 or newer from https://nodejs.org and start again."
}

# The programs that crates and tools are linked with.
need_compiler() {
  if have cc; then return 0; fi
  if have apt-get; then
    need_root build-essential
    step "installing build-essential (1 to 2 min)"
    apt_update || fail "the package lists could not be fetched" "Check the network and /etc/apt/sources.list, then start again."
    apt_install build-essential || fail "could not install: build-essential" \
      "The log is $PARLANCE_CACHE/apt.log. By hand: apt-get install build-essential"
    return 0
  fi
  fail "no C compiler was found" "On macOS: xcode-select --install" "Then start again."
}

# `timeout` where the system has it (macOS does not).
limited() {
  local seconds="$1"
  shift
  if have timeout; then timeout "$seconds" "$@"; else "$@"; fi
}

# Runs a command as root: directly, or through sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif have sudo; then
    sudo "$@"
  else
    fail "root rights are needed for: $*" "Run this once as root, or install sudo, and start again."
  fi
}

# need_root PACKAGE…: says which packages somebody with root rights must install, when this user cannot.
need_root() {
  if [ "$(id -u)" = 0 ] || have sudo; then return 0; fi
  fail "installing $* needs root rights, and sudo is not there" "As root, run: apt-get install $*" "Then start again."
}

# Package lists age and mirrors answer with errors at times: three tries, then the caller's own message.
apt_update() {
  local try
  for try in 1 2 3; do
    if as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 update; then return 0; fi
    say "   package lists could not be fetched (try $try of 3)"
    sleep $((try * 3))
  done
  return 1
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 \
    install --no-install-recommends "$@" >"$PARLANCE_CACHE/apt.log" 2>&1 && return 0
  tail -n 20 "$PARLANCE_CACHE/apt.log" >&2
  return 1
}

# take_lock NAME: the clones that share a target folder also share the names of what lies in it, so from building a program
# to taking it away there is one of them at a time. Held until this script ends. (macOS has no flock; there it is a no-op.)
take_lock() {
  have flock || return 0
  exec 9>"$PARLANCE_CACHE/$1.lock"
  if ! flock -n 9; then
    say "   waiting for another clone that builds in $PARLANCE_CACHE"
    flock 9
  fi
}

# Keeps the compiler from crowding out whatever else the machine does.
gently() { nice -n 10 "$@"; }

mkdir -p "$PARLANCE_CACHE"
