#!/usr/bin/env bash
# Pushes the image of a release, with the programs of its wheels, and prints its digest.
#
# usage: packaging/image.sh FOLDER_OF_WHEELS NAME VERSION
set -euo pipefail
wheels=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for names in amd64:x86_64 arm64:aarch64; do
    for wheel in "$wheels"/*linux*_"${names#*:}".whl; do
        program=$(packaging/program.sh "$wheel" "$work/${names#*:}")
        install -D "$program" "dist/image/${names%:*}/backtrail"
    done
done
docker buildx create --use >&2
# The workflow attests to the provenance itself.
docker buildx build . --platform linux/amd64,linux/arm64 --build-arg PROGRAM=built --provenance false \
    --label "org.opencontainers.image.source=https://github.com/${GITHUB_REPOSITORY:-}" \
    --label "org.opencontainers.image.version=$3" --label org.opencontainers.image.licenses=Apache-2.0 \
    --tag "$2:$3" --tag "$2:latest" --push --metadata-file "$work/metadata" >&2
python3 -c 'import json, sys; print(json.load(sys.stdin)["containerimage.digest"])' <"$work/metadata"
