#!/usr/bin/env bash
# Takes the program out of a wheel, and prints its path.
#
# usage: packaging/program.sh WHEEL FOLDER
set -euo pipefail
python=$(command -v python3 || command -v python)
"$python" -m zipfile -e "$1" "$2"
for program in "$2"/backtrail-*.data/scripts/backtrail{,.exe}; do
    if [ -f "$program" ]; then
        chmod 755 "$program"
        printf '%s\n' "$program"
        exit
    fi
done
echo "there is no program in $1" >&2
exit 1
