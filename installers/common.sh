# Set-up shared by the installers and by tests/run.sh. Source it from bash; it defines functions only, and
#   ROOT   the repository's folder
#   VENV   the virtual environment to use (default: ROOT/.venv)
#   LOG    where the output of package managers goes
# shellcheck shell=bash

ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
VENV=${VENV:-$ROOT/.venv}
LOG=${LOG:-$ROOT/installers/output/setup.log}
STARTED=${STARTED:-$(date +%s%N)}
mkdir -p "$(dirname -- "$LOG")"

# say WORDS...: one line with the seconds since the start
say() {
  local spent=$((($(date +%s%N) - STARTED) / 1000000))
  printf '%4d.%01d s  %s\n' $((spent / 1000)) $((spent % 1000 / 100)) "$*"
}

# fail WORDS...: a sentence on stderr, then exit 1
fail() {
  printf '\n%s\n' "$*" >&2
  exit 1
}

# logged WORDS -- COMMAND...: run quietly; the log's end is shown only when it fails
logged() {
  local what=$1
  shift 2
  printf '\n== %s: %s\n' "$what" "$*" >>"$LOG"
  if ! "$@" >>"$LOG" 2>&1 </dev/null; then
    tail -n 15 "$LOG" >&2
    fail "$what did not work. All of its output is in $LOG."
  fi
}

# as_root COMMAND...: directly as root, else through sudo
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -- "$@"; fi
}

# apt_has PACKAGE: is it installed?
apt_has() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# need_apt PACKAGE...: install those that are missing; the package lists are fetched once, and only if needed
need_apt() {
  local package missing=()
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
    fail "This is not Debian or Ubuntu. Please install what these packages hold, then run this again: $*"
  for package; do apt_has "$package" || missing+=("$package"); done
  [ ${#missing[@]} -eq 0 ] && return 0
  [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null ||
    fail "These packages are missing: ${missing[*]}. Install them as root, then run this again."
  say "installing ${missing[*]}"
  if [ -z "${APT_UPDATED:-}" ]; then
    logged "Fetching the package lists" -- as_root apt-get update -q
    APT_UPDATED=1
  fi
  logged "Installing packages" -- as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
    --no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}"
}

# a_python: print the name of a Python that is new enough, or fail
a_python() {
  local candidate
  for candidate in python3 python3.13 python3.12 python3.11 python3.14; do
    if command -v "$candidate" >/dev/null &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return 0
    fi
  done
  fail "Auto 2FA needs Python 3.11 or newer, and none was found."
}

# make_venv EXTRA [SOURCE]: the virtual environment with Auto 2FA and that extra (demo, tests; empty for none).
# SOURCE is the repository by default and is then installed editable. Done again only when pyproject.toml changed.
make_venv() {
  local extra=${1:-} source=${2:-$ROOT} python want stamp how=-e
  python=$(a_python)
  [ "$source" = "$ROOT" ] && [ -z "${COPY_INSTALL:-}" ] || how=
  stamp=$VENV/.auto2fa-${extra:-plain}
  want=$(cksum <"$ROOT/pyproject.toml")" $source"
  if [ -x "$VENV/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] && [ -n "$how" ] &&
    "$VENV/bin/python" -c 'import auto2fa' 2>/dev/null; then
    return 0
  fi
  if ! [ -x "$VENV/bin/pip" ] || ! "$VENV/bin/python" -c '' 2>/dev/null; then
    say "making a virtual environment in $VENV"
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
      fail "This Python cannot make virtual environments. On Debian and Ubuntu: sudo apt install python3-venv"
    logged "Making the virtual environment" -- "$python" -m venv --clear "$VENV"
  fi
  say "installing the Python packages${extra:+ ($extra)}"
  logged "Installing the Python packages" -- "$VENV/bin/pip" install --disable-pip-version-check \
    --no-input -q $how "$source${extra:+[$extra]}"
  printf '%s\n' "$want" >"$stamp"
}

# python_packages: Debian packages without which no virtual environment can be made, where they are missing
python_packages() {
  command -v python3 >/dev/null || echo python3
  python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
  return 0
}
