#!/usr/bin/env python3
"""The CloudEvents SDK against a node: binary, structured and batched events, every attribute kept, repeats known.

    cloud_events.py --weft PATH

Prints what differs; exit 1 if anything does.
"""
import argparse
import datetime
import json
import pathlib
import shutil
import sys
import time

from cloudevents.core.bindings import http
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from node import Node  # noqa: E402

VISIBLE_SECONDS = 20
BATCH = "application/cloudevents-batch+json"
# Attributes with all that a header or a JSON text can hold; (id, source, page).
TEXTS = [
    ("plain", "/shop", "/"),
    ("with blank and %", "https://example.com/a?b=c&d=%20e", "/a b"),
    ("ünï©ode 𝄞", "urn:müller", "/größe"),
    ('quo"te', "/it's", 'back\\slash and "quotes"'),
]


def events(kind):
    for number, (name, source, page) in enumerate(TEXTS):
        yield CloudEvent(
            {"id": f"{kind} {name}", "source": source, "type": "com.example.view", "specversion": "1.0",
             "datacontenttype": "application/json", "subject": "a page",
             "time": datetime.datetime(2026, 1, 2, 3, 4, number, tzinfo=datetime.timezone.utc)},
            {"page": page})


def send(node, headers, body):
    body = body if isinstance(body, bytes) else body.encode()
    status, _, text = node.http("POST", "/ingest/web", "admin", body, {**headers, "Prefer": "wait=20"})
    return status, json.loads(text)


def send_all(node):
    """Yields what an answer should have been."""
    form = JSONFormat()
    for kind, write in (("binary", http.to_binary), ("structured", http.to_structured)):
        for event in events(kind):
            message = write(event, form)
            for repeat in (False, True):
                status, answer = send(node, message.headers, message.body)
                wanted = 0 if repeat else 1
                if status != 200 or answer.get("count") != wanted and not (repeat and answer.get("repeated")):
                    yield f"{kind} {event.get_id()}, {'again' if repeat else 'first'}: {status} {answer}"
                if not repeat and answer.get("accepted") != 1:
                    yield f"{kind} {event.get_id()}: not accepted: {answer}"
    batch = [json.loads(form.write(event)) for event in events("batch")]
    status, answer = send(node, {"Content-Type": BATCH}, json.dumps(batch))
    if status != 200 or answer.get("accepted") != len(batch):
        yield f"batch: {status} {answer}"


def rows(node):
    _, _, text = node.http("GET", "/data/web/views?columns=page,ce_id,ce_source,ce_type,ce_time", "admin",
                           headers={"Accept": "application/jsonl"})
    return sorted((json.loads(line) for line in text.splitlines()), key=lambda row: row["ce_id"])


def differences(node):
    yield from send_all(node)
    wanted = sorted(f"{kind} {name}" for kind in ("binary", "structured", "batch") for name, _, _ in TEXTS)
    until = time.monotonic() + VISIBLE_SECONDS
    while len(got := rows(node)) < len(wanted) and time.monotonic() < until:
        time.sleep(0.2)
    if [row["ce_id"] for row in got] != wanted:
        yield f"ids: expected {wanted}\n     got      {[row['ce_id'] for row in got]}"
        return
    of_name = {name: (source, page, number) for number, (name, source, page) in enumerate(TEXTS)}
    for row in got:
        source, page, number = of_name[row["ce_id"].split(" ", 1)[1]]
        moment = datetime.datetime.fromisoformat(row["ce_time"]).astimezone(datetime.timezone.utc)
        found = (row["ce_source"], row["page"], row["ce_type"], moment.second)
        if found != (source, page, "com.example.view", number):
            yield f"{row['ce_id']}: {row}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weft", required=True)
    node = Node(parser.parse_args().weft)
    try:
        node.start()
        shutil.copytree(HERE.parent / "fixtures/web/views", node.files / "views")
        node.run("apply", "views", "--wait")
        wrong = list(differences(node))
    finally:
        node.close()
    for text in wrong:
        print(text)
    print(f"cloud_events: {3 * len(TEXTS)} events, {len(wrong)} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
