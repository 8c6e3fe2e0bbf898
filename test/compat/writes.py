"""The same two rows written by each real client in its own ways, read back as text by psql.

Each function of WRITES writes the rows under its name in `who`. The expected cells are what PostgreSQL 15 prints for them
(run.py --postgresql proves it).
"""
import csv
import datetime as dt
import io
import subprocess
import time
import uuid
from decimal import Decimal

import psycopg
import pyodbc
import sqlalchemy

import clients

COLUMNS = "who id flag big share price born wake seen moment word code raw tags".split()
TABLE = """CREATE TABLE compat.notes (who varchar, id integer, flag boolean, big bigint, share double precision,
    price numeric(12,2), born date, wake time, seen timestamp, moment timestamptz, word varchar, code uuid, raw bytea,
    tags varchar[])"""
WORD = 'tab\there, "quotes" \\ and ü\nend'
CODE = "6f0e3b1a-0c1d-4e2f-8a9b-0123456789ab"
VALUES = [1, True, 2**63 - 1, 0.1, Decimal("12345.67"), dt.date(2024, 2, 29), dt.time(12, 34, 56, 789000),
          dt.datetime(2024, 2, 29, 12, 34, 56, 789000),
          dt.datetime(2024, 2, 29, 12, 34, 56, 789000, dt.timezone(dt.timedelta(hours=2))),
          WORD, uuid.UUID(CODE), b"\x00\xffA", ["a", "b c", None]]
EMPTY = [2] + [None] * (len(VALUES) - 1)
EXPECTED = [["1", "t", "9223372036854775807", "0.1", "12345.67", "2024-02-29", "12:34:56.789",
             "2024-02-29 12:34:56.789", "2024-02-29 10:34:56.789+00", WORD, CODE, "\\x00ff41", '{a,"b c",NULL}'],
            ["2"] + ["NULL"] * (len(VALUES) - 1)]
INSERT = f"INSERT INTO compat.notes ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"
TEXT = ["1", "t", "9223372036854775807", "0.1", "12345.67", "2024-02-29", "12:34:56.789", "2024-02-29 12:34:56.789",
        "2024-02-29 12:34:56.789+02", WORD, CODE, "\\x00ff41", '{a,"b c",NULL}']


def create_table(target):
    with psycopg.connect(**target, autocommit=True) as connection:
        connection.execute(TABLE)


def rows(who):
    return [[who, *VALUES], [who, *EMPTY]]


def csv_text(who):
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in [who, *TEXT])
    return quoted + "\n" + who + ",2" + "," * (len(TEXT) - 1) + "\n"


def copy_text(who):
    escape = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n"})
    return "\t".join(cell.translate(escape) for cell in [who, *TEXT]) + "\n" + \
        "\t".join([who, "2"] + ["\\N"] * (len(TEXT) - 1)) + "\n"


def run_psql(target, who, command, given=None):
    done = subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", *command], input=given, text=True,
                          env=clients.psql_environment(target), capture_output=True, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)


def psql_insert(target, who):
    literals = ", ".join("'" + cell.replace("'", "''") + "'" for cell in [who, *TEXT])
    nulls = ", ".join(["'" + who + "'", "2"] + ["NULL"] * (len(TEXT) - 1))
    run_psql(target, who, ["-c", f"INSERT INTO compat.notes VALUES ({literals}), ({nulls})"])


def psql_copy(target, who):
    run_psql(target, who, ["-c", f"\\copy compat.notes ({', '.join(COLUMNS)}) from stdin"], copy_text(who))


def psql_copy_script(target, who):
    run_psql(target, who, ["-f", "-"], "BEGIN;\nCOPY compat.notes FROM STDIN CSV;\n" + csv_text(who) + "\\.\nCOMMIT;\n")


def psycopg_insert(target, who):
    """In a transaction, as psycopg does it by itself; a savepoint that is rolled back; a transaction that is."""
    with psycopg.connect(**target) as connection:
        first, second = rows(who)
        connection.execute(INSERT, first)
        try:
            with connection.transaction():
                connection.execute(INSERT, first)
                raise psycopg.Rollback
        except psycopg.Rollback:
            pass
        connection.execute(INSERT, second)
        connection.commit()
        connection.execute(INSERT, second)
        connection.rollback()


def psycopg_autocommit(target, who):
    with psycopg.connect(**target, autocommit=True) as connection:
        for row in rows(who):
            if (count := connection.execute(INSERT, row, binary=True).rowcount) != 1:
                raise RuntimeError(f"{count} rows were said to be inserted")


def psycopg_many(target, who):
    with psycopg.connect(**target) as connection:
        cursor = connection.cursor()
        cursor.executemany(INSERT, rows(who))
        if cursor.rowcount != 2:
            raise RuntimeError(f"{cursor.rowcount} rows were said to be inserted")


def psycopg_pipeline(target, who):
    with psycopg.connect(**target, autocommit=True) as connection, connection.pipeline():
        for row in rows(who):
            connection.execute(INSERT, row, prepare=True)


def psycopg_copy(target, who):
    with psycopg.connect(**target) as connection:
        with connection.cursor().copy(f"COPY compat.notes ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for row in rows(who):
                copy.write_row(row)


def psycopg_copy_fails(target, who):
    """A COPY that breaks off leaves nothing, and the connection goes on."""
    with psycopg.connect(**target, autocommit=True) as connection:
        sql = "COPY compat.notes (who, id) FROM STDIN"
        for bad in (["x"], [who, "no number"], [who, "1", "too much"]):
            try:
                with connection.cursor().copy(sql) as copy:
                    copy.write_row([who, "7"])
                    copy.write_row(bad)
                raise RuntimeError(f"{bad} was taken")
            except psycopg.DataError:
                pass
        try:
            with connection.cursor().copy(sql) as copy:
                copy.write_row([who, "8"])
                raise KeyError("the client changed its mind")
        except KeyError:
            pass
        connection.cursor().executemany(INSERT, rows(who))


def sqlalchemy_insert(target, who):
    url = sqlalchemy.URL.create("postgresql+psycopg", target["user"], target["password"], target["host"],
                                target["port"], target["dbname"])
    engine = sqlalchemy.create_engine(url)
    table = sqlalchemy.Table("notes", sqlalchemy.MetaData(), *map(sqlalchemy.Column, COLUMNS), schema="compat")
    with engine.begin() as connection:
        connection.execute(sqlalchemy.insert(table), [dict(zip(COLUMNS, row)) for row in rows(who)])
    engine.dispose()


def odbc_insert(target, who):
    """Values as texts where ODBC has no type of its own."""
    with pyodbc.connect(clients.odbc_string(target), autocommit=False) as connection:
        sql = INSERT.replace("%s", "?")
        connection.cursor().execute(sql, [who, *TEXT[:9], WORD, CODE, b"\x00\xffA", TEXT[12]])
        connection.cursor().execute(sql, [who, 2] + [None] * (len(TEXT) - 1))
        connection.commit()


def jdbc(kind):
    def write(target, who):
        url = f"jdbc:postgresql://{target['host']}:{target['port']}/{target['dbname']}"
        done = subprocess.run(
            ["java", "-Duser.timezone=UTC", "-Dfile.encoding=UTF-8", "-cp", clients.JDBC,
             str(clients.HERE / "JdbcWrites.java"), url, target["user"], target["password"], kind, who, WORD],
            input=csv_text(who), capture_output=True, text=True, encoding="utf-8", timeout=120)
        if done.returncode != 0:
            raise RuntimeError(done.stderr[-2000:])
    return write


WRITES = {
    "psql INSERT": psql_insert, "psql copy": psql_copy, "psql COPY script": psql_copy_script,
    "psycopg INSERT": psycopg_insert, "psycopg autocommit": psycopg_autocommit, "psycopg executemany": psycopg_many,
    "psycopg pipeline": psycopg_pipeline, "psycopg COPY": psycopg_copy, "psycopg broken COPY": psycopg_copy_fails,
    "SQLAlchemy INSERT": sqlalchemy_insert, "ODBC INSERT": odbc_insert, "pgJDBC batch": jdbc("batch"),
    "pgJDBC transaction": jdbc("transaction"), "pgJDBC CopyManager": jdbc("copy"),
}


def read_back(target, who):
    """As COPY prints them, once there are as many as expected and a moment has passed for one too many."""
    sql = f"SELECT {', '.join(COLUMNS[1:])} FROM compat.notes WHERE who = '{who}' ORDER BY id"
    with psycopg.connect(**target, autocommit=True, options="-c TimeZone=UTC") as connection:
        for _ in range(100):
            try:
                if len(connection.execute(sql).fetchall()) >= len(EXPECTED):
                    break
            except psycopg.errors.ObjectNotInPrerequisiteState:
                pass  # The product is new.
            time.sleep(0.2)
        time.sleep(0.3)
        with connection.cursor().copy(f"COPY ({sql}) TO STDOUT (FORMAT csv, NULL 'NULL')") as copy:
            text = b"".join(copy).decode()
    return list(csv.reader(io.StringIO(text, newline="")))


def check(write, who):
    def run(target):
        write(target, who)
        got = read_back(target, who)
        if got == EXPECTED:
            return []
        complaints = [f"{len(got)} rows, {len(EXPECTED)} expected"] if len(got) != len(EXPECTED) else []
        for wanted, row in zip(EXPECTED, got):
            complaints += [f"{name}: expected {a!r}, got {b!r}" for name, a, b in zip(COLUMNS[1:], wanted, row) if a != b]
        return complaints
    return run


CHECKS = {name: check(write, name) for name, write in WRITES.items()}
