#!/usr/bin/env bash
# Tries the real server against server/openapi.json: whatever comes, it answers what the document says. Called by
# test.sh, which has set up SCHEMATHESIS; SOFTBELL_SERVER names another binary than the debug one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

document=$PWD/server/openapi.json
server=${SOFTBELL_SERVER:-${CARGO_TARGET_DIR:-target}/debug/softbell-server}
folder=$(mktemp -d)
mkfifo "$folder/ready"

stop() {
  kill -KILL "$pid" 2>/dev/null || true # asked politely it waits for open requests
  wait "$pid" 2>/dev/null || true
  rm -rf "$folder"
}

cat >"$folder/softbell.toml" <<TOML
listen = "127.0.0.1:0"
data_dir = "$folder/data"
[lab]
push_url = "http://127.0.0.1:9"
[limits]
devices_per_hour = 0
puts_per_minute = 0
batches_per_minute = 0
exports_per_minute = 0
[sites.shop]
origins = ["http://localhost:9000"]
topics = [{ id = "offers", name = "Offers" }]
TOML

SOFTBELL_LOG=error "$server" serve --settings "$folder/softbell.toml" >"$folder/ready" &
pid=$!
trap stop EXIT
read -rt 60 ready <"$folder/ready"
url=$(sed -E 's/.*"server":"([^"]+)".*/\1/' <<<"$ready")
token=$(sed -nE 's/^admin_secret = "(.*)"$/\1/p' "$folder/data/secrets.toml")

# Random site ids would all end at 404.
cat >"$folder/schemathesis.toml" <<TOML
[parameters]
"path.site" = "shop"
TOML

cd "$folder" # where it leaves its notes
# A live stream has no end; server/tests/it/live.rs tries it. Not every body that fits the schema can be taken: keys,
# tokens and links are checked beyond what a schema can say.
timeout --foreground --kill-after 10 900 "${SCHEMATHESIS:-schemathesis}" --config-file "$folder/schemathesis.toml" run "$document" --url "$url" \
  --header "Authorization: Bearer $token" --header "Origin: http://localhost:9000" \
  --exclude-path "/v1/sites/{site}/live" --exclude-checks positive_data_acceptance,negative_data_rejection \
  --phases examples,coverage,fuzzing --max-examples 40 --seed 20261120 --generation-database none --no-color "$@"
kill -0 "$pid" # it still lives
