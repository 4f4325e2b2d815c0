#!/bin/sh
# Looks in src for kinds of mistakes that slither knows. Fails where it finds any above informational. Comments that tell
# it to pass over something are not held to what it finds: it follows values in another order in each run, and then does
# not always find all of them.
#
#   ./slither.sh              looks for everything
#   ./slither.sh OPTION...    gives slither further options, such as --json FILE
#
# Needs Python 3.11 or later with venv, and what `npm ci` installs. Slither is installed from PyPI into .venv, again when
# slither-requirements.txt has changed. It judges sources, so they are compiled the quickest way, without the optimizer.
set -eu
cd "$(dirname "$0")"

requirements=slither-requirements.txt
installed=.venv/$requirements
built=cache/slither

fail() {
    echo "slither.sh: $1" >&2
    exit 2
}

[ -d node_modules ] || fail "forge and the compiler are missing; run: npm ci"

if ! cmp -s "$requirements" "$installed"; then
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "expected python3 of version 3.11 or later; install it from https://python.org, or your system's package"
    rm -rf .venv
    python3 -m venv .venv ||
        fail "python3 cannot make a virtual environment; install its venv (on Debian and Ubuntu: python3-venv)"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement "$requirements" ||
        fail "slither could not be installed from PyPI; see above"
    cp "$requirements" "$installed"
fi

# What an earlier run compiled would be read as well.
rm -rf "$built"
FOUNDRY_OPTIMIZER=false ./forge build src --ast --build-info --out "$built" --cache-path "$built/cache" \
    --build-info-path "$built/build-info"

# Slither asks forge where things are: this folder's, which is found first.
PATH="$PWD:$PATH" .venv/bin/python -m slither . --ignore-compile --foundry-out-directory "$built" \
    --exclude-informational --exclude-optimization --fail-pedantic "$@"
