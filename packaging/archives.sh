#!/usr/bin/env bash
# Makes what a release hands out from the wheels of all targets: archives with the same programs,
# their checksums, and the formula for Homebrew. The same wheels give the same bytes.
#
# It needs GNU tar, Python, and a wheel among them whose program runs on this machine.
#
# usage: packaging/archives.sh FOLDER_OF_WHEELS FOLDER
set -euo pipefail
wheels=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)
cd "$(dirname "$0")/.."

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
address=$(sed -n 's/^repository = "\(.*\)"/\1/p' Cargo.toml)
seconds=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Prints the target of a wheel, as the Rust compiler calls it.
target() {
    case $1 in
        *linux*_x86_64.whl) echo x86_64-unknown-linux-gnu ;;
        *linux*_aarch64.whl) echo aarch64-unknown-linux-gnu ;;
        *macosx_*_x86_64.whl) echo x86_64-apple-darwin ;;
        *macosx_*_arm64.whl) echo aarch64-apple-darwin ;;
        *-win_amd64.whl) echo x86_64-pc-windows-msvc ;;
        *) echo "no target is known for $1" >&2; return 1 ;;
    esac
}

# Writes what is the same in all archives: completions, manual pages and documents.
common() {
    mkdir -p "$work/common/completions" "$work/common/man"
    "$1" completions bash >"$work/common/completions/backtrail.bash"
    "$1" completions zsh >"$work/common/completions/_backtrail"
    "$1" completions fish >"$work/common/completions/backtrail.fish"
    "$1" completions powershell >"$work/common/completions/_backtrail.ps1"
    "$1" completions elvish >"$work/common/completions/backtrail.elv"
    "$1" man --out "$work/common/man"
    cp README.md CHANGELOG.md LICENSE "$work/common"
}

# Packs a folder, with every file as old as the commit.
# pack FOLDER
pack() {
    find "$work/$1" -exec touch --date "@$seconds" {} +
    case $1 in
        *-windows-*) (cd "$work" && TZ=UTC python3 -m zipfile -c "$out/$1.zip" "$1") ;;
        *) tar --directory "$work" --sort name --format ustar --owner 0 --group 0 --numeric-owner \
            --mode u=rwX,go=rX --create "$1" | gzip --no-name -9 >"$out/$1.tar.gz" ;;
    esac
}

# The completions and pages come from the program that runs here.
for wheel in "$wheels"/*linux*_"$(uname -m)".whl; do
    common "$(packaging/program.sh "$wheel" "$work/here")"
done
for wheel in "$wheels"/*.whl; do
    name=backtrail-$version-$(target "$wheel")
    cp -R "$work/common" "$work/$name"
    cp "$(packaging/program.sh "$wheel" "$work/wheel-$name")" "$work/$name/"
    pack "$name"
done
(cd "$out" && find . -name "backtrail-$version-*" -printf '%f\n' | LC_ALL=C sort | xargs sha256sum) >"$work/SHA256SUMS"
mv "$work/SHA256SUMS" "$out/SHA256SUMS"

# The formula has a checksum for each target. One that this release lacks stays empty, and Homebrew
# refuses it.
formula=$(sed -e "s|@VERSION@|$version|g" -e "s|@ADDRESS@|$address|g" packaging/homebrew.rb)
for target in {x86_64,aarch64}-{apple-darwin,unknown-linux-gnu}; do
    sum=$(sed -n "s/  backtrail-$version-$target.tar.gz\$//p" "$out/SHA256SUMS")
    formula=${formula//@SHA256 $target@/$sum}
done
printf '%s\n' "$formula" >"$out/backtrail.rb"
