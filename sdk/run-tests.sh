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

# stamped FILE TEXT: whether the file says that this has been done already.
stamped() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }
sum_of() { find "$@" -type f -exec cksum {} + | sort | cksum; }

# What is made is kept beside the other tools, and made anew when what it is made of has changed.
made="$PARLANCE_CACHE/sdk-tests"
mkdir -p "$made"

python_sum="$(sum_of "$sdk/python") $(python3 --version)"
if ! stamped "$made/python.stamp" "$python_sum"; then
  say "   installing the Python SDK into an environment of its own (about 10 s)"
  rm -rf "$made/python" "$made/venv" "$made/python.stamp"
  # pip leaves its own folders beside what it builds: it gets a copy.
  cp -R "$sdk/python" "$made/python"
  python3 -m venv "$made/venv" || fail "python3 -m venv failed" "Install Python's venv module (Debian: python3-venv)."
  for try in 1 2 3; do
    "$made/venv/bin/pip" install --quiet --disable-pip-version-check "$made/python" && break
    [ "$try" = 3 ] && fail "pip could not install sdk/python" "Its words are above; it fetches httpx and setuptools."
  done
  printf '%s\n' "$python_sum" >"$made/python.stamp"
fi

# Headers and library of Homebrew are not where compilers look.
flags=(-std=c++17 -Wall -Wextra -Werror -O1)
if have brew; then flags+=("-I$(brew --prefix nlohmann-json)/include"); fi
cpp_sum="$(sum_of "$sdk/cpp" "$sdk/tests/cpp") $(g++ --version | head -n 1) ${flags[*]}"
if ! stamped "$made/cpp.stamp" "$cpp_sum"; then
  say "   compiling the C++ SDK's test (about 10 s)"
  g++ "${flags[@]}" -I "$sdk/cpp" "$sdk/tests/cpp/chat247_test.cpp" -o "$made/chat247_test" -lcurl ||
    fail "the C++ test could not be compiled" "It needs libcurl's and nlohmann-json's headers. Run: tools/setup-test.sh"
  printf '%s\n' "$cpp_sum" >"$made/cpp.stamp"
fi

CPP_TEST="$made/chat247_test" gently "$made/venv/bin/python" "$sdk/tests/run.py"
