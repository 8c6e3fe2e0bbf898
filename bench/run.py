#!/usr/bin/env python3
"""`./x bench [NAME...]`: measures a node beside its rivals and prints one table.

Rounds are interleaved (A B A B …) in one run on one machine; what counts is the median of the ratios per round, and
the A/A column says how far two equal runs differ. Times are seconds unless said; memory is PSS of the process tree.
"""
import contextlib
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "test"), str(ROOT / "test" / "compat")]

import duckdb  # noqa: E402
import psycopg  # noqa: E402

import ingest  # noqa: E402
import postgresql  # noqa: E402
from node import Node  # noqa: E402

WEFT = pathlib.Path(os.environ.get("WEFT_BENCH_PROGRAM", ROOT / "build" / "release" / "weft"))
ROUNDS = int(os.environ.get("WEFT_BENCH_ROUNDS", "11"))
ROWS = int(os.environ.get("WEFT_BENCH_ROWS", "1000000"))
LABEL = f"{ROWS:,} rows"
WIDE = f"""SELECT i AS id, 'name ' || (i * 7919 % 100003) AS name, ((i * 31 % 1000000) / 100)::decimal(12,2) AS amount,
    sin(i) AS ratio, TIMESTAMP '2024-01-01' + INTERVAL (i) SECOND AS moment, i % 3 = 0 AS flag FROM range({ROWS}) t(i)"""
PRODUCT = """apiVersion: weft/v1
kind: DataProduct
domain: bench
name: {name}
version: 1.0.0
description: Rows for measurements.
team: {{name: testers, contact: "#testers"}}
inputPorts:
  - {{name: source, file: "{file}"}}
outputPorts:
  - name: default
"""


class Bench:
    """What is measured against what: a node and PostgreSQL with the same million rows, DuckDB in this process."""

    def __init__(self, node, rival, files):
        self.node, self.rival, self.files = node, rival, files
        host, port = node.postgres
        self.target = {"host": host, "port": port, "user": "ana", "password": node.users["ana"][0], "dbname": "weft"}
        self.lines = []

    def line(self, name, weft="", rival="", ratio="", aa="", aim=""):
        self.lines.append((name, weft, rival, ratio, aa, aim))
        print(f"  {name}: {weft} {rival} {ratio}", flush=True)

    def compare(self, name, weft, rival, aim):
        """Ratio of speeds: how many times faster than the rival. Each is a function that returns seconds."""
        weft(), rival()  # Warm.
        ours, theirs, ratios, control = [], [], [], []
        for _ in range(ROUNDS):
            first, other, second = weft(), rival(), weft()
            ours.append(first)
            theirs.append(other)
            ratios.append(other / first)
            control.append(second / first)
        spread = statistics.median(abs(r - statistics.median(ratios)) for r in ratios)
        self.line(name, f"{statistics.median(ours):.3f}", f"{statistics.median(theirs):.3f}",
                  f"{statistics.median(ratios):.2f}× ±{spread:.2f}", f"{statistics.median(control):.2f}", aim)

    def measure(self, name, ask, unit="ms", times=20, aim=""):
        values = [ask() for _ in range(times)]
        scale = {"ms": 1e3, "s": 1, "MB": 1}[unit]
        self.line(name, f"{statistics.median(values) * scale:.2f} {unit}", aim=aim)


def drain(target, message):
    """Seconds from sending one protocol message to ReadyForQuery, without looking at the rows."""
    connection = psycopg.connect(**target, autocommit=True)
    try:
        raw = socket.socket(fileno=os.dup(connection.fileno()))
        raw.setblocking(True)
        buffer = bytearray(1 << 20)
        view = memoryview(buffer)
        start = time.perf_counter()
        raw.sendall(message)
        tail = b""
        while tail != b"Z\0\0\0\5I":
            size = raw.recv_into(buffer)
            if size == 0:
                raise RuntimeError("connection closed while rows were expected")
            tail = (tail + bytes(view[max(0, size - 6):size]))[-6:]
        seconds = time.perf_counter() - start
        raw.close()
        return seconds
    finally:
        connection.close()


def simple(sql):
    text = sql.encode() + b"\0"
    return b"Q" + (len(text) + 4).to_bytes(4, "big") + text


def drain_http(node, path, accept):
    host, _, port = node.url.removeprefix("http://").rpartition(":")
    token = node.secrets_of("ana")[1]
    with socket.create_connection((host, int(port))) as raw:
        buffer = bytearray(1 << 20)
        start = time.perf_counter()
        raw.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n"
                    f"Accept: {accept}\r\nConnection: close\r\n\r\n".encode())
        size = raw.recv_into(buffer)
        if not bytes(buffer[:15]).startswith(b"HTTP/1.1 200"):
            raise RuntimeError(bytes(buffer[:size]).decode("utf-8", "replace"))
        tail = bytes(buffer[max(0, size - 5):size])
        while tail != b"0\r\n\r\n":  # The last chunk, not the end of the connection.
            size = raw.recv_into(buffer)
            if size == 0:
                raise RuntimeError("the answer was cut off")
            tail = (tail + bytes(buffer[max(0, size - 5):size]))[-5:]
        return time.perf_counter() - start


def wire(bench):
    rows = simple("SELECT * FROM bench.wide")
    copy = simple("COPY (SELECT * FROM bench.wide) TO STDOUT")
    for name, message, aim in ((f"SELECT, {LABEL}, text", rows, "≥ 2×"), (f"COPY, {LABEL}, text", copy, "")):
        bench.compare(f"{name} / PostgreSQL 15", lambda m=message: drain(bench.target, m),
                      lambda m=message: drain(bench.rival, m), aim)
    count = simple("SELECT name, count(*), sum(amount) FROM bench.wide GROUP BY 1 ORDER BY 2 DESC LIMIT 10")
    bench.compare(f"group by, {LABEL} / PostgreSQL 15", lambda: drain(bench.target, count),
                  lambda: drain(bench.rival, count), "")


def http(bench):
    source = f"SELECT * FROM '{bench.files}/wide.parquet'"
    out = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()

    def copy_to(form):
        start = time.perf_counter()
        duckdb.sql(f"COPY ({source}) TO '{out}/weft-bench.out' ({form})")
        return time.perf_counter() - start
    for name, accept, form in (("JSON Lines", "application/jsonl", "FORMAT json"),
                               ("CSV", "text/csv", "FORMAT csv, HEADER")):
        bench.compare(f"HTTP {name}, {LABEL} / DuckDB COPY TO",
                      lambda a=accept: drain_http(bench.node, "/data/bench/wide", a), lambda f=form: copy_to(f),
                      "≥ 0.8×")
    pathlib.Path(out, "weft-bench.out").unlink(missing_ok=True)


def median_of(ask, times):
    values = []
    for _ in range(times):
        start = time.perf_counter()
        ask()
        values.append(time.perf_counter() - start)
    return statistics.median(values)


@contextlib.contextmanager
def echo():
    """One connection to another process's loop that sends back what it gets: the loopback round trip."""
    code = ("import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True)\n"
            "c = s.accept()[0]; c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)\n"
            "while (d := c.recv(4096)): c.sendall(d)")
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    with socket.create_connection(("127.0.0.1", int(process.stdout.readline()))) as raw:
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield lambda: (raw.sendall(b"x" * 64), raw.recv(4096))
    process.wait()


def point(bench):
    sql = f"SELECT * FROM bench.wide WHERE id = {ROWS * 7 // 9}"
    inside = duckdb.connect()
    inside.execute(f"CREATE VIEW wide AS SELECT * FROM '{bench.files}/wide.parquet'")
    local = sql.replace("bench.wide", "wide")
    with psycopg.connect(**bench.target, autocommit=True) as ours, echo() as ping:
        ratios, times, rivals = [], [], []
        for _ in range(ROUNDS):
            trip = median_of(ping, 50)
            library = median_of(lambda: inside.execute(local).fetchall(), 20)
            served = median_of(lambda: ours.execute(sql).fetchall(), 20)
            ratios.append(served / (trip + library))
            times.append(served)
            rivals.append(trip + library)
    bench.line("point query p50 / (round trip + in-process)", f"{statistics.median(times) * 1e3:.2f} ms",
               f"{statistics.median(rivals) * 1e3:.2f} ms", f"{statistics.median(ratios):.2f}×", "", "≤ 1.5×")


def connect_and_ask(target):
    start = time.perf_counter()
    with psycopg.connect(**target, autocommit=True) as connection:
        connection.execute("SELECT 1").fetchall()
    return time.perf_counter() - start


def session(bench):
    bench.measure("session start to first answer, warm", lambda: connect_and_ask(bench.target))
    bench.measure("the same of PostgreSQL 15", lambda: connect_and_ask(bench.rival))


def tree(pid):
    children = [child for task in pathlib.Path(f"/proc/{pid}/task").iterdir()
                for child in (task / "children").read_text().split()]
    return [pid] + [p for child in children for p in tree(int(child))]


def memory(pid):
    """PSS of the process and all below it, in MB."""
    total = 0
    for process in tree(pid):
        with contextlib.suppress(OSError):
            text = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text()
            total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024


def start(bench):
    node = Node(WEFT)
    try:
        node.start()
        node.add_user("ana")
        node.stop()
        host, port = None, None

        def again():
            nonlocal host, port
            if node.process:
                node.stop()
            begin = time.perf_counter()
            node.start()
            host, port = node.postgres
            connect_and_ask(bench.target | {"host": host, "port": port, "password": node.users["ana"][0]})
            return time.perf_counter() - begin
        bench.measure("node start to first answer", again, times=7)
        time.sleep(2)
        idle = memory(node.process.pid)
        bench.line("memory of an idle node", f"{idle:.0f} MB")
        target = bench.target | {"host": host, "port": port, "password": node.users["ana"][0]}
        connections = [psycopg.connect(**target, autocommit=True) for _ in range(500)]
        for connection in connections[:50]:
            connection.execute("SELECT 1")
        time.sleep(2)
        bench.line("memory with 500 idle connections", f"{memory(node.process.pid):.0f} MB",
                   "", f"{(memory(node.process.pid) - idle) / 500 * 1024:.0f} KB each")
        for connection in connections:
            connection.close()
    finally:
        node.close()

    def help_text():
        begin = time.perf_counter()
        subprocess.run([WEFT, "--help"], stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - begin
    bench.measure("weft --help", help_text, times=50, aim="≤ 30 ms")


def apply(bench):
    for count in (1, 1000):
        node = Node(WEFT)
        try:
            node.start()
            (node.files / "in.csv").write_text("id,name\n1,a\n2,b\n")
            for n in range(count):
                folder = node.files / "tree" / f"p{n}"
                folder.mkdir(parents=True)
                (folder / "product.yaml").write_text(PRODUCT.format(name=f"p{n}", file=node.files / "in.csv"))
            begin = time.perf_counter()
            node.run("apply", "tree", timeout=600)
            bench.line(f"apply of {count} product{'s' * (count > 1)}", f"{time.perf_counter() - begin:.2f} s")
            begin = time.perf_counter()
            node.run("apply", "tree", "--wait", timeout=900)
            bench.line("  until all have run", f"{time.perf_counter() - begin:.2f} s")
        finally:
            node.close()


SUITES = {"wire": wire, "http": http, "point": point, "session": session, "start": start, "apply": apply,
          "acks": lambda bench: ingest.acks(bench, WEFT, ROUNDS),
          "fresh": lambda bench: ingest.fresh(bench, WEFT, ROUNDS),
          "tail": lambda bench: ingest.tail(bench, WEFT, ROUNDS, ROWS),
          "incremental": lambda bench: ingest.incremental(bench, WEFT, ROUNDS, ROWS),
          "convert": lambda bench: ingest.convert(bench, WEFT, ROUNDS, ROWS),
          "overload": lambda bench: ingest.overload(bench, WEFT, ROUNDS)}


@contextlib.contextmanager
def prepared():
    node = Node(WEFT, options=[])
    try:
        duckdb.sql(f"COPY ({WIDE}) TO '{node.files}/wide.parquet'")
        (node.files / "wide").mkdir()
        (node.files / "wide" / "product.yaml").write_text(
            PRODUCT.format(name="wide", file=node.files / "wide.parquet"))
        node.start()
        begin = time.perf_counter()
        node.run("apply", "wide", "--wait", timeout=600)
        print(f"  {ROWS} rows applied and published in {time.perf_counter() - begin:.1f} s")
        node.add_user("ana", ["testers"])
        with postgresql.server(["-c", "shared_buffers=512MB"]) as (rival, _):
            duckdb.sql(f"COPY ({WIDE}) TO '{node.files}/wide.csv' (FORMAT csv, HEADER false)")
            with psycopg.connect(**rival, autocommit=True) as connection:
                connection.execute("CREATE SCHEMA bench; CREATE TABLE bench.wide (id bigint PRIMARY KEY, name varchar,"
                                   " amount numeric(12,2), ratio double precision, moment timestamp, flag boolean)")
                with connection.cursor().copy("COPY bench.wide FROM STDIN (FORMAT csv)") as copy:
                    with open(node.files / "wide.csv", "rb") as file:
                        while block := file.read(1 << 20):
                            copy.write(block)
                connection.execute("VACUUM ANALYZE bench.wide")
            yield Bench(node, rival, node.files)
    except BaseException:
        print(node.log_tail())
        raise
    finally:
        node.close()


def main(names):
    unknown = set(names) - SUITES.keys()
    if unknown:
        raise SystemExit(f"bench: no {', '.join(unknown)}; there are: {' '.join(SUITES)}")
    with prepared() as bench:
        for name in names or SUITES:
            try:
                SUITES[name](bench)
            except Exception as error:
                bench.line(name, f"failed: {type(error).__name__}: {error}")
    print("\n| what | Weft | rival | ratio | A/A | aim |\n|---|---|---|---|---|---|")
    for line in bench.lines:
        print("| " + " | ".join(line) + " |")
    return 1 if any("failed" in line[1] for line in bench.lines) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
