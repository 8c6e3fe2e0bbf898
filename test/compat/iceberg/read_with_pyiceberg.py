#!/usr/bin/env python3
"""Tables that Weft wrote open in PyIceberg, and tables that PyIceberg wrote open in Weft, with equal rows.

    pip install 'pyiceberg[pyarrow]==0.12.*' sqlalchemy
    read_with_pyiceberg.py PATH_OF_iceberg_table_tool
"""
import datetime
import decimal
import json
import os
import subprocess
import sys
import tempfile

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.table import StaticTable


class Tool:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, do, **members):
        self.process.stdin.write(json.dumps({"do": do, **members}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer


def write_parquet(path, columns):
    """columns: {name: (field id, arrow array)}. Returns what the tool wants to know about the file."""
    fields = [pa.field(name, array.type, metadata={b"PARQUET:field_id": str(field_id).encode()})
              for name, (field_id, array) in columns.items()]
    table = pa.Table.from_arrays([array for _, array in columns.values()], schema=pa.schema(fields))
    pq.write_table(table, path)
    stats = []
    for field_id, array in columns.values():
        one = {"id": field_id, "nulls": array.null_count}
        low, high = pc.min_max(array).values() if array.null_count < len(array) else (None, None)
        if low is not None and low.as_py() is not None:
            one["lower"], one["upper"] = str(low.as_py()), str(high.as_py())
        stats.append(one)
    return {"path": path, "rows": table.num_rows, "size": os.path.getsize(path), "stats": stats}


def check(what, got, wanted):
    if got != wanted:
        raise SystemExit(f"FAILED {what}: got {got!r}, wanted {wanted!r}")
    print(f"ok  {what}")


def rows(metadata, **options):
    return StaticTable.from_metadata("file://" + metadata).scan(**options).to_arrow()


def weft_writes(tool, folder):
    os.makedirs(folder + "/data")
    def data(file_name, /, **columns):
        return write_parquet(f"{folder}/data/{file_name}.parquet", columns)
    answer = tool("create", folder=folder, columns=[
        {"name": "id", "type": "integer"}, {"name": "amount", "type": "decimal(12,2)"},
        {"name": "name", "type": "varchar"}, {"name": "day", "type": "date"}])
    check("empty table", rows(answer["metadata"]).num_rows, 0)

    def batch(low, high):
        ids = range(low, high)
        return {"id": (1, pa.array(ids, pa.int32())),
                "amount": (2, pa.array([decimal.Decimal(i) / 4 for i in ids], pa.decimal128(12, 2))),
                "name": (3, pa.array([None if i % 10 == 0 else f"name {i} of a long row" for i in ids])),
                "day": (4, pa.array([datetime.date(2026, 1, 1)] * len(ids), pa.date32()))}

    answer = tool("append", files=[data("a", **batch(0, 100)), data("b", **batch(100, 200))])
    table = rows(answer["metadata"])
    check("append: count", table.num_rows, 200)
    check("append: sum of ids", pc.sum(table["id"]).as_py(), sum(range(200)))
    check("append: sum of decimals", pc.sum(table["amount"]).as_py(), decimal.Decimal(sum(range(200))) / 4)
    check("append: nulls", table["name"].null_count, 20)
    check("append: filter", rows(answer["metadata"], row_filter="id >= 150").num_rows, 50)
    files = StaticTable.from_metadata("file://" + answer["metadata"]).scan(row_filter="id >= 150").plan_files()
    check("append: PyIceberg prunes by our bounds", [os.path.basename(f.file.file_path) for f in files],
          ["b.parquet"])

    answer = tool("append", files=[data("c", **batch(200, 250))])
    check("second append: count", rows(answer["metadata"]).num_rows, 250)

    wide = [{"id": 1, "name": "id", "type": "bigint"}, {"id": 2, "name": "price", "type": "decimal(18,2)"},
            {"id": 3, "name": "name", "type": "varchar"}, {"id": 4, "name": "day", "type": "date"},
            {"name": "at", "type": "timestamptz"}]
    answer = tool("columns", columns=wide)
    table = rows(answer["metadata"])
    check("rename, widen, add: names", table.column_names, ["id", "price", "name", "day", "at"])
    check("rename, widen, add: type", str(table.schema.field("id").type), "int64")
    check("rename, widen, add: sum", pc.sum(table["price"]).as_py(), decimal.Decimal(sum(range(250))) / 4)
    check("rename, widen, add: new column is null", table["at"].null_count, 250)
    check("Weft prunes old files by the wide type",
          [os.path.basename(f["path"]) for f in tool("scan", where=[{"id": 1, "op": 3, "values": ["210"]}])["files"]],
          ["c.parquet"])
    check("Weft knows that old files lack the new column",
          tool("scan", where=[{"id": 5, "op": 6}])["files"], [])

    at = datetime.datetime(2026, 11, 22, 10, 15, tzinfo=datetime.timezone.utc)
    new = data("d", id=(1, pa.array([2**40], pa.int64())),
               price=(2, pa.array([decimal.Decimal("0.25")], pa.decimal128(18, 2))),
               name=(3, pa.array(["x"])), day=(4, pa.array([datetime.date(2026, 11, 22)])),
               at=(5, pa.array([at], pa.timestamp("us", tz="UTC"))))
    answer = tool("append", files=[new])
    table = rows(answer["metadata"])
    check("append under new columns: sum", pc.sum(table["id"]).as_py(), sum(range(250)) + 2**40)

    merged = data("ab", **batch(0, 200))
    answer = tool("replace", files=[merged], removed=[f"{folder}/data/a.parquet", f"{folder}/data/b.parquet"])
    check("replace: count", rows(answer["metadata"]).num_rows, 251)
    check("replace: sum", pc.sum(rows(answer["metadata"])["id"]).as_py(), sum(range(250)) + 2**40)

    answer = tool("overwrite", files=[data("e", **batch(0, 7))])
    table = rows(answer["metadata"])
    check("overwrite: count", table.num_rows, 7)
    static = StaticTable.from_metadata("file://" + answer["metadata"])
    check("overwrite: former snapshot still reads",
          static.scan(snapshot_id=static.snapshots()[-2].snapshot_id).to_arrow().num_rows, 251)
    check("snapshot operations", [s.summary.operation.value for s in static.snapshots()],
          ["append", "append", "append", "replace", "overwrite"])
    check("summary totals", static.current_snapshot().summary["total-records"], "7")
    check("data files in the inspection table", static.inspect.files().num_rows, 1)
    check("history", static.inspect.history().num_rows, 5)


def pyiceberg_writes(tool, folder):
    catalog = SqlCatalog("test", uri=f"sqlite:///{folder}/catalog.db", warehouse=f"file://{folder}/warehouse")
    catalog.create_namespace("n")
    first = pa.table({"id": pa.array(range(100), pa.int64()), "f": pa.array([i / 2 for i in range(100)]),
                      "t": pa.array([f"text {i:03}" for i in range(100)]),
                      "l": pa.array([[i] for i in range(100)], pa.list_(pa.int32()))})
    table = catalog.create_table("n.t", schema=first.schema)
    table.append(first)
    table.append(first.slice(0, 10))
    path = table.metadata_location.removeprefix("file://")
    tool("load", metadata=path)
    files = tool("scan")["files"]
    check("PyIceberg's files", sorted(f["rows"] for f in files), [10, 100])
    check("PyIceberg's sizes", all(os.path.getsize(f["path"]) == f["size"] for f in files), True)
    check("PyIceberg's bounds", sorted(f["bounds"]["id"] for f in files), [["0", "9", "0"], ["0", "99", "0"]])
    check("PyIceberg's text bounds", sorted(f["bounds"]["t"][1] for f in files), ["text 009", "text 099"])
    check("pruned", len(tool("scan", where=[{"id": 1, "op": 3, "values": ["50"]}])["files"]), 1)
    table.delete("id < 50")
    path = table.metadata_location.removeprefix("file://")
    tool("load", metadata=path)
    check("after a delete", sum(f["rows"] for f in tool("scan")["files"]), table.scan().to_arrow().num_rows)
    answer = tool("replace", removed=[], files=[])
    check("Weft continues PyIceberg's table", rows(answer["metadata"]).num_rows, 50)


def main():
    tool = Tool(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        weft_writes(tool, folder + "/weft")
        os.mkdir(folder + "/py")
        pyiceberg_writes(tool, folder + "/py")
    print("all ok")


if __name__ == "__main__":
    main()
