"""Scans the shards of a plan with Spark, which starts each scan, repeats it where it failed, and
does nothing else. What is found stays in the parts; only a line for each shard comes back.

    spark-submit --files backtrail backtrail_spark.py SHARDS ./backtrail scan --plan PLAN --out PARTS

SHARDS is the number that `backtrail plan` printed. What follows is the command, without --shard.
"""

import ctypes
import json
import signal
import subprocess
import sys

from pyspark.sql import SparkSession

WRONG_USE = 2
PR_SET_PDEATHSIG = 1


def end_with_parent():
    # A scan whose executor was killed, or whose job was cancelled, would run on without this.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def scan(command, shard):
    # `rdd.pipe` would do, but its processes have an empty environment, without credentials.
    done = subprocess.run(
        [*command, "--shard", str(shard)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        preexec_fn=end_with_parent,
    )
    if done.returncode == 0:
        return json.loads(done.stdout)
    if done.returncode == WRONG_USE:
        return {"shard": shard, "error": done.stderr}
    # Spark tries again, four times unless spark.task.maxFailures says otherwise.
    raise RuntimeError(f"shard {shard} ended with {done.returncode}: {done.stderr}")


def main(shards, *command):
    context = SparkSession.builder.appName("backtrail").getOrCreate().sparkContext
    # One task for each shard, so that what is repeated is a single one.
    numbers = context.parallelize(range(int(shards)), max(int(shards), 1))
    rows = numbers.mapPartitions(lambda own: [scan(command, shard) for shard in own]).collect()
    for row in rows:
        print(json.dumps(row))
    errors = {row["error"] for row in rows if "error" in row}
    sys.exit("\n".join(sorted(errors)) if errors else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
