#!/usr/bin/env bash
# Runs every suite, shows what failed, and ends with one line: N passed, N failed. Called by build.sh, which has set up
# the tools.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

LOGS=build/test
rm -rf "$LOGS"
mkdir -p "$LOGS"
passed=0
failed=0

# count PATTERN FILE: adds up the numbers that the pattern captures.
count() { sed -nE "s/$1/\1/p" "$2" | awk '{ sum += $1 } END { print sum + 0 }'; }

# suite NAME COMMAND...: runs a suite and adds its tests; one that counts none is itself the test.
suite() {
  local name=$1 log="$LOGS/$1.log" began=$SECONDS ended=0 good bad
  shift
  "$@" >"$log" 2>&1 </dev/null || ended=$?
  good=$(( $(count '^test result: .*\. ([0-9]+) passed.*' "$log") + $(count '^# pass ([0-9]+)$' "$log") ))
  bad=$(( $(count '^test result: .* ([0-9]+) failed.*' "$log") + $(count '^# fail ([0-9]+)$' "$log") ))
  [ $((good + bad)) = 0 ] && [ "$ended" = 0 ] && good=1
  # A suite that broke off counts as one failure more than it told of.
  [ "$ended" != 0 ] && [ "$bad" = 0 ] && bad=1
  passed=$((passed + good))
  failed=$((failed + bad))
  printf '%-34s %4d passed %3d failed  %4d s\n' "$name" "$good" "$bad" $((SECONDS - began))
  [ "$bad" = 0 ] || tail -n 150 "$log"
}

host_clippy() { cargo clippy --quiet --workspace --all-targets -- -D warnings; }
wasm_clippy() { cargo clippy --quiet --package softbell --package softbell-widgets --target wasm32-unknown-unknown --all-targets -- -D warnings; }

# The default of 20 s is for a machine that has nothing else to do.
export WASM_BINDGEN_TEST_TIMEOUT=60

# The server inside wasm-bindgen-test-runner (tiny_http 0.12, util/task_pool.rs) counts a thread as waiting until it
# runs, so of two connections at once one may be given to nobody: the browser then waits for a module for ever. Firefox
# is told (webdriver.json) to open fewer connections than the pool has threads; Chromium cannot be told. So a run in
# which no test began is run again; one in which a test began is not.
begun() { awk '/^Running headless tests in/ { begun = 0 } /^running [0-9]+ test/ { begun = 1 } END { exit !begun }'; }
until_begun() {
  local output ended attempt
  for attempt in 1 2 3 4 5; do
    ended=0
    output=$("$@" 2>&1) || ended=$?
    [ "$ended" != 0 ] && ! begun <<<"$output" || break
    echo "no test began in run $attempt"
  done
  printf '%s\n' "$output"
  return "$ended"
}

# GECKODRIVER in the environment makes `wasm-pack test --chrome` run Firefox without a word: one at a time.
wasm_chrome() { until_begun env -u GECKODRIVER wasm-pack test --headless --chrome --chromedriver "$(command -v chromedriver)" --mode no-install "$1" --features panic-hook; }
wasm_firefox() { until_begun wasm-pack test --headless --firefox --geckodriver "$(command -v geckodriver)" --mode no-install "$1" --features panic-hook; }

suite rustfmt cargo fmt --all --check
suite clippy host_clippy
suite clippy-wasm wasm_clippy
suite rust cargo test --quiet --workspace --no-fail-fast
# The server's tests once more, on the other database.
suite rust-postgres tools/postgres.sh cargo test --quiet --package softbell-server --test it --no-fail-fast
# `cargo test` above does not build the program that is tried here.
schemathesis_run() { cargo build --quiet --package softbell-server && tools/schemathesis.sh; }
suite schemathesis schemathesis_run
suite build node tools/build.mjs
suite types-page node_modules/.bin/tsc --project .
suite types-worker node_modules/.bin/tsc --project sw
suite eslint node_modules/.bin/eslint --max-warnings 0 .
suite size node tools/size.mjs
suite node node --test tests/{sw,shell,packaging,crypto}/*.test.mjs
suite wasm-chrome wasm_chrome .
suite wasm-firefox wasm_firefox .
suite wasm-widgets-chrome wasm_chrome widgets
suite wasm-widgets-firefox wasm_firefox widgets
# Browsers share two cores with their servers: one file at a time.
suite e2e node --test --test-concurrency 1 tests/e2e/*.test.mjs

printf '\nlogs: %s\n%d passed, %d failed\n' "$LOGS" "$passed" "$failed"
[ "$failed" = 0 ]
