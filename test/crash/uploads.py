#!/usr/bin/env python3
"""Kills a node at every durable step of an upload that replaces a file, starts it again and looks.

    crash/uploads.py --weft PATH

What was answered with `done` is in place; what was not is whole or absent; the upload can always be finished, and
its rows arrive. Exit 1 otherwise.
"""
import argparse
import hashlib
import json
import pathlib
import shutil
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from node import Node, NodeError  # noqa: E402

PRODUCT = """apiVersion: weft/v1
kind: DataProduct
domain: sales
name: orders
version: 1.0.0
description: Orders that the shop sends as files.
team: {name: sales-data, contact: "#sales"}
inputPorts:
  - {name: shop, upload: "*.csv"}
outputPorts:
  - name: default
    columns:
      order_id: {type: bigint}
"""
UPLOADS = "/api/v1/products/sales/orders/inputs/shop/uploads"
OLD = b"order_id\n1\n2\n"
NEW = b"order_id\n" + b"".join(b"%d\n" % i for i in range(10, 22))
PIECE_BYTES = 10
ROWS_SECONDS = 30


def ask(node, method, path, body=None, headers=None):
    token = {"Authorization": "Bearer " + node.admin_token(), "Accept": "application/json"}
    request = urllib.request.Request(node.url + path, data=body, method=method, headers=token | (headers or {}))
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def upload(node, text):
    file = {"name": "a.csv", "size": len(text), "sha256": hashlib.sha256(text).hexdigest()}
    at = ask(node, "POST", UPLOADS, json.dumps(file).encode())
    while not at["done"]:
        offset = at["offset"]
        at = ask(node, "PATCH", f"{UPLOADS}/{at['upload']}", text[offset:offset + PIECE_BYTES],
                 {"Upload-Offset": str(offset)})


def rows_arrive(node):
    statement = json.dumps({"sql": "SELECT count(*) AS n, min(order_id) AS first FROM sales.orders"}).encode()
    end = time.monotonic() + ROWS_SECONDS
    while time.monotonic() < end:
        if ask(node, "POST", "/api/v1/sql", statement) == [{"n": 12, "first": 10}]:
            return True
        time.sleep(0.2)
    return False


def make_template(weft, root):
    """A node with the old file, stopped after its run."""
    node = Node(weft, root).start()
    team = {"name": "sales-data", "members": ["admin"]}
    ask(node, "POST", "/api/v1/teams", json.dumps(team).encode())
    folders = {"folders": [{"path": "/p", "files": {"product.yaml": PRODUCT}}]}
    ask(node, "POST", "/api/v1/apply", json.dumps(folders).encode())
    upload(node, OLD)
    run = ask(node, "GET", "/api/v1/runs?product=sales.orders")["runs"][0]["id"]
    ask(node, "GET", f"/api/v1/runs/{run}?wait=30")
    node.stop()


def steps_of_upload(weft, root):
    """-> (steps before it, steps after it)."""
    log = root / "steps"
    node = Node(weft, root).start({"WEFT_CRASH_LOG": str(log)})
    before = len(log.read_text().splitlines()) if log.exists() else 0
    upload(node, NEW)
    after = len(log.read_text().splitlines())
    node.kill()
    return before, after


def try_step(weft, root, step):
    """-> what is wrong, or None."""
    node = Node(weft, root)
    done = False
    try:
        node.start({"WEFT_CRASH_AT": str(step)})
        upload(node, NEW)
        done = True
    except (NodeError, OSError):
        pass
    node.kill()
    place = next((root / "data" / "uploads").glob("*/shop"))
    found = {path.name: path.read_bytes() for path in place.iterdir()}
    if list(found) != ["a.csv"] or found["a.csv"] not in ((NEW,) if done else (OLD, NEW)):
        return f"{'answered, ' if done else ''}in place: {found}"
    node.start()
    try:
        upload(node, NEW)
        if (place / "a.csv").read_bytes() != NEW:
            return "finished, and another file is in place"
        return None if rows_arrive(node) else "the rows did not arrive:\n" + node.log_tail()
    except urllib.error.HTTPError as error:
        return f"cannot be finished: {error.read()}"
    finally:
        node.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weft", required=True)
    weft = parser.parse_args().weft
    with tempfile.TemporaryDirectory(prefix="weft-uploads-") as folder:
        template = pathlib.Path(folder) / "template"
        make_template(weft, template)
        root = pathlib.Path(folder) / "try"
        shutil.copytree(template, root)
        before, after = steps_of_upload(weft, root)
        bad = 0
        for step in range(before + 1, after + 2):  # One more than there are: that try comes to its end.
            shutil.rmtree(root)
            shutil.copytree(template, root)
            if wrong := try_step(weft, root, step):
                print(f"killed at step {step} of {after}: {wrong}")
                bad += 1
    print(f"{after + 1 - before} kills, {bad} bad")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
