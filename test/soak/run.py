#!/usr/bin/env python3
"""A node at work for hours: constant producers, a follower, queries; its memory may not grow.

    run.py --weft PATH [--minutes 120] [--rate 10] [-v]

Each minute: resident memory of the node and of its whole tree, descriptors, threads, size of the folder, positions. The
first fifth of the time (at most ten minutes) is warming up; afterwards the node's memory may grow by 15 % and 48 MB over
the largest value of that time. At the end every acknowledged record is compared, as after a crash.
"""
import argparse
import collections
import http.client
import json
import os
import pathlib
import random
import re
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]

import events  # noqa: E402
from events import Wrong  # noqa: E402
from node import Node, NodeError  # noqa: E402

QUERIES = ("SELECT count(*), max(_position) FROM web.clicks", "SELECT producer, count(*) FROM web.clicks GROUP BY 1",
           "SELECT * FROM web.clicks ORDER BY _position DESC LIMIT 20", "SELECT reason, count(*) FROM web.clicks__rejected "
           "GROUP BY 1", "SELECT domain, product FROM mesh.products")


class Load:
    """What else happens: sessions that come and go, HTTP reads, one follower."""

    def __init__(self, node):
        self.node, self.stopped = node, threading.Event()
        self.counts, self.problems = collections.Counter(), []
        self.threads = [threading.Thread(target=self.guard, args=[work], daemon=True)
                        for work in (self.query, self.read, self.follow)]

    def guard(self, work):
        while not self.stopped.is_set():
            try:
                work()
            except (OSError, http.client.HTTPException, events.psycopg.Error) as error:
                self.counts[f"errors of {work.__name__}"] += 1
                if not self.stopped.is_set() and self.node.alive():
                    self.problems.append(f"{work.__name__}: {type(error).__name__}: {error}")
                self.stopped.wait(1)

    def query(self):
        with events.connect(self.node, "ana") as connection:
            for _ in range(20):
                connection.execute(random.choice(QUERIES)).fetchall()
                self.counts["queries"] += 1
                if self.stopped.wait(0.5):
                    return

    def request(self, path, accept):
        host, _, port = self.node.url.removeprefix("http://").rpartition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=60)
        connection.request("GET", path, headers={"Authorization": f"Bearer {self.node.secrets_of('ana')[1]}",
                                                 "Accept": accept})
        return connection, connection.getresponse()

    def read(self):
        connection, answer = self.request("/data/web/clicks?limit=100", "application/json")
        if answer.status != 200:
            raise OSError(f"GET /data answered {answer.status} {answer.read()[:200]}")
        json.loads(answer.read())
        connection.close()
        self.counts["reads"] += 1
        self.stopped.wait(1)

    def follow(self):
        """JSON Lines; each position once and in order until the connection ends."""
        connection, answer = self.request("/data/web/clicks/changes", "application/jsonl")
        if answer.status != 200:
            raise OSError(f"GET changes answered {answer.status} {answer.read()[:200]}")
        before = 0
        while not self.stopped.is_set() and (line := answer.readline()):
            match = re.search(rb'"_position": ?"?(\d+)', line)
            if match and int(match[1]) <= before:
                self.problems.append(f"followed position {int(match[1])} after {before}")
            if match:
                before = int(match[1])
                self.counts["followed"] += 1
        connection.close()


def status_of(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    number = {name: int(re.search(name + r":\s+(\d+)", text)[1]) for name in ("VmRSS", "VmHWM", "Threads")}
    return number["VmRSS"] / 1024, number["VmHWM"] / 1024, number["Threads"]


def tree_of(pid):
    children = [child for task in pathlib.Path(f"/proc/{pid}/task").iterdir()
                for child in (task / "children").read_text().split()]
    return [pid] + [p for child in children for p in tree_of(int(child))]


def tree_mb(pid):
    total = 0
    for process in tree_of(pid):
        try:
            text = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text()
            total += int(re.search(r"^Pss:\s+(\d+)", text, re.M)[1]) / 1024
        except OSError:
            pass
    return total


def folder_mb(path):
    return sum(p.stat().st_size for p in path.rglob("*") if p.is_file() and not p.is_symlink()) / (1 << 20)


def sample(node, ledger, load, minute):
    pid = node.process.pid
    rss, most, threads = status_of(pid)
    try:
        folder = folder_mb(node.data)
    except OSError:  # A file went away meanwhile.
        folder = 0
    line = {"minute": round(minute, 1), "rss_mb": round(rss), "most_mb": round(most), "tree_pss_mb": round(tree_mb(pid)),
            "threads": threads, "descriptors": len(os.listdir(f"/proc/{pid}/fd")), "folder_mb": round(folder),
            "acknowledged": ledger.acked_records, **load.counts}
    print(json.dumps(line), flush=True)
    return line


def judge(samples, minutes):
    warm = [s for s in samples if s["minute"] <= min(10, minutes / 5) + 0.1] or samples[:1]
    allowed = max(s["rss_mb"] for s in warm) * 1.15 + 48
    for line in samples:
        if line["rss_mb"] > allowed:
            raise Wrong(f"after {line['minute']} minutes the node takes {line['rss_mb']} MB, allowed are {allowed:.0f}")


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--weft", default=HERE.parent.parent / "build" / "release" / "weft")
    options.add_argument("--minutes", type=float, default=120)
    options.add_argument("--rate", type=float, default=10, help="requests per second, of all producers")
    options.add_argument("--no-follow", action="store_true")
    given = options.parse_args()
    node, samples = Node(given.weft), []
    ledger = events.Ledger("soak", 1)
    try:
        node.start()
        events.prepare(node, ledger)
        load = Load(node)
        if given.no_follow:
            load.threads.pop()
        producers = [events.Producer(ledger, node, "ana", n, 4 / given.rate) for n in range(4)]
        for thread in [*producers, *load.threads]:
            thread.start()
        begin = time.monotonic()
        while (minute := (time.monotonic() - begin) / 60) < given.minutes:
            time.sleep(min(60, max(1, (given.minutes - minute) * 60)))
            samples.append(sample(node, ledger, load, (time.monotonic() - begin) / 60))
            judge(samples, given.minutes)
            problems = ledger.problems + [p for p in load.problems]
            if problems:
                raise Wrong(problems[0])
        for producer in producers:
            producer.stopped.set()
        for producer in producers:
            producer.join(60)
        load.stopped.set()
        events.retry_all(ledger, node, "ana")
        with events.connect(node, "ana") as connection:
            events.compare(ledger, connection, node, everything=True)
        code = node.stop()
        print(f"{given.minutes:g} minutes, {ledger.acked_records} records acknowledged and compared, memory "
              f"{samples[0]['rss_mb']} → {samples[-1]['rss_mb']} MB, the node stopped with {code}")
        return code
    except (Wrong, NodeError, OSError, events.psycopg.Error) as error:
        print(f"{type(error).__name__}: {error}\n{node.log_tail(8)}")
        return 1
    finally:
        node.close()


if __name__ == "__main__":
    sys.exit(main())
