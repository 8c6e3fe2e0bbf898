#!/usr/bin/env python3
"""Runs the tour of README.md as it is printed, against a fresh node on free ports.

    readme.py --weft PATH [--page README.md]

Every ```sh block below "## A tour" runs in one bash, in order. `./x …` and the PATH are the caller's; `weft serve` is the
node that this script has started; the default ports stand for its own. A command marked `# denied` must fail.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

from node import Node

ROOT = pathlib.Path(__file__).resolve().parent.parent
SECONDS = 120


def blocks(page):
    section = re.search(r"^## A tour.*?$(.*?)^## ", page, re.S | re.M)
    if not section:
        sys.exit("readme.py: the page has no section `## A tour`")
    return re.findall(r"^```sh\n(.*?)^```$", section[1], re.S | re.M)


def to_script(texts):
    """One bash script that stops at the first command that does not do what the page says."""
    lines = ["set -e", "set -o pipefail"]
    for line in "\n".join(texts).splitlines():
        if line.startswith(("./x ", "export PATH=", "weft serve")):
            continue
        if denied := re.fullmatch(r"(.*?) +# denied", line):
            lines.append(f'if {denied[1]}; then echo "not denied: {denied[1].split()[0]}" >&2; exit 1; fi')
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--weft", default=ROOT / "build" / "release" / "weft")
    options.add_argument("--page", default=ROOT / "README.md")
    given = options.parse_args()
    texts = blocks(pathlib.Path(given.page).read_text())
    if len(texts) < 3:
        sys.exit("readme.py: the tour has fewer than three blocks")
    with tempfile.TemporaryDirectory(prefix="weft-tour-") as place:
        # The default data folder is below HOME, which is how the tour's commands find the node.
        home = pathlib.Path(place) / "home"
        node = Node(given.weft, root=place, environment={"HOME": str(home)})
        node.data = home / ".local" / "share" / "weft"
        node.data.parent.mkdir(parents=True)
        node.start()
        try:
            http, postgres = node.url.rpartition(":")[2], node.postgres[1]
            script = to_script(texts).replace(":8080", f":{http}").replace("-p 5433", f"-p {postgres}")
            environment = {k: v for k, v in node.base_environment().items() if k != "XDG_DATA_HOME"}
            done = subprocess.run(["bash", "-xc", script], cwd=place, env=environment, text=True,
                                  capture_output=True, timeout=SECONDS, stdin=subprocess.DEVNULL)
            if done.returncode != 0:
                print(done.stdout[-4_000:], done.stderr[-4_000:], sep="\n")
                print(f"the tour ended with {done.returncode}; the node's log ends:\n{node.log_tail(15)}")
                return 1
        finally:
            node.stop()
    print(f"{len(texts)} blocks of the tour did what the page says")
    return 0


if __name__ == "__main__":
    sys.exit(main())
