#!/usr/bin/env python3
"""Real clients against a node: statements, catalogues, and PyIceberg over every table.

    run.py --weft PATH          a fresh node with the products of products/
    run.py --postgresql         PostgreSQL 15 with the same rows instead: proves queries.sql and this runner

Prints a line per client; every difference with what was expected and what came. Exit 1 if there is one.
"""
import argparse
import contextlib
import pathlib
import shutil
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import catalogues  # noqa: E402
import clients  # noqa: E402
import postgresql  # noqa: E402
import tables  # noqa: E402
import writes  # noqa: E402
from node import Node  # noqa: E402
from queries import read_queries  # noqa: E402

PRODUCTS = ("countries", "orders", "kinds", "totals")


@contextlib.contextmanager
def weft_target(weft):
    node = Node(weft)
    try:
        node.start()
        for name in PRODUCTS:
            shutil.copytree(HERE / "products" / name, node.files / name)
        node.run("apply", *PRODUCTS, "--wait")
        node.add_user("ana", ["testers"])
        host, port = node.postgres
        yield {"host": host, "port": port, "user": "ana", "password": node.users["ana"][0], "dbname": "weft"}, node
    except BaseException:
        print(node.log_tail())
        raise
    finally:
        node.close()


@contextlib.contextmanager
def weft_writes(weft):
    """A node of its own: what is written there is no business of the other checks."""
    node = Node(weft)
    try:
        node.start()
        shutil.copytree(HERE / "products" / "notes", node.files / "notes")
        node.run("apply", "notes", "--wait")
        node.add_user("ana", ["testers"])
        host, port = node.postgres
        yield {"host": host, "port": port, "user": "ana", "password": node.users["ana"][0], "dbname": "weft"}
    except BaseException:
        print(node.log_tail())
        raise
    finally:
        node.close()


def differences(expected, got):
    if not isinstance(got, list):
        yield f"    got an error: {got}"
    elif expected != got:
        for n in range(max(len(expected), len(got))):
            wanted = expected[n] if n < len(expected) else "(no such row)"
            came = got[n] if n < len(got) else "(no such row)"
            if wanted != came:
                yield f"    row {n + 1}: expected {wanted}\n           got      {came}"


def run_client(name, ask, target, queries):
    start = time.monotonic()
    try:
        answers = ask(target, queries)
    except Exception as error:
        answers = {"(connection)": f"{type(error).__name__}: {error}"}
    wrong = 0
    for query in queries:
        expected = query.expected
        if name == "ODBC":
            expected = [[clients.odbc_expected(cell) for cell in row] for row in expected]
        lines = list(differences(expected, answers.get(query.name, "no answer")))
        if lines:
            wrong += 1
            print(f"  {name}: {query.name}: {query.sql.strip()}", *lines, sep="\n")
    extra = catalogues.JDBC if name == "pgJDBC" else {}
    for what, expected in extra.items():
        lines = list(differences(expected, answers.get(what, answers.get("jdbc_metadata", "no answer"))))
        if lines:
            wrong += 1
            print(f"  {name}: {what}", *lines, sep="\n")
    for unknown in answers.keys() - {query.name for query in queries} - extra.keys():
        wrong += 1
        print(f"  {name}: {unknown}: {answers[unknown]}")
    total = len(queries) + len(extra)
    print(f"{name:18} {total - wrong:3} of {total} right {time.monotonic() - start:6.1f} s", flush=True)
    return wrong


def run_check(name, check, target):
    start = time.monotonic()
    try:
        complaints = check(target)
    except Exception as error:
        complaints = [f"{type(error).__name__}: {error}"]
    for complaint in complaints:
        print(f"  {name}: {complaint}")
    print(f"{name:18} {'right' if not complaints else f'{len(complaints)} wrong'} {time.monotonic() - start:6.1f} s",
          flush=True)
    return len(complaints)


def iceberg_agrees(node):
    """Every table of the node, read without it, has the rows that SQL shows: by count and sums of numbers."""
    def check(_):
        complaints, seen = [], []
        for arrow in tables.read_all(node.data).values():
            name = next((n for n, column in (("orders", "order_id"), ("kinds", "ratio"), ("countries", "code"),
                                             ("totals", "orders")) if column in arrow.column_names), None)
            seen.append(name)
            numbers = [f.name for f in arrow.schema if str(f.type).startswith(("int", "decimal", "double"))]
            sums = ", ".join(f"sum({n})::numeric(38,2)" for n in numbers)
            done = node.psql(f"SELECT count(*){', ' + sums if sums else ''} FROM compat.{name}", options=["-t"])
            wanted = [str(arrow.num_rows)] + [exact_sum(arrow.column(n)) for n in numbers]
            got = done.stdout.strip().split(" | ")
            complaints += catalogues.compare(f"PyIceberg {name}", wanted, got)
        return complaints + catalogues.compare("PyIceberg tables", sorted(PRODUCTS), sorted(map(str, seen)))
    return check


def exact_sum(column):
    from decimal import Decimal
    total = sum(Decimal(str(value)) for value in column.to_pylist() if value is not None)
    return f"{total:.2f}"


def run_writes(given):
    with contextlib.ExitStack() as stack:
        if given.postgresql:
            target, _ = stack.enter_context(postgresql.target(HERE / "products"))
            writes.create_table(target)
        else:
            target = stack.enter_context(weft_writes(given.weft))
        return sum(run_check(name, check, target) for name, check in writes.CHECKS.items()
                   if not given.client or given.client in name)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--weft", default=HERE.parent.parent / "build" / "release" / "weft")
    options.add_argument("--postgresql", action="store_true")
    options.add_argument("--client", help="only clients whose name contains this")
    given = options.parse_args()
    queries = read_queries()
    make = postgresql.target(HERE / "products") if given.postgresql else weft_target(given.weft)
    wrong = 0
    with make as (target, node):
        for name, ask in clients.CLIENTS.items():
            if not given.client or given.client in name:
                wrong += run_client(name, ask, target, queries)
        checks = dict(catalogues.CHECKS)
        if node:
            checks["PyIceberg agrees"] = iceberg_agrees(node)
        for name, check in checks.items():
            if not given.client or given.client in name:
                wrong += run_check(name, check, target)
    if any(not given.client or given.client in name for name in writes.CHECKS):
        wrong += run_writes(given)
    print("every client agrees" if wrong == 0 else f"{wrong} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
