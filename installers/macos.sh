#!/bin/bash
# Installs Auto 2FA for the current user on macOS: its own virtual environment, the host in every browser found.
set -euo pipefail
[ "$(uname -s)" = Darwin ] || { echo "This is for macOS; on Linux use installers/linux.sh." >&2; exit 1; }
support="$HOME/Library/Application Support/auto2fa"
VENV=${VENV:-$support/venv}
LOG=${LOG:-$HOME/Library/Logs/auto2fa-install.log}
STARTED=$(date +%s)000000000
# macOS' date knows no nanoseconds
date() { if [ "${1:-}" = +%s%N ]; then command date +%s000000000; else command date "$@"; fi; }
. "$(cd -- "$(dirname -- "$0")" && pwd -P)/common.sh"

if ! ls /opt/homebrew/lib/libzbar* /usr/local/lib/libzbar* >/dev/null 2>&1; then
  say "a second reader for worn QR codes can be added with: brew install zbar"
fi
COPY_INSTALL=1 make_venv
"$VENV/bin/auto2fa" install
for family in chromium firefox; do
  "$VENV/bin/auto2fa" extension --browser "$family" --out "$support/extension/$family" >/dev/null
done
cat <<END

The program is installed. Two steps remain, in your browser:
  Chrome, Edge, Brave, Arc: open chrome://extensions, switch on "Developer mode", choose "Load unpacked",
                            then the folder $support/extension/chromium
  Firefox:                  open about:debugging#/runtime/this-firefox, "Load Temporary Add-on",
                            then $support/extension/firefox/manifest.json
If something does not work: "$VENV/bin/auto2fa" doctor
END
