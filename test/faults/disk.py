"""The other end of disk.c: the plan of faults for one start of a node, what happened, and the power cut afterwards."""
import mmap
import os
import pathlib
import shutil
import struct
import tempfile

CLASSES = ("other", "log", "keys", "data", "metadata", "state", "run")
OPS = ("create", "write", "sync", "rename", "unlink", "truncate", "read")
NOTHING, FAIL, SHORT, KILL_BEFORE, KILL_AFTER = range(5)
FILES, CHANGES, PATH = 16384, 32768, 240
HEAD = struct.Struct("<QQQIIIIIIIIQQiiIIII240s")
COUNTS_AT = (HEAD.size + 7) // 8 * 8
CLOCK_AT = (COUNTS_AT + 8 * len(CLASSES) * len(OPS) + 4 + 7) // 8 * 8
FILE = struct.Struct("<QQQII240s")
CHANGE = struct.Struct("<II240s240s64s")
KEPT = struct.Struct("<QQQQQ")
CREATED, RENAMED, UNLINKED = 0, 3, 4


def bits(names, of):
    return sum(1 << of.index(name) for name in names)


def text(raw):
    return raw.split(b"\0", 1)[0].decode()


class Disk:
    """Under the data folder of one node. `environment` goes to Node.start; one plan per start."""

    def __init__(self, library, data):
        self.library, self.data = str(library), pathlib.Path(data)
        shm = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="weft-disk-", dir=shm))
        self.state, self.undo = self.place / "state", self.place / "state.undo"
        self.graves = pathlib.Path(str(self.data.resolve()) + ".graves")

    def close(self):
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.rmtree(self.graves, ignore_errors=True)

    def plan(self, at=0, every=0, classes=CLASSES, ops=OPS, mode=NOTHING, error=0, keep_failing=False,
             swallow_sync=False, write_behind_ms=0, keep=False):
        """-> environment for the node's next start."""
        self.data.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.graves, ignore_errors=True)
        self.graves.mkdir()
        self.undo.unlink(missing_ok=True)
        self.state.unlink(missing_ok=True)
        head = HEAD.pack(1, at, every, bits(classes, CLASSES), bits(ops, OPS), mode, error, keep_failing, swallow_sync,
                         write_behind_ms, keep, 0, 0, 0, 0, 0, 0, 0, 0, b"")
        with open(self.state, "wb") as file:
            file.write(head)
            file.truncate(4096 + FILE.size * FILES + CHANGE.size * CHANGES)
        return {"LD_PRELOAD": self.library, "WEFT_FAULT_STATE": str(self.state),
                "WEFT_FAULT_ROOT": str(self.data.resolve())}

    def set_clock(self, seconds):
        """The node's wall clock goes wrong by so much, from now on."""
        with open(self.state, "r+b") as file:
            file.seek(CLOCK_AT)
            file.write(struct.pack("<q", round(seconds * 1000)))

    def head(self):
        with open(self.state, "rb") as file:
            return file.read(4096)

    def fired(self):
        """-> (how often the plan struck, "op class path" of the first time)."""
        fields = HEAD.unpack_from(self.head())
        return fields[12], f"{OPS[fields[18]]} {CLASSES[fields[17]]} {text(fields[19])}" if fields[12] else ""

    def matched(self):
        return HEAD.unpack_from(self.head())[11]

    def counts(self):
        """{"op class": calls} of this start."""
        values = struct.unpack_from(f"<{len(CLASSES) * len(OPS)}Q", self.head(), COUNTS_AT)
        return {f"{op} {kind}": values[k * len(OPS) + o] for k, kind in enumerate(CLASSES)
                for o, op in enumerate(OPS) if values[k * len(OPS) + o]}

    def cut(self, rng):
        """The power went: what was not synced is gone, wholly or in part. The processes must be dead. -> bytes lost."""
        lost = 0
        with open(self.state, "rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as view:
            changes, files = list(self._changes(view)), list(self._files(view))
        # Directory changes become durable in order: what is lost is the end of those that were not synced.
        pending = [change for change in changes if not change[1]]
        keep = rng.randint(0, len(pending)) if rng.random() < 0.5 else 0
        for change in reversed(pending[keep:]):
            lost += self._undo(*change)
        epochs = {(device, inode): epoch for device, inode, _, epoch, _ in files}
        self._put_back(epochs, files)
        for device, inode, synced, _, path in files:
            lost += self._shorten(self.data / path, device, inode, synced, rng)
        for path in self.data.glob("state/*-shm"):
            path.unlink()
        return lost

    @staticmethod
    def _changes(view):
        count = min(HEAD.unpack_from(view, 0)[16], CHANGES)
        for n in range(count):
            kind, durable, path, to, kept = CHANGE.unpack_from(view, 4096 + FILE.size * FILES + n * CHANGE.size)
            if text(path):
                yield kind, durable, text(path), text(to), text(kept)

    @staticmethod
    def _files(view):
        for n in range(FILES):
            device, inode, synced, epoch, _, path = FILE.unpack_from(view, 4096 + n * FILE.size)
            if inode and text(path):
                yield device, inode, synced, epoch, text(path)

    def _undo(self, kind, _, path, to, kept):
        old = self.data / path
        if kind == CREATED:
            if old.exists() and not old.is_dir():
                old.unlink()
                return 1
        elif kind == RENAMED:
            new = self.data / to
            if new.exists():
                new.rename(old)
            if kept:
                os.link(self.graves / kept, new)
        elif kind == UNLINKED and not old.exists() and old.parent.is_dir():
            os.link(self.graves / kept, old)
        return 0

    def _put_back(self, epochs, files):
        """Bytes that were overwritten since the last sync of their file, newest first."""
        if not self.undo.exists():
            return
        raw, records, at = self.undo.read_bytes(), [], 0
        while at + KEPT.size <= len(raw):
            device, inode, epoch, offset, size = KEPT.unpack_from(raw, at)
            records.append((device, inode, epoch, offset, raw[at + KEPT.size:at + KEPT.size + size]))
            at += KEPT.size + size
        paths = {(device, inode): self.data / path for device, inode, _, _, path in files}
        for device, inode, epoch, offset, old in reversed(records):
            path = paths.get((device, inode))
            if path and epoch == epochs[device, inode] and path.exists() and path.stat().st_ino == inode:
                with open(path, "r+b") as file:
                    file.seek(offset)
                    file.write(old)

    @staticmethod
    def _shorten(path, device, inode, synced, rng):
        """Unsynced bytes at the end: none, some, or some and then zeros (blocks allocated, never written)."""
        try:
            stat = path.stat()
        except OSError:
            return 0
        if path.is_dir() or stat.st_ino != inode or stat.st_dev != device or stat.st_size <= synced:
            return 0
        rest = stat.st_size - synced
        kept = rng.choice((0, rng.randint(0, rest)))
        os.truncate(path, synced + kept)
        if rng.random() < 0.3:
            os.truncate(path, synced + rng.randint(kept, rest))
        return rest - kept
