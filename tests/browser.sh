#!/usr/bin/env bash
# Opens reports in a real browser: charts, search and sort, print, accessibility, hostile strings.
# It needs Chromium and Node.js; what the tests need beside them comes from npm at fixed versions,
# into a folder outside of the checkout. Where one of these is not there, the exit code is 77.
#
# usage: tests/browser.sh PATH_OF_BACKTRAIL [test|time|pictures]
#
#   test      runs the tests
#   time      measures how soon the page of 100,000 attempts is shown
#   pictures  writes the pictures of the page in docs/images
set -euo pipefail
# No file of the user may change what is tried.
export BACKTRAIL_CONFIG=
backtrail=$(realpath "$1")
task=${2:-test}
cd "$(dirname "$0")/.."

skip() { echo "skipped: $1"; exit 77; }

CHROMIUM=$(command -v chromium chromium-browser google-chrome | head -1) ||
    skip "there is no Chromium"
command -v npm >/dev/null || skip "there is no npm"
export CHROMIUM

# The lock file names the content of every package, so the folder is used again as long as it fits.
lock=$(sha256sum tests/browser/package-lock.json | cut -c 1-16)
tools="${CI_TOOLS:-$HOME/.cache/backtrail-tools}/browser-$lock"
if [ ! -e "$tools/complete" ]; then
    mkdir -p "$tools"
    cp tests/browser/package.json tests/browser/package-lock.json "$tools"
    if ! npm ci --prefix "$tools" --ignore-scripts --omit=optional --no-audit --no-fund >"$tools/npm.log" 2>&1; then
        npm ping >/dev/null 2>&1 || skip "the registry of npm is out of reach"
        # The registry answers, so the lock file or a package is wrong.
        cat "$tools/npm.log"
        exit 1
    fi
    touch "$tools/complete"
fi
export BACKTRAIL_NODE_MODULES="$tools/node_modules"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

run_tests() {
    "$backtrail" audit samples/archive --quiet --out "$work/sample"
    "$backtrail" audit samples/archive --rule all --quiet --out "$work/all"
    "$backtrail" backtest samples/archive --threshold 1..20 --period 60,300,900 --quiet --out "$work/backtest"

    # Something cannot be read in the hostile archive, so the exit code is 3.
    node tests/browser/hostile_archive.mjs "$work/bad"
    local code=0
    "$backtrail" audit "$work/bad/archive" --job "$work/bad/filters.json" --job "$work/bad/alarms.json" \
        --rule all --quiet --out "$work/hostile" || code=$?
    [ "$code" = 3 ] || { echo "exit code $code of the hostile archive"; exit 1; }

    node tests/browser/run.mjs "$work"
}

measure() {
    node tests/browser/large_archive.mjs "$work/large"
    "$backtrail" audit "$work/large" --quiet --out "$work/report"
    node tests/browser/time.mjs "$work/report/report.html"
}

take_pictures() {
    "$backtrail" audit samples/archive --quiet --out "$work/en"
    "$backtrail" audit samples/archive --quiet --out "$work/ko" --lang ko
    node tests/browser/pictures.mjs "$work" docs/images
}

case $task in
    test) run_tests ;;
    time) measure ;;
    pictures) take_pictures ;;
    *) echo "unknown: $task"; exit 2 ;;
esac
