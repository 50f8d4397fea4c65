#!/usr/bin/env bash
# Tries a wheel as a user has it: in a fresh virtual environment, outside of the checkout, without
# an index of packages.
#
# With BACKTRAIL_GLIBC=2.17, the program may need nothing of a later glibc.
#
# usage: packaging/try-wheel.sh WHEEL [PROGRAM WITH WHICH TO COMPARE]
set -euo pipefail
# No file of the user may change what is tried.
export BACKTRAIL_CONFIG=
wheel=$(realpath "$1")
other=${2:+$(realpath "$2")}
cd "$(dirname "$0")/.."
samples=$PWD/samples
python=$(command -v python3 || command -v python)

fail() { echo "$(basename "$wheel"): $1" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m venv "$work/venv"
folder=$work/venv/bin
[ -d "$folder" ] || folder=$work/venv/Scripts
"$folder/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps "$wheel"
program=$folder/backtrail

# The program that is found must be that of the environment.
cp -R "$samples" "$work/samples"
cd "$work"
PATH="$folder:$PATH"
case $(command -v backtrail) in "$folder"/*) ;; *) fail "another program is found first" ;; esac

version=$(backtrail --version | head -n 1 | tr -d '\r')
case "$(basename "$wheel")" in
    "${version/ /-}"-py3-none-*.whl) ;;
    *) fail "it has $version" ;;
esac

backtrail audit samples/archive --json >report.json
grep -q '"attempts": 42' report.json || fail "an audit of the samples has another result"
if [ -n "$other" ]; then
    "$other" audit samples/archive --json | cmp - report.json || fail "the report is another"
fi

share=$work/venv/share
for file in bash-completion/completions/backtrail zsh/site-functions/_backtrail \
    fish/vendor_completions.d/backtrail.fish man/man1/backtrail.1 man/man1/backtrail-audit.1; do
    [ -s "$share/$file" ] || fail "there is no share/$file"
done
# Only the man of man-db has warnings.
if man --version >/dev/null 2>&1; then
    man --warnings -l "$share/man/man1/backtrail-audit.1" 2>warnings >/dev/null
    [ ! -s warnings ] || fail "$(cat warnings)"
fi
bash -n "$share/bash-completion/completions/backtrail"

if [ -n "${BACKTRAIL_GLIBC:-}" ]; then
    needed=$(readelf --dyn-syms --wide "$program" | grep -o 'GLIBC_[0-9.]*' | sort --unique --version-sort | tail -n 1)
    newest=$(printf '%s\n' "$needed" "GLIBC_$BACKTRAIL_GLIBC" | sort --version-sort | tail -n 1)
    [ "$newest" = "GLIBC_$BACKTRAIL_GLIBC" ] || fail "it needs $needed"
    echo "it needs $needed"
fi

"$folder/python" -m pip uninstall --quiet --disable-pip-version-check --yes backtrail
[ ! -e "$program" ] || fail "it cannot be removed"
echo "$(basename "$wheel") works: $version"
