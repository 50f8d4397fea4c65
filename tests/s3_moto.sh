#!/usr/bin/env bash
# The main job against a second implementation of S3: moto, in Python. It needs Python 3 and, where
# moto is not there, a package index to install it from; without either the exit code is 77.
#
# usage: tests/s3_moto.sh PATH_OF_BACKTRAIL
set -euo pipefail
# No file of the user may change what is tried.
export BACKTRAIL_CONFIG=
backtrail=$(realpath "$1")
cd "$(dirname "$0")/.."

work=$(mktemp -d)
server=""
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT

has_moto() { "$1" -c 'import boto3, moto.server' 2>/dev/null; }

python=$(command -v python3) || { echo "skipped: there is no Python"; exit 77; }
if ! has_moto "$python"; then
    { "$python" -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet 'moto[server]>=5,<6'; } >"$work/pip" 2>&1 ||
        { echo "skipped: moto is not there and cannot be installed"; exit 77; }
    python=$work/venv/bin/python
fi

# Nothing of the user's own configuration takes part.
export AWS_ACCESS_KEY_ID=key AWS_SECRET_ACCESS_KEY=secret AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true
unset AWS_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3

port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
endpoint=http://127.0.0.1:$port
"$python" -m moto.server -H 127.0.0.1 -p "$port" >"$work/server" 2>&1 &
server=$!

# Uploads the sample archive, and one object of it a second time, under a name of its own and in an archive class.
"$python" - "$endpoint" <<'PYTHON'
import pathlib, sys, time
import boto3, botocore.exceptions

s3 = boto3.client("s3", endpoint_url=sys.argv[1])
for attempt in range(100):
    try:
        s3.create_bucket(Bucket="trail")
        break
    except botocore.exceptions.EndpointConnectionError:
        time.sleep(0.1)
sample = pathlib.Path("samples/archive")
files = sorted(path for path in sample.rglob("*") if path.is_file())
for path in files:
    s3.put_object(Bucket="trail", Key=path.relative_to(sample).as_posix(), Body=path.read_bytes())
events = next(path for path in files if "_CloudTrail_" in path.name)
key = events.relative_to(sample).as_posix().rsplit("_", 1)[0] + "_archivedarchived.json.gz"
s3.put_object(Bucket="trail", Key=key, Body=events.read_bytes(), StorageClass="GLACIER")
PYTHON

code=0
"$backtrail" audit s3://trail --endpoint-url "$endpoint" --path-style --rule all --format csv --out "$work/remote" --quiet || code=$?
[ "$code" = 3 ] || { echo "exit code $code; an object that cannot be read asks for 3"; exit 1; }
"$backtrail" audit samples/archive --rule all --format csv --out "$work/local" --quiet

for table in attempts metric alarm_history; do
    sed 's,s3://trail,,' "$work/remote/$table.csv" >"$work/remote.csv"
    sed 's,samples/archive,,' "$work/local/$table.csv" >"$work/local.csv"
    cmp "$work/remote.csv" "$work/local.csv"
done
[ "$(wc -l <"$work/remote/attempts.csv")" -gt 40 ]
grep -q archivedarchived "$work/remote/problems.csv" || { cat "$work/remote/problems.csv"; exit 1; }
grep -q InvalidObjectState "$work/remote/problems.csv" || { cat "$work/remote/problems.csv"; exit 1; }
echo "moto: the bucket and the folder come to the same tables, and the archived object is a problem"
