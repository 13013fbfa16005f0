#!/bin/bash
# Every check of Auto 2FA: set-up included, on a fresh Debian machine, as root or with sudo.
#   ./tests/run.sh [PYTEST ARGUMENTS]     e.g. ./tests/run.sh tests/host -k qr
set -euo pipefail
LOG=${LOG:-$(cd -- "$(dirname -- "$0")" && pwd -P)/e2e/output/setup.log}
. "$(dirname -- "$(readlink -f -- "$0")")/../installers/common.sh"
cd "$ROOT"
: >"$LOG"

say "setting up; details go to $LOG"
mapfile -t python < <(python_packages)
# Browsers, a QR engine, a keyring on a bus of its own, a screen with a hand on its mouse, Redis for the relay,
# letters of every language that the pages under test are written in.
need_apt "${python[@]}" ca-certificates chromium firefox-esr libatomic1 libzbar0 dbus gnome-keyring xvfb xdotool \
  redis-server procps fonts-dejavu-core fonts-noto-cjk
make_venv tests
export PATH="$VENV/bin:$PATH"
if ! cmp -s tests/js/package.json tests/js/node_modules/.installed; then
  say "installing the JavaScript checks"
  logged "Installing the JavaScript checks" -- npm --prefix tests/js install --no-package-lock --no-audit --no-fund
  cp tests/js/package.json tests/js/node_modules/.installed
fi

say "ruff"
ruff check .
ruff format --check --quiet .
say "mypy"
mypy
say "tsc and biome"
npm --prefix tests/js run --silent check
say "pytest"
status=0
# Three at once on two cores: most of their time is waiting for pages and for the next time step.
python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --reruns 1 -r R "$@" || status=$?
say "done"
exit "$status"
