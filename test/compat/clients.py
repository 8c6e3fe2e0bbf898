"""The same statements through each real client. Each function -> {query name: rows of text cells, or an error's text}.

A target is a dict: host, port, user, password, dbname. Values are compared as PostgreSQL's text (queries.as_text).
"""
import csv
import io
import os
import pathlib
import re
import subprocess

import psycopg
import pyodbc
import sqlalchemy

from queries import as_text

HERE = pathlib.Path(__file__).resolve().parent
JDBC = "/usr/share/java/postgresql.jar"


def guarded(queries, ask):
    answers = {}
    for query in queries:
        try:
            answers[query.name] = ask(query)
        except Exception as error:  # Whatever a driver raises is that client's answer.
            answers[query.name] = f"{type(error).__name__}: {error}".strip()
    return answers


def rows_of(cursor):
    return [[as_text(value) for value in row] for row in cursor.fetchall()]


def psql_environment(target):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    return kept | {"PGHOST": target["host"], "PGPORT": str(target["port"]), "PGUSER": target["user"],
                   "PGPASSWORD": target["password"], "PGDATABASE": target["dbname"], "PGTZ": "UTC"}


def psql(target, queries):
    def ask(query):
        done = subprocess.run(
            ["psql", "-X", "-q", "--csv", "-t", "-P", "null=NULL", "-c", query.with_literals()],
            env=psql_environment(target), capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return list(csv.reader(io.StringIO(done.stdout)))
    return guarded(queries, ask)


def psycopg_rows(binary):
    def run(target, queries):
        with psycopg.connect(**target, autocommit=True, options="-c TimeZone=UTC") as connection:
            def ask(query):
                values = query.parameters()
                sql = query.with_marks("%s") if values else query.sql
                return rows_of(connection.cursor(binary=binary).execute(sql, values or None))
            return guarded(queries, ask)
    return run


def psycopg_prepared(target, queries):
    """Named statements, several in flight, each executed twice."""
    with psycopg.connect(**target, autocommit=True, options="-c TimeZone=UTC") as connection:
        def ask(query):
            values = query.parameters()
            sql = query.with_marks("%s") if values else query.sql
            with connection.pipeline():
                cursors = [connection.execute(sql, values or None, prepare=True) for _ in range(2)]
            first, second = map(rows_of, cursors)
            if first != second:
                raise RuntimeError(f"second execution differs: {second}")
            return first
        return guarded(queries, ask)


def psycopg_cursor(target, queries):
    """DECLARE, FETCH in twos, CLOSE inside a transaction."""
    with psycopg.connect(**target, options="-c TimeZone=UTC") as connection:
        def ask(query):
            rows = []
            try:
                with connection.cursor(name="portal") as cursor:
                    cursor.execute(query.with_literals())
                    while part := cursor.fetchmany(2):
                        rows += [[as_text(value) for value in row] for row in part]
            finally:
                connection.rollback()
            return rows
        return guarded(queries, ask)


def psycopg_copy(target, queries):
    with psycopg.connect(**target, autocommit=True, options="-c TimeZone=UTC") as connection:
        def ask(query):
            sql = f"COPY ({query.with_literals()}) TO STDOUT (FORMAT csv, NULL 'NULL')"
            with connection.cursor().copy(sql) as copy:
                text = b"".join(copy).decode()
            return list(csv.reader(io.StringIO(text)))
        return guarded(queries, ask)


def sqlalchemy_rows(target, queries):
    url = sqlalchemy.URL.create("postgresql+psycopg", target["user"], target["password"], target["host"],
                                target["port"], target["dbname"])
    engine = sqlalchemy.create_engine(url, connect_args={"options": "-c TimeZone=UTC"})
    with engine.connect() as connection:
        def ask(query):
            sql = query.with_marks(lambda n: f":p{n}").replace("::", r"\:\:")
            values = {f"p{n}": value for n, value in enumerate(query.parameters(), 1)}
            try:
                return rows_of(connection.execute(sqlalchemy.text(sql), values))
            finally:
                connection.rollback()
        return guarded(queries, ask)


def odbc_string(target):
    return (f"Driver={{PostgreSQL Unicode}};Servername={target['host']};Port={target['port']};"
            f"Database={target['dbname']};Username={target['user']};Password={{{target['password']}}};"
            "BoolsAsChar=0;ByteaAsLongVarBinary=1;ConnSettings=SET TimeZone='UTC'")


def odbc(target, queries):
    with pyodbc.connect(odbc_string(target), autocommit=True) as connection:
        def ask(query):
            return rows_of(connection.cursor().execute(query.with_marks("?"), query.parameters()))
        return guarded(queries, ask)


def odbc_expected(cell):
    """psqlODBC has no zone in a timestamp and writes a UUID in capitals."""
    if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", cell):
        return cell.upper()
    return cell.removesuffix("+00") if cell[4:5] == "-" else cell


def jdbc(target, queries):
    """Each statement six times: from the fifth on pgJDBC prepares on the server and asks for binary values."""
    lines = []
    for query in queries:
        values = "\x1f".join(f"{type(value).__name__}:{value}" for value in query.parameters())
        lines.append("\x1e".join([query.name, query.with_marks("?").replace("\n", " "), values]))
    url = f"jdbc:postgresql://{target['host']}:{target['port']}/{target['dbname']}"
    done = subprocess.run(
        ["java", "-Duser.timezone=UTC", "-Dfile.encoding=UTF-8", "-cp", JDBC, str(HERE / "Jdbc.java"), url,
         target["user"], target["password"]],
        input="\n".join(lines), capture_output=True, text=True, encoding="utf-8", timeout=300)
    answers = {}
    for line in done.stdout.splitlines():
        name, kind, *cells = line.split("\x1f")
        if kind == "error":
            answers[name] = cells[0]
        elif kind == "done":
            answers.setdefault(name, [])
        else:
            answers.setdefault(name, []).append(cells)
    if done.returncode != 0:
        answers["(program)"] = done.stderr[-2000:]
    return answers


CLIENTS = {
    "psql": psql,
    "psycopg text": psycopg_rows(False),
    "psycopg binary": psycopg_rows(True),
    "psycopg prepared": psycopg_prepared,
    "psycopg cursor": psycopg_cursor,
    "psycopg copy": psycopg_copy,
    "SQLAlchemy": sqlalchemy_rows,
    "ODBC": odbc,
    "pgJDBC": jdbc,
}
