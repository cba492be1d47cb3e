#!/usr/bin/env bash
# Runs the documents' own calls, in all three languages, against a running server: sdk/run-tests.sh
# It needs the program (PARLANCE_BIN, or bin/parlance) and what tools/setup-test.sh sets up.
set -euo pipefail
# shellcheck source=../tools/env.sh
source "$(dirname "$0")/../tools/env.sh"
sdk="$PARLANCE_ROOT/sdk"
export PARLANCE_BIN="${PARLANCE_BIN:-$PARLANCE_ROOT/bin/parlance}"
[ -x "$PARLANCE_BIN" ] || fail "$PARLANCE_BIN was not found" "Build it: make build"
have python3 && have g++ || fail "Python 3 or g++ was not found" "Run: tools/setup-test.sh"

built="$(mktemp -d "${TMPDIR:-/tmp}/parlance-sdk.XXXXXX")"
trap 'rm -rf "$built"' EXIT

# pip leaves its own folders beside what it builds: it gets a copy.
cp -R "$sdk/python" "$built/python"
python3 -m venv "$built/venv" || fail "python3 -m venv failed" "Install Python's venv module (Debian: python3-venv)."
for try in 1 2 3; do
  "$built/venv/bin/pip" install --quiet --disable-pip-version-check "$built/python" && break
  [ "$try" = 3 ] && fail "pip could not install sdk/python" "Its words are above; it fetches httpx and setuptools."
done

# Headers and library of Homebrew are not where compilers look.
flags=(-std=c++17 -Wall -Wextra -Werror -O1)
if have brew; then flags+=("-I$(brew --prefix nlohmann-json)/include"); fi
g++ "${flags[@]}" -I "$sdk/cpp" "$sdk/tests/cpp/chat247_test.cpp" -o "$built/chat247_test" -lcurl ||
  fail "the C++ test could not be compiled" "It needs libcurl's and nlohmann-json's headers. Run: tools/setup-test.sh"

CPP_TEST="$built/chat247_test" gently "$built/venv/bin/python" "$sdk/tests/run.py"
