#!/usr/bin/env bash
# Runs a command beside a PostgreSQL and a Redis server of its own, on free ports, in a temporary folder:
#
#   tools/with-services.sh cargo nextest run
#
# It sets PARLANCE_TEST_POSTGRES_URL and PARLANCE_TEST_REDIS_URL. Both servers stop and the folder goes when the command ends,
# fails or is interrupted, and also when this script itself is killed. Durability is off: nothing here outlives the tests.
set -euo pipefail
# shellcheck source=tools/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=tools/services.sh
source "$PARLANCE_ROOT/tools/services.sh"

[ "$#" -gt 0 ] || fail "no command was given" "Usage: tools/with-services.sh COMMAND [ARGUMENT…]"
postgres_programs="$(find_initdb)" || fail "PostgreSQL's server programs were not found" "Run: tools/setup-test.sh"
have redis-server || fail "redis-server was not found" "Run: tools/setup-test.sh"

folder="$(mktemp -d "${TMPDIR:-/tmp}/parlance-services.XXXXXX")"
chmod 755 "$folder"
mkdir "$folder/postgres" "$folder/redis"

free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

# PostgreSQL refuses to run as root; its package makes a user for it.
as_postgres() {
  if [ "$(id -u)" != 0 ]; then
    "$@"
  elif have runuser; then
    runuser -u "$postgres_user" -- "$@"
  else
    su -s /bin/sh "$postgres_user" -c "$(printf '%q ' "$@")"
  fi
}

postgres_user="$(id -un)"
if [ "$(id -u)" = 0 ]; then
  postgres_user=postgres
  id postgres >/dev/null 2>&1 || postgres_user=nobody
  chown "$postgres_user" "$folder/postgres"
fi

start_postgres() {
  local data="$folder/postgres/data" log="$folder/postgres/log"
  (cd "$folder/postgres" &&
    as_postgres "$postgres_programs/initdb" -D "$data" -U parlance -A trust -E UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1) || {
    cat "$folder/initdb.log" >&2
    fail "initdb failed" "Its words are above."
  }
  local try
  for try in 1 2 3; do
    postgres_port="$(free_port)"
    if (cd "$folder/postgres" && as_postgres "$postgres_programs/pg_ctl" -D "$data" -l "$log" -s -w -t 60 \
      -o "-p $postgres_port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 -c fsync=off -c synchronous_commit=off -c full_page_writes=off" \
      start >/dev/null 2>&1); then return; fi
  done
  tail -n 20 "$log" >&2
  fail "PostgreSQL did not start (try $try)" "Its log is above."
}

start_redis() {
  local try attempt
  for try in 1 2 3; do
    redis_port="$(free_port)"
    redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --appendonly no --dir "$folder/redis" >"$folder/redis/log" 2>&1 &
    redis_process=$!
    for attempt in $(seq 100); do
      if redis-cli -p "$redis_port" ping >/dev/null 2>&1; then return; fi
      kill -0 "$redis_process" 2>/dev/null || break
      sleep 0.1
    done
  done
  tail -n 20 "$folder/redis/log" >&2
  fail "Redis did not start (try $try, attempt $attempt)" "Its log is above."
}

stop_services() {
  [ -n "${redis_process:-}" ] && kill "$redis_process" 2>/dev/null
  if [ -f "$folder/postgres/data/postmaster.pid" ]; then
    (cd / && as_postgres "$postgres_programs/pg_ctl" -D "$folder/postgres/data" -s -m immediate -w stop >/dev/null 2>&1)
  fi
  rm -rf "$folder"
}

# Outlives this script if that is killed outright, and then stops the servers in its place.
watch_over() {
  trap '' INT TERM HUP
  while kill -0 $$ 2>/dev/null; do sleep 1; done
  set +e
  [ -f "$folder/command" ] && kill -TERM -- "-$(cat "$folder/command")" 2>/dev/null
  stop_services
}

finish() {
  local status=$?
  set +e
  [ -n "${guard:-}" ] && kill -KILL "$guard" 2>/dev/null
  stop_services
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

start_postgres
start_redis
watch_over >/dev/null 2>&1 &
guard=$!
disown "$guard" "$redis_process"

export PARLANCE_TEST_POSTGRES_URL="postgres://parlance@127.0.0.1:$postgres_port/postgres"
export PARLANCE_TEST_REDIS_URL="redis://127.0.0.1:$redis_port/0"

# A process group of its own, so that an interruption ends everything the command started.
set -m
"$@" </dev/null &
command=$!
set +m
echo "$command" >"$folder/command"
trap 'kill -TERM -- "-$command" 2>/dev/null; exit 130' INT
trap 'kill -TERM -- "-$command" 2>/dev/null; exit 143' TERM HUP
wait "$command"
