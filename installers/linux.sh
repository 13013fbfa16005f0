#!/bin/bash
# Installs Auto 2FA for the current user: its own virtual environment, the native host in every browser found.
set -euo pipefail
VENV=${VENV:-${XDG_DATA_HOME:-$HOME/.local/share}/auto2fa/venv}
LOG=${LOG:-${XDG_STATE_HOME:-$HOME/.local/state}/auto2fa/install.log}
. "$(dirname -- "$(readlink -f -- "$0")")/common.sh"

wanted=()
mapfile -t wanted < <(python_packages)
ldconfig -p 2>/dev/null | grep -q 'libzbar\.so\.0' || wanted+=(libzbar0)
if [ ${#wanted[@]} -gt 0 ]; then need_apt "${wanted[@]}"; fi

COPY_INSTALL=1 make_venv
mkdir -p "$HOME/.local/bin"
ln -sf "$VENV/bin/auto2fa" "$HOME/.local/bin/auto2fa"
"$VENV/bin/auto2fa" install
extension=$(dirname -- "$VENV")/extension
for family in chromium firefox; do
  "$VENV/bin/auto2fa" extension --browser "$family" --out "$extension/$family" >/dev/null
done
cat <<END

The program is installed. Two steps remain, in your browser:
  Chromium, Chrome, Edge, Brave: open chrome://extensions, switch on "Developer mode", choose "Load unpacked",
                                 then the folder $extension/chromium
  Firefox:                       open about:debugging#/runtime/this-firefox, "Load Temporary Add-on",
                                 then $extension/firefox/manifest.json
If something does not work, "auto2fa doctor" says what. (~/.local/bin must be in your PATH.)
END
