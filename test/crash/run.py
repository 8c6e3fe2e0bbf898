#!/usr/bin/env python3
"""Kills the node with SIGKILL during apply and run, restarts it and compares with a model.

    run.py --weft PATH [--points N] [--seed S]

Half of the points kill at a random moment, half at the k-th durable step (WEFT_CRASH_AT, io/files.h), k going
through all steps that an operation has. One data folder lives through many points, so that recovery is recovered
from, too.

The model: `crash.numbers` holds generation g as the rows n = 1 … size(g), all marked with g; `crash.totals` is
computed from it. After each restart: the node starts; numbers shows exactly one generation, the one before or one
asked for since, and the last if apply or run had acknowledged; totals is one row that fits some generation so far;
version and rows are readable through psql; PyIceberg reads every table; a grant that was acknowledged holds.
"""
import argparse
import os
import pathlib
import random
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]

import tables  # noqa: E402
from node import Node, NodeError  # noqa: E402

POINTS_PER_FOLDER = 25
NUMBERS = """apiVersion: weft/v1
kind: DataProduct
domain: crash
name: numbers
version: 1.{version}.0
description: "Generation {version} of the numbers from 1."
team: {{name: testers, contact: "#testers"}}
inputPorts:
  - {{name: source, file: "./numbers.csv"}}
outputPorts:
  - name: default
    sql: SELECT n, g{names} FROM source
    columns:
      n: {{type: bigint, primaryKey: true}}
      g: {{type: bigint, required: true}}
{columns}"""
EXTRAS = 3  # Columns that later versions add; the file has them from the beginning.
TOTALS = """apiVersion: weft/v1
kind: DataProduct
domain: crash
name: totals
version: 1.0.0
description: The sum of the numbers of each generation.
team: {name: testers, contact: "#testers"}
inputPorts:
  - {name: numbers, product: crash.numbers}
outputPorts:
  - name: default
    schedule: on change of numbers
    sql: SELECT g, count(*) AS rows, sum(n) AS total FROM numbers GROUP BY g
    columns:
      g: {type: bigint}
      rows: {type: bigint}
      total: {type: "decimal(38,0)"}
"""


class Wrong(Exception):
    """The node's state contradicts the model."""


def size(generation):
    return 10 + generation * 7 % 101


class World:
    """One data folder, what was asked of it, and what it acknowledged."""

    def __init__(self, weft):
        self.node = Node(weft)
        self.asked = 0           # The generation in the file.
        self.possible = {0}      # The generations that the table may show.
        self.version = 0         # The product's version: 1.<version>.0.
        self.asked_version = 0
        self.granted = False
        self.steps = 40          # Durable steps since the process began, as far as seen.
        (self.node.files / "numbers").mkdir()
        (self.node.files / "totals").mkdir()
        (self.node.files / "totals" / "product.yaml").write_text(TOTALS)
        self.describe(0)
        self.fill(0)
        try:
            self.node.start()
            self.node.run("apply", "numbers", "--wait")
            self.node.run("apply", "totals", "--wait")
            self.node.add_user("reader")
        except BaseException:
            self.node.close()
            raise

    def describe(self, version):
        extras = [f"extra_{v}" for v in range(1, min(version, EXTRAS) + 1)]
        text = NUMBERS.format(version=version, names="".join(", " + name for name in extras),
                              columns="".join(f"      {name}: {{type: bigint}}\n" for name in extras))
        write(self.node.files / "numbers" / "product.yaml", text)

    def fill(self, generation):
        self.asked = generation
        self.possible.add(generation)
        head = ["n", "g"] + [f"extra_{v}" for v in range(1, EXTRAS + 1)]
        rows = [[str(n), str(generation)] + [str(n)] * EXTRAS for n in range(1, size(generation) + 1)]
        write(self.node.files / "numbers" / "numbers.csv", "\n".join(map(",".join, [head, *rows])) + "\n")

    # Each operation starts a command line client and says what its acknowledgement means.
    def apply(self):
        self.asked_version = self.version + 1
        self.describe(self.asked_version)
        self.fill(self.asked + 1)
        return ["apply", "numbers", "--wait"], self.acknowledge

    def run(self):
        self.fill(self.asked + 1)
        return ["run", "crash.numbers", "--wait"], self.acknowledge

    def grant(self):
        def acknowledge():
            self.granted = True
        return ["grant", "crash.numbers", "read", "--to", "reader"], acknowledge

    def acknowledge(self):
        self.possible, self.version = {self.asked}, self.asked_version


def write(path, text):
    new = path.with_suffix(".new")
    new.write_text(text)
    new.rename(path)


def client(node, arguments):
    return subprocess.Popen([node.weft, *arguments], env=node.environment_of("admin"), cwd=node.files,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL)


def crash_at_moment(world, operation, rng):
    arguments, acknowledge = operation()
    process = client(world.node, arguments)
    time.sleep(rng.random() ** 2 * 1.5)
    world.node.kill()
    process.communicate(timeout=60)
    if process.returncode == 0:
        acknowledge()
    return f"{arguments[0]} killed at a moment"


def crash_at_step(world, operation, step):
    world.node.stop()
    log = world.node.root / "steps"
    log.unlink(missing_ok=True)
    world.node.start({"WEFT_CRASH_AT": str(step), "WEFT_CRASH_LOG": str(log)}, wait=False)
    arguments, acknowledge = operation()
    try:
        world.node.wait_ready()
        process = client(world.node, arguments)
        process.communicate(timeout=120)
        if process.returncode == 0:
            acknowledge()
    except NodeError:  # It died before it was ready: also a place to die.
        pass
    world.node.kill()
    lines = log.read_text().splitlines() if log.exists() else []
    world.steps = max(world.steps, len(lines) + 2)
    return f"{arguments[0]} killed at step {step}: {lines[-1] if lines else 'none'}"


def rows(world, sql, name="admin"):
    done = world.node.psql(sql, name, options=["-t"])
    if done.returncode != 0:
        raise Wrong(f"{sql}: {done.stderr.strip()}")
    return [tuple(line.split(" | ")) for line in done.stdout.strip().splitlines()]


def check(world):
    """After a restart: the state is one of those that the model allows."""
    got = rows(world, "SELECT g, count(*), sum(n), min(n), max(n) FROM crash.numbers GROUP BY g")
    if len(got) != 1:
        raise Wrong(f"numbers shows generations {got}: a run is half-applied")
    g = int(got[0][0])
    n = size(g)
    if g not in world.possible:
        raise Wrong(f"numbers is generation {g}, allowed are {sorted(world.possible)}")
    if tuple(map(int, got[0][1:])) != (n, n * (n + 1) // 2, 1, n):
        raise Wrong(f"numbers of generation {g} are {got[0]}, expected {n} rows")
    for g, count, total in rows(world, "SELECT g, rows, total FROM crash.totals"):
        n = size(int(g))
        if int(g) > world.asked or (int(count), int(total)) != (n, n * (n + 1) // 2):
            raise Wrong(f"totals {g}, {count}, {total} fits no generation")
    version = rows(world, "SELECT version FROM mesh.products WHERE domain = 'crash' AND product = 'numbers'")
    versions = {f"1.{v}.0" for v in (world.version, world.asked_version)}
    if len(version) != 1 or version[0][0] not in versions:
        raise Wrong(f"numbers has version {version}, allowed are {versions}")
    if world.granted:
        rows(world, "SELECT count(*) FROM crash.numbers", "reader")
    # What is shown is what later operations build on; a run that was cut off may be taken up again.
    world.version = world.asked_version = int(version[0][0].split(".")[1])
    world.possible = {int(got[0][0]), world.asked}
    return int(got[0][0])


def check_tables(world):
    """Without the node: PyIceberg reads what the state names, and finds one generation in `numbers`."""
    found = tables.read_all(world.node.data)
    if len(found) < 2:
        raise Wrong(f"the state names {len(found)} tables, expected 2")
    for uuid, arrow in found.items():
        if "n" in arrow.column_names:
            marks = set(arrow.column("g").to_pylist())
            if len(marks) != 1 or arrow.num_rows != size(marks.pop()):
                raise Wrong(f"table {uuid} has {arrow.num_rows} rows, generations {marks}")


def settle(world):
    """A run by hand after a crash works and shows the newest generation."""
    world.fill(world.asked + 1)
    world.node.run("run", "crash.numbers", "--wait")
    world.acknowledge()
    if check(world) != world.asked:
        raise Wrong("an acknowledged run is not visible")


def lose_a_file(world):
    """What a missing fsync would do; so the checks are known to find it."""
    for path in tables.published(world.node.data).values():
        for data in path.parent.parent.rglob("*.parquet"):
            data.unlink()


def one_point(world, n, rng, steps, plant):
    operation = rng.choice([world.apply, world.apply, world.run, world.run, world.grant])
    if n % 2:
        what = crash_at_step(world, operation, steps[n // 2 % len(steps)] % world.steps + 1)
    else:
        what = crash_at_moment(world, operation, rng)
    if plant:
        lose_a_file(world)
    check_tables(world)
    world.node.start()
    check(world)
    if n % 10 == 9:
        settle(world)
    return what


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--weft", default=HERE.parent.parent / "build" / "release" / "weft")
    options.add_argument("--points", type=int, default=50)
    options.add_argument("--seed", type=int, default=None)
    options.add_argument("-v", action="store_true")
    options.add_argument("--plant", action="store_true", help="lose a data file after each crash: must be found")
    given = options.parse_args()
    seed = given.seed if given.seed is not None else random.randrange(1 << 31)
    rng = random.Random(seed)
    steps = list(range(0, 400))
    rng.shuffle(steps)
    world, found, start = None, 0, time.monotonic()
    for n in range(given.points):
        if world is None or n % POINTS_PER_FOLDER == 0:
            if world:
                world.node.close()
            world = World(given.weft)
        what = f"point {n}"
        try:
            what = one_point(world, n, rng, steps, given.plant)
            if given.v:
                print(f"{n}: {what}", flush=True)
        except (Wrong, NodeError, RuntimeError, subprocess.TimeoutExpired) as error:
            found += 1
            if given.plant:
                world.node.close()
                world = None
                continue
            kept = world.node.root
            print(f"{n}: {what}\n  {error}\n  seed {seed}; the folder stays: {kept}", world.node.log_tail(12),
                  sep="\n", flush=True)
            world.node.kill()
            world = None
    if world:
        world.node.close()
    print(f"{given.points} crashes, seed {seed}, {found} found, {time.monotonic() - start:.0f} s")
    return found != (given.points if given.plant else 0)


if __name__ == "__main__":
    sys.exit(main())
