#!/usr/bin/env python3
"""Makes the disk fail under a node at work, one call after the other, and bytes at rest change.

    run.py --weft PATH --disk disk.so [--injections N] [--flips N] [--seed S] [--jobs J]

A life: start, apply, push, roll, commit, query, stop, while the at-th matching call (and perhaps every n-th after it, or
all) fails with ENOSPC or EIO, or writes half. The node may refuse, answer with an error or end with a clear message. It
may not show a wrong answer, acknowledge after a failed sync (half of the lives end with a power cut), or be unable to
start again on the healthy disk with everything that was acknowledged.
A flip: one bit of one file changes while the node is stopped. Start or query name the file, or the answer is right.
"""
import argparse
import collections
import errno
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "crash"), str(HERE)]

import disk  # noqa: E402
import events  # noqa: E402
import ingest  # noqa: E402
import tables  # noqa: E402
from events import Wrong  # noqa: E402
from node import NodeError  # noqa: E402

LIVES_PER_FOLDER = 20
# What fails, and up to which call of a life; the calls are gone through in turn, so each place is reached.
PLACES = [("write", "log", 80), ("sync", "log", 80), ("create", "log", 3), ("truncate", "log", 4), ("read", "log", 60),
          ("unlink", "log", 2), ("create", "keys", 2), ("write", "keys", 3), ("sync", "keys", 3), ("rename", "keys", 2),
          ("create", "data", 16), ("write", "data", 24), ("sync", "data", 30), ("read", "data", 120),
          ("unlink", "data", 4), ("create", "metadata", 8), ("write", "metadata", 8), ("sync", "metadata", 20),
          ("read", "metadata", 30), ("create", "state", 6), ("write", "state", 160), ("sync", "state", 60),
          ("read", "state", 80), ("truncate", "state", 3), ("create", "run", 3), ("write", "run", 3), ("sync", "run", 3),
          ("rename", "run", 2), ("create", "other", 6), ("write", "other", 6), ("sync", "other", 12)]
# Parquet pages carry no checksums (DuckDB writes none), so a bit that flips there may change a value unnoticed. What
# becomes of these is counted and printed, not judged.
UNCHECKED = ("data file", "tail file")
# One statement, one snapshot: each position up to the newest is one row of one of the two.
EXACT = """SELECT a.n + b.n, greatest(a.newest, b.newest), a.apart + b.apart FROM
    (SELECT count(*) AS n, count(DISTINCT _position) AS apart, coalesce(max(_position), 0) AS newest FROM web.clicks) a,
    (SELECT count(*) AS n, count(DISTINCT position) AS apart, coalesce(max(position), 0) AS newest
     FROM web.clicks__rejected) b"""


class Reader(threading.Thread):
    """Asks all the time; an error is an answer, a wrong number is not."""

    def __init__(self, node, ledger):
        super().__init__(daemon=True)
        self.node, self.ledger, self.stopped = node, ledger, threading.Event()
        self.errors, self.answers, self.newest = collections.Counter(), 0, 0

    def run(self):
        connection = None
        while not self.stopped.wait(0.02):
            try:
                connection = connection or events.connect(self.node, "ana")
                rows, newest, apart = connection.execute(EXACT).fetchone()
            except events.psycopg.Error as error:
                self.errors[error.sqlstate or "connection"] += 1
                if connection is None or connection.closed:
                    connection = None
                continue
            self.answers += 1
            if rows != newest or apart != newest or newest < self.newest:
                self.ledger.problems.append(f"a query found {rows} rows ({apart} positions) where the newest position "
                                            f"is {newest}, and {self.newest} before")
                return
            self.newest = newest
        if connection:
            connection.close()


class World(ingest.World):
    def faults(self, number):
        """The plan of life `number`: places in turn, each a call further."""
        op, of, often = PLACES[number % len(PLACES)]
        often = min(often, self.often[f"{op} {of}"]) or often
        at = number // len(PLACES) % often + 1
        modes = [(disk.FAIL, errno.EIO), (disk.FAIL, errno.ENOSPC)] + [(disk.SHORT, 0)] * (op == "write")
        mode, error = modes[number // len(PLACES) // often % len(modes)] if self.rng.random() < 0.3 \
            else self.rng.choice(modes)
        plan = {"at": at, "ops": [op], "classes": [of], "mode": mode, "error": error, "keep": self.rng.random() < 0.5}
        if mode == disk.FAIL and error == errno.ENOSPC and self.rng.random() < 0.5:
            plan["keep_failing"] = True  # A full disk stays full.
        elif self.rng.random() < 0.5:
            plan["every"] = self.rng.randint(1, 9)
        return plan

    def life(self, number):
        plan = self.faults(number)
        producers, reader = [], None
        self.node.start(self.disk.plan(**plan), wait=False)
        try:
            self.node.wait_ready()
            producers = [events.Producer(self.ledger, self.node, "ana", n, 0.005) for n in range(2)]
            reader = Reader(self.node, self.ledger)
            for thread in [*producers, reader]:
                thread.start()
            product = self.node.files / "clicks" / "product.yaml"
            product.write_text(events.PRODUCT.replace("this test", f"life {number}"))
            self.node.run("apply", "clicks", check=False)
            end = time.monotonic() + 0.4
            while time.monotonic() < end and self.node.alive():
                time.sleep(0.01)
        except (NodeError, OSError):
            pass
        fired, what = self.disk.fired()
        for kind, count in self.disk.counts().items():
            self.often[kind] = max(self.often[kind], count)
        code = self.end()
        for thread in [*producers, *([reader] if reader else [])]:
            thread.stopped.set()
            thread.join(60)
        if plan["keep"]:
            self.node.kill()
            self.lost_bytes += self.disk.cut(self.rng)
        self.judge_end(code, what)
        self.places[f"{'short' if plan['mode'] == disk.SHORT else errno.errorcode[plan['error']]} "
                    f"{what.rsplit(' ', 1)[0] or 'nothing'}"] += fired
        return fired, f"{plan} struck {fired} times, first: {what or 'never'}; the node ended with {code}"

    def end(self):
        """-> exit code; a node that does not end by itself is asked, then killed."""
        if not self.node.alive():
            code = self.node.process.returncode
            self.node.process = None
            return code
        try:
            return self.node.stop()
        except NodeError as error:
            raise Wrong(f"hung: {error}") from None

    def judge_end(self, code, what):
        """It may end, but with a sentence."""
        if code in (0, -9):
            return
        if not what:
            raise Wrong(f"no fault was made, and the node ended with {code}\n{self.node.log_tail(6)}")
        if code == -11 or not any(word in self.node.log_tail(12) for word in (
                "error", "cannot", "failed", "Input/output", "No space")):
            raise Wrong(f"after a fault ({what}) the node ended with {code} and says only\n{self.node.log_tail(6)}")

    def tail_names(self):
        return {name for text in tables.state_texts(self.node.data) if text.startswith("{") and '"tail"' in text
                for name in (file["name"] for file in json.loads(text).get("tail", []))}

    def point(self, number, everything):
        fired, what = self.life(number)
        self.node.start(self.disk.plan())
        events.retry_all(self.ledger, self.node, "ana")
        with events.connect(self.node, "ana") as connection:
            events.compare(self.ledger, connection, self.node, everything)
        if self.ledger.problems:
            raise Wrong(self.ledger.problems.pop())
        if (code := self.node.stop()) != 0:
            raise Wrong(f"on the healthy disk the node stopped with {code}")
        return fired, what


def run_folder(given):
    rng = random.Random(given.seed)
    result = {"lives": 0, "injections": 0, "found": [], "places": {}, "acked": 0, "flips": {}}
    world, what = None, "preparing"
    try:
        world = World(given, f"f{given.seed}", rng)
        for n in range(given.lives):
            what = f"life {n}"
            fired, what = world.point(given.first + n, n + 1 == given.lives)
            result["lives"] += 1
            result["injections"] += fired
            if given.verbose:
                print(f"{given.first + n}: {what}", file=sys.stderr, flush=True)
        if given.flips:
            what = "flips"
            result["flips"] = flip_all(world, given.flips, rng, result["found"])
    except (Wrong, NodeError, OSError, RuntimeError, subprocess.TimeoutExpired, events.psycopg.Error) as error:
        result["found"].append(f"{what}: {type(error).__name__}: {error}\nthe folder stays: "
                               f"{world.node.root if world else ''}\n{world.node.log_tail(8) if world else ''}")
        if world:
            world.node.owned = False
    if world:
        result |= {"places": world.places, "acked": world.ledger.acked_records}
        world.close()
    print(json.dumps(result))
    return 0


def files_of(world):
    """[(what, path)] of everything that the node must read again: state, log, tail, newest metadata, its data files."""
    data = world.node.data
    found = [("state", data / "state" / "weft.db")]
    found += [(f"ingest {path.suffix[1:]}", path) for path in sorted((data / "ingest").iterdir())]
    for location in tables.published(data).values():
        table = tables.StaticTable.from_metadata(str(location))
        found.append(("metadata.json", location))
        if snapshot := table.current_snapshot():
            found.append(("manifest list", snapshot.manifest_list))
            found += [("manifest", m.manifest_path) for m in snapshot.manifests(table.io)]
            found += [("data file", task.file.file_path) for task in table.scan().plan_files()]
        folder = location.parent.parent / "data"
        found += [("tail file", folder / name) for name in world.tail_names() if (folder / name).exists()]
    paths = [(kind, pathlib.Path(str(path).removeprefix("file://"))) for kind, path in found]
    return [(kind, path.relative_to(data)) for kind, path in paths if path.is_file() and path.stat().st_size > 0]


def flip_all(world, count, rng, found):
    """Each on a copy of the folder. -> {"kind: outcome": n}"""
    world.node.start()  # Something in the log, in the tail and in the table.
    producers = [events.Producer(world.ledger, world.node, "ana", n, 0.01) for n in range(2)]
    for producer in producers:
        producer.start()
    time.sleep(1.0)
    world.node.kill()
    for producer in producers:
        producer.stopped.set()
        producer.join(60)
    good = world.node.root / "good"
    shutil.copytree(world.node.data, good)
    by_kind = collections.defaultdict(list)
    for kind, inside in files_of(world):
        by_kind[kind].append(inside)
    outcomes = collections.Counter()
    for n in range(count):
        kind = sorted(by_kind)[n % len(by_kind)]
        inside = rng.choice(by_kind[kind])
        outcome = flip_one(world, good, inside, rng)
        outcomes[f"{kind}: {outcome.split(':')[0]}"] += 1
        if kind in UNCHECKED and (outcome.startswith("WRONG") or "without naming" in outcome):
            continue
        if outcome.startswith("WRONG") or "without naming" in outcome:
            found.append(f"a flipped bit in {inside}: {outcome}")
    return outcomes


def flip_one(world, good, inside, rng):
    node = world.node
    shutil.rmtree(node.data)
    shutil.copytree(good, node.data)
    with open(node.data / inside, "r+b") as file:
        at = rng.randrange(os.fstat(file.fileno()).st_size)
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1 << rng.randrange(8)]))
    ledger = world.ledger
    seconds, events.VISIBLE_SECONDS = events.VISIBLE_SECONDS, 3
    try:
        node.start()
        with events.connect(node, "ana") as connection:
            events.compare(ledger, connection, node, everything=True)
        return "right answer"
    except NodeError:
        return told(node.log_since_start(), inside, "the start is refused")
    except events.psycopg.Error as error:
        return told(f"{node.log_since_start()}\n{error}", inside, "the query is refused")
    except Wrong as wrong:
        if "is visible" in str(wrong):  # Some of it cannot be rolled: that must be said.
            return told(node.log_since_start(), inside, "records wait and the log says why")
        return f"WRONG at byte {at}: {wrong}"
    finally:
        events.VISIBLE_SECONDS = seconds
        node.kill()


def told(text, inside, outcome):
    return outcome if inside.name in text or inside.stem in text else f"{outcome} without naming the file: {text[-500:]}"


def start_folder(given, seed, first, flips):
    command = [sys.executable, __file__, "--folder", "--weft", given.weft, "--disk", given.disk, "--seed", seed,
               "--first", first, "--lives", LIVES_PER_FOLDER, "--flips", flips, *(["-v"] if given.verbose else [])]
    return subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)


def run_all(given, seed):
    """Folders until there were enough injections. -> results"""
    results, running, folder = [], {}, 0
    flips = given.flips
    while running or sum(r["injections"] for r in results) < given.injections:
        enough = sum(r["injections"] for r in results) >= given.injections or len(results) > given.injections
        while not enough and len(running) < given.jobs:
            share = -(-flips // max(1, given.jobs)) if folder < given.jobs else 0
            first = given.first + folder * LIVES_PER_FOLDER
            running[start_folder(given, seed + folder, first, share)] = seed + folder
            folder += 1
        for process in [p for p in running if p.poll() is not None]:
            output = process.stdout.read().strip().splitlines()
            where = running.pop(process)
            results.append(json.loads(output[-1]) if output else {"injections": 0, "found": ["the run itself failed"]})
            for problem in results[-1]["found"]:
                print(f"folder with seed {where}: {problem}", flush=True)
        time.sleep(0.02)
    return results


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--weft", default=HERE.parent.parent / "build" / "release" / "weft")
    options.add_argument("--disk", default=HERE.parent.parent / "build" / "release" / "test" / "libdisk.so")
    options.add_argument("--injections", type=int, default=200)
    options.add_argument("--flips", type=int, default=0)
    options.add_argument("--seed", type=int, default=None)
    options.add_argument("--first", type=int, default=None, help="number of the first life: chooses place and call")
    options.add_argument("--lives", type=int, default=LIVES_PER_FOLDER)
    options.add_argument("--jobs", type=int, default=2 * (os.cpu_count() or 1))
    options.add_argument("--folder", action="store_true", help="one folder, in this process")
    options.add_argument("-v", "--verbose", action="store_true")
    given = options.parse_args()
    given.plant = None
    seed = given.seed if given.seed is not None else random.randrange(1 << 31)
    given.first = given.first if given.first is not None else seed % 100_000
    given.seed = seed
    if given.folder:
        return run_folder(given)
    start = time.monotonic()
    results = run_all(given, seed)
    total, places, flips = collections.Counter(), collections.Counter(), collections.Counter()
    for result in results:
        places.update(result.get("places", {}))
        flips.update(result.get("flips", {}))
        total.update({k: v for k, v in result.items() if isinstance(v, int)})
    found = sum(len(result["found"]) for result in results)
    for place, count in sorted({**places, **flips}.items(), key=lambda item: -item[1]):
        print(f"  {count:6} × {place}")
    print(f"{total['injections']} injections in {total['lives']} lives, {sum(flips.values())} flips, seed {seed}: "
          f"{total['acked']} records acknowledged, {found} found, {time.monotonic() - start:.0f} s")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
