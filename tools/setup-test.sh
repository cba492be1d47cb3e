#!/usr/bin/env bash
# Sets up what the tests need beyond the build: a Chromium with its driver, PostgreSQL, Redis, the node packages of e2e/,
# and what the SDKs' tests are made with.
# What is already there is left alone. The servers' packages may start services of their own; the tests do not use those
# (tools/with-services.sh starts its own on free ports).
set -euo pipefail
# shellcheck source=tools/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=tools/services.sh
source "$PARLANCE_ROOT/tools/services.sh"

# One apt-get run for all that is missing: package lists are fetched once.
setup_by_apt() {
  local packages=()
  find_initdb >/dev/null || packages+=(postgresql)
  have redis-server || packages+=(redis-server)
  # Ubuntu's chromium package is only a pointer to a snap, which does not run in containers: see setup_browser.
  if ! { find_chromium && find_chromedriver; } >/dev/null && [ "$(distribution)" = debian ]; then
    packages+=(chromium chromium-driver)
  fi
  # The main journey in other engines, see e2e/support/engines.ts. Ubuntu's firefox package is a pointer to a snap.
  if [ "$(distribution)" = debian ]; then
    have firefox-esr || packages+=(firefox-esr)
  fi
  have WebKitWebDriver || packages+=(webkit2gtk-driver)
  have xvfb-run || packages+=(xvfb xauth)
  # The SDKs' tests: a compiler, the headers of two libraries, and Python's venv.
  have g++ || packages+=(g++)
  have curl || packages+=(curl)
  [ -f /usr/include/nlohmann/json.hpp ] || packages+=(nlohmann-json3-dev)
  find_curl_header || packages+=(libcurl4-openssl-dev)
  python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)
  if [ "${#packages[@]}" -eq 0 ]; then return; fi
  need_root "${packages[@]}"
  step "installing ${packages[*]} (1 to 3 min)"
  apt_update || fail "the package lists could not be fetched" "Check the network and /etc/apt/sources.list, then start again."
  apt_install "${packages[@]}" || fail "could not install: ${packages[*]}" \
    "The log is $PARLANCE_CACHE/apt.log. By hand: apt-get install ${packages[*]}"
}

# Debian keeps it in a folder named for the architecture.
find_curl_header() {
  local header
  for header in /usr/include/curl/curl.h /usr/include/*/curl/curl.h; do
    if [ -f "$header" ]; then return 0; fi
  done
  return 1
}

setup_by_brew() {
  have brew || fail "Homebrew was not found" "Install it from https://brew.sh, or install PostgreSQL and Redis yourself, and start again."
  if ! find_initdb >/dev/null; then
    step "PostgreSQL by Homebrew (1 to 3 min)"
    brew install --quiet postgresql@17 || fail "brew install postgresql@17 failed" "Run it by hand to see why."
  fi
  if ! have redis-server; then
    step "Redis by Homebrew (about 1 min)"
    brew install --quiet redis || fail "brew install redis failed" "Run it by hand to see why."
  fi
  if [ ! -d "$(brew --prefix nlohmann-json)" ]; then
    step "nlohmann-json by Homebrew (a few seconds)"
    brew install --quiet nlohmann-json || fail "brew install nlohmann-json failed" "Run it by hand to see why."
  fi
  if ! have python3; then
    step "Python by Homebrew (about 1 min)"
    brew install --quiet python || fail "brew install python failed" "Run it by hand to see why."
  fi
}

distribution() { (. /etc/os-release 2>/dev/null && echo "${ID:-unknown}") || echo unknown; }

# Where the system packages no Chromium: Google's builds for tests, browser and driver of one version.
setup_browser() {
  if { find_chromium && find_chromedriver; } >/dev/null; then return; fi
  step "Chrome for Testing with its driver (about 1 min)"
  (cd "$PARLANCE_CACHE" && npx --yes @puppeteer/browsers@2 install chrome@stable --path "$TOOLS_DIR/browsers" &&
    npx --yes @puppeteer/browsers@2 install chromedriver@stable --path "$TOOLS_DIR/browsers") >"$PARLANCE_CACHE/browser.log" 2>&1 || {
    tail -n 5 "$PARLANCE_CACHE/browser.log" >&2
    fail "no Chromium could be installed" \
      "Install Chromium and ChromeDriver of one version so that both are on PATH," \
      "or name them: PARLANCE_CHROMIUM=/path/to/chrome PARLANCE_CHROMEDRIVER=/path/to/chromedriver"
  }
  if have apt-get; then
    # The system libraries which that build links to.
    as_root "$(command -v npx)" --yes playwright-core@1 install-deps chromium >>"$PARLANCE_CACHE/browser.log" 2>&1 ||
      say "   the browser's system libraries could not be installed; see $PARLANCE_CACHE/browser.log if it does not start"
  fi
}

setup_node_packages() {
  local lock="$PARLANCE_ROOT/e2e/package-lock.json" modules="$PARLANCE_ROOT/e2e/node_modules"
  [ -f "$lock" ] || fail "e2e/package-lock.json is missing" "Restore it: git checkout e2e/package-lock.json"
  cmp -s "$lock" "$modules/.installed-lock.json" && return
  step "node packages of e2e/ (about 30 s)"
  (cd "$PARLANCE_ROOT/e2e" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error) ||
    fail "npm ci in e2e/ failed" "Check the network, then start again."
  cp "$lock" "$modules/.installed-lock.json"
}

need_node
if have apt-get; then
  setup_by_apt
elif [ "$(uname -s)" = Darwin ]; then
  setup_by_brew
else
  if ! find_initdb >/dev/null || ! have redis-server; then
    fail "PostgreSQL or Redis is missing, and this system has neither apt-get nor Homebrew" \
      "Install PostgreSQL's server (initdb, postgres) and redis-server with your package manager, then start again."
  fi
  if ! have g++ || ! have python3 || ! have curl; then
    fail "g++, Python 3 or curl is missing, and this system has neither apt-get nor Homebrew" \
      "Install them, and the headers of libcurl and nlohmann-json, with your package manager, then start again."
  fi
fi
setup_browser
setup_node_packages
