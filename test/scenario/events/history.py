#!/usr/bin/env python3
"""history.py SEED ROUNDS [LATE]: a random history of events, runs and applies; incremental ports must end as full ones do.

Pushes to web.clicks (late events too, but not later than the ports' lateness permits), runs web.minutes (by), web.people
(merge) and web.named (merge, with a second input that changes), and compares each with its twin that is computed in full
every time, as multisets, both ways. Prints the seed and what differs. LATE: events come so many seconds late at most,
540 when not given; beyond the lateness of 600 (and the minute) the ports must differ.
"""
import datetime
import json
import os
import pathlib
import random
import subprocess
import sys
import urllib.request

SEED, ROUNDS = int(sys.argv[1]), int(sys.argv[2])
LATE = int(sys.argv[3]) if len(sys.argv) > 3 else 540
PORTS = ("minutes", "people", "named")
BASE = 1_767_225_600  # 2026-01-01, in seconds.


def weft(*arguments):
    done = subprocess.run(["weft", *arguments], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"seed {SEED}: weft {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


def push(events):
    body = "".join(json.dumps(event) + "\n" for event in events).encode()
    request = urllib.request.Request(os.environ["WEFT_URL"] + "/ingest/web/clicks", body, {
        "Authorization": "Bearer " + os.environ["WEFT_TOKEN"], "Prefer": "wait=30"})
    answer = json.load(urllib.request.urlopen(request))
    if answer.get("accepted") != len(events):
        sys.exit(f"seed {SEED}: pushed {len(events)}: {answer}")


def moment(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def bump(folder):
    """Applied again with another version: the next run is a full one."""
    path = pathlib.Path(folder, "product.yaml")
    text = path.read_text()
    minor = int(text.split("version: 1.")[1].split(".")[0])
    path.write_text(text.replace(f"version: 1.{minor}.0", f"version: 1.{minor + 1}.0"))
    weft("apply", folder, "--wait")


def compare():
    bad = []
    for port in PORTS:
        weft("run", f"web.{port}", "--wait")
        weft("run", f"web.{port}_full", "--wait")
        for a, b in ((port, port + "_full"), (port + "_full", port)):
            rows = weft("sql", "--output", "csv", f"SELECT * FROM web.{a} EXCEPT ALL SELECT * FROM web.{b}")
            if rows.count("\n") > 1:
                bad.append(f"in {a} and not in {b}:\n{rows}")
    if bad:
        sys.exit(f"seed {SEED} differs\n" + "\n".join(bad))


def main():
    chance = random.Random(SEED)
    newest = BASE
    for round_ in range(ROUNDS):
        events = []
        for _ in range(chance.choice((1, 3, 40))):
            newest += chance.choice((0, 1, 30, 200))
            late = chance.choice((0, 0, 0, chance.randrange(0, LATE)))
            events.append({"happened": moment(max(newest - late, BASE)), "person": f"p{chance.randrange(0, 30)}",
                           "n": chance.randrange(-5, 100)})
        push(events)
        action = chance.random()
        if action < 0.1:
            bump(chance.choice(PORTS))
        elif action < 0.25:
            with open("people.csv", "a", encoding="utf-8") as people:
                people.write(f"p{chance.randrange(0, 30)},name {round_}\n")
            weft("run", "web.names", "--wait")
        for port in PORTS:
            if chance.random() < 0.6:
                weft("run", f"web.{port}", "--wait")
        if round_ % 5 == 4:
            compare()
    compare()
    kinds = "".join(weft("logs", run) for run in newest_runs())
    if all(word in kinds for word in ("computed in full", "keys of the records behind", "untouched")):
        print("equal")
    else:
        sys.exit(f"seed {SEED}: no run was incremental:\n{kinds}")


def newest_runs():
    runs = json.loads(weft("runs", "--limit", "500", "--output", "json"))["runs"]
    return [run["id"] for run in runs if run["product"].split(".")[1] in PORTS][:40]


main()
