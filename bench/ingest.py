"""Suites of `./x bench` about pushed records: acknowledgements, visibility, the tail, increments, conversion, overload."""
import contextlib
import json
import os
import pathlib
import re
import resource
import statistics
import subprocess
import tempfile
import time

import duckdb
import psycopg

import events
import postgresql
from node import Node

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = float(os.environ.get("WEFT_BENCH_SECONDS", "2"))
RECORD_BYTES = 200
TABLE = "(id varchar, producer bigint, sequence bigint, text varchar)"
MORE = """apiVersion: weft/v1
kind: DataProduct
domain: web
name: {name}
version: 1.0.0
description: What is computed from the events.
team: {{name: testers, contact: "#testers"}}
inputPorts:
  - {{name: clicks, product: web.clicks}}
outputPorts:
  - name: default
    schedule: manual
    sql: {sql}
{more}"""


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


@contextlib.contextmanager
def programs():
    """The clients and peers of this folder, compiled."""
    with tempfile.TemporaryDirectory(prefix="weft-bench-") as place:
        for name in ("push", "log_server_peer", "ingest_log_peer"):
            subprocess.run(["cc", "-O2", "-o", f"{place}/{name}", HERE / f"{name}.c", "-lpthread"], check=True)
        yield pathlib.Path(place)


@contextlib.contextmanager
def node_of(weft, config=""):
    node = Node(weft)
    try:
        if config:
            events.write_config(node, config)
        node.start()
        ledger = events.Ledger("bench", 1)
        events.prepare(node, ledger)
        yield node
    except BaseException:
        print(node.log_tail())
        raise
    finally:
        node.close()


def push(place, node, producers, seconds, batch, first=1, record_bytes=RECORD_BYTES):
    host, _, port = node.url.removeprefix("http://").rpartition(":")
    return push_to(place, host, port, "/ingest/web/clicks", node.secrets_of("ana")[1], producers, seconds, batch, first,
                   record_bytes)


def push_to(place, host, port, path, token, producers, seconds, batch, first=1, record_bytes=RECORD_BYTES):
    words = [place / "push", host, port, path, token, producers, seconds, batch, record_bytes, first]
    answer = json.loads(subprocess.run(list(map(str, words)), capture_output=True, check=True, text=True).stdout)
    if answer["failed"] or answer["other"]:
        raise RuntimeError(f"producers failed: {answer}")
    return answer | {"rate": answer["acknowledged"] / answer["seconds"]}


@contextlib.contextmanager
def server_peer(place, folder):
    process = subprocess.Popen([place / "log_server_peer", folder / "peer.log"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait()
        (folder / "peer.log").unlink(missing_ok=True)


def bare_log(place, folder, producers, batch):
    """Threads that wait for a group commit in one process: no network at all."""
    words = [place / "ingest_log_peer", folder, producers, max(1, round(SECONDS)), RECORD_BYTES * batch]
    text = subprocess.run(list(map(str, words)), capture_output=True, check=True, text=True).stdout
    return float(re.search(r"acks/s ([\d.]+)", text)[1])


def pgbench(rival, folder, producers, batch):
    """One INSERT per event, or one with many rows per batch; prepared, each a transaction of its own."""
    fill = "x" * (RECORD_BYTES - 60)
    rows = ", ".join(f"('p' || :client_id || '-' || (:s + {i}), :client_id, :s + {i}, '{fill}')" for i in range(batch))
    script = folder / "insert.sql"
    script.write_text(f"\\set s random(1, 1000000000)\nINSERT INTO bench.clicks VALUES {rows};\n")
    words = [postgresql.PROGRAMS / "pgbench", "-n", "-h", rival["host"], "-p", rival["port"], "-U", rival["user"],
             "-c", producers, "-j", 2, "-T", max(1, round(SECONDS)), "-f", script, "-l", "--log-prefix", folder / "lat",
             *(["-M", "prepared"] if batch == 1 else []), rival["dbname"]]
    done = subprocess.run(list(map(str, words)), env=os.environ | {"PGPASSWORD": rival["password"]}, capture_output=True,
                          text=True, check=True)
    times = []
    for path in folder.glob("lat.*"):
        times += [int(line.split()[2]) for line in path.read_text().splitlines()]
        path.unlink()
    return {"rate": float(re.search(r"tps = ([\d.]+)", done.stdout)[1]), "p50_us": percentile(times, 0.5),
            "p99_us": percentile(times, 0.99)}


def cpu_of(pid):
    """CPU seconds of a process and all below it, dead children included."""
    total, ticks = 0, os.sysconf("SC_CLK_TCK")
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            with contextlib.suppress(OSError):
                total += cpu_of(int(child))
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return total + sum(map(int, fields[11:15])) / ticks


def rows_of(node, where="true"):
    with events.connect(node, "ana") as connection:
        return connection.execute(f"SELECT count(*) FROM web.clicks WHERE {where}").fetchone()[0]


def wait_rows(node, count, committed=False, seconds=300, pause=0.02):
    """Until so many are visible, or lie in the table's newest snapshot."""
    sql = "SELECT row_count FROM mesh.ports WHERE domain = 'web' AND table_name = 'clicks'" if committed \
        else "SELECT count(*) FROM web.clicks"
    with events.connect(node, "ana") as connection:
        end = time.monotonic() + seconds
        while (rows := (connection.execute(sql).fetchone() or [0])[0]) != count:
            if time.monotonic() > end:
                raise RuntimeError(f"{rows} of {count} rows after {seconds} s")
            time.sleep(pause)


def acks(bench, weft, rounds):
    """Acknowledged requests per second of a node, of PostgreSQL and of the least that a durable endpoint can be."""
    with programs() as place, node_of(weft) as node, server_peer(place, node.root) as port, \
            psycopg.connect(**bench.rival, autocommit=True) as rival:
        rival.execute(f"CREATE SCHEMA IF NOT EXISTS bench; DROP TABLE IF EXISTS bench.clicks; "
                      f"CREATE TABLE bench.clicks {TABLE}")
        sent = push(place, node, 4, 1, 100)["acknowledged"] * 100
        wait_rows(node, sent)  # What was acknowledged is there; only then its time counts.
        for batch in (1, 100):
            for producers in (1, 8, 32):
                one_race(bench, place, node, port, rounds, producers, batch)
                rival.execute("TRUNCATE bench.clicks")


def one_race(bench, place, node, port, rounds, producers, batch):
    ours, controls, theirs, peers, bares, cpu, clients = [], [], [], [], [], 0, 0
    for _ in range(rounds):
        before = cpu_of(node.process.pid)
        ours.append(push(place, node, producers, SECONDS, batch))
        cpu += cpu_of(node.process.pid) - before
        clients += ours[-1]["cpu"]
        theirs.append(pgbench(bench.rival, node.root, producers, batch))
        peers.append(push_to(place, "127.0.0.1", port, "/", "x", producers, SECONDS, batch))
        bares.append(bare_log(place, node.root, producers, batch))
        controls.append(push(place, node, producers, SECONDS, batch))
    what = f"{producers} producer{'s' * (producers > 1)} × {'single events' if batch == 1 else f'{batch} events'}"

    def middle(results, key):
        return statistics.median(result[key] for result in results)

    def latency(results):
        return f"{middle(results, 'p50_us') / 1000:.2f} / {middle(results, 'p99_us') / 1000:.2f} ms"
    control = statistics.median(b["rate"] / a["rate"] for a, b in zip(ours, controls))
    for name, rivals, aim in (("PostgreSQL 15 INSERT", theirs, "≥ 3×"), ("bare log behind HTTP", peers, "≥ 0.6×")):
        ratios = [a["rate"] / b["rate"] for a, b in zip(ours, rivals)]
        spread = statistics.median(abs(r - statistics.median(ratios)) for r in ratios)
        bench.line(f"acks/s, {what} / {name}", f"{middle(ours, 'rate'):,.0f}", f"{middle(rivals, 'rate'):,.0f}",
                   f"{statistics.median(ratios):.2f}× ±{spread:.2f}", f"{control:.2f}", aim)
        bench.line("  p50 / p99", latency(ours), latency(rivals))
    bare = statistics.median(a["rate"] / b for a, b in zip(ours, bares))
    count = sum(result["acknowledged"] for result in ours)
    bench.line(f"acks/s, {what} / bare log in one process", f"{middle(ours, 'rate'):,.0f}",
               f"{statistics.median(bares):,.0f}", f"{bare:.2f}×")
    bench.line("  CPU of the node, of the client, per request", f"{cpu / count * 1e6:.0f} µs",
               f"{clients / count * 1e6:.0f} µs")


def fresh(bench, weft, rounds):
    """From the acknowledgement of one record until a query shows it."""
    with programs() as place, node_of(weft) as node, events.connect(node, "ana") as connection:
        pusher = events.Pusher(node, "ana")
        for name, others in (("alone", 0), ("beside 4 producers", 4)):
            noise = subprocess.Popen([place / "push", "127.0.0.1", node.url.rpartition(":")[2], "/ingest/web/clicks",
                                      node.secrets_of("ana")[1], "4", "60", "10", "200"],
                                     stdout=subprocess.DEVNULL) if others else None
            took = []
            for n in range(rounds * 10):
                status, answer = pusher.push(b'{"id": "fresh", "producer": 1, "sequence": 2}\n')
                begin = time.monotonic()
                while events.newest(connection) < answer["last_position"]:
                    time.sleep(0.002)
                took.append(time.monotonic() - begin)
                time.sleep(0.037 * (n % 7))
            if noise:
                noise.kill()
                noise.wait()
            bench.line(f"acknowledged → visible, {name}, p50 / p99 / most",
                       " / ".join(f"{percentile(took, share):.2f}" for share in (0.5, 0.99, 1)) + " s", aim="≤ 2 s")


def apply(node, name, sql, more=""):
    (node.files / name).mkdir(exist_ok=True)
    (node.files / name / "product.yaml").write_text(MORE.format(name=name, sql=sql, more=more))
    node.run("apply", name, "--wait", timeout=900)


def fill(place, node, count, batch=1000):
    """At least so many events, quickly. -> how many"""
    sent = 0
    while sent < count:
        part = min(batch, count - sent)
        sent += push(place, node, 1 if count - sent < 50 * batch else 4, 0.05 if count - sent < 50 * batch else 1, part,
                     sent + 1)["acknowledged"] * part
    return sent


def restart(node, config):
    node.stop()
    (node.root / "weft.yaml").write_text(config)
    node.start()


def tail(bench, weft, rounds, count):
    """A table with ten seconds of events in its tail beside the same rows in one compacted table."""
    config = "ingest:\n  commit_ms: 1000\n"
    with programs() as place, node_of(weft, config) as node:
        rows = fill(place, node, count)
        wait_rows(node, rows, committed=True)
        restart(node, "ingest:\n  commit_ms: 3600000\n")
        for _ in range(20):  # Ten seconds at 500 ms between rolls.
            rows += push(place, node, 1, 0.02, 100, rows + 1)["acknowledged"] * 100
            wait_rows(node, rows)
        apply(node, "flat", "SELECT id, producer, sequence, text, received_at, _position FROM clicks")
        node.run("run", "web.flat", "--wait", timeout=900)
        waiting = rows - int(node.psql("SELECT row_count FROM mesh.ports WHERE domain = 'web' AND table_name = 'clicks'",
                                       "ana", ["-t"]).stdout.strip())
        queries = {"sums": "SELECT count(*), sum(sequence), max(_position) FROM web.{}",
                   "texts": "SELECT producer, count(*), max(text), min(id) FROM web.{} GROUP BY 1 ORDER BY 1"}
        with events.connect(node, "ana") as connection:
            for name, query in queries.items():
                answers = [connection.execute(query.format(table)).fetchall() for table in ("clicks", "flat")]
                if answers[0] != answers[1]:
                    raise RuntimeError(f"{answers[0]} is not {answers[1]}")

                def ask(table, query=query):
                    begin = time.perf_counter()
                    connection.execute(query.format(table)).fetchall()
                    return time.perf_counter() - begin
                # compare() gives rival ÷ ours: here the compacted table is the rival.
                bench.compare(f"scan of {rows:,} rows, {waiting:,} in the tail: compacted / with tail, {name}",
                              lambda: ask("clicks"), lambda: ask("flat"), "≥ 0.91×")


def run_seconds(node, name):
    node.run("run", f"web.{name}", "--wait", timeout=900)
    with events.connect(node, "ana") as connection:
        state, seconds = connection.execute("SELECT state, epoch(ended - started) FROM mesh.runs WHERE domain = 'web' AND "
                                            "product = %s", [name]).fetchone()
    if state != "succeeded":
        raise RuntimeError(f"run of {name}: {state}")
    return float(seconds)


def incremental(bench, weft, rounds, count):
    """A run after 1 % more events, of what is new and of everything."""
    sql = ("SELECT id, producer, sequence, received_at, upper(text) AS text, md5(text || id) AS digest "
           "FROM clicks")
    with programs() as place, node_of(weft) as node:
        rows = fill(place, node, count)
        wait_rows(node, rows)
        apply(node, "part", sql, "    incremental: {by: received_at, lateness: 1 second}\n")
        apply(node, "whole", sql)
        parts, wholes = [], []
        for _ in range(max(3, rounds)):
            time.sleep(0.1)
            rows += fill(place, node, count // 100, 100)
            wait_rows(node, rows)
            parts.append(run_seconds(node, "part"))
            wholes.append(run_seconds(node, "whole"))
        with events.connect(node, "ana") as connection:
            answers = [connection.execute(f"SELECT count(*), count(DISTINCT id), sum(sequence), max(digest), min(digest) "
                                          f"FROM web.{name}").fetchone() for name in ("part", "whole")]
        if answers[0] != answers[1]:
            raise RuntimeError(f"the incremental run gives {answers[0]}, the full run {answers[1]}")
        ratio = statistics.median(a / b for a, b in zip(parts, wholes))
        bench.line(f"run after 1 % of {rows:,} events: incremental / full", f"{statistics.median(parts):.3f} s",
                   f"{statistics.median(wholes):.3f} s", f"{ratio:.3f}×", "", "≤ 0.05×")


def convert(bench, weft, rounds, count):
    """CPU seconds from acknowledged JSON to a committed snapshot, beside DuckDB's own reader and writer."""
    # The first roll waits until everything was acknowledged, so that its CPU can be told apart.
    config = "ingest:\n  roll_ms: 15000\n  commit_ms: 1000\n"
    ours, theirs, sizes = [], [], 0
    for _ in range(max(3, rounds // 2)):
        with programs() as place, node_of(weft, config) as node:
            pushed = push(place, node, 2, 2, 1000)["acknowledged"] * 1000
            before = cpu_of(node.process.pid)
            wait_rows(node, pushed, committed=True, pause=0.5)  # Asking costs the node's time, too.
            spent = cpu_of(node.process.pid) - before
            size = pushed * RECORD_BYTES / 1e6
            ours.append(size / spent)
            sizes = size
            source = node.root / "events.ndjson"
            with open(source, "w") as file:
                subprocess.run([place / "push", "-", str(pushed // 1000), "1000", str(RECORD_BYTES)], stdout=file, check=True)
            connection = duckdb.connect(config={"threads": 1})
            used = resource.getrusage(resource.RUSAGE_SELF)
            connection.execute(f"COPY (SELECT * FROM read_json('{source}', format = 'newline_delimited', columns = "
                               "{id: 'VARCHAR', producer: 'BIGINT', sequence: 'BIGINT', text: 'VARCHAR'})) TO "
                               f"'{node.root}/events.parquet'")
            after = resource.getrusage(resource.RUSAGE_SELF)
            theirs.append(size / (after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime))
    ratio = statistics.median(a / b for a, b in zip(ours, theirs))
    bench.line(f"JSON ({sizes:.0f} MB) → committed Iceberg / DuckDB read_json → Parquet, per core",
               f"{statistics.median(ours):.0f} MB/s", f"{statistics.median(theirs):.0f} MB/s", f"{ratio:.2f}×", "", "≥ 0.7×")


def overload(bench, weft, rounds):
    """64 producers for half a minute, as fast as they can."""
    with programs() as place, node_of(weft) as node:
        result = push(place, node, 64, 30 if rounds > 3 else 10, 100)
        most = int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{node.process.pid}/status").read_text())[1]) / 1024
        bench.line("64 producers × 100 events: acknowledged, refused (429), memory",
                   f"{result['rate'] * 100:,.0f} events/s", f"{result['refused']} refused", f"{most:.0f} MB at most")
        begin = time.monotonic()
        wait_rows(node, result["acknowledged"] * 100, seconds=900)
        bench.line("  until all were visible", f"{time.monotonic() - begin:.1f} s")
