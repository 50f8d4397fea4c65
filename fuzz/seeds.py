#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets for files. Only those of ledgers, which hold times, change.

usage: fuzz/seeds.py BACKTRAIL, from the folder of the project
"""

import base64
import bz2
import gzip
import io
import json
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

SEEDS = pathlib.Path("tests/fuzzed/seeds")
TIME = (2026, 3, 4, 9, 0, 0)


def record(number):
    return {
        "eventVersion": "1.10",
        "eventTime": f"2026-03-04T09:0{number}:00Z",
        "eventSource": "secretsmanager.amazonaws.com",
        "eventName": "GetSecretValue",
        "errorMessage": 'it was "marked for deletion" (é)\u2028\n',
        "requestParameters": {"secretId": "s", "list": [1, -0.5e3, None, True]},
        "eventID": str(number),
    }


def dump(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name, TIME), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def tarred(files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def packed(data):
    return gzip.compress(data, mtime=0)


def containers():
    records = [record(1), record(2)]
    document = dump({"Records": records})
    texts = [dump(value).decode() for value in records]
    events = [{"id": "1", "timestamp": 1770091506007, "message": text} for text in texts]
    subscription = dump({"messageType": "DATA_MESSAGE", "logEvents": events})
    rows = [
        [{"field": "@timestamp", "value": "2026-03-04 09:10:00.000"},
         {"field": "@message", "value": text}]
        for text in texts
    ]
    data = base64.b64encode(packed(subscription)).decode()
    table = "eventTime,eventSource,eventName,requestParameters\n"
    table += '2026-03-04T09:00:00Z,s,n,"{""a"":1}"\n'
    yield "document", document
    yield "gzip", packed(document)
    yield "gzip-twice", packed(packed(document))
    yield "gzip-members", packed(document[:200]) + packed(document[200:])
    yield "gzip-cut", packed(document)[:-40]
    yield "bzip2", bz2.compress(document)
    files = [("a/1.json", document), ("README", b"hello"), ("2.json.gz", packed(document))]
    yield "zip", zipped(files)
    yield "zip-in-zip", zipped([("inner.zip", zipped([("1.json", document)]))])
    yield "tar", tarred([("1.json", document), ("2.json.gz", packed(document))])
    yield "tar-gzip", packed(tarred([("1.json", document)]))
    yield "lines", "\n".join(texts).encode()
    yield "pretty", json.dumps({"Records": records}, indent=2).encode()
    yield "array", b"\xef\xbb\xbf" + dump(records)
    yield "log", "\n".join(f"2026-03-04T09:40:00.000Z {text}" for text in texts).encode()
    yield "subscription", subscription
    yield "function", dump({"awslogs": {"data": data}})
    yield "insights", dump({"results": rows, "status": "Complete"})
    yield "lookup", dump({"Events": [{"CloudTrailEvent": text} for text in texts]})
    yield "lake", dump({"QueryStatus": "FINISHED", "QueryResultRows": [[{"eventName": "n"}]]})
    yield "event-bridge", dump({"detail-type": "AWS API Call via CloudTrail", "detail": records[0]})
    yield "pipeline", dump({"message": texts[0]}) + dump({"aws": {"cloudtrail": records[0]}})
    yield "table", table.encode()
    yield "digest", dump({"awsAccountId": "1", "digestEndTime": "t", "logFiles": []})
    yield "parquet", pathlib.Path("tests/fixtures/lower-case.parquet").read_bytes()


def documents():
    yield "record", dump(record(1))
    yield "records", dump(record(1)) + b"," + dump(record(2))
    yield "escapes", rb'{"a\u0062":"\ud83d\ude00\"\\\/\b\f\n\r\t","c":"\u0000"}'
    yield "lone-surrogate", rb'{"a":"\ud800","\udc00":1}'
    yield "same-name", b'{"a":1,"b":2,"a":{"a":3}}'
    yield "numbers", b"[0,-0,1e5,1E+5,-1.25e-7,123456789012345678901234567890]"
    yield "literals", b"[true,false,null]"
    yield "nested", b"[" * 60 + b"]" * 60
    yield "space", b' { "a" : [ 1 , 2 ] } '
    yield "long-text", b'{"a":"' + b"x" * 130 + b'\\"' + b"y" * 70 + b'"}'
    yield "many-members", dump({f"name{number}": number for number in range(40)})
    yield "not-ascii", '{"é":"日本語\u2028"}'.encode()
    yield "wrong", b'{"a":tru}'
    yield "cut", dump(record(1))[:-7]


def tables(part):
    """A part in the form that the check takes: a head, an empty line, and the tables."""
    facts = json.loads((part / "part.json").read_text())["tables"]
    files = {name: (part / f"{name}.parquet").read_bytes() for name in facts}
    head = "\n".join(f"{name} {facts[name]['rows']} {len(files[name])}" for name in facts)
    return head.encode() + b"\n\n" + b"".join(files.values())


def scanned(program, folder, objects):
    """The part that a scan of objects in a folder writes."""
    with tempfile.TemporaryDirectory() as place:
        ledger = pathlib.Path(place) / "ledger"
        command = [program, "audit", objects, "--rule", "all", "--quiet", "--ledger", ledger]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)
        [part] = (ledger / "parts").iterdir()
        return tables(part)


def ledgers(program):
    region = "samples/archive/AWSLogs/444455556666/CloudTrail/eu-west-1"
    whole = scanned(program, region, "2026/03/04")
    yield "whole", whole
    yield "cut", whole[:-100]
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "a.json").write_bytes(dump({"Records": []}))
        yield "empty", scanned(program, folder, "a.json")


def write(target, seeds):
    folder = SEEDS / target
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, data in seeds:
        (folder / name).write_bytes(data)


write("containers", containers())
write("json", documents())
write("ledgers", ledgers(pathlib.Path(sys.argv[1]).absolute()))
