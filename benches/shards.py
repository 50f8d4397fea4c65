#!/usr/bin/env python3
"""Measures the plan, the scan and the merge of many objects in time and memory.

    benches/shards.py target/release/backtrail FOLDER [--objects 10000000] [--files 100000]

The plan and the merge are of addresses in S3 that are skipped by their names, so no request is made
and the ledger still has a row for each. The scan is of one shard of small log files, which are
written to the folder first. FOLDER must not exist; it takes 4 GB, and is not removed.
"""

import argparse
import datetime
import gzip
import json
import os
import pathlib
import subprocess
import sys
import time

RECORD = {
    "eventVersion": "1.11",
    "eventSource": "secretsmanager.amazonaws.com",
    "eventName": "GetSecretValue",
    "awsRegion": "us-east-1",
    "recipientAccountId": "111122223333",
    "readOnly": True,
}


def measure(name, command):
    """Runs a command, and prints its time and memory."""
    begun = time.monotonic()
    environment = os.environ | {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{name} failed")
    seconds = time.monotonic() - begun
    print(f"{name}: {seconds:.1f} s, {usage.ru_maxrss / 1000:.0f} MB", flush=True)


def skipped_lines(count):
    """Returns objects that are skipped by their names, as lines of JSON."""
    start = datetime.datetime(2026, 1, 1)
    for number in range(count):
        moment = start + datetime.timedelta(seconds=number * 2)
        key = (
            "s3://trail/AWSLogs/111122223333/CloudTrail-Insight/us-east-1/"
            f"{moment:%Y/%m/%d}/111122223333_CloudTrail-Insight_us-east-1_"
            f"{moment:%Y%m%dT%H%MZ}_{number:016x}.json.gz"
        )
        line = {"Key": key, "Size": 500 + number % 1000, "ETag": f"{number:032x}"}
        yield json.dumps(line).encode() + b"\n"


def write_files(folder, count):
    """Writes small log files, a thousand to a folder."""
    start = datetime.datetime(2026, 1, 1)
    for number in range(count):
        moment = start + datetime.timedelta(seconds=number)
        records = [RECORD | {"eventID": f"{number}-{own}", "eventTime": f"{moment:%FT%TZ}"}
                   for own in range(5)]
        place = folder / f"{number // 1000:06}"
        place.mkdir(parents=True, exist_ok=True)
        name = f"111122223333_CloudTrail_us-east-1_{moment:%Y%m%dT%H%MZ}_{number:016x}.json.gz"
        text = json.dumps({"Records": records}).encode()
        (place / name).write_bytes(gzip.compress(text, compresslevel=1))


def main():
    """Measures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--objects", type=int, default=10_000_000)
    parser.add_argument("--files", type=int, default=100_000)
    arguments = parser.parse_args()
    program, folder = arguments.program, arguments.folder
    folder.mkdir(parents=True)

    plan, parts, ledger = (str(folder / name) for name in ("plan", "parts", "ledger"))
    limit = ["--max-objects", str(arguments.objects)]
    names = folder / "list.jsonl"
    with names.open("wb") as file:
        file.writelines(skipped_lines(arguments.objects))
    listed = [program, "plan", "--objects-from", str(names), "--out", plan, *limit]
    measure("plan of a list", listed)
    scan = ["--shard", "0", "--of", "1"]
    measure("scan of what is skipped", [program, "scan", "--plan", plan, "--out", parts, *scan])
    merge = [program, "merge", "--plan", plan, "--parts", parts, "--out", ledger]
    measure(f"merge of {arguments.objects} rows", merge)

    write_files(folder / "archive", arguments.files)
    plan, parts = str(folder / "plan-files"), str(folder / "parts-files")
    one = ["--shard-objects", str(arguments.files), "--shard-bytes", "1TiB"]
    archive = str(folder / "archive")
    measure("plan of files", [program, "plan", archive, "--rule", "all", "--out", plan, *one])
    scan = ["--shard", "0", "--out", parts]
    measure(f"scan of {arguments.files} files", [program, "scan", "--plan", plan, *scan])


main()
