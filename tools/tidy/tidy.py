#!/usr/bin/env python3
"""tidy: rules of shape and architecture that a compiler cannot see. Prints file:line: [rule] what and what instead.

Existing offenders are counted per rule in tools/tidy.ratchet; a count may only fall (`--lower` writes it down).
"""
import collections
import json
import pathlib
import re
import subprocess
import sys

# The order is the architecture (design.md, The picture): a folder may include only what stands in its row.
MODULES = {
    "base": "",
    "io": "base",
    "model": "base",
    "iceberg": "base io",
    "engine": "base io",
    "meta": "base io model",
    "govern": "base io model meta",
    "catalog": "base io model iceberg engine meta govern",
    "ingest": "base io model engine meta govern catalog",
    "query": "base io model iceberg engine meta govern catalog ingest",
    "guarantee": "base model meta govern catalog query",
    "pipeline": "base io model iceberg engine meta govern catalog ingest query guarantee",
    "market": "base model meta govern catalog query guarantee pipeline",
    "mesh": "base io model meta govern catalog query market",
    "gateway": "base io model iceberg engine meta govern catalog ingest query guarantee pipeline market mesh",
    "app": "base io model iceberg engine meta govern catalog ingest query guarantee pipeline market mesh gateway",
}
# Third-party headers stay in the folders that own them.
FIREWALL = {
    r"duckdb": "engine",
    r"boost/": "gateway io",
    r"curl/": "io",
    r"openssl/": "io gateway",
    r"sqlite3": "meta",
    r"yaml-cpp/": "model",
    r"nlohmann/": "base",
    r"spdlog/": "base",
    r"CLI/": "app",
    r"(zlib|zstd)\.h": "io iceberg",
}
# Words that say nothing, and what to say instead. `where` names folders whose library uses the word in its own API.
BANNED = {
    "manager": ("the noun it keeps (Pool, Store, Runs)", ""),
    "service": ("the noun it offers", ""),
    "handler": ("the verb it does (ServeData, OnParse)", ""),
    "context": ("what it holds (Session, Deps, Scope)", "engine gateway io"),
    "info": ("the noun itself (Column, Status)", "engine"),
    "util": ("the noun the functions are about (text, time)", ""),
    "utils": ("the noun the functions are about (text, time)", ""),
    "helper": ("the verb it does", ""),
    "helpers": ("the verb it does", ""),
}
NAMED_BY_OTHERS = {"LogInfo", "kInfo", "information_schema"}  # A log level; a SQL schema of the standard.
COLUMNS = 100
LINES = {"header": 250, "source": 600, "test": 600, "function": 70, "test function": 100, "README": 60}
README_HEADINGS = ("Purpose", "Flow", "Files", "Invariants", "Add one")
BESIDE = re.compile(r"_(test|fuzz|bench|test_util)$")  # Beside their noun, not nouns of their own.
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+["<]([^">]+)[">]', re.M)
TODO = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b(?!\(#\d+\))")
KNOWN_IN_FOLDER = {".h", ".cc", ".md", ".txt", ".json", ".sql", ".list", ".py", ".html", ".css", ".js", ".yaml", ".inc"}

Problem = collections.namedtuple("Problem", "rule path line text")


def blank(match):
    """Replaces what matched by spaces, so that lines and columns stay."""
    return re.sub(r"[^\n]", " ", match[0])


NO_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![\w])\'(?:\\.|[^\'\\\n])+\'', re.S)


def code_of(text):
    """The text without comments and literals."""
    return NO_CODE.sub(blank, text)


def comments_of(text):
    """(position, text) of each comment."""
    return ((match.start(), match[0]) for match in NO_CODE.finditer(text) if match[0].startswith(("//", "/*")))


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def words_of(name):
    """LookUpPortInfo_2 -> look up port info."""
    return [w.lower() for w in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def banned_in(name, folder):
    if name in NAMED_BY_OTHERS:
        return None
    if name.lower().rstrip("_") == "schema" and folder not in ("engine", "iceberg"):  # DuckDB's and Avro's word.
        return "say columns, or sql_schema"
    for word in words_of(name):
        if word in BANNED and folder not in BANNED[word][1].split():
            return f"`{word}` says nothing: {BANNED[word][0]}"
    return None


class File:
    def __init__(self, src, path):
        self.path, self.text = path, path.read_text(errors="replace")
        self.relative = path.relative_to(src)
        self.folder = self.relative.parts[0]
        self.is_test = bool(BESIDE.search(path.stem))
        self.code = code_of(self.text)


def check_includes(file):
    may = MODULES.get(file.folder, "").split() + [file.folder]
    for match in INCLUDE.finditer(file.text):
        target, line = match[1], line_of(file.text, match.start())
        top = target.split("/")[0]
        if top in MODULES and top not in may:
            yield Problem("module", file.path, line, f"{file.folder} may not include {top}")
        if target.endswith("_internal.h") and "/" in target and top != file.folder:
            yield Problem("internal", file.path, line, f"{target} is private to {top}")
        for pattern, allowed in FIREWALL.items():
            if re.match(pattern, target) and file.folder not in allowed.split():
                yield Problem("firewall", file.path, line, f"{target} belongs to {allowed}: use its seam")
        if re.match(r"(gtest|gmock)/", target) and not file.is_test:
            yield Problem("firewall", file.path, line, f"{target} only in tests")


def check_text(file):
    kind = "header" if file.path.suffix == ".h" else "test" if file.is_test else "source"
    lines = file.text.splitlines()
    if len(lines) > LINES[kind]:
        yield Problem("file-length", file.path, 1, f"{len(lines)} lines, {kind}s have {LINES[kind]}: split by noun")
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS and "://" not in line:
            yield Problem("columns", file.path, number, f"{len(line)} columns, {COLUMNS} are allowed")
    if kind == "header" and not re.match(r"// \S", file.text):
        yield Problem("header-comment", file.path, 1, "say in 3-10 lines what this is and its rules")
    if kind == "header" and "#pragma once" not in file.text:
        yield Problem("header-comment", file.path, 1, "no #pragma once")
    for position, comment in comments_of(file.text):
        if TODO.search(comment):
            yield Problem("todo", file.path, line_of(file.text, position), "write TODO(#issue), or do it")


def check_code(file):
    if file.is_test:
        return
    for match in re.finditer(r"\bthrow\b", file.code):
        yield Problem("throw", file.path, line_of(file.code, match.start()), "return Fail(code, message)")
    for match in re.finditer(r"(?<!duckdb::)\bshared_ptr<(?!\s*const\b)", file.code):
        line = line_of(file.code, match.start())
        yield Problem("shared-ptr", file.path, line, "shared_ptr<const T> for snapshots, unique_ptr for the rest")


def tags_of(paths):
    command = ["ctags", "-L-", "--output-format=json", "--fields=+neK", "--kinds-C++=+lzp", "--languages=C++",
               "--langmap=C++:.cc.h", "-o-"]
    run = subprocess.run(command, input="\n".join(map(str, paths)), capture_output=True, text=True, errors="replace")
    if run.returncode != 0:
        raise SystemExit(f"tidy: ctags failed: {run.stderr}")
    for line in run.stdout.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def check_names(files):
    by_path = {str(file.path): file for file in files}
    seen = set()
    for tag in tags_of(by_path):
        file, name, line = by_path[tag["path"]], tag["name"], tag.get("line", 1)
        if tag.get("kind") == "function" and "end" in tag:
            limit = LINES["test function" if file.is_test else "function"]
            length = tag["end"] - line + 1
            if length > limit:
                yield Problem("function-length", file.path, line, f"{name} has {length} lines, {limit} are allowed")
        instead = banned_in(name, file.folder)
        if instead and not name.startswith("__anon") and (file.path, name) not in seen:
            seen.add((file.path, name))
            yield Problem("word", file.path, line, f"{name}: {instead}")


def check_file_names(src, files):
    for file in files:
        instead = banned_in(re.sub(BESIDE, "", file.path.stem), file.folder)
        if instead:
            yield Problem("word", file.path, 1, f"file name: {instead}")
        if not re.fullmatch(r"[a-z][a-z0-9_]*", file.path.stem):
            yield Problem("word", file.path, 1, "file names are snake_case")
    declared = set(re.findall(r"^weft_module\((\w+)", (src / "CMakeLists.txt").read_text(), re.M)) | {"app"}
    for path in sorted(src.rglob("*")):
        folder = path.relative_to(src).parts[0]
        if path.is_file() and path.name != "CMakeLists.txt":
            if folder not in declared:
                yield Problem("no-target", path, 1, f"{folder} is no module of src/CMakeLists.txt")
            elif path.suffix not in KNOWN_IN_FOLDER:
                yield Problem("no-target", path, 1, "nothing builds this")


def check_module_order(src):
    order = list(MODULES)
    path = src / "CMakeLists.txt"
    text = path.read_text()
    last = -1
    for match in re.finditer(r"^weft_module\((\w+)([^)]*)\)", text, re.M):
        name, line = match[1], line_of(text, match.start())
        if name not in MODULES:
            yield Problem("module", path, line, f"{name} is not in the table of tidy.py")
            continue
        if order.index(name) < last:
            yield Problem("module", path, line, f"{name} stands out of order")
        last = order.index(name)
        uses = re.search(r"USES((?:\s+[a-z_]+)*)", match[2])
        for use in (uses[1].split() if uses else []):
            if use not in MODULES[name].split():
                yield Problem("module", path, line, f"{name} may not use {use}")


def check_readmes(src):
    for folder in sorted({path.parent for path in src.rglob("*") if path.suffix in (".h", ".cc")}):
        if folder == src:
            yield Problem("no-target", folder, 1, "sources lie in a module's folder")
            continue
        readme = folder / "README.md"
        if not readme.exists():
            yield Problem("readme", readme, 1, "every folder has a README.md")
            continue
        text = readme.read_text()
        if len(text.splitlines()) > LINES["README"]:
            yield Problem("readme", readme, 1, f"{len(text.splitlines())} lines, {LINES['README']} are allowed")
        for heading in README_HEADINGS:
            if not re.search(rf"^\W*{heading}\b", text, re.M):
                yield Problem("readme", readme, 1, f"no heading {heading}")
        listed = set(re.findall(r"\| `([\w./]+)`", text))
        disk = {p.stem for p in folder.iterdir() if p.suffix in (".h", ".cc") and not BESIDE.search(p.stem)}
        for noun in sorted(disk - listed):
            yield Problem("readme", readme, 1, f"`{noun}` is on disk and not in the table")
        for noun in sorted(n for n in listed - disk if not (folder / n).exists()):
            yield Problem("readme", readme, 1, f"`{noun}` is in the table and not on disk")


def check_scripts(root):
    """Other text of ours: only its width."""
    for path in [root / "x", *(root / "tools").rglob("*"), *(root / "test").rglob("*"), *(root / "bench").rglob("*")]:
        if path.is_file() and (path.suffix in (".py", ".sh", ".cmake") or path.name == "x"):
            for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
                if len(line) > 120:
                    yield Problem("columns", path, number, f"{len(line)} columns, scripts have 120")


def check(src):
    src = pathlib.Path(src)
    files = [File(src, path) for path in sorted(src.rglob("*")) if path.suffix in (".h", ".cc") and path.is_file()]
    problems = []
    for file in files:
        for rule in (check_includes, check_text, check_code):
            problems += rule(file)
    problems += check_names(files)
    problems += check_file_names(src, files)
    problems += check_module_order(src)
    problems += check_readmes(src)
    return problems


def read_ratchet(path):
    if not path.exists():
        return {}
    lines = (line.split("#")[0].split() for line in path.read_text().splitlines())
    return {words[0]: int(words[1]) for words in lines if words}


def judge(problems, ratchet):
    """-> (what is to be shown, whether it fails, the counts as they are)."""
    counts = collections.Counter(problem.rule for problem in problems)
    shown, failed = [], False
    for rule in sorted(counts | collections.Counter(ratchet)):
        count, allowed = counts[rule], ratchet.get(rule, 0)
        if count > allowed:
            failed = True
            shown += [p for p in problems if p.rule == rule]
    return shown, failed, counts


def main(arguments):
    root = pathlib.Path(__file__).resolve().parent.parent.parent
    ratchet_path = root / "tools" / "tidy.ratchet"
    ratchet = read_ratchet(ratchet_path)
    problems = check(root / "src") + list(check_scripts(root))
    shown, failed, counts = judge(problems, ratchet)
    for problem in shown:
        path = problem.path.relative_to(root)
        print(f"{path}:{problem.line}: [{problem.rule}] {problem.text}")
    for rule, allowed in sorted(ratchet.items()):
        if counts[rule] < allowed:
            print(f"tidy: {rule} fell from {allowed} to {counts[rule]}: run ./x tidy --lower")
    if "--lower" in arguments:
        kept = {rule: min(allowed, counts[rule]) for rule, allowed in ratchet.items()}
        head = "# rule, count of known offenders. A count may only fall; new rules start at what is there.\n"
        body = "".join(f"{rule} {count}\n" for rule, count in sorted(kept.items()) if count)
        ratchet_path.write_text(head + body)
    over = [f"{rule} {counts[rule]} > {ratchet.get(rule, 0)}" for rule in sorted(counts)
            if counts[rule] > ratchet.get(rule, 0)]
    print("tidy: " + (", ".join(over) if failed else "nothing to say"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
