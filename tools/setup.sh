# shellcheck shell=bash
# Installs what a command needs, once; sourced by build.sh. Nothing here downloads a browser or a ready-made binary:
# Debian's packages, crates built from source, npm packages.

WASM_BINDGEN=0.2.130 # the same as in Cargo.toml: glue and module must match
WASM_PACK=0.15.1
GECKODRIVER=0.37.1
HTTP_ECE=1.2.1
PYWEBPUSH=2.5.0
SCHEMATHESIS_VERSION=4.32.5

# Tools are built once for all clones on this machine.
TOOLS="${XDG_CACHE_HOME:-$HOME/.cache}/softbell"
export PATH="$TOOLS/bin:$PATH"

step() { printf '\n== %s\n' "$*"; }

die() {
  printf 'build.sh: %s\n' "$*" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# need_debian PACKAGE...: installs the Debian packages that are missing, as root or through sudo.
need_debian() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    have sudo || die "these Debian packages are missing: ${missing[*]}. Install them (apt-get install ${missing[*]}) and start again."
    as_root=(sudo)
  fi
  have apt-get || die "these packages are missing, and there is no apt-get to install them with: ${missing[*]}."
  step "install Debian packages: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  # `env`, because sudo passes no variables on.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# need_crate CRATE VERSION PROGRAM: builds a tool from its crate, once.
need_crate() {
  local mark="$TOOLS/.$1-$2"
  [ -e "$mark" ] && have "$3" && return
  step "build $1 $2 (once, a few minutes)"
  # A lock file written for an older toolchain may not resolve; without it cargo finds what fits.
  cargo install --quiet --root "$TOOLS" --force "$1@$2"
  touch "$mark"
}

need_node_modules() {
  [ node_modules/.package-lock.json -nt package-lock.json ] && return
  step "install npm packages"
  # No scripts: some packages would download binaries.
  npm ci --ignore-scripts --no-audit --no-fund --loglevel error
  touch node_modules/.package-lock.json
}

# What the kit and the server are built with.
setup_build() {
  have cargo || die "Rust is missing. Install it with rustup, then start again."
  have node || die "Node.js is missing. Install version 20 or later, then start again."
  [ "$(node -p 'process.versions.node.split(".")[0] >= 20')" = true ] || die "Node.js $(node --version) is too old; version 20 or later is needed."
  have npm || need_debian npm # Debian's own Node.js comes without it
  have cc || need_debian gcc libc6-dev
  if ! rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null | xargs -r test -d; then
    have rustup || die "the Rust target wasm32-unknown-unknown is missing. Install Rust with rustup, which can add it."
    step "add the Rust target wasm32-unknown-unknown"
    rustup target add wasm32-unknown-unknown
  fi
  need_crate wasm-bindgen-cli "$WASM_BINDGEN" wasm-bindgen
  need_node_modules
}

# Real browsers, and what they need to be tried without a screen and without internet.
setup_browsers() {
  # libnotify4: Firefox loads it at run time. xauth-less Xvfb, at-spi2-core and python3-pyatspi: the native prompt of
  # Chromium is pressed through the accessibility bus.
  need_debian chromium chromium-driver firefox-esr libnotify4 dbus dbus-daemon xvfb at-spi2-core \
    python3-pyatspi gir1.2-atspi-2.0 fonts-dejavu-core sqlite3 util-linux
}

# need_component PROGRAM COMPONENT: a part of Rust that rustup's minimal profile leaves out.
need_component() {
  cargo "$1" --version >/dev/null 2>&1 && return
  have rustup || die "cargo $1 is missing. Install Rust with rustup, which can add it."
  step "add the Rust component $2"
  rustup component add "$2"
}

# need_python PACKAGE==VERSION...: a virtual environment with these packages of PyPI, made once; its folder is VENV.
need_python() {
  local name="${*//==/-}"
  VENV="$TOOLS/python-${name// /-}"
  [ -e "$VENV/ready" ] && return
  step "install $* from PyPI"
  /usr/bin/python3 -m venv "$VENV"
  "$VENV/bin/pip" install --quiet "$@"
  touch "$VENV/ready"
}

setup_tests() {
  need_component fmt rustfmt
  need_component clippy clippy
  need_crate wasm-pack "$WASM_PACK" wasm-pack
  need_crate geckodriver "$GECKODRIVER" geckodriver
  # postgresql: tools/postgres.sh starts a server of its own; util-linux has runuser; curl: the README's example.
  need_debian python3-venv postgresql util-linux curl
  need_python "http-ece==$HTTP_ECE" "pywebpush==$PYWEBPUSH"
  export HTTP_ECE_PYTHON="$VENV/bin/python"
  need_python "schemathesis==$SCHEMATHESIS_VERSION"
  export SCHEMATHESIS="$VENV/bin/schemathesis"
}
