#!/usr/bin/env bash
# The one door of this repository. Each command installs what it needs and prints its steps.
#
#   ./build.sh demo                        the shop and the server, for your own browser
#   ./build.sh demo --lab [firefox]        the same in a local Chromium (or Firefox) wired to the lab: push without internet
#   ./build.sh build                       the kit: pkg/dist/softbell/
#   ./build.sh test [--all]                everything that must hold; ends with "N passed, N failed"; --all: a million cases for the worker
#   ./build.sh size                        what the kit weighs, against its bars
#   ./build.sh bench [PART...]             how fast kit and server are: worker, browser, encrypt, sends, ingest, memory (all without)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source tools/setup.sh

build_kit() {
  step "build the kit"
  node tools/build.mjs
}

demo() {
  setup_build
  build_kit
  step "build the server"
  cargo build --quiet --package softbell-server
  if [ "${1:-}" = --lab ]; then
    setup_browsers
    step "build the lab"
    cargo build --quiet --package softbell-lab
    exec node tools/demo_lab.mjs "${2:-chromium}"
  fi
  step "open the address of the shop in your browser; the console is at the server's address, /console/, and its token is admin_secret in build/demo-data/secrets.toml; Ctrl+C ends"
  exec "${CARGO_TARGET_DIR:-target}/debug/softbell-server" demo --data build/demo-data
}

bench() {
  setup_build
  setup_browsers
  build_kit
  step "build the lab, the server, and the programs to measure against"
  export BENCH_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}"
  cargo build --quiet --package softbell-lab
  cargo build --quiet --release --package softbell-server
  cargo build --quiet --release --manifest-path tools/bench/programs/Cargo.toml --target-dir "$BENCH_TARGET_DIR"
  step "measure; some minutes, best on an idle machine"
  exec node tools/bench.mjs "$@"
}

case "${1:-}" in
  demo) shift; demo "$@" ;;
  build) setup_build; build_kit ;;
  size) setup_build; build_kit; node tools/size.mjs ;;
  bench) shift; bench "$@" ;;
  test) setup_build; setup_browsers; setup_tests; exec tools/test.sh "${@:2}" ;;
  *) sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2 ;;
esac
