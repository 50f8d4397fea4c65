"""A plain reader: how many records of each file of a folder can be read with Python's own modules.

Prints a JSON object of names and numbers. What is damaged is read as far as its module does."""

import bz2
import io
import json
import lzma
import os
import re
import sys
import tarfile
import zipfile
import zlib

RECORD = re.compile(rb'"eventID":"(\d{32})","recipientAccountId":"\d{12}"[^{}]*\{[^{}]*\}[^{}]*\}')


def stream(new, data):
    """Reads streams that follow each other, up to the first damage."""
    content = []
    while data:
        decoder = new()
        try:
            for place in range(0, len(data), 1):
                content.append(decoder.decompress(data[place : place + 1]))
                if decoder.eof:
                    break
        except Exception:
            break
        if not decoder.eof:
            break
        data = data[place + 1 :].lstrip(b"\0")
    return b"".join(content)


def files(data):
    """Yields the content that some bytes hold, at any depth."""
    if data[:2] == b"\x1f\x8b":
        yield from files(stream(lambda: zlib.decompressobj(31), data))
    elif data[:2] in (b"\x78\x01", b"\x78\x9c", b"\x78\xda"):
        yield from files(stream(lambda: zlib.decompressobj(15), data))
    elif data[:3] == b"BZh":
        yield from files(stream(bz2.BZ2Decompressor, data))
    elif data[:6] == b"\xfd7zXZ\0":
        yield from files(stream(lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ), data))
    elif data[:4] == b"PK\x03\x04":
        yield from zipped(data)
    elif is_tar(data):
        yield from tarred(data)
    else:
        yield data


def zipped(data):
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except Exception:
        return
    for entry in entries:
        try:
            content = archive.read(entry)
        except Exception:
            continue
        yield from files(content)


def is_tar(data):
    try:
        tarfile.open(fileobj=io.BytesIO(data), mode="r:", ignore_zeros=True)
    except Exception:
        return False
    return True


def tarred(data):
    archive = tarfile.open(fileobj=io.BytesIO(data), mode="r:", ignore_zeros=True)
    while True:
        try:
            entry = archive.next()
            if entry is None:
                return
            content = archive.extractfile(entry).read() if entry.isreg() else b""
        except Exception:
            return
        yield from files(content)


found = {}
for name in os.listdir(sys.argv[1]):
    with open(os.path.join(sys.argv[1], name), "rb") as file:
        contents = list(files(file.read()))
    found[name] = sum(len(RECORD.findall(content)) for content in contents)
json.dump(found, sys.stdout)
