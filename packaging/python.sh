#!/usr/bin/env bash
# Installs packages of Python into a folder of their own, and adds their programs to the path of the
# next steps of a workflow. GitHub's machines do not let pip install into the system.
#
# usage: packaging/python.sh PACKAGE==VERSION...
set -euo pipefail
python=$(command -v python3 || command -v python)
folder=$RUNNER_TEMP/python
"$python" -m venv "$folder"
programs=$folder/bin
[ -d "$programs" ] || programs=$folder/Scripts
"$programs/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: "$@"
echo "$programs" >>"$GITHUB_PATH"
