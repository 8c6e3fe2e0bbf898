"""What tools ask before they show a table: psql's \\d family, SQLAlchemy's reflection, ODBC's catalogue functions.

Each check is a function of (target, schema) that returns a list of complaints.
"""
import subprocess

import psycopg
import pyodbc
import sqlalchemy

from clients import odbc_string, psql_environment

TABLES = ["countries", "kinds", "orders", "totals"]


def compare(what, expected, got):
    return [] if expected == got else [f"{what}: expected {expected!r}, got {got!r}"]


def psql_describes(target):
    complaints = []
    for command, wanted in {
        r"\dn": ["compat"],
        r"\dt compat.*": TABLES,
        r"\dt *.*": ["compat | orders"],
        r"\d compat.orders": ["order_id | bigint | not null", "amount | numeric(12,2)", "ordered | date"],
        r"\d+ compat.kinds": ["moment | timestamp with time zone", "tags | character varying[] | text[]", "uuid"],
        r"\d compat.*": ["country", "word"],
        r"\l": ["weft"],
        r"\dv": [], r"\di": [], r"\ds": [], r"\df now": [], r"\du": [], r"\dT": [], r"\dp compat.*": [], r"\d": [],
        r"\conninfo": ["weft"], r"\encoding": ["UTF8"], r"\dn+": [], r"\dt+ compat.*": TABLES, r"\sf now": None,
    }.items():
        done = subprocess.run(["psql", "-X", "-A", "-t", "-F", " | ", "-v", "ON_ERROR_STOP=1", "-c", command],
                              env=psql_environment(target), capture_output=True, text=True, timeout=60)
        squeezed = done.stdout.replace(" |  | ", " | ").replace(" |  | ", " | ")
        if wanted is None:  # Only the connection must survive.
            continue
        if done.returncode != 0:
            complaints.append(f"psql {command}: {done.stderr.strip()}")
        for part in wanted:
            if not any(option in squeezed for option in alternatives(part)):
                complaints.append(f"psql {command}: no {part!r} in\n{done.stdout}")
    return complaints


def alternatives(part):
    """`a | x | y` where only the type may be spelled in two ways."""
    name, *types = part.split(" | ")
    return [part, *(f"{name} | {kind}" for kind in types if "[]" in kind)]


def sqlalchemy_reflects(target):
    url = sqlalchemy.URL.create("postgresql+psycopg", target["user"], target["password"], target["host"],
                                target["port"], target["dbname"])
    engine = sqlalchemy.create_engine(url)
    inspector = sqlalchemy.inspect(engine)
    complaints = compare("SQLAlchemy tables", TABLES, sorted(inspector.get_table_names("compat")))
    complaints += compare("SQLAlchemy schemas", True, "compat" in inspector.get_schema_names())
    columns = [(c["name"], str(c["type"])) for c in inspector.get_columns("orders", "compat")]
    wanted = [("order_id", "BIGINT"), ("customer", "VARCHAR"), ("country", "VARCHAR"), ("amount", "NUMERIC(12, 2)"),
              ("ordered", "DATE")]
    complaints += compare("SQLAlchemy columns", wanted, [(n, t.replace("TEXT", "VARCHAR")) for n, t in columns])
    inspector.get_pk_constraint("orders", "compat")
    inspector.get_foreign_keys("orders", "compat")
    inspector.get_indexes("orders", "compat")
    inspector.get_view_names("compat")
    inspector.get_table_comment("orders", "compat")
    table = sqlalchemy.Table("orders", sqlalchemy.MetaData(), schema="compat", autoload_with=engine)
    with engine.connect() as connection:
        query = sqlalchemy.select(sqlalchemy.func.count()).select_from(table).where(table.c.customer == "ana")
        complaints += compare("SQLAlchemy reflected query", 4, connection.execute(query).scalar())
    return complaints


def odbc_lists(target):
    with pyodbc.connect(odbc_string(target), autocommit=True) as connection:
        cursor = connection.cursor()
        tables = sorted(row.table_name for row in cursor.tables(schema="compat"))
        complaints = compare("ODBC tables", TABLES, tables)
        columns = [row.column_name for row in cursor.columns(schema="compat", table="orders")]
        complaints += compare("ODBC columns", ["order_id", "customer", "country", "amount", "ordered"], columns)
        cursor.primaryKeys("orders", schema="compat").fetchall()
        cursor.getTypeInfo().fetchall()
        connection.autocommit = False  # From here on psqlODBC wraps statements in savepoints.
        try:
            cursor.execute("SELECT * FROM compat.nothing_here")
            complaints.append("ODBC: a missing table was found")
        except pyodbc.Error:
            pass
        count = cursor.execute("SELECT count(*) FROM compat.orders").fetchval()
        complaints += compare("ODBC after an error", 12, count)
    return complaints


def psycopg_transacts(target):
    """A failed statement poisons its transaction, a savepoint brings it back, cancel ends one statement."""
    complaints = []
    with psycopg.connect(**target) as connection:
        cursor = connection.cursor()
        cursor.execute("SAVEPOINT before")
        for sql, state in (("SELECT * FROM compat.nothing_here", "42P01"), ("SELECT 1", "25P02")):
            try:
                cursor.execute(sql)
                complaints.append(f"{sql}: expected {state}")
            except psycopg.Error as error:
                complaints += compare(sql, state, error.sqlstate)
        cursor.execute("ROLLBACK TO SAVEPOINT before")
        cursor.execute("SELECT count(*) FROM compat.orders")
        complaints += compare("after the savepoint", (12,), cursor.fetchone())
        connection.rollback()
        for sql, state in (("SELEC 1", "42601"), ("SELECT nothing FROM compat.orders", "42703"),
                           ("SELECT 'x'::integer", "22P02")):
            try:
                cursor.execute(sql)
                complaints.append(f"{sql}: expected {state}")
            except psycopg.Error as error:
                complaints += compare(sql, state, error.sqlstate)
            connection.rollback()
        for parts in ("text", "csv", "binary"):
            with cursor.copy(f"COPY (SELECT order_id FROM compat.orders) TO STDOUT (FORMAT {parts})") as copy:
                size = sum(map(len, copy))
            complaints += compare(f"COPY {parts} is not empty", True, size > 20)
    return complaints


CHECKS = {"psql describes": psql_describes, "SQLAlchemy reflects": sqlalchemy_reflects, "ODBC lists": odbc_lists,
          "psycopg transacts": psycopg_transacts}
JDBC = {
    "jdbc_tables": [[name] for name in TABLES],
    "jdbc_keys": [["order_id"]],
    "jdbc_schemas": [["compat"]],
    "jdbc_fetch_size": [["12"]],
    "jdbc_columns": [["order_id", "int8", "19", "0"], ["customer", "text", "2147483647", "0"],
                     ["country", "text", "2147483647", "1"], ["amount", "numeric", "12", "1"],
                     ["ordered", "date", "13", "1"]],
}
