#!/usr/bin/env bash
# Installs the version of Rust that Cargo.toml names, with rustup.
#
# usage: packaging/rust.sh [COMPONENT]...
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
rustup toolchain install "$version" --profile minimal --no-self-update
rustup default "$version"
[ $# -eq 0 ] || rustup component add "$@"
