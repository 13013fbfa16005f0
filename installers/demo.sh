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

# a_browser: is a Chromium here that may start native programs (so not a Snap)?
a_browser() {
  local name path
  for name in chromium chromium-browser google-chrome-stable google-chrome microsoft-edge brave-browser; do
    path=$(command -v "$name" || true)
    if [ -n "$path" ] && [[ $path != /snap/* ]] && [ "$(readlink -f "$path")" != /usr/bin/snap ]; then return 0; fi
  done
  return 1
}

wanted=()
mapfile -t wanted < <(python_packages)
a_browser || wanted+=(chromium)
command -v dbus-daemon >/dev/null || wanted+=(dbus)
command -v gnome-keyring-daemon >/dev/null || wanted+=(gnome-keyring)
ldconfig -p 2>/dev/null | grep -q 'libzbar\.so\.0' || wanted+=(libzbar0)
[ -d /usr/share/fonts/truetype/dejavu ] || [ -n "$(fc-list 2>/dev/null | head -n 1)" ] || wanted+=(fonts-dejavu-core)
[ -e /etc/ssl/certs/ca-certificates.crt ] || [ -d /etc/pki ] || wanted+=(ca-certificates)
[ ${#wanted[@]} -eq 0 ] || need_apt "${wanted[@]}"

make_venv demo
say "everything is installed"
exec "$VENV/bin/auto2fa" demo "$@"
