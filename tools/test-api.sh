#!/usr/bin/env bash
# Holds a running server against the API's own description with Schemathesis: every operation with good and with broken
# requests, with credentials and without. No reply may be a server error, have an undocumented status, or a body other than
# described. One surface alone: tools/test-api.sh developer
set -euo pipefail
# shellcheck source=tools/env.sh
source "$(dirname "$0")/env.sh"

version=4.32.5
program="${PARLANCE_BIN:-$PARLANCE_ROOT/bin/parlance}"
[ -x "$program" ] || fail "$program is not there" "Run: make build"
have python3 || fail "python3 was not found" "Install Python 3.10 or newer and start again."

venv="$PARLANCE_CACHE/schemathesis-$version"
if [ ! -x "$venv/bin/schemathesis" ]; then
  step "Schemathesis $version (about 1 min)"
  rm -rf "$venv"
  python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version" ||
    fail "Schemathesis could not be installed" "Check the network, then start again."
fi

folder="$(mktemp -d "${TMPDIR:-/tmp}/parlance-api.XXXXXX")"
server=
cleanup() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$folder"
}
trap cleanup EXIT

# Limits are off: they have tests of their own, and here they would only hide what lies behind them.
export PARLANCE_DATA_DIR="$folder/data" PARLANCE_LISTEN=127.0.0.1:0 PARLANCE_SIGNUP=open PARLANCE_RATE_LIMIT_SCALE=0
export PARLANCE_METRICS_LISTEN=off PARLANCE_LOG=warn
"$program" admin create-account --email ada@example.com --password 'correct horse' >/dev/null
"$program" serve >"$folder/out" 2>"$folder/err" &
server=$!

url() { sed -n 's/^listening on //p' "$folder/out"; }
for _ in $(seq 100); do
  [ -n "$(url)" ] && break
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
PARLANCE_API_URL="$(url)"
[ -n "$PARLANCE_API_URL" ] || fail "the server did not start" "$(cat "$folder/err")"
export PARLANCE_API_URL

# post PATH BODY [TOKEN] and get PATH TOKEN give the reply; field NAME reads one field of it.
post() { curl -fsS "$PARLANCE_API_URL$1" -H 'Content-Type: application/json' ${3:+-H "Authorization: Bearer $3"} -d "$2"; }
get() { curl -fsS "$PARLANCE_API_URL$1" -H "Authorization: Bearer $2"; }
field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }

token="$(post /auth/login '{"email":"ada@example.com","password":"correct horse"}' | field access_token)"
bot="$(post /bots '{"name":"Acme"}' "$token" | field public_id)"
export PARLANCE_API_TOKEN="$token" PARLANCE_API_BOT="$bot"
PARLANCE_API_SITE_KEY="$(get "/api/chatbots/bot_${bot#ch_}/api-key" "$token" | field apiKey)"
PARLANCE_API_KEY="$(post /api/keys '{"name":"Test"}' "$token" | field key)"
PARLANCE_API_DEVELOPER_KEY="$(post /api/v1/developers '{"email":"dev@example.com"}' | field developerKey)"
PARLANCE_API_SESSION="$(post /widget/session/init "{\"bot_id\":\"$bot\"}" | field session_id)"
export PARLANCE_API_SITE_KEY PARLANCE_API_KEY PARLANCE_API_DEVELOPER_KEY PARLANCE_API_SESSION

# The tool leaves notes where it runs.
cd "$folder"

# run NAME SECONDS [OPTION…]: one surface, with what the configuration says and the options.
failed=()
run() {
  local surface="$1" seconds="$2" log
  shift 2
  log="$folder/$surface.log"
  curl -fsS "$PARLANCE_API_URL/openapi/$surface.json" -o "$folder/description.json"
  if ! grep -q '"responses"' "$folder/description.json"; then
    say "   $surface: no operations"
    return
  fi
  if "$venv/bin/schemathesis" --config-file "$folder/configuration.toml" run "$PARLANCE_API_URL/openapi/$surface.json" \
    --seed 1 --max-examples 10 --max-time "$seconds" --report-dir "$folder" "$@" >"$log" 2>&1; then
    say "   $surface: $(grep -Eo '[0-9]+ generated.*' "$log" | head -n 1)"
  else
    cat "$log" >&2
    failed+=("$surface")
  fi
}

surfaces=("$@")
[ "${#surfaces[@]}" -gt 0 ] || surfaces=(developer visitor helpdesk chatbots tenant widget)

step "with credentials"
cp "$PARLANCE_ROOT/tools/schemathesis.toml" "$folder/configuration.toml"
for surface in "${surfaces[@]}"; do run "$surface" 20; done

step "without credentials"
sed '/^\[auth.openapi\]/,/^$/d' "$PARLANCE_ROOT/tools/schemathesis.toml" >"$folder/configuration.toml"
for surface in "${surfaces[@]}"; do run "$surface" 6; done

kill -0 "$server" 2>/dev/null || fail "the server did not survive" "$(tail -n 20 "$folder/err")"
if grep -E 'a request failed|panicked' "$folder/err" >"$folder/problems"; then
  fail "the server logged failures" "$(head -n 20 "$folder/problems")"
fi
[ "${#failed[@]}" -eq 0 ] || fail "these surfaces do not keep to their description: ${failed[*]}" "Schemathesis' words are above."
say "every surface keeps to its description"
