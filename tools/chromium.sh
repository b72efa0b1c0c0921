#!/bin/sh
# Makes sure that there is a Chromium for the browser tests: the system's, or Debian's package.
set -eu

browser=${MLCODE_CHROMIUM:-/usr/bin/chromium}
if [ -x "$browser" ]; then
    exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "The browser tests need Chromium: install it, or set MLCODE_CHROMIUM to its path." >&2
    exit 1
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
