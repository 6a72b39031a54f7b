#!/usr/bin/env bash
# postgres.sh COMMAND...: runs a command beside a PostgreSQL server that is there for it alone, on a socket in a temporary
# folder, and takes everything away afterwards. The command finds its address in SOFTBELL_TEST_DATABASE.
set -euo pipefail

# Debian keeps the programs of each version apart and out of PATH.
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
folder=$(mktemp -d /tmp/softbell-postgres.XXXXXX) # short: a socket's path has at most 107 characters

# The server refuses to run as root.
owner=()
if [ "$(id -u)" = 0 ]; then
  owner=(runuser -u postgres --)
  chown postgres: "$folder"
fi

stop() {
  (cd "$folder" && "${owner[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1) || true
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT TERM

# Nothing here outlives the run, so it need not survive a power cut either.
quick="-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
(
  cd "$folder"
  "${owner[@]}" "$bin/initdb" -D data -U softbell --auth trust --encoding UTF8 --no-sync >initdb.log
  "${owner[@]}" "$bin/pg_ctl" -D data -l server.log -w \
    -o "-k $folder -c listen_addresses= -c max_connections=400 $quick ${POSTGRES_OPTIONS:-}" start >/dev/null
) || { cat "$folder"/*.log >&2; exit 1; }

export SOFTBELL_TEST_DATABASE="postgres://softbell@localhost/postgres?host=$folder"
"$@"
