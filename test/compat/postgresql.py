"""PostgreSQL 15 in a temporary folder with the rows of products/: what the clients were made for, as a yardstick."""
import contextlib
import os
import pathlib
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time

import psycopg

PROGRAMS = pathlib.Path("/usr/lib/postgresql/15/bin")
COLUMNS = """
CREATE SCHEMA compat;
CREATE TABLE compat.countries (code varchar PRIMARY KEY, name varchar NOT NULL);
CREATE TABLE compat.orders (order_id bigint PRIMARY KEY, customer varchar NOT NULL, country varchar,
                            amount numeric(12,2), ordered date);
CREATE TABLE compat.source (id integer PRIMARY KEY, flag boolean, small integer, big bigint, ratio double precision,
    price numeric(12,2), born date, wake time, seen timestamp, moment timestamptz, word varchar, code uuid, raw varchar,
    tags varchar);
"""
COMPUTED = """
CREATE TABLE compat.kinds AS SELECT id, flag, small, big, ratio, price, born, wake, seen, moment, word, code,
    convert_to(raw, 'UTF8') AS raw, string_to_array(tags, ';')::varchar[] AS tags FROM compat.source;
DROP TABLE compat.source;
CREATE TABLE compat.totals AS SELECT c.name AS country, count(o.order_id) AS orders, sum(o.amount) AS amount
    FROM compat.countries c LEFT JOIN compat.orders o ON o.country = c.code GROUP BY 1;
"""


def as_postgres():
    """PostgreSQL refuses to run as root: then as the distribution's user."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


@contextlib.contextmanager
def server(options=()):
    place = pathlib.Path(tempfile.mkdtemp(prefix="weft-pg-"))
    password = secrets.token_hex(8)
    try:
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(place, user.pw_uid, user.pw_gid)
        (place / "password").write_text(password)
        (place / "password").chmod(0o644)
        subprocess.run([*as_postgres(), PROGRAMS / "initdb", "-D", place / "data", "-U", "ana", "-A", "scram-sha-256",
                        "--pwfile", place / "password", "-E", "UTF8", "--locale=C.UTF-8"],
                       check=True, capture_output=True)
        port = 20000 + os.getpid() % 20000
        log = open(place / "log", "ab")
        process = subprocess.Popen([*as_postgres(), PROGRAMS / "postgres", "-D", place / "data", "-p", str(port),
                                    "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={place}",
                                    *options], stdout=log, stderr=log)
        target = {"host": "127.0.0.1", "port": port, "user": "ana", "password": password}
        for _ in range(200):
            try:
                psycopg.connect(**target, dbname="postgres").close()
                break
            except psycopg.OperationalError:
                time.sleep(0.05)
        with psycopg.connect(**target, dbname="postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE weft")
        yield target | {"dbname": "weft"}, process
    finally:
        data = place / "data"
        subprocess.run([*as_postgres(), PROGRAMS / "pg_ctl", "-D", data, "stop", "-m", "fast"], capture_output=True)
        shutil.rmtree(place, ignore_errors=True)


@contextlib.contextmanager
def target(products):
    with server() as (where, _):
        with psycopg.connect(**where, autocommit=True) as connection:
            connection.execute(COLUMNS)
            for table, file in (("countries", "countries"), ("orders", "orders"), ("source", "kinds")):
                with connection.cursor().copy(f"COPY compat.{table} FROM STDIN (FORMAT csv, HEADER)") as copy:
                    copy.write((products / file / f"{file}.csv").read_bytes())
            connection.execute(COMPUTED)
        yield where, None
