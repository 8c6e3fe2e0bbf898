"""Producers that push records and remember every answer, and the comparison of a node with what they remember.

Used by crash/ingest.py, faults/run.py and soak/run.py. `web.clicks` takes the records, `web.clicks__rejected` those that
are bad on purpose. A request is one of: acknowledged (its positions are known), refused (nothing of it may be there),
or unknown (the answer never came): under a key it is sent again until it is acknowledged, without a key never.
"""
import http.client
import json
import random
import threading
import time

import psycopg

PRODUCT = """apiVersion: weft/v1
kind: DataProduct
domain: web
name: clicks
version: 1.0.0
description: Records that the producers of this test push.
team: {name: testers, contact: "#testers"}
inputPorts:
  - {name: clicks, events: push}
outputPorts:
  - name: default
    columns:
      id: {type: varchar, required: true}
      producer: {type: bigint, required: true}
      sequence: {type: bigint, required: true}
      text: {type: varchar}
"""
# Short intervals, small segments: rolls, commits and deletions happen within every life of a few hundred milliseconds.
CONFIG = """ingest:
  roll_ms: 40
  commit_ms: 200
  segment_bytes: 131072
"""
WORDS = ("alpha", "béta", "γ", '"quoted"', "back\\slash", "tab\there", "𝄞", "null", "", "0", "'; DROP", "x" * 700)
VISIBLE_SECONDS = 20
RETRY_SECONDS = 20


class Wrong(Exception):
    """The node contradicts what it acknowledged."""


class Request:
    def __init__(self, key, lines, ids, bad):
        self.key, self.lines, self.ids, self.bad = key, lines, ids, bad
        self.state = "sent"   # → acked, refused; or stays: unknown.
        self.first = None     # Position of the first record, when acknowledged.
        self.found = {}       # index → position, as read.
        self.tries = 0

    @property
    def last(self):
        return self.first + len(self.lines) - 1

    def body(self):
        return b"".join(line + b"\n" for line in self.lines)


def make_record(rng, name, producer, sequence):
    """-> (line, is it bad)"""
    record = {"id": name, "producer": producer, "sequence": sequence, "text": rng.choice(WORDS) * rng.randint(1, 3)}
    kind = rng.random()
    if kind < 0.92:
        return json.dumps(record, ensure_ascii=rng.random() < 0.5).encode(), False
    if kind < 0.94:
        record["sequence"] = "not a number"
    elif kind < 0.96:
        record["surprise"] = True
    elif kind < 0.98:
        record["text"] = record.pop("id")
    else:
        return f"no JSON at all {name}".encode(), True
    return json.dumps(record).encode(), True


class Ledger:
    """What was sent and what came back. THREAD: any; check() while no producer runs."""

    def __init__(self, mark, seed):
        self.mark, self.rng, self.lock = mark, random.Random(seed), threading.Lock()
        self.requests, self.by_id, self.retries = [], {}, []
        self.sequence = 0
        self.retried = self.repeated = self.acked_records = 0
        self.problems = []
        self.checked = 0       # Positions up to here were compared, row by row.
        self.acked_last = 0    # The newest acknowledged position.
        self.positions = {}    # position → id, as read.
        self.received = None   # When the newest compared record was accepted.

    def make(self, producer):
        with self.lock:
            rng = self.rng
            count = 1 if rng.random() < 0.5 else rng.randint(2, 60)
            lines, ids, bad = [], [], []
            for _ in range(count):
                self.sequence += 1
                name = f"{self.mark}-{self.sequence}"
                line, is_bad = make_record(rng, name, producer, self.sequence)
                lines.append(line)
                ids.append(name)
                bad.append(is_bad)
            key = f"{self.mark}-k{self.sequence}" if rng.random() < 0.6 else None
            request = Request(key, lines, ids, bad)
            for index, name in enumerate(ids):
                self.by_id[name] = (request, index)
            self.requests.append(request)
            return request

    def next(self, producer):
        """A request whose answer never came, one that is repeated although it was acknowledged, or a new one."""
        with self.lock:
            if self.retries and self.rng.random() < 0.7:
                self.retried += 1
                return self.retries.pop()
            if self.requests and self.rng.random() < 0.05:
                old = self.requests[self.rng.randrange(max(0, len(self.requests) - 200), len(self.requests))]
                if old.key and old.state == "acked":
                    self.repeated += 1
                    return old
        return self.make(producer)

    def acknowledge(self, request, answer):
        with self.lock:
            first, count = answer["first_position"], answer["count"]
            if count != len(request.lines) or answer["last_position"] != first + count - 1:
                raise Wrong(f"{len(request.lines)} records were acknowledged as {answer}")
            if request.state == "acked" and (request.first != first or not answer["repeated"]):
                raise Wrong(f"key {request.key}: acknowledged at {request.first}, when repeated as {answer}")
            if request.state != "acked":
                self.acked_records += count
            request.state, request.first = "acked", first
            self.acked_last = max(self.acked_last, request.last)

    def put_back(self, request):
        with self.lock:
            if request.key and request.state != "acked":
                self.retries.append(request)

    def refuse(self, request):
        with self.lock:
            request.state = "refused" if request.state != "acked" else "acked"


class Pusher:
    """One keep-alive connection to POST /ingest/web/clicks."""

    def __init__(self, node, name, path="/ingest/web/clicks"):
        host, _, port = node.url.removeprefix("http://").rpartition(":")
        self.connection = http.client.HTTPConnection(host, int(port), timeout=30)
        self.headers = {"Authorization": f"Bearer {node.secrets_of(name)[1]}", "Content-Type": "application/jsonl"}
        self.path = path

    def push(self, body, key=None, headers=()):
        """-> (status, answer). OSError or HTTPException: nobody knows."""
        sent = self.headers | ({"Idempotency-Key": key} if key else {}) | dict(headers)
        self.connection.request("POST", self.path, body, sent)
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text[:1] in b"{[" and text else text.decode("utf-8", "replace")

    def close(self):
        self.connection.close()


class Producer(threading.Thread):
    """Pushes until told to stop or the node is gone."""

    def __init__(self, ledger, node, name, number, pause=0.0):
        super().__init__(daemon=True)
        self.ledger, self.number, self.pause = ledger, number, pause
        self.pusher = Pusher(node, name)
        self.stopped = threading.Event()
        self.refusals = {}

    def run(self):
        try:
            while not self.stopped.is_set() and self.one():
                if self.pause:
                    time.sleep(self.pause)
        except Wrong as wrong:
            self.ledger.problems.append(str(wrong))
        finally:
            self.pusher.close()

    def one(self):
        request = self.ledger.next(self.number)
        request.tries += 1
        for _ in range(200):
            try:
                status, answer = self.pusher.push(request.body(), request.key)
            except (OSError, http.client.HTTPException, ValueError):
                self.ledger.put_back(request)  # The node is gone, or the connection: nobody knows.
                return False
            if status not in (429, 503):
                break
            self.refusals[status] = self.refusals.get(status, 0) + 1
            if self.stopped.wait(0.05):
                break
        if status in (200, 201, 202):
            self.ledger.acknowledge(request, answer)
        elif status in (429, 503, 507):
            self.refusals[status] = self.refusals.get(status, 0) + 1
            self.ledger.refuse(request)
            return not self.stopped.wait(0.05)
        elif status >= 500:
            self.refusals[status] = self.refusals.get(status, 0) + 1
            self.ledger.put_back(request)
        else:
            raise Wrong(f"a push was answered {status}: {answer}")
        return True


def retry_all(ledger, node, name):
    """Every request under a key that waits for its answer is acknowledged now."""
    end = time.monotonic() + RETRY_SECONDS
    pusher = Pusher(node, name)
    while ledger.retries:
        request = ledger.retries.pop()
        ledger.retried += 1
        while True:
            status, answer = pusher.push(request.body(), request.key)
            if status in (200, 201, 202):
                ledger.acknowledge(request, answer)
                break
            if status not in (429, 503) or time.monotonic() > end:
                raise Wrong(f"a repeated push was answered {status}: {answer}")
            time.sleep(0.05)
    pusher.close()


def connect(node, name):
    host, port = node.postgres
    return psycopg.connect(host=host, port=port, user=name, password=node.secrets_of(name)[0], dbname="weft",
                           autocommit=True, connect_timeout=10)


def newest(connection):
    rows = connection.execute("SELECT coalesce(max(_position), 0) FROM web.clicks UNION ALL "
                              "SELECT coalesce(max(position), 0) FROM web.clicks__rejected").fetchall()
    return max(row[0] for row in rows)


def wait_visible(ledger, connection, node):
    end, polls = time.monotonic() + VISIBLE_SECONDS, 0
    while True:
        position, polls = newest(connection), polls + 1
        if position >= ledger.acked_last:
            return position
        if time.monotonic() > end and polls > 100:  # A machine that was paused has used up the time, not the node.
            raise Wrong(f"position {ledger.acked_last} was acknowledged; after {VISIBLE_SECONDS} s only {position} is "
                        f"visible\n{node.log_tail(5)}")
        time.sleep(0.02)


def compare_row(ledger, position, name, index_of):
    """A row claims to be the record `name`: was it sent, once, and acknowledged at this position?"""
    if name not in ledger.by_id:
        raise Wrong(f"position {position} holds {name!r}, which nobody sent")
    request, index = ledger.by_id[name]
    index_of(request, index)
    if request.state == "refused":
        raise Wrong(f"position {position} holds {name}, which was refused")
    if request.state == "acked" and request.first + index != position:
        raise Wrong(f"{name} was acknowledged at {request.first + index} and lies at {position} (key {request.key})")
    if index in request.found and request.found[index] != position:
        raise Wrong(f"{name} lies at {request.found[index]} and {position}: doubled (key {request.key})")
    if ledger.positions.get(position, name) != name:
        raise Wrong(f"position {position} holds {name} and {ledger.positions[position]}")
    request.found[index] = position
    ledger.positions[position] = name


def name_in(raw, mark):
    """The id within the raw text of a dead letter."""
    at = raw.find(f"{mark}-")
    end = at + len(mark) + 1
    while at >= 0 and end < len(raw) and raw[end].isdigit():
        end += 1
    return raw[at:end] if at >= 0 else raw[:60]


def compare(ledger, connection, node, everything=False):
    """Waits until what was acknowledged is visible; then reads what is new (or everything) and compares."""
    upto = wait_visible(ledger, connection, node)
    after = 0 if everything else ledger.checked
    if everything:
        ledger.positions.clear()
        for request in ledger.requests:
            request.found.clear()
    good = connection.execute("SELECT _position, id, producer, sequence, text, received_at FROM web.clicks "
                              "WHERE _position > %s AND _position <= %s", [after, upto]).fetchall()
    bad = connection.execute("SELECT position, raw, received_at FROM web.clicks__rejected "
                             "WHERE position > %s AND position <= %s", [after, upto]).fetchall()
    compare_times(ledger, sorted([(row[0], row[-1]) for row in good] + [(row[0], row[-1]) for row in bad]))
    seen = [row[0] for row in good] + [row[0] for row in bad]
    if len(seen) != len(set(seen)):
        twice = sorted(p for p in set(seen) if seen.count(p) > 1) if len(seen) < 20000 else "some"
        raise Wrong(f"positions occur twice: {str(twice)[:200]}")
    for position, name, producer, sequence, text, _ in good:
        def same(request, index, got=(name, producer, sequence, text)):
            sent = json.loads(request.lines[index]) if not request.bad[index] else None
            if sent is None or got != (sent["id"], sent["producer"], sent["sequence"], sent["text"]):
                raise Wrong(f"sent {request.lines[index]!r}, the table shows {got}")
        compare_row(ledger, position, name, same)
    for position, raw, _ in bad:
        def same_raw(request, index, got=raw):
            if not request.bad[index] or got != request.lines[index].decode():
                raise Wrong(f"sent {request.lines[index]!r}, the dead letters show {got!r}")
        compare_row(ledger, position, name_in(raw, ledger.mark), same_raw)
    compare_dense(ledger, connection, after, upto)
    compare_requests(ledger, upto)


def compare_times(ledger, times):
    """Whatever the node's clock does, a later position was not received earlier."""
    for (position, before), (_, after) in zip(times, times[1:]):
        if after < before:
            raise Wrong(f"position {position} was received at {before}, the next at {after}")
    if times and ledger.checked and times[0][0] == ledger.checked + 1 and times[0][1] < ledger.received:
        raise Wrong(f"position {ledger.checked} was received at {ledger.received}, the next at {times[0][1]}")
    if times:
        ledger.received = times[-1][1]


def compare_dense(ledger, connection, after, upto):
    """Positions are 1, 2, … without a gap: what was compared before is still all there."""
    for position in range(after + 1, upto + 1):
        if position not in ledger.positions:
            raise Wrong(f"position {position} is nowhere, the newest is {upto}")
    if after:
        counts = [connection.execute(sql, [after]).fetchone()[0] for sql in (
            "SELECT count(*) FROM web.clicks WHERE _position <= %s",
            "SELECT count(*) FROM web.clicks__rejected WHERE position <= %s")]
        if sum(counts) != after:
            raise Wrong(f"of the first {after} positions {counts} rows are left")
    ledger.checked = upto


def compare_requests(ledger, upto):
    lost = halved = None
    for request in ledger.requests:
        if request.state == "acked" and len(request.found) != len(request.lines):
            lost = request
        elif request.found and len(request.found) != len(request.lines) and max(request.found.values()) < upto:
            halved = request
    if lost:
        raise Wrong(f"{lost.ids[0]} … was acknowledged at {lost.first}, {len(lost.found)} of {len(lost.lines)} records "
                    f"are left (key {lost.key})")
    if halved:
        raise Wrong(f"{halved.ids[0]} … is there in part: {len(halved.found)} of {len(halved.lines)} records")


def prepare(node, ledger, name="ana"):
    """The product, its team and the one who pushes; once per data folder. Dead letters are a relation from the first
    one on, so one is made."""
    (node.files / "clicks").mkdir(exist_ok=True)
    (node.files / "clicks" / "product.yaml").write_text(PRODUCT)
    node.run("apply", "clicks")
    node.add_user(name, ["testers"])
    ledger.sequence = 1
    first = Request(f"{ledger.mark}-k1", [f"not JSON {ledger.mark}-1".encode()], [f"{ledger.mark}-1"], [True])
    ledger.requests, ledger.retries, ledger.by_id = [first], [first], {first.ids[0]: (first, 0)}
    retry_all(ledger, node, name)
    end = time.monotonic() + VISIBLE_SECONDS
    while (seen := node.psql("SELECT 1 FROM web.clicks__rejected", name)).returncode != 0:
        if time.monotonic() > end:
            raise Wrong(f"the first dead letter is not visible: {seen.stderr}")
        time.sleep(0.02)


def write_config(node, text=CONFIG):
    path = node.root / "weft.yaml"
    path.write_text(text)
    node.options += ["--config", str(path)]
