"""Reads queries.sql: names, statements with parameters, expected rows; and how values look as PostgreSQL's text."""
import datetime
import decimal
import pathlib
import re
import uuid

PARAMETER = re.compile(r"\{(int|text|date|decimal):([^}]*)\}")


class Query:
    def __init__(self, name):
        self.name, self.sql, self.expected = name, "", []

    def parameters(self):
        make = {"int": int, "text": str, "date": datetime.date.fromisoformat, "decimal": decimal.Decimal}
        return [make[kind](value) for kind, value in PARAMETER.findall(self.sql)]

    def with_marks(self, mark):
        """The statement with `mark` (or mark(n)) where parameters stand."""
        numbers = iter(range(1, 100))
        return PARAMETER.sub(lambda _: mark(next(numbers)) if callable(mark) else mark, self.sql)

    def with_literals(self):
        make = {"int": "{}", "text": "'{}'", "date": "DATE '{}'", "decimal": "{}"}
        return PARAMETER.sub(lambda m: make[m[1]].format(m[2]), self.sql)


def read_queries(path=pathlib.Path(__file__).parent / "queries.sql"):
    queries, query = [], None
    for line in path.read_text().splitlines():
        if re.fullmatch(r"-- \w+", line):
            query = Query(line[3:])
            queries.append(query)
        elif query and line.startswith(">"):
            query.expected.append(re.split(r" \| ", line[2:].replace("\\|", "\0")))
            query.expected[-1] = [cell.replace("\0", "|") for cell in query.expected[-1]]
        elif query and line.strip():
            query.sql += line.removesuffix(";") + "\n"
    return queries


def fraction(text):
    """PostgreSQL writes seconds without trailing zeros."""
    return re.sub(r"(\.\d*?)0+(?=$|[+-])", lambda m: m[1] if m[1] != "." else "", text)


def as_text(value):
    """A driver's value as PostgreSQL writes it."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, float):
        text = format(decimal.Decimal(repr(value)), "f")
        return text.removesuffix(".0")
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(datetime.timezone.utc)
            return fraction(value.strftime("%Y-%m-%d %H:%M:%S.%f")) + "+00"
        return fraction(value.strftime("%Y-%m-%d %H:%M:%S.%f"))
    if isinstance(value, datetime.time):
        return fraction(value.strftime("%H:%M:%S.%f"))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "\\x" + bytes(value).hex()
    if isinstance(value, (list, tuple)):
        return "{" + ",".join(map(as_text, value)) + "}"
    if isinstance(value, (int, str, datetime.date, uuid.UUID)):
        return str(value)
    raise TypeError(f"no text for {type(value)}")
