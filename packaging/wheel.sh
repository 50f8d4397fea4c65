#!/usr/bin/env bash
# Builds the wheel of this machine: the program, its completions and its manual pages.
#
# The program writes the last two itself. So the wheel is built without them, the program is taken
# out of it, and a second build, for which nothing is compiled, packs all of it.
#
# usage: packaging/wheel.sh FOLDER [OPTION OF MATURIN]...
#
#   packaging/wheel.sh dist --profile dist --zig --compatibility manylinux2014
set -euo pipefail
mkdir -p "$1"
out=$(cd "$1" && pwd)
shift
cd "$(dirname "$0")/.."

# maturin packs the folder of this name, if there is one.
data=backtrail.data
work=$(mktemp -d)
trap 'rm -rf "$work" "$data"' EXIT
rm -rf "$data"

maturin build --locked --out "$work" "$@"
program=$(packaging/program.sh "$work"/*.whl "$work/program")

share=$data/data/share
mkdir -p "$share"/{bash-completion/completions,zsh/site-functions,fish/vendor_completions.d,man/man1}
"$program" completions bash >"$share/bash-completion/completions/backtrail"
"$program" completions zsh >"$share/zsh/site-functions/_backtrail"
"$program" completions fish >"$share/fish/vendor_completions.d/backtrail.fish"
"$program" man --out "$share/man/man1"
maturin build --locked --out "$out" "$@"
