#!/usr/bin/env bash
# Fails unless a tag may become a release, and prints the section of CHANGELOG.md about it.
#
# usage: packaging/check-tag.sh TAG
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)

fail() { echo "$1" >&2; exit 1; }

[ "$1" = "v$version" ] || fail "Cargo.toml has version $version, and the tag is $1"
grep -q --line-regexp "version: $version" CITATION.cff || fail "CITATION.cff has another version than $version"
git merge-base --is-ancestor HEAD origin/main || fail "$1 is not on the branch main"
notes=$(awk -v head="## $version" 'index($0, "## ") == 1 { on = index($0, head) == 1; next } on' CHANGELOG.md)
[ -n "${notes//[[:space:]]/}" ] || fail "CHANGELOG.md has no section '## $version'"
printf '%s\n' "$notes"
