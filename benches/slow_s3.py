#!/usr/bin/env python3
"""Serves a folder as a bucket of S3 at a distance, read-only, on the loopback interface.

    benches/slow_s3.py FOLDER PORT LATENCY_MS [GETS_PER_SECOND]

Every answer waits for the latency. Beyond a number of GETs each second, the bucket asks to slow
down (503), as S3 does. The objects are kept in memory, so that the server takes as little time of
the processors as it can: the client runs on the same machine.
"""

import asyncio
import bisect
import hashlib
import pathlib
import sys
import urllib.parse
from xml.sax.saxutils import escape

SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
NO_SUCH_KEY = b"<Error><Code>NoSuchKey</Code><Message>The key does not exist.</Message></Error>"


def response(status, body, header=""):
    return f"HTTP/1.1 {status}\r\n{header}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Bucket:
    def __init__(self, folder):
        paths = (path for path in pathlib.Path(folder).rglob("*") if path.is_file())
        contents = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
        self.keys = sorted(contents)
        self.entries = {}
        self.objects = {}
        for key, body in contents.items():
            tag = f'"{hashlib.md5(body).hexdigest()}"'
            self.objects[key] = response("200 OK", body, f"ETag: {tag}\r\n")
            self.entries[key] = (
                f"<Contents><Key>{escape(key)}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
                f"<ETag>{escape(tag)}</ETag><Size>{len(body)}</Size>"
                "<StorageClass>STANDARD</StorageClass></Contents>"
            )

    def names(self, prefix, delimiter, after):
        """Yields the keys and folders after a name, each with its entry in a page."""
        place = max(bisect.bisect_left(self.keys, prefix), bisect.bisect_right(self.keys, after))
        while place < len(self.keys) and self.keys[place].startswith(prefix):
            key = self.keys[place]
            end = key.find(delimiter, len(prefix)) if delimiter else -1
            if end < 0:
                yield key, self.entries[key]
                place += 1
                continue
            folder = key[:end + 1]
            if folder > after:
                yield folder, f"<CommonPrefixes><Prefix>{escape(folder)}</Prefix></CommonPrefixes>"
            # The first key that the folder does not hold.
            place = bisect.bisect_left(self.keys, folder[:-1] + chr(ord(folder[-1]) + 1))

    def page(self, query):
        prefix = query.get("prefix", "")
        after = query.get("continuation-token") or query.get("start-after", "")
        most = int(query.get("max-keys", 1000))
        body, last = [], None
        more = ""
        for name, entry in self.names(prefix, query.get("delimiter", ""), after):
            if len(body) == most:
                more = f"<NextContinuationToken>{escape(last)}</NextContinuationToken>"
                break
            body.append(entry)
            last = name
        text = (
            '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<Prefix>{escape(prefix)}</Prefix><KeyCount>{len(body)}</KeyCount><MaxKeys>{most}</MaxKeys>"
            f"<IsTruncated>{str(bool(more)).lower()}</IsTruncated>{more}{''.join(body)}</ListBucketResult>"
        )
        return response("200 OK", text.encode())


class Rate:
    """A number of GETs a second, with a tenth of a second's worth of them at once."""

    def __init__(self, per_second):
        self.per_second = per_second
        self.tokens = self.most = per_second / 10
        self.last = 0.0

    def allows(self, now):
        self.tokens = min(self.most, self.tokens + (now - self.last) * self.per_second)
        self.last = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Connection(asyncio.Protocol):
    def __init__(self, bucket, latency, rate):
        self.bucket, self.latency, self.rate = bucket, latency, rate
        self.received = b""

    def connection_made(self, transport):
        self.transport = transport
        self.loop = asyncio.get_running_loop()

    def data_received(self, data):
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            line = self.received[:self.received.index(b"\r\n")].decode()
            self.received = self.received[end + 4:]
            self.loop.call_later(self.latency, self.send, self.answer(line.split(" ")[1]))

    def send(self, answer):
        if not self.transport.is_closing():
            self.transport.write(answer)

    def answer(self, target):
        path, _, query = target.partition("?")
        key = urllib.parse.unquote(path).lstrip("/").partition("/")[2]
        if not key:
            return self.bucket.page(dict(urllib.parse.parse_qsl(query, keep_blank_values=True)))
        if self.rate and not self.rate.allows(self.loop.time()):
            return response("503 Slow Down", SLOW_DOWN)
        return self.bucket.objects.get(key) or response("404 Not Found", NO_SUCH_KEY)


async def main():
    folder, port, latency = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]) / 1000
    rate = Rate(float(sys.argv[4])) if len(sys.argv) > 4 else None
    bucket = Bucket(folder)
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(bucket, latency, rate), "127.0.0.1", port, backlog=2048)
    print("ready", len(bucket.keys), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
