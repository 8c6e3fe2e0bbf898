#!/usr/bin/env python3
"""The demo: a node with a small shop, two people and a governed answer; stays up until Ctrl-C.

    run.py [--check] [--data DIR] [--seed N] [--weft PROGRAM]

--check compares every answer with what generate.py computes without Weft, over psql, HTTP and `weft sql`, runs the
commands that the demo suggests, and ends with 0 or 1. Without --data the folder is temporary and removed at the end.
"""
import argparse
import csv
import io
import json
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import generate

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
READY_SECONDS = 30


class Broken(Exception):
    """A step of the demo did not do what it says."""


def step(name, function, *arguments):
    """Runs a step and prints what it took, in the form of the steps of `./x`."""
    begin, failed = time.monotonic(), True
    try:
        result = function(*arguments)
        failed = False
        return result
    finally:
        print(f"· {name:<44} {time.monotonic() - begin:8.1f} s{'  FAILED' if failed else ''}", flush=True)


def free_port(wished):
    """The wished port if nobody listens there, else 0: any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wished))
            return wished
        except OSError:
            return 0


class Demo:
    def __init__(self, weft, folder, seed):
        self.weft, self.folder = pathlib.Path(weft).resolve(), pathlib.Path(folder).resolve()
        self.shop = generate.make(seed)
        self.process = None

    def write_files(self):
        """Product folders and data lie beside each other; the products name ../../data/*.csv."""
        generate.write(self.shop, self.folder / "data")
        shutil.copytree(HERE / "shop", self.folder / "shop", dirs_exist_ok=True)

    def start(self):
        if not self.try_start(free_port(8080), free_port(5433)):
            # Somebody else took a port in between.
            if not self.try_start(0, 0):
                raise Broken("the node did not start:\n" + self.log_end())
        self.host, _, self.port = self.postgres.rpartition(":")

    def try_start(self, http, postgres):
        node = self.folder / "node"
        addresses = node / "run" / "addresses.json"
        addresses.unlink(missing_ok=True)
        command = [self.weft, "serve", "--data", node, "--http", f"127.0.0.1:{http}",
                   "--postgres", f"127.0.0.1:{postgres}"]
        with open(self.folder / "node.log", "ab") as log:
            # A session of its own: Ctrl-C reaches this script, which then stops the node in order.
            self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, start_new_session=True)
        end = time.monotonic() + READY_SECONDS
        while not addresses.exists():
            if self.process.poll() is not None:
                self.process = None
                return False
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        found = json.loads(addresses.read_text())
        self.http, self.postgres = found["http"], found["postgres"]
        return True

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.process = None
        if code != 0:
            raise Broken(f"the node ended with {code}:\n" + self.log_end())

    def log_end(self):
        return "\n".join((self.folder / "node.log").read_text(errors="replace").splitlines()[-20:])

    def environment(self, name=None):
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("WEFT_", "PG"))}
        token = self.folder / f"{name}.token" if name else self.folder / "node" / "run" / "admin.token"
        return kept | {"WEFT_URL": self.http, "WEFT_TOKEN": token.read_text().strip(), "NO_COLOR": "1",
                       "PGPASSFILE": str(self.folder / "pgpass"), "PGCONNECT_TIMEOUT": "10"}

    def command(self, *words, name=None, check=True):
        """`weft WORDS` as that user; the node's administrator when nobody is named."""
        done = subprocess.run([str(self.weft), *map(str, words)], env=self.environment(name), text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=120)
        if check and done.returncode != 0:
            raise Broken(f"weft {' '.join(map(str, words))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def psql(self, sql, name="ana", *options):
        return subprocess.run(["psql", "-X", "-h", self.host, "-p", self.port, "-U", name, "-d", "weft", *options,
                               "-c", sql], env=self.environment(), text=True, capture_output=True, timeout=120)

    def people(self):
        """ana, who consumes. Her password lies in pgpass and her token in ana.token, readable by you only."""
        password = self.folder / "ana.password"
        if password.exists():
            return  # A folder of an earlier demo.
        secret(password, secrets.token_urlsafe(18))
        self.command("user", "add", "ana", "--password-file", password)
        secret(self.folder / "ana.token", self.command("token", "create", "--for", "ana").stdout.strip())

    def write_pgpass(self):
        secret(self.folder / "pgpass", f"{self.host}:{self.port}:*:ana:{(self.folder / 'ana.password').read_text()}\n")

    def apply(self):
        self.command("apply", self.folder / "shop", "--wait")

    def grant(self):
        self.command("grant", "finance.revenue_by_month", "read", "--to", "ana")
        self.command("grant", "crm.customers.default", "read", "--to", "ana")

    def build_up(self):
        step("generate 2,000 customers, 10,000 orders", self.write_files)
        step("start the node", self.start)
        step("user ana, with a password and a token", self.people)
        self.write_pgpass()
        step("apply five products, wait for their runs", self.apply)
        step("grant ana two of them", self.grant)


def secret(path, text):
    path.touch(mode=0o600)
    path.write_text(text)


def suggestions(demo):
    """Commands that work when pasted; --check runs each of them."""
    pgpass = f"PGPASSFILE={demo.folder}/pgpass psql -h {demo.host} -p {demo.port} -U ana weft"
    curl = f'curl -sSf -H "Authorization: Bearer $(cat {demo.folder}/ana.token)"'
    weft = f"{demo.weft} --url {demo.http} --token-file"
    ana, admin = f"{weft} {demo.folder}/ana.token", f"{weft} {demo.folder}/node/run/admin.token"
    return [
        ("every relation that ana may read", f"{pgpass} -c '\\dt *.*'"),
        ("its columns", f"{pgpass} -c '\\d finance.revenue_by_month'"),
        ("the best month, over HTTP", f"{curl} '{demo.http}/data/finance/revenue_by_month.csv?order=-revenue&limit=1'"),
        ("a question of your own", f'{ana} sql "select country, count(*) from crm.customers group by 1 order by 2 desc"'),
        ("find products", f"{ana} search revenue"),
        ("what a product promises", f"{ana} show finance.revenue_by_month"),
        ("how the products are", f"{admin} status"),
        ("what has run", f"{admin} runs"),
    ]


def show(demo):
    sql = "SELECT month, orders, revenue FROM finance.revenue_by_month ORDER BY month LIMIT 3"
    allowed = demo.psql(sql)
    denied = demo.psql("SELECT * FROM crm.customers__contacts LIMIT 3")
    print(f"\nThe node listens at {demo.http} (HTTP) and {demo.postgres} (PostgreSQL, database weft).\n"
          f"Its folder is {demo.folder}\n\nana asks for finance.revenue_by_month, which she was granted:\n")
    print(indent(f"weft=> {sql};\n{allowed.stdout}{allowed.stderr}"))
    print("ana asks for the customers' addresses, which nobody has granted her:\n")
    print(indent(f"weft=> SELECT * FROM crm.customers__contacts LIMIT 3;\n{denied.stdout}{denied.stderr}"))
    print("Try next:\n")
    for what, command in suggestions(demo):
        print(f"  # {what}\n  {command}\n")


def indent(text):
    return "\n".join(f"    {line}".rstrip() for line in text.rstrip("\n").splitlines()) + "\n"


def rows_of(text):
    return list(csv.reader(io.StringIO(text)))


class Check:
    """Each answer beside the generator's; prints the differences and counts them."""

    def __init__(self, demo):
        self.demo, self.want, self.failed, self.done = demo, generate.expected(demo.shop), 0, 0

    def equal(self, what, got, wanted):
        self.done += 1
        if got != wanted:
            self.failed += 1
            print(f"  FAILED  {what}\n    expected {wanted!r}\n    got      {got!r}"[:2_000])

    def three_ways(self, what, sql, path, wanted, name=None):
        """The same rows over psql, HTTP and `weft sql`; the owner's for users without a name (HTTP and weft only)."""
        if name:
            done = self.demo.psql(sql, name, "--csv", "-t")
            self.equal(f"{what} (psql)", rows_of(done.stdout) or done.stderr, wanted)
        got = self.http(path, name)
        self.equal(f"{what} (HTTP)", rows_of(got.stdout)[1:] or got.stderr, wanted)
        got = self.demo.command("sql", sql, "-o", "csv", name=name, check=False)
        self.equal(f"{what} (weft sql)", rows_of(got.stdout)[1:] or got.stderr, wanted)

    def http(self, path, name=None, *options):
        environment = self.demo.environment(name)
        return subprocess.run(["curl", "-sS", *(options or ["-f"]), "-H",
                               f"Authorization: Bearer {environment['WEFT_TOKEN']}", self.demo.http + path],
                              env=environment, text=True, capture_output=True, timeout=120)

    def sql(self, what, sql, wanted):
        """As the administrator, who is in every team that the apply made."""
        got = self.demo.command("sql", sql, "-o", "csv", check=False)
        self.equal(what, rows_of(got.stdout)[1:] or got.stderr, wanted)

    def answers(self):
        want = self.want
        months = [[month, str(orders), str(items), revenue] for month, (orders, items, revenue) in want["months"].items()]
        self.three_ways("revenue by month", "SELECT * FROM finance.revenue_by_month ORDER BY month",
                        "/data/finance/revenue_by_month.csv?order=month", months, "ana")
        best = [[str(customer), name, spent] for customer, name, spent in want["best"]]
        self.three_ways("best customers",
                        "SELECT customer_id, name, spent FROM crm.customer_value "
                        "ORDER BY spent DESC, customer_id LIMIT 5",
                        "/data/crm/customer_value.csv?columns=customer_id,name,spent&order=-spent,customer_id&limit=5",
                        best)
        self.sql("rows of each product",
                 "SELECT (SELECT count(*) FROM crm.customers), (SELECT count(*) FROM crm.customers__contacts), "
                 "(SELECT count(*) FROM sales.orders), (SELECT count(*) FROM sales.order_items), "
                 "(SELECT count(*) FROM crm.customer_value)",
                 [[str(want[n]) for n in ("customers", "customers", "orders", "items", "customers")]])
        self.sql("sums", "SELECT sum(spent), count(*) FILTER (spent > 0) FROM crm.customer_value",
                 [[want["spent"], str(want["buyers"])]])
        self.sql("empty fields are null", "SELECT count(*) FROM crm.customers__contacts WHERE email IS NULL",
                 [[str(want["without_email"])]])

    def denials(self):
        for table, path in (("crm.customers__contacts", "/data/crm/customers/contacts"),
                            ("sales.orders", "/data/sales/orders")):
            denied = self.demo.psql(f"SELECT * FROM {table}", "ana", "-v", "VERBOSITY=verbose")
            self.equal(f"ana is denied {table}", "42501" in denied.stderr and "weft grant" in denied.stderr, True)
            got = self.http(path, "ana", "-o", "/dev/null", "-w", "%{http_code}")
            self.equal(f"ana is denied {path}", got.stdout, "403")

    def suggested(self):
        for what, command in suggestions(self.demo):
            kept = {k: v for k, v in os.environ.items() if not k.startswith(("WEFT_", "PG"))}
            done = subprocess.run(["bash", "-c", command], env=kept, text=True, capture_output=True, timeout=120,
                                  stdin=subprocess.DEVNULL)
            self.equal(f"{what}: {command}", (done.returncode, done.stdout != ""), (0, True))
            if done.returncode:
                print(indent(done.stderr))


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--check", action="store_true", help="compare the answers, then end")
    options.add_argument("--data", help="a folder to keep; default: a temporary one")
    options.add_argument("--seed", type=int, default=generate.SEED)
    options.add_argument("--weft", default=ROOT / "build" / "release" / "weft")
    given = options.parse_args()
    folder = pathlib.Path(given.data or tempfile.mkdtemp(prefix="weft-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    demo = Demo(given.weft, folder, given.seed)
    begin, status = time.monotonic(), 0
    for each in (signal.SIGINT, signal.SIGTERM):  # Also where a shell has told its background jobs to ignore them.
        signal.signal(each, signal.default_int_handler)
    try:
        demo.build_up()
        show(demo)
        if given.check:
            check = Check(demo)
            step("check the answers", lambda: (check.answers(), check.denials(), check.suggested()))
            status = 1 if check.failed else 0
            print(f"{check.done - check.failed} of {check.done} checks passed")
        else:
            print(f"Ready after {time.monotonic() - begin:.1f} s. Ctrl-C ends the node"
                  f"{'' if given.data else ' and removes its folder'}.", flush=True)
            demo.process.wait()
            raise Broken("the node ended by itself:\n" + demo.log_end())
    except KeyboardInterrupt:
        print()
    except Broken as broken:
        print(broken, file=sys.stderr)
        status = 1
    finally:
        try:
            demo.stop()
        except Broken as broken:
            print(broken, file=sys.stderr)
            status = 1
        if not given.data:
            shutil.rmtree(folder, ignore_errors=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
