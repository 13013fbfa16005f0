#!/bin/bash
# Shows Auto 2FA at work: installs what is missing, then signs in to a demonstration portal with no typed code.
# On Debian or Ubuntu as root or with sudo it installs its packages itself; elsewhere it says what is missing.
# With a display you watch the browser; without one every step is printed. Pictures: installers/output/.
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "$0")")/common.sh"

: >"$LOG"
say "Auto 2FA demonstration; details go to $LOG"
case "$(uname -s)" in
  Linux) ;;
  *) fail "The demonstration needs Linux (it starts a keyring of its own). Use installers/macos.sh or windows.ps1 to install Auto 2FA itself." ;;
esac

# a_browser: is a Chromium here that may start native programs (so not a Snap)? Google's Chrome is no help: it
# no longer loads an extension named on its command line.
a_browser() {
  local name path
  [ -n "${AUTO2FA_CHROMIUM:-}" ] && return 0
  for name in chromium chromium-browser; do
    path=$(command -v "$name" || true)
    [ -n "$path" ] && [[ $path != /snap/* ]] && ! head -c 4096 "$path" | grep -q '/snap/bin' && return 0
  done
  return 1
}

# Ubuntu's package "chromium" is a Snap; there Playwright's own Chromium is used.
is_ubuntu() { grep -qs '^ID=ubuntu' /etc/os-release; }

wanted=()
mapfile -t wanted < <(python_packages)
a_browser || is_ubuntu || wanted+=(chromium)
command -v dbus-daemon >/dev/null || wanted+=(dbus)
command -v gnome-keyring-daemon >/dev/null || wanted+=(gnome-keyring)
ldconfig -p 2>/dev/null | grep -q 'libzbar\.so\.0' || wanted+=(libzbar0)
# The node program inside Playwright needs it.
ldconfig -p 2>/dev/null | grep -q 'libatomic\.so\.1' || wanted+=(libatomic1)
[ -d /usr/share/fonts/truetype/dejavu ] || [ -n "$(fc-list 2>/dev/null | head -n 1)" ] || wanted+=(fonts-dejavu-core)
[ -e /etc/ssl/certs/ca-certificates.crt ] || [ -d /etc/pki ] || wanted+=(ca-certificates)
[ ${#wanted[@]} -eq 0 ] || need_apt "${wanted[@]}"

make_venv demo
if is_ubuntu && ! a_browser; then
  say "fetching a Chromium that is not a Snap"
  logged "Fetching Chromium" -- "$VENV/bin/playwright" install --with-deps --no-shell chromium
fi
say "everything is installed"
exec "$VENV/bin/auto2fa" demo "$@"
