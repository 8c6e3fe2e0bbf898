#!/usr/bin/env python3
"""Runs scenario files (*.test) against fresh nodes, as several users. The grammar stands in README.md beside this.

    run_scenarios.py --weft PATH [-j N] [-v] FILE_OR_FOLDER...

Prints each failure as file:line with what was expected and what came; ends with a count. Exit 1 if any failed.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

from node import Node, NodeError

HERE = pathlib.Path(__file__).resolve().parent
COMMAND_SECONDS = 120
WAIT_SECONDS = 30
VERBS = ("needs", "node", "as", "file", "copy", "let", "$", "sql", "http", "stop", "start", "kill", "wait-until", "alive")

EXPECTATION = re.compile(r" +-> (error \w{5}(?: .*)?|\d{3}|exit (?:\d+|nonzero))$")


class Failure(Exception):
    def __init__(self, line, text):
        super().__init__(text)
        self.line = line


class Skipped(Exception):
    """What the scenario needs is not on this machine."""


class Step:
    """One line of a scenario with what follows it: an expectation `-> …` and expected lines of output."""

    def __init__(self, line, text):
        self.line, self.text = line, text
        self.expect = None  # What stands after `->`.
        self.expected = []  # (line number, text)
        self.content = None  # Between <<< and >>>.


def parse(path):
    steps, step, open_block = [], None, None
    for number, raw in enumerate(path.read_text().splitlines(), 1):
        if open_block is not None:
            if raw.rstrip() == ">>>":
                step.content, open_block = "\n".join(open_block) + "\n", None
            else:
                open_block.append(raw)
            continue
        line = raw.rstrip()
        if line.startswith("#"):
            continue
        if not line.strip():
            step = None
        elif step is None or is_verb(line):
            if not is_verb(line):
                raise Failure(number, f"no verb: {line}")
            step = Step(number, line)
            steps.append(step)
            if line.endswith("<<<"):
                step.text, open_block = line[:-3].rstrip(), []
            elif ending := EXPECTATION.search(line):
                step.text, step.expect = line[:ending.start()], ending[1]
        elif line.startswith("-> ") and step.expect is None and not step.expected:
            step.expect = line[3:].strip()
        elif line.startswith("    ") and not step.expected and step.expect is None:
            step.text += "\n" + line[4:]
        else:
            step.expected.append((number, line))
    if open_block is not None:
        raise Failure(step.line, "<<< without >>>")
    return steps


def is_verb(line):
    """`as bob` is a verb; `as | of` is a row. Verbs stand at the line's start, before a space or its end."""
    word = line.split(" ")[0]
    return word in VERBS and not re.match(r"\S+ +\|", line)


def matches_line(expected, got):
    if expected.startswith("~"):
        return re.search(expected[1:], got) is not None
    if "…" in expected:
        return re.fullmatch(".*".join(map(re.escape, expected.split("…"))), got) is not None
    return expected == got


def first_difference(expected, got):
    """None, or (index into expected, what came there). A line `…` stands for any lines, also none."""
    gaps = [i for i, line in enumerate(expected) if line == "…"]
    head = expected[:gaps[0]] if gaps else expected
    for i, line in enumerate(head):
        if i >= len(got) or not matches_line(line, got[i]):
            return i, got[i] if i < len(got) else "(end of output)"
    if not gaps:
        return None if len(got) == len(expected) else (len(expected) - 1, "then more: " + got[len(expected)])
    at = len(head)
    for position, gap in enumerate(gaps):  # Each block after a gap: the first place where it fits.
        last = position + 1 == len(gaps)
        block = expected[gap + 1:] if last else expected[gap + 1:gaps[position + 1]]
        starts = range(at, len(got) - len(block) + 1)
        if last and block:
            starts = [len(got) - len(block)] if len(got) - len(block) >= at else []
        fit = next((s for s in starts if all(map(matches_line, block, got[s:s + len(block)]))), None)
        if fit is None:
            return gap + 1, "(nowhere in the rest of the output)"
        at = fit + len(block)
    return None


def check_lines(step, expected, got):
    """Without expected lines the output does not matter; `(nothing)` says that there is none."""
    wanted = [text for _, text in expected]
    difference = first_difference(wanted, got) if wanted else None
    if wanted == ["(nothing)"]:
        difference = (0, got[0]) if got else None
    if difference:
        line, text = expected[difference[0]]
        whole = indent("\n".join(got[:40]))
        raise Failure(line, f"expected: {text}\n  got:      {difference[1]}\n  whole output:\n{whole}")


def cells(line):
    """Spaces around columns do not count."""
    return line if line.startswith("~") or line == "…" else " | ".join(cell.strip() for cell in line.split("|"))


def json_at(value, path):
    for name, index in re.findall(r"\.([\w$-]+)|\[(-?\d+)\]", path):
        value = value[name] if name else value[int(index)]
    return value


class Scenario:
    def __init__(self, path, weft, verbose=False):
        self.path, self.weft, self.verbose = path, weft, verbose
        self.node, self.who, self.values, self.skipped = None, "admin", {}, None

    def run(self):
        """-> None or the text of the failure; `skipped` says why it did not run."""
        try:
            for step in parse(self.path):
                if self.verbose:
                    print(f"{self.path.name}:{step.line}: {step.text}", flush=True)
                self.do(step)
            if self.node is not None:
                self.finish()
            return None
        except Skipped as skipped:
            self.skipped = str(skipped)
            return None
        except Failure as failure:
            log = f"\n  the node's log ends:\n{indent(self.node.log_tail(15))}" if self.node else ""
            return f"{self.path}:{failure.line}: {failure}{log}"
        finally:
            if self.node is not None:
                self.node.close()

    def finish(self):
        """Every scenario also claims that the node outlived it and drains."""
        if self.node.process is None:
            return
        if not self.node.alive():
            raise Failure(0, f"the node died with {self.node.process.returncode}")
        code = self.node.stop()
        if code != 0:
            raise Failure(0, f"the node stopped with {code}, expected 0")

    def do(self, step):
        verb, _, rest = step.text.partition(" ")
        rest = self.fill(rest)
        try:
            if verb not in ("needs", "node", "kill", "file", "copy") and self.node is None:
                self.start_fresh([])
            if verb == "$":
                self.shell(step, rest)
            else:
                getattr(self, "do_" + verb.replace("-", "_"))(step, rest)
        except NodeError as error:
            raise Failure(step.line, str(error)) from None
        except subprocess.TimeoutExpired as error:
            raise Failure(step.line, f"still running after {error.timeout:.0f} s") from None

    def fill(self, text):
        return re.sub(r"\$\{(\w+)\}", lambda m: self.values.get(m[1], m[0]), text)

    def start_fresh(self, options):
        if self.node is not None:
            self.finish()
            self.node.close()
        self.node = Node(self.weft, options=options)
        self.who = "admin"
        self.node.start()

    def do_needs(self, step, rest):
        """needs NAME [FILE]: the environment names a folder, with that file in it; its path is ${NAME} from here."""
        name, *file = rest.split()
        folder = os.environ.get(name, "")
        if not folder or not (pathlib.Path(folder) / (file[0] if file else "")).exists():
            raise Skipped(f"{name} names no folder" + (f" with {file[0]}" if file else ""))
        self.values[name] = folder

    def do_node(self, step, rest):
        self.start_fresh(rest.replace("$TEST", str(HERE)).split())

    def do_as(self, step, rest):
        name, *words = rest.replace("(", " ").replace(")", " ").replace(",", " ").split()
        self.node.add_user(name, [w for w in words if w not in ("team", "and")])
        self.who = name

    def do_file(self, step, rest):
        if step.content is None:
            raise Failure(step.line, "file PATH <<< … >>>")
        if self.node is None:
            self.start_fresh([])
        path = self.node.files / rest
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.fill(step.content))

    def do_copy(self, step, rest):
        """copy FROM [TO]: from beneath test/ or the repository."""
        if self.node is None:
            self.start_fresh([])
        source, *to = rest.split()
        found = next((p for p in (self.path.parent / source, HERE / source, HERE.parent / source) if p.exists()), None)
        if found is None:
            raise Failure(step.line, f"nothing to copy at {source}")
        target = self.node.files / (to[0] if to else found.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if found.is_dir() else shutil.copyfile)(found, target)

    def execute(self, command):
        environment = self.node.environment_of(self.who) | self.values | {
            "FILES": str(self.node.files), "DATA": str(self.node.data), "NODE_PID": str(self.node.process.pid)
            if self.node.process else "", "TEST": str(HERE)}
        return subprocess.run(["bash", "-c", command], env=environment, cwd=self.node.files, capture_output=True,
                              text=True, errors="replace", timeout=COMMAND_SECONDS, stdin=subprocess.DEVNULL)

    def shell(self, step, command):
        wanted = step.expect or "exit 0"
        if not re.fullmatch(r"exit (\d+|nonzero)", wanted):
            raise Failure(step.line, f"`-> {wanted}`: a command is expected to `exit N`")
        done = self.execute(command)
        right = done.returncode != 0 if wanted == "exit nonzero" else f"exit {done.returncode}" == wanted
        if not right:
            raise Failure(step.line, f"expected: {wanted}\n  got:      exit {done.returncode}\n"
                                     f"{indent(done.stdout[-2000:] + done.stderr[-2000:])}")
        check_lines(step, [(n, self.fill(t)) for n, t in step.expected], done.stdout.rstrip("\n").splitlines())

    def do_let(self, step, rest):
        match = re.fullmatch(r"(?s)(\w+) = \$ (.*)", rest)
        if not match:
            raise Failure(step.line, "let NAME = $ COMMAND")
        done = self.execute(match[2])
        if done.returncode != 0:
            raise Failure(step.line, f"exit {done.returncode}\n{indent(done.stdout + done.stderr)}")
        self.values[match[1]] = done.stdout.strip()

    def do_sql(self, step, rest):
        done = self.node.psql(rest, self.who, timeout=COMMAND_SECONDS)
        error = re.search(r"(?:ERROR|FATAL):\s+(\w{5}): (.*)", done.stderr)
        if step.expect and step.expect.startswith("error"):
            _, state, *text = step.expect.split(" ", 2)
            if not error:
                raise Failure(step.line, f"expected: error {state}\n  got:\n{indent(done.stdout + done.stderr)}")
            if error[1] != state or not all(part in done.stderr for part in text):
                raise Failure(step.line, f"expected: {step.expect}\n  got:      error {error[1]} {error[2]}")
        elif step.expect:
            raise Failure(step.line, f"`-> {step.expect}`: a statement is expected to `error SQLSTATE`")
        elif done.returncode != 0:
            raise Failure(step.line, f"expected: success\n  got:      {done.stderr.strip()}")
        expected = [(n, cells(self.fill(t))) for n, t in step.expected]
        check_lines(step, expected, [cells(line) for line in done.stdout.rstrip("\n").splitlines()])

    def do_http(self, step, rest):
        match = re.fullmatch(r"(?s)([A-Z]+) (\S+)((?: +[A-Za-z-]+:\S*)*)(?: +< *(.+))?", rest)
        if not match:
            raise Failure(step.line, "http METHOD PATH [Header:value]… [< FILE | < 'text'] -> STATUS")
        method, path, headers, source = match.groups()
        body = None
        if source:
            quoted = source[0] == source[-1] == "'" and len(source) > 1
            body = source[1:-1].encode() if quoted else (self.node.files / source).read_bytes()
        sent = dict(header.split(":", 1) for header in headers.split())
        who = self.who if "Authorization" not in sent else None
        try:
            status, got, text = self.node.http(method, path, who, body, sent, COMMAND_SECONDS)
        except OSError as error:
            raise Failure(step.line, f"no answer: {error}") from None
        if str(status) != (step.expect or "200"):
            raise Failure(step.line, f"expected: {step.expect or 200}\n  got:      {status}\n{indent(text[:2000])}")
        self.check_answer(step, got, text)

    def check_answer(self, step, headers, text):
        lines = []
        for number, expected in step.expected:
            expected = self.fill(expected)
            header = re.match(r"header ([\w-]+): ?(.*)", expected)
            pointer = re.match(r"(\.[\w.$\[\]-]+) = (.*)", expected)
            if header:
                value = headers.get(header[1], "(no such header)")
                if not matches_line(header[2], value):
                    raise Failure(number, f"expected: {expected}\n  got:      {value}")
            elif pointer:
                try:
                    value = json_at(json.loads(text), pointer[1])
                except (ValueError, KeyError, IndexError, TypeError):
                    raise Failure(number, f"expected: {expected}\n  got:\n{indent(text[:2000])}") from None
                wanted = pointer[2]
                plain = isinstance(value, str) and wanted.startswith("~")
                came = value if plain else json.dumps(value, ensure_ascii=False)
                if not (matches_line(wanted, came) or same_json(wanted, value)):
                    raise Failure(number, f"expected: {expected}\n  got:      {came}")
            else:
                lines.append((number, expected))
        check_lines(step, lines, text.rstrip("\n").splitlines())

    def do_stop(self, step, rest):
        code = self.node.stop()
        if f"exit {code}" != (step.expect or "exit 0"):
            raise Failure(step.line, f"expected: {step.expect or 'exit 0'}\n  got:      exit {code}")

    def do_start(self, step, rest):
        self.node.options = rest.split() or self.node.options
        self.node.start()

    def do_kill(self, step, rest):
        if rest != "-9":
            raise Failure(step.line, "kill -9")
        self.node.kill()

    def do_alive(self, step, rest):
        if not self.node.alive():
            raise Failure(step.line, "the node is gone")

    def do_wait_until(self, step, rest):
        match = re.fullmatch(r"(?s)(?:(\d+) )?((?:\$|sql|http) .*)", rest)
        if not match:
            raise Failure(step.line, "wait-until [SECONDS] $|sql|http …")
        inner = Step(step.line, match[2])
        inner.expect, inner.expected = step.expect, step.expected
        end, pause = time.monotonic() + float(match[1] or WAIT_SECONDS), 0.05
        while True:
            try:
                return self.do(inner)
            except Failure as failure:
                if time.monotonic() > end or not self.node.alive():
                    raise Failure(failure.line, f"still so after waiting: {failure}") from None
            time.sleep(pause)
            pause = min(pause * 1.5, 1)


def same_json(text, value):
    try:
        return json.loads(text) == value
    except ValueError:
        return False


def indent(text):
    return "\n".join("      " + line for line in text.rstrip("\n").splitlines())


def collect(arguments):
    for argument in map(pathlib.Path, arguments):
        yield from sorted(argument.rglob("*.test")) if argument.is_dir() else [argument]


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--weft", default=HERE.parent / "build" / "release" / "weft")
    options.add_argument("-j", type=int, default=1, help="scenarios at the same time")
    options.add_argument("-v", action="store_true", help="print each step")
    options.add_argument("paths", nargs="+")
    given = options.parse_args()
    files = list(collect(given.paths))
    failed = skipped = 0
    with concurrent.futures.ThreadPoolExecutor(max(1, given.j)) as pool:
        scenarios = [Scenario(path, given.weft, given.v) for path in files]
        for scenario, failure in zip(scenarios, pool.map(Scenario.run, scenarios)):
            shown = os.path.relpath(scenario.path, HERE.parent)
            if scenario.skipped:
                skipped += 1
                print(f"skipped {shown}: {scenario.skipped}")
                continue
            print(f"{'FAILED' if failure else 'passed'}  {shown}")
            if failure:
                failed += 1
                print(failure)
    missing = f", {skipped} skipped" if skipped else ""
    print(f"{len(files) - failed - skipped} passed, {failed} failed{missing}")
    return 1 if failed or not files else 0


if __name__ == "__main__":
    sys.exit(main())
