#!/usr/bin/env bash
# The steps of action.yml. Inputs arrive as environment variables and are only ever words of a
# command, never a part of a script.
#
# usage: packaging/action.sh install|audit
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)

fail() { echo "::error::$1"; exit 1; }

# Prints a value of Cargo.toml.
value() { sed -n "s/^$1 = \"\(.*\)\"/\1/p" "$home/Cargo.toml" | head -n 1; }

sum() { if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1; }

# Ends the step unless a value is true or false.
# switch INPUT VALUE
switch() { [ "$2" = true ] || [ "$2" = false ] || fail "the input '$1' is neither true nor false"; }

install() {
    switch verify-provenance "$PROVENANCE"
    local version target name address releases folder
    version=${VERSION:-$(value version)}
    [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.-]*$ ]] || fail "'$version' is not a version"
    case ${RUNNER_OS:-}-${RUNNER_ARCH:-} in
        Linux-X64) target=x86_64-unknown-linux-gnu ;;
        Linux-ARM64) target=aarch64-unknown-linux-gnu ;;
        macOS-X64) target=x86_64-apple-darwin ;;
        macOS-ARM64) target=aarch64-apple-darwin ;;
        *) fail "this action runs on Linux and macOS, on X64 and ARM64" ;;
    esac
    name=backtrail-$version-$target
    address=$(value repository)
    releases=${RELEASES:-$address/releases/download}
    folder=$RUNNER_TEMP/backtrail
    mkdir -p "$folder"
    for file in SHA256SUMS "$name.tar.gz"; do
        curl --fail --silent --show-error --location --retry 5 --output "$folder/$file" "$releases/v$version/$file" ||
            fail "$file of release v$version cannot be downloaded"
    done
    grep --quiet --line-regexp --fixed-strings "$(sum "$folder/$name.tar.gz")  $name.tar.gz" "$folder/SHA256SUMS" ||
        fail "the checksum of $name.tar.gz is not that of the release"
    if [ "$PROVENANCE" = true ]; then
        local repository=${address#https://github.com/}
        gh attestation verify "$folder/$name.tar.gz" --repo "$repository" \
            --signer-workflow "$repository/.github/workflows/release.yml" --source-ref "refs/tags/v$version" ||
            fail "$name.tar.gz was not built by the release workflow of $address"
    fi
    tar -xzf "$folder/$name.tar.gz" -C "$folder"
    echo "$folder/$name" >>"$GITHUB_PATH"
}

# Adds an option for each line that is not empty.
# add OPTION LINES
add() {
    local line
    while IFS= read -r line; do
        [ -z "$line" ] || words+=("$1=$line")
    done <<<"$2"
}

audit() {
    switch fail-on-unread "$FAIL_ON_UNREAD"
    switch summary "$SUMMARY"
    local words=() sources=() line code=0
    add --rule "$RULE"
    add --job "$JOB"
    add --from "$FROM"
    add --to "$TO"
    add --fail-on "$FAIL_ON"
    while IFS= read -r line; do
        [ -z "$line" ] || words+=("$line")
    done <<<"$OPTIONS"
    while IFS= read -r line; do
        [ -z "$line" ] || sources+=("$line")
    done <<<"$SOURCE"
    [ ${#sources[@]} -gt 0 ] || fail "the input 'source' names nothing"
    [ -n "$OUT" ] || fail "the input 'out' names no folder"

    # A file of the checkout must not choose what is audited with the credentials of the job.
    backtrail --no-config audit ${words[@]+"${words[@]}"} "--out=$OUT" --report=html,markdown -- "${sources[@]}" || code=$?
    if [ "$code" = 3 ] && [ "$FAIL_ON_UNREAD" != true ]; then
        echo "::warning::Something could not be read in full. The report lists it."
        code=0
    fi
    { echo "exit-code=$code"; echo "report=$OUT"; } >>"$GITHUB_OUTPUT"
    if [ "$SUMMARY" = true ] && [ -f "$OUT/report.md" ]; then
        # GitHub takes at most 1 MiB.
        if [ "$(wc -c <"$OUT/report.md")" -lt 1000000 ]; then
            cat "$OUT/report.md" >>"$GITHUB_STEP_SUMMARY"
        else
            echo "The report is too long for this page. It is in the artifact." >>"$GITHUB_STEP_SUMMARY"
        fi
    fi
}

case ${1:-} in
    install) install ;;
    audit) audit ;;
    *) fail "usage: packaging/action.sh install|audit" ;;
esac
