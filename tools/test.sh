#!/usr/bin/env bash
# Runs every suite, shows what failed, and ends with one line: N passed, N failed. Called by build.sh, which has set up
# the tools. With --all the worker is tried with a million cases, too.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case "${1:-}" in
  "" | --all) ;;
  *) echo "tools/test.sh: $1 is unknown; only --all is" >&2; exit 2 ;;
esac

LOGS=build/test
rm -rf "$LOGS"
mkdir -p "$LOGS"

# count PATTERN FILE...: adds up the numbers that the pattern captures.
count() {
  local pattern=$1
  shift
  sed -nE "s/$pattern/\1/p" "$@" | awk '{ sum += $1 } END { print sum + 0 }'
}

# What a suite says that belongs into the summary.
NOTED='^ *(# )?(fuzz: .*|.*: slept on .*)$'

# failures LOG: what a suite says of the tests that failed. Of node's: their names, then each with why, and what a file that
# broke off had said before. Of others, the end of the log.
failures() {
  grep -E '^ *not ok ' "$1" || { tail -n 120 "$1"; return; }
  awk '
    /^# Subtest/ { said = ""; next }
    /^# / { said = said $0 "\n" }
    /^ *not ok / { printf "%s", said; shown = 1; said = "" }
    /^ *ok / { said = "" }
    shown { print }
    /^ *\.\.\.$/ { shown = 0 }' "$1" | head -n 200
}

# suite NAME COMMAND...: runs a suite and writes down its tests; one that counts none is itself the test.
suite() {
  local name=$1 log="$LOGS/$1.log" began=$SECONDS ended=0 good bad
  shift
  # What never ends leaves this line behind.
  echo "0 1" >"$LOGS/$name.count"
  "$@" >"$log" 2>&1 </dev/null || ended=$?
  good=$(( $(count '^test result: .*\. ([0-9]+) passed.*' "$log") + $(count '^# pass ([0-9]+)$' "$log") ))
  bad=$(( $(count '^test result: .* ([0-9]+) failed.*' "$log") + $(count '^# fail ([0-9]+)$' "$log") + $(count '^# cancelled ([0-9]+)$' "$log") ))
  [ $((good + bad)) = 0 ] && [ "$ended" = 0 ] && good=1
  # A suite that broke off counts as one failure more than it told of.
  [ "$ended" != 0 ] && [ "$bad" = 0 ] && bad=1
  echo "$good $bad" >"$LOGS/$name.count"
  # In one piece, because two suites may end at once.
  printf '%s\n' "$(
    printf '%-34s %4d passed %3d failed  %4d s\n' "$name" "$good" "$bad" $((SECONDS - began))
    sed -nE "s/$NOTED/    \2/p" "$log"
    [ "$bad" = 0 ] || failures "$log"
  )"
}

# A file that hangs fails after this long, ms; none takes a fifth of it. What it waits for stands in stuck.log
# (tests/e2e/lib/test.mjs). Not with --test-force-exit: Node 20 then loses results.
node_test() { node --test --test-timeout 1200000 "$@"; }

# The lints come with the compiler: clippy-driver compiles as rustc does, and what it tells is an error. Clippy by itself
# would go through all dependencies once more. These two variables are what `cargo clippy` sets.
linted() { env RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-Dwarnings__CLIPPY_HACKERY__ "$@"; }

# The default of 20 s is for a machine that has nothing else to do.
export WASM_BINDGEN_TEST_TIMEOUT=60

# GECKODRIVER in the environment makes `wasm-pack test --chrome` run Firefox without a word: one at a time.
wasm_chrome() { linted env -u GECKODRIVER node tools/wasm_chrome.mjs wasm-pack test --headless --chrome --chromedriver "$(command -v chromedriver)" --mode no-install "$1" --features panic-hook; }
wasm_firefox() { linted env WASM_BINDGEN_TEST_WEBDRIVER_JSON="$PWD/webdriver.json" wasm-pack test --headless --firefox --geckodriver "$(command -v geckodriver)" --mode no-install "$1" --features panic-hook; }

# Programs and tests at once, and always for the whole workspace: for one package alone, or without the tests, cargo would
# choose other features of what they share (tokio's `test-util`), and build all that once more.
compile() { linted cargo build --quiet --workspace --all-targets; }

# The program of the server's tests, as `cargo test` runs it: "--test it" would choose other features, see above.
on_postgres() {
  local program
  program=$(linted cargo test --quiet --workspace --no-run --message-format json | node -e '
    const units = require("node:fs").readFileSync(0, "utf8").split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
    console.log(units.find(({ executable, target }) => executable && target.name === "it").executable);') || return
  tools/postgres.sh env -C server "$program" --quiet
}

node_suites() { node_test tests/{sw,shell,packaging,crypto}/*.test.mjs; }

# Two processes, one for each core: what we wrote, and what is delivered, whose names are mangled. A failure names its seed.
million() {
  local seed=$((RANDOM * 32768 + RANDOM)) other ended=0
  FUZZ_CASES=500000 FUZZ_SEED=$seed node tests/sw/fuzz.mjs source &
  other=$!
  FUZZ_CASES=500000 FUZZ_SEED=$((seed + 1)) node tests/sw/fuzz.mjs built || ended=$?
  wait "$other" || ended=$?
  return "$ended"
}

# kill_tree SIGNAL PID: a process and all below it, which may be groups of their own; the lowest first.
kill_tree() {
  local child
  for child in $(pgrep -P "$2"); do kill_tree "$1" "$child"; done
  kill "-$1" "$2" 2>/dev/null
}

# CI ends what takes 90 minutes, without a word about what hung. So after 50 whatever runs is broken off, and told as failed.
guard() {
  local never suite child broken=" " self=$BASHPID
  exec {never}<> <(:) # `read` from a pipe that nobody writes into sleeps without a process of its own
  read -rt "${SUITES_MAY_TAKE:-3000}" -u "$never"
  ps --forest -o pid,etimes,args --sid "$(ps -o sid= -p $$ | tr -d ' ')"
  while [ "$(ps -o ppid= -p "$self" | tr -d ' ')" = $$ ]; do
    for suite in $(pgrep -P $$ | grep -vx "$self"); do
      # Suites in the background: what they run, so that they still say how it ended.
      [ "$(ps -o args= -p "$suite")" != "$(ps -o args= -p $$)" ] || suite=$(pgrep -P "$suite")
      for child in $suite; do
        case $broken in *" $child "*) kill_tree KILL "$child" ;; *) kill_tree TERM "$child" ;; esac
        broken+="$child "
      done
    done
    read -rt 10 -u "$never"
  done
}
guard >"$LOGS/guard" 2>&1 </dev/null &
guard=$!

# Suites in the background are a process group of their own, which ends with this script: bash would have them go on after
# Ctrl+C. Where the group itself broke off, suites are missing from the sum.
light=
trap 'kill "$guard" 2>/dev/null; [ -z "$light" ] || kill -- "-$light" 2>/dev/null' EXIT
trap 'exit 130' INT TERM
join() { wait "$light" || echo "0 1" >"$LOGS/background.count"; light=; }

# What needs no Rust program: beside the compiler, which leaves a core now and then.
set -m
{
  suite build node tools/build.mjs
  suite types-page node_modules/.bin/tsc --project .
  suite types-worker node_modules/.bin/tsc --project sw
  suite eslint node_modules/.bin/eslint --max-warnings 0 .
  suite size node tools/size.mjs
} &
light=$!
set +m
suite rustfmt cargo fmt --all --check
suite compile compile
join

# What needs kit and server, but no desktop; beside what is Rust.
set -m
suite node node_suites &
light=$!
set +m
suite schemathesis tools/schemathesis.sh
suite rust linted cargo test --quiet --workspace --no-fail-fast
# The server's tests once more, on the other database.
suite rust-postgres on_postgres
suite wasm-chrome wasm_chrome .
suite wasm-firefox wasm_firefox .
suite wasm-widgets-chrome wasm_chrome widgets
suite wasm-widgets-firefox wasm_firefox widgets
join

# Each file has ports, folders, a screen and a desktop of its own, and waits more than it works: two at once.
suite e2e node_test --test-concurrency 2 tests/e2e/*.test.mjs
[ "${1:-}" != --all ] || suite fuzz-million million

passed=$(cut -d " " -f 1 "$LOGS"/*.count | awk '{ sum += $1 } END { print sum + 0 }')
failed=$(cut -d " " -f 2 "$LOGS"/*.count | awk '{ sum += $1 } END { print sum + 0 }')
cat "$LOGS/guard" "$LOGS/stuck.log" 2>/dev/null
printf '\nlogs: %s\nfuzzed: %d cases\ntook: %d min %d s\n%d passed, %d failed\n' "$LOGS" \
  "$(count '^#? ?fuzz: ([0-9]+) cases.*' "$LOGS"/*.log)" $((SECONDS / 60)) $((SECONDS % 60)) "$passed" "$failed"
[ "$failed" = 0 ]
