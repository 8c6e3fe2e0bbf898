#!/usr/bin/env python3
"""Everything that a producer should not send, through plain sockets: the node lives, its memory stays bounded, each
answer is clear, and what was accepted is in the table or in its dead letters, whole.

    bad_input.py --weft PATH [--tiny N] [-v]
"""
import argparse
import contextlib
import gzip
import json
import pathlib
import re
import socket
import sys
import threading
import time
import zlib

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]

import events  # noqa: E402
from node import Node  # noqa: E402

MEMORY_MB_MAX = 400
PRODUCT = """apiVersion: weft/v1
kind: DataProduct
domain: web
name: {name}
version: 1.0.0
description: Whatever comes.
team: {{name: testers, contact: "#testers"}}
inputPorts:
  - {{name: in, events: push, unknownColumns: {unknown}}}
outputPorts:
  - name: default
    columns:
      id: {{type: varchar, required: true}}
      big: {{type: bigint}}
      exact: {{type: "decimal(18,2)"}}
      ratio: {{type: double}}
      moment: {{type: timestamptz}}
      day: {{type: date}}
      flag: {{type: boolean}}
"""


class Wrong(Exception):
    pass


class Case:
    """One node, one connection at a time, and how many records it accepted."""

    def __init__(self, node):
        self.node = node
        host, _, port = node.url.removeprefix("http://").rpartition(":")
        self.address, self.token = (host, int(port)), node.secrets_of("ana")[1]
        self.accepted = {"strict": 0, "loose": 0}

    def connect(self, seconds=30):
        return socket.create_connection(self.address, timeout=seconds)

    def head(self, length, product="strict", extra="", path=None):
        return (f"POST {path or '/ingest/web/' + product} HTTP/1.1\r\nHost: {self.address[0]}:{self.address[1]}\r\n"
                f"Authorization: Bearer {self.token}\r\n{extra}"
                + (f"Content-Length: {length}\r\n" if length is not None else "") + "\r\n").encode()

    def answer(self, raw):
        """-> (status, body); (0, "") when the connection ends without one."""
        data = b""
        with contextlib.suppress(OSError):
            while b"\r\n\r\n" not in data and (more := raw.recv(65536)):
                data += more
            head, _, body = data.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: *(\d+)", head)
            while length and len(body) < int(length[1]) and (more := raw.recv(65536)):
                body += more
            if head.startswith(b"HTTP/1.1 "):
                return int(head[9:12]), body.decode("utf-8", "replace")
        return 0, ""

    def post(self, body, product="strict", extra="", length=None, path=None):
        with self.connect() as raw:
            with contextlib.suppress(OSError):  # It may answer and close before it has everything.
                raw.sendall(self.head(len(body) if length is None else length, product, extra, path) + body)
            status, text = self.answer(raw)
        if status == 200 and not path:
            self.accepted[product] += json.loads(text)["count"]
        return status, text

    def expect(self, wanted, got, what):
        status, text = got
        if status not in (wanted if isinstance(wanted, tuple) else (wanted,)):
            raise Wrong(f"{what}: expected {wanted}, got {status} {text[:300]}")
        if status >= 400 and not clear(text):
            raise Wrong(f"{what}: {status} without a sentence: {text[:300]!r}")

    def rejected(self, records, product="strict", what=""):
        """All are accepted, and then all are dead letters."""
        body = b"".join(r + b"\n" for r in records)
        status, text = self.post(body, product, "Prefer: wait=20\r\n")
        self.expect(200, (status, text), what)
        answer = json.loads(text)
        if answer.get("rejected") != len(records):
            raise Wrong(f"{what}: expected {len(records)} dead letters, got {text[:600]}")


def clear(text):
    """An error says in a sentence what is wrong."""
    try:
        json_text = json.loads(text)
    except ValueError:
        return False
    return len(json.dumps(json_text)) > 20


def memory_mb(node):
    text = pathlib.Path(f"/proc/{node.process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", text)[1]) / 1024


def half_a_record(case):
    status, text = case.post(b'{"id": "whole"}\n{"id": "half", "big": 1')
    case.expect((200, 400), (status, text), "half a record")
    with case.connect() as raw:
        raw.sendall(case.head(1000) + b'{"id": "half of a body"}\n' * 10)
    with case.connect() as raw:
        raw.sendall(case.head(None)[:40])


def endless_line(case, size=2 << 30):
    """2 GB without a line break: refused at the first look at its length, or when it grows too large."""
    case.expect(413, stream(case, case.head(size), size), "2 GB announced")
    head = case.head(None, extra="Transfer-Encoding: chunked\r\n")
    case.expect(413, stream(case, head, size, chunked=True), "2 GB in chunks")
    case.expect((400, 413), case.post(b'{"id": "' + b"x" * (2 << 20) + b'"}\n'), "a record of 2 MB")


def stream(case, head, size, chunked=False):
    block = b"a" * 65536
    if chunked:
        block = b"10000\r\n" + block + b"\r\n"
    with case.connect() as raw:
        raw.sendall(head)
        raw.settimeout(0.001)
        with contextlib.suppress(OSError):
            for _ in range(size // 65536):
                raw.settimeout(30)
                raw.sendall(block)
                raw.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    if raw.recv(1, socket.MSG_PEEK) is not None:
                        break
        raw.settimeout(30)
        return case.answer(raw)


def tiny_requests(case, count):
    """Four connections, pipelined."""
    problems = []

    def push(share):
        one = case.head(12) + b'{"id": "t"}\n'
        with case.connect() as raw:
            for at in range(0, share, 50):
                n = min(50, share - at)
                raw.sendall(one * n)
                data = b""
                while data.count(b"HTTP/1.1 ") < n or not data.rstrip().endswith(b"}"):
                    more = raw.recv(1 << 20)
                    if not more:
                        problems.append("a pipelined connection was closed")
                        return
                    data += more
                if data.count(b"HTTP/1.1 200") != n:
                    problems.append(f"tiny requests: {data[:300]!r}")
                    return
    threads = [threading.Thread(target=push, args=[count // 4]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise Wrong(problems[0])
    case.accepted["strict"] += count // 4 * 4


def slow_drips(case):
    """A hundred connections that send a byte now and then do not keep others waiting."""
    drips = [case.connect() for _ in range(100)]
    heads = [case.head(1000) if n % 2 else case.head(1000)[:30] for n in range(100)]
    for raw, head in zip(drips, heads):
        raw.sendall(head)
    for _ in range(10):
        for raw in drips:
            with contextlib.suppress(OSError):
                raw.sendall(b"{")
        begin = time.monotonic()
        case.expect(200, case.post(b'{"id": "fast"}\n'), "a push beside slow ones")
        if time.monotonic() - begin > 2:
            raise Wrong(f"a push beside slow ones took {time.monotonic() - begin:.1f} s")
        time.sleep(0.2)
    for raw in drips:
        raw.close()


def lying_lengths(case):
    body = b'{"id": "length"}\n'
    with case.connect() as raw:  # Shorter than what follows: the rest is no request.
        raw.sendall(case.head(len(body)) + body + b"\x00\xff no request\r\n\r\n")
        case.expect(200, case.answer(raw), "a length that ends early")
        case.accepted["strict"] += 1
        status, text = case.answer(raw)
        if status not in (0, 400):
            raise Wrong(f"bytes behind a body were answered {status} {text[:200]}")
    for what, extra, length in (
            ("negative", "", "-5"), ("no number", "", "many"), ("huge", "", "99999999999999999999999"),
            ("twice", "Content-Length: 3\r\n", len(body)),
            ("beside chunks", "Transfer-Encoding: chunked\r\n", len(body))):
        with case.connect(5) as raw:
            raw.sendall(case.head(length, extra=extra) + body)
            status, text = case.answer(raw)
            if status not in (0, 400, 411, 413):
                raise Wrong(f"Content-Length {what}: {status} {text[:200]}")


def zstd_bomb(size):
    """A frame of blocks that each repeat one byte 128 KB."""
    block = (131072 << 3 | 1 << 1).to_bytes(3, "little") + b" "
    last = (131072 << 3 | 1 << 1 | 1).to_bytes(3, "little") + b" "
    return b"\x28\xb5\x2f\xfd" + b"\x00\x58" + block * (size // 131072 - 1) + last


def bombs(case):
    squeezed = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(squeezed.compress(b"\n" * (1 << 20)) for _ in range(256)) + squeezed.flush()
    case.expect((400, 413), case.post(bomb, extra="Content-Encoding: gzip\r\n"), "a gzip bomb")
    case.expect((400, 413), case.post(zstd_bomb(1 << 30), extra="Content-Encoding: zstd\r\n"), "a zstd bomb")
    good = gzip.compress(b'{"id": "zipped"}\n')
    case.expect(200, case.post(good, extra="Content-Encoding: gzip\r\n"), "gzip")
    case.expect(400, case.post(good[:-6], extra="Content-Encoding: gzip\r\n"), "half a gzip")
    case.expect(400, case.post(b"no gzip", extra="Content-Encoding: gzip\r\n"), "no gzip")
    case.expect(400, case.post(b"\x28\xb5\x2f\xfd\x00", extra="Content-Encoding: zstd\r\n"), "half a zstd")
    case.expect((400, 415), case.post(good, extra="Content-Encoding: brotli\r\n"), "an unknown encoding")
    twice = gzip.compress(gzip.compress(b"\n" * (64 << 20)))
    case.expect((200, 400, 413, 415), case.post(twice, extra="Content-Encoding: gzip, gzip\r\n"), "gzip in gzip")


def wrong_types(case):
    case.rejected([b'{"id": "a", "big": "x"}', b'{"id": "b", "big": 1.5}', b'{"id": "c", "big": [1]}',
                   b'{"id": "d", "big": {"a": 1}}', b'{"id": "e", "flag": "perhaps"}', b'{"id": null}', b"{}",
                   b'{"id": "f", "moment": "yesterday"}', b'{"id": "g", "day": "2026-02-30"}', b"[1, 2]", b'"text"',
                   b"42", b"null", b"nonsense"], what="wrong types")
    status, text = case.post(b"".join(b'{"id": "%d", "big": %s}\n' % (n, v) for n, v in enumerate(
        [b"1", b'"2"', b"true", b"null", b"3.0", b'"x"'] * 50)), extra="Prefer: wait=20\r\n")
    case.expect(200, (status, text), "changing types")


def large_numbers(case):
    case.rejected([b'{"id": "a", "big": 9223372036854775808}', b'{"id": "b", "big": -9223372036854775809}',
                   b'{"id": "c", "big": 1e400}', b'{"id": "d", "exact": 12345678901234567890.12}',
                   b'{"id": "e", "big": ' + b"9" * 5000 + b"}"], what="numbers beyond 64 bits")


def texts(case):
    case.rejected([b'{"id": "\xff\xfe"}', b'{"id": "\xed\xa0\x80"}', b'{"id": "raw \x00 nul"}', b'{"id": "a\\ud800"}'],
                  what="invalid UTF-8 and NUL")
    status, text = case.post(b'{"id": "\\u0000 nul"}\n', extra="Prefer: wait=20\r\n")
    case.expect(200, (status, text), "an escaped NUL")
    status, text = case.post(b'{"id": "one", "id": "two"}\n', extra="Prefer: wait=20\r\n")
    case.expect(200, (status, text), "duplicate keys")
    if json.loads(text).get("rejected") != 1:
        raise Wrong(f"a record with a key twice was taken silently: {text}")


def unknown_columns(case):
    case.rejected([b'{"id": "a", "surprise": 1}'], what="an unknown column")
    status, text = case.post(b'{"id": "a", "surprise": 1}\n', "loose", "Prefer: wait=20\r\n")
    case.expect(200, (status, text), "an unknown column that is ignored")
    if json.loads(text).get("accepted") != 1:
        raise Wrong(f"an unknown column under `unknownColumns: ignore`: {text}")


def far_times(case):
    status, text = case.post(b"".join(b'{"id": "%s", "moment": "%s"}\n' % (b"m", moment) for moment in (
        b"9999-12-31T23:59:59Z", b"0001-01-01T00:00:00Z", b"2026-06-30T23:59:60Z", b"1970-01-01T00:00:00+14:00",
        b"2200-01-01T00:00:00Z")), extra="Prefer: wait=20\r\n")
    case.expect(200, (status, text), "the future and the past")
    case.rejected([b'{"id": "a", "moment": "999999-01-01T00:00:00Z"}', b'{"id": "b", "moment": "2026-13-01T00:00:00Z"}'],
                  what="moments that are none")


def deep_and_many(case):
    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        deep = b'{"id": "deep", "big": ' + opening * 50_000 + b"1" + closing * 50_000 + b"}\n"
        case.expect((200, 400, 413), case.post(deep), "deep nesting")
    many = b'{"id": "m", ' + b", ".join(b'"c%d": %d' % (n, n) for n in range(20_000)) + b"}\n"
    case.expect((200, 400, 413), case.post(many), "20,000 members")
    case.expect((400, 413), case.post(b"1\n" * 1_000_001), "a million records and one")
    case.expect((200, 400), case.post(b"\n\n\n"), "empty lines")
    case.expect((200, 400), case.post(b""), "no body")


def headers(case):
    body = b'{"id": "h"}\n'
    case.expect(415, case.post(body, extra="Content-Type: image/png\r\n"), "a picture")
    case.expect((400, 413, 422), case.post(body, extra="Idempotency-Key: " + "k" * 5000 + "\r\n"), "a huge key")
    case.expect((400, 413, 431), case.post(body, extra="X-Long: " + "k" * 200_000 + "\r\n"), "a huge header")
    case.expect(200, case.post(body, extra="Idempotency-Key: same\r\n"), "a key")
    case.expect(422, case.post(b'{"id": "other"}\n', extra="Idempotency-Key: same\r\n"), "a key with another body")
    for prefer in ("wait=-1", "wait=99999999999999999999", "wait=x", "wait"):
        case.expect((200, 400), case.post(body, extra=f"Prefer: {prefer}\r\n"), f"Prefer: {prefer}")
    case.expect(404, case.post(body, path="/ingest/web/nobody"), "no such product")
    case.expect((400, 404), case.post(body, path="/ingest/web/strict/no_port"), "no such input")
    with case.connect() as raw:
        raw.sendall(case.head(len(body)).replace(case.token.encode(), b"wrong") + body)
        case.expect(401, case.answer(raw), "a wrong token")


def everything_is_there(case):
    """Accepted = rows + dead letters, and positions are dense."""
    with events.connect(case.node, "ana") as connection:
        for product, accepted in case.accepted.items():
            end = time.monotonic() + 60
            while True:
                rows = connection.execute(f"SELECT count(*), count(DISTINCT _position) FROM web.{product}").fetchone()
                letters = connection.execute(
                    f"SELECT count(*), count(DISTINCT position) FROM web.{product}__rejected").fetchone() \
                    if product == "strict" else (0, 0)
                if rows[0] + letters[0] >= accepted or time.monotonic() > end:
                    break
                time.sleep(0.2)
            if rows[0] + letters[0] != accepted or rows[1] + letters[1] != accepted:
                raise Wrong(f"{product}: {accepted} records were accepted, there are {rows} rows, {letters} dead letters")


CASES = (half_a_record, endless_line, lying_lengths, bombs, wrong_types, large_numbers, texts, unknown_columns,
         far_times, deep_and_many, headers, slow_drips)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--weft", default=HERE.parent.parent / "build" / "release" / "weft")
    options.add_argument("--tiny", type=int, default=100_000, help="tiny requests; 1000000 for the whole claim")
    options.add_argument("-v", "--verbose", action="store_true")
    given = options.parse_args()
    node, found = Node(given.weft), 0
    try:
        node.start()
        for name, unknown in (("strict", "reject"), ("loose", "ignore")):
            (node.files / name).mkdir()
            (node.files / name / "product.yaml").write_text(PRODUCT.format(name=name, unknown=unknown))
            node.run("apply", name)
        node.add_user("ana", ["testers"])
        case = Case(node)
        for step in [*CASES, lambda c: tiny_requests(c, given.tiny), everything_is_there]:
            name = getattr(step, "__name__", "").replace("<lambda>", "tiny requests").replace("_", " ")
            begin = time.monotonic()
            try:
                step(case)
            except (Wrong, OSError, ValueError, events.psycopg.Error) as error:
                found += 1
                print(f"{name}: {type(error).__name__}: {error}", flush=True)
            if not node.alive():
                print(f"{name}: the node died with {node.process.returncode}\n{node.log_tail(8)}")
                return 1
            if given.verbose:
                print(f"{name}: {time.monotonic() - begin:.1f} s, {memory_mb(node):.0f} MB at most", flush=True)
        if memory_mb(node) > MEMORY_MB_MAX:
            found += 1
            print(f"the node took {memory_mb(node):.0f} MB, allowed are {MEMORY_MB_MAX}")
        print(f"{len(CASES) + 2} cases, {case.accepted} records accepted, {memory_mb(node):.0f} MB at most, {found} found")
        if node.stop() != 0:
            return 1
    finally:
        node.close()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
