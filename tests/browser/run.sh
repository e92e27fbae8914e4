#!/bin/sh
# The browser tests: install what package-lock.json names where it is not there yet, and run them.
#
#   REPORT     the built report; reports/okamoto2020 if not given
#   CHROMIUM   the browser; /usr/bin/chromium if not given
#   PICTURES   a folder for pictures of every page, on screens and on paper; none are taken if not given
#
# Arguments are files of this folder to run instead of all: ./run.sh links.test.js
set -eu
cd "$(dirname "$0")"

for program in node npm; do
  command -v "$program" >/dev/null \
    || { echo "no $program; install it (Debian and Ubuntu: apt install nodejs npm)" >&2; exit 2; }
done
# The lock's copy is written last, so that an interrupted install is begun again.
cmp -s package-lock.json node_modules/made-from || {
  npm ci --ignore-scripts --loglevel=error
  cp package-lock.json node_modules/made-from
}
# Two browsers at once: more only wait for each other on the machines of a CI.
[ $# -gt 0 ] || set -- *.test.js
exec node --test --test-concurrency=2 --test-reporter=spec "$@"
