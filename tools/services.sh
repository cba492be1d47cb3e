# Sourced after env.sh: finds the servers and the browser that the tests use.

# The folder of PostgreSQL's server programs; they are on PATH on few systems.
find_initdb() {
  local candidate
  for candidate in "$(command -v initdb || true)" \
    $(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V -r) \
    $(ls -d /opt/homebrew/opt/postgresql*/bin/initdb /usr/local/opt/postgresql*/bin/initdb 2>/dev/null | sort -V -r) \
    $(ls -d /usr/pgsql-*/bin/initdb 2>/dev/null | sort -V -r); do
    if [ -n "$candidate" ] && [ -x "$candidate" ]; then
      dirname "$candidate"
      return 0
    fi
  done
  return 1
}

first_executable() {
  local candidate
  for candidate in "$@"; do
    if [ -n "$candidate" ] && [ -x "$candidate" ] && [ ! -d "$candidate" ]; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  return 1
}

# Browser and driver must be of one version, so a pair that was installed together comes first.
find_chromium() {
  first_executable "${PARLANCE_CHROMIUM:-}" \
    "$TOOLS_DIR"/browsers/chrome/*/chrome-linux64/chrome \
    "$TOOLS_DIR"/browsers/chrome/*/chrome-mac-*/"Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing" \
    "$(command -v chromium || true)" "$(command -v google-chrome-stable || true)" "$(command -v google-chrome || true)"
}

find_chromedriver() {
  first_executable "${PARLANCE_CHROMEDRIVER:-}" "$TOOLS_DIR"/browsers/chromedriver/*/chromedriver-*/chromedriver \
    "$(command -v chromedriver || true)"
}
