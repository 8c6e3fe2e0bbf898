#!/usr/bin/env python3
"""Kills a node while producers push records, restarts it, and compares the tables with what was acknowledged.

    ingest.py --weft PATH --disk disk.so [--points N] [--seed S] [--jobs J] [--plant no-fsync|early-ack|position]

Half a life of a node is a few hundred milliseconds: several producers push (single records and batches, with and without
keys, good and bad records), rolls and commits run every 40 and 200 ms, then the node dies: at a random moment, at the
n-th durable step (WEFT_CRASH_AT, io/files.h), or at a chosen call on a chosen kind of file (faults/disk.c). After half of
the deaths what was not synced is thrown away, the last write torn. One data folder lives through many deaths.

After each: 0 acknowledged lost, 0 doubled under keys, 0 invented, positions dense, each request whole or not at all.
--plant makes the node or its disk lie, as a bug would; then the exit is 0 when each folder found it.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "faults")]

import disk  # noqa: E402
import events  # noqa: E402
from events import Wrong  # noqa: E402
from node import Node, NodeError  # noqa: E402

POINTS_PER_FOLDER = 25
PRODUCERS = 4
# Calls to die at, besides moments and durable steps: where the disk changes.
PLACES = [("write", "log"), ("sync", "log"), ("create", "log"), ("unlink", "log"), ("create", "keys"), ("write", "keys"),
          ("sync", "keys"), ("rename", "keys"), ("unlink", "keys"), ("create", "data"), ("sync", "data"),
          ("create", "metadata"), ("write", "metadata"), ("sync", "metadata"), ("write", "state"), ("sync", "state"),
          ("unlink", "data"), ("unlink", "metadata")]
PLANTS = ("no-fsync", "early-ack", "position")


class World:
    """One data folder, its producers' ledger and its disk."""

    def __init__(self, given, mark, rng):
        self.given, self.rng = given, rng
        self.node = Node(given.weft)
        self.disk = disk.Disk(given.disk, self.node.data)
        self.ledger = events.Ledger(mark, rng.random())
        self.steps = 200  # Durable steps in a life, as far as seen.
        self.often = collections.Counter()  # Calls of each kind in a life, as far as seen.
        self.lost_bytes = 0
        self.places = collections.Counter()
        try:
            events.write_config(self.node)
            self.node.start()
            events.prepare(self.node, self.ledger)
            self.node.stop()
        except BaseException:
            self.close()
            raise

    def close(self):
        self.node.close()
        if not (self.node.root.exists() and os.environ.get("WEFT_KEEP")):
            self.disk.close()

    def choose(self):
        """How this life ends. -> (name, plan for the disk, environment, seconds)"""
        rng = self.rng
        keep = self.given.plant in (None, "no-fsync") and (self.given.plant or rng.random() < 0.5)
        plan = {"keep": bool(keep), "swallow_sync": self.given.plant == "no-fsync",
                "write_behind_ms": 60 if self.given.plant == "early-ack" else 0}
        kind = "moment" if self.given.plant else rng.choice(("moment", "step", "place", "place"))
        if kind == "step":
            return "", plan, {"WEFT_CRASH_AT": str(rng.randint(1, self.steps))}, 0.6
        if kind == "place":
            op, of = rng.choice([place for place in PLACES if self.often[" ".join(place)]] or PLACES[:1])
            often = self.often[f"{op} {of}"]
            mode = rng.choice((disk.KILL_BEFORE, disk.KILL_AFTER))
            plan |= {"at": rng.randint(1, max(1, often)), "ops": [op], "classes": [of], "mode": mode}
            return f"{'before' if mode == disk.KILL_BEFORE else 'after'} {op} {of}", plan, {}, 0.6
        return "moment", plan, {}, 0.05 + rng.random() ** 2 * 0.6

    def life(self):
        """Start, push, die. -> where it died"""
        name, plan, environment, seconds = self.choose()
        log = self.node.root / "steps"
        log.unlink(missing_ok=True)
        producers = []
        begin = self.disk.plan(**plan) | environment | {"WEFT_CRASH_LOG": str(log)}
        self.node.start(begin, wait=False)
        try:
            self.node.wait_ready()
            producers = [events.Producer(self.ledger, self.node, "ana", n, 0.008) for n in range(PRODUCERS)]
        except (NodeError, OSError):  # It died before it was ready: also a place to die.
            pass
        for producer in producers:
            producer.start()
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.node.alive():
            if producers and self.rng.random() < 0.005:
                self.disk.set_clock(self.rng.uniform(-3600, 3600))
            time.sleep(0.005)
        died = not self.node.alive()
        self.node.kill()
        for producer in producers:
            producer.stopped.set()
        for producer in producers:
            producer.join(60)
        for kind, count in self.disk.counts().items():
            self.often[kind] = max(self.often[kind] * 3 // 4, count) if died else count
        if plan["keep"]:
            self.lost_bytes += self.disk.cut(self.rng)
        return self.place(name, died, log, plan["keep"])

    def place(self, name, died, log, cut):
        lines = log.read_text().splitlines() if log.exists() else []
        self.steps = max(self.steps // 2, len(lines)) if died else max(1, len(lines))
        if not died:
            name = "moment"
        elif not name:
            name = "step " + lines[-1].split(" ", 1)[1] if lines else "step"
        self.places[name] += 1
        return name + (", power cut" if cut else "")

    def plant_position(self):
        """As if the position were stored apart from the rows: the newest roll's rows are there, its position is not."""
        path = self.node.data / "state" / "weft.db"
        connection = sqlite3.connect(path)
        connection.execute("UPDATE ports SET body = json_set(body, '$.position', max(0, json_extract(body, '$.position')"
                           " - 20)) WHERE json_extract(body, '$.position') > 40")
        connection.commit()
        connection.close()

    def point(self, everything):
        what = self.life()
        if self.given.plant == "position":
            self.plant_position()
        self.node.start()
        events.retry_all(self.ledger, self.node, "ana")
        with events.connect(self.node, "ana") as connection:
            events.compare(self.ledger, connection, self.node, everything)
        if self.ledger.problems:
            raise Wrong(self.ledger.problems.pop())
        # The next life begins with a start of its own: half of the time after an orderly end.
        if self.rng.random() < 0.5:
            self.node.kill()
        elif (code := self.node.stop()) != 0:
            raise Wrong(f"the node stopped with {code}\n{self.node.log_tail(5)}")
        return what


def run_folder(given):
    """In a process of its own: one folder through `points` deaths; prints one JSON line."""
    rng = random.Random(given.seed)
    result = {"points": 0, "found": [], "places": {}, "acked": 0, "retried": 0, "repeated": 0, "requests": 0, "lost": 0}
    world, what = None, "preparing"
    try:
        world = World(given, f"w{given.seed}", rng)
        for n in range(given.points):
            what = f"death {n} of {given.points}"
            what += ": " + world.point(n + 1 == given.points)
            result["points"] += 1
            if given.verbose:
                print(f"{given.seed}: {what}, {world.ledger.acked_records} acknowledged", file=sys.stderr, flush=True)
    except (Wrong, NodeError, OSError, RuntimeError, subprocess.TimeoutExpired, events.psycopg.Error) as error:
        result["found"].append(f"{what}: {type(error).__name__}: {error}")
        if world and not given.plant:
            result["found"].append(f"the folder stays: {world.node.root}\n{world.node.log_tail(8)}")
            world.node.owned = False
    if world:
        ledger = world.ledger
        result |= {"places": world.places, "acked": ledger.acked_records, "retried": ledger.retried,
                   "repeated": ledger.repeated, "requests": len(ledger.requests), "lost": world.lost_bytes}
        world.close()
    print(json.dumps(result))
    return 0


def start_folder(given, seed, points):
    command = [sys.executable, __file__, "--folder", "--weft", given.weft, "--disk", given.disk, "--seed", str(seed),
               "--points", str(points), *(["--plant", given.plant] if given.plant else []), *(["-v"] * given.verbose)]
    return subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)


def run_all(given, seed):
    """-> results of all folders, `jobs` of them at a time."""
    left, running, results, folder = given.points, {}, [], 0
    per_folder = min(POINTS_PER_FOLDER, max(1, given.points // given.jobs))
    while left > 0 or running:
        while left > 0 and len(running) < given.jobs:
            points = min(per_folder, left)
            left -= points
            running[start_folder(given, seed + folder, points)] = seed + folder
            folder += 1
        for process in [p for p in running if p.poll() is not None]:
            output = process.stdout.read().strip().splitlines()
            where = running.pop(process)
            results.append(json.loads(output[-1]) if output else {"points": 0, "found": ["the supervisor itself failed"]})
            for problem in results[-1]["found"]:
                print(f"folder with seed {where}: {problem}", flush=True)
        time.sleep(0.02)
    return results


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--weft", default=HERE.parent.parent / "build" / "release" / "weft")
    options.add_argument("--disk", default=HERE.parent.parent / "build" / "release" / "test" / "libdisk.so")
    options.add_argument("--points", type=int, default=200)
    options.add_argument("--seed", type=int, default=None)
    options.add_argument("--jobs", type=int, default=2 * (os.cpu_count() or 1))
    options.add_argument("--plant", choices=PLANTS)
    options.add_argument("--folder", action="store_true", help="one folder, in this process")
    options.add_argument("-v", "--verbose", action="store_true")
    given = options.parse_args()
    if given.folder:
        return run_folder(given)
    seed = given.seed if given.seed is not None else random.randrange(1 << 31)
    start = time.monotonic()
    results = run_all(given, seed)
    total = collections.Counter()
    places = collections.Counter()
    for result in results:
        places.update(result.get("places", {}))
        total.update({k: v for k, v in result.items() if isinstance(v, int)})
    found = sum(bool(result["found"]) for result in results)
    for place, count in sorted(places.items(), key=lambda item: -item[1]):
        print(f"  {count:6} × {place}")
    print(f"{total['points']} deaths in {len(results)} folders, seed {seed}: {total['acked']} records acknowledged in "
          f"{total['requests']} requests, {total['retried']} sent again, {total['repeated']} repeated on purpose, "
          f"{total['lost']} unsynced bytes thrown away, {found} found, {time.monotonic() - start:.0f} s")
    if given.plant:
        return 0 if found == len(results) else 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
