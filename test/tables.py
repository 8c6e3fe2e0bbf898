"""Every table of a node through PyIceberg, without the node: from the metadata files that its state names."""
import json
import pathlib
import re
import shutil
import sqlite3
import tempfile

from pyiceberg.table import StaticTable

LOCATION = re.compile(r'[^\s"\x00]*tables/([0-9a-f-]{36})/metadata/[^\s"\x00]+?\.metadata\.json')


def state_texts(data):
    """All texts in a copy of the state's database; the node keeps the original for itself."""
    with tempfile.TemporaryDirectory() as place:
        for path in (data / "state").glob("weft.db*"):
            shutil.copy(path, place)
        connection = sqlite3.connect(pathlib.Path(place) / "weft.db")
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                yield from (str(c) if not isinstance(c, bytes) else c.decode("latin-1") for c in row)
        connection.close()


def published(data):
    """{table uuid: path of the newest metadata file that the state names}"""
    newest = {}
    for text in state_texts(data):
        for match in LOCATION.finditer(text):
            path = data / match[0][match[0].index("tables/"):]
            if path.exists():
                order = json.loads(path.read_text())["last-updated-ms"], path.name
                newest[match[1]] = max(newest.get(match[1], ((0, ""), None)), (order, path))
    return {uuid: path for uuid, (_, path) in newest.items()}


def read_all(data):
    """-> {uuid: pyarrow table}; a table that PyIceberg cannot read raises with its name."""
    tables = {}
    for uuid, path in published(pathlib.Path(data)).items():
        try:
            tables[uuid] = StaticTable.from_metadata(str(path)).scan().to_arrow()
        except Exception as error:
            raise RuntimeError(f"PyIceberg cannot read {path}: {error!r}") from error
    return tables
