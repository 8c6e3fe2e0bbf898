"""One node under test: starts it on free ports, waits until it is ready, speaks to it as an administrator or a user.

Used by the scenario runner, the compatibility, crash and fuzz runs and the benchmarks. Standard library only.
"""
import json
import os
import pathlib
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

READY_SECONDS = 30
STOP_SECONDS = 30


class NodeError(Exception):
    """The node did not do what every test relies on: start, answer its administrator, stop."""


class Node:
    """One data folder `root/data` and at most one process on it; `root/files` may be read by products."""

    def __init__(self, weft, root=None, options=(), environment=None):
        self.weft = str(pathlib.Path(weft).resolve())
        self.owned = root is None
        self.root = pathlib.Path(root or tempfile.mkdtemp(prefix="weft-test-"))
        self.data = self.root / "data"
        self.files = self.root / "files"
        self.log_path = self.root / "node.log"
        self.options = list(options)
        self.environment = dict(environment or {})
        self.process = None
        self.users = {}
        self.files.mkdir(parents=True, exist_ok=True)
        (self.root / "home").mkdir(exist_ok=True)

    def start(self, environment=None, wait=True):
        addresses = self.data / "run" / "addresses.json"
        addresses.unlink(missing_ok=True)
        command = [self.weft, "serve", "--data", str(self.data), "--http", "127.0.0.1:0",
                   "--postgres", "127.0.0.1:0", "--allow-files", str(self.files), *self.options]
        with open(self.log_path, "ab") as log:
            self.log_begin = log.tell()
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                            env=self.base_environment() | (environment or {}), cwd=self.root)
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self):
        addresses = self.data / "run" / "addresses.json"
        end, polls = time.monotonic() + READY_SECONDS, 0
        while time.monotonic() < end or polls < 500:  # A machine that was paused has used up the time, not the node.
            polls += 1
            if self.process.poll() is not None:
                raise NodeError(f"the node ended with {self.process.returncode}:\n{self.log_tail()}")
            try:
                self.addresses = json.loads(addresses.read_text())
                return
            except (OSError, ValueError):
                time.sleep(0.01)
        raise NodeError(f"the node was not ready after {READY_SECONDS} s:\n{self.log_tail()}\n{self.stacks()}")

    def stacks(self):
        """Where each thread is, when there is a gdb: for what hangs once in a thousand starts."""
        if shutil.which("gdb") is None or not self.alive():
            return ""
        done = subprocess.run(["gdb", "-p", str(self.process.pid), "-batch", "-ex", "thread apply all bt 14"],
                              capture_output=True, text=True, errors="replace", timeout=60)
        return "\n".join(line for line in done.stdout.splitlines() if line.startswith(("Thread", "#")))

    def stop(self):
        """SIGTERM; -> exit code. A node that does not drain in time is killed and reported."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise NodeError(f"the node did not stop within {STOP_SECONDS} s:\n{self.log_tail()}") from None
        self.process = None
        return code

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def close(self):
        self.kill()
        if self.owned and not os.environ.get("WEFT_KEEP"):
            shutil.rmtree(self.root, ignore_errors=True)

    def log_tail(self, lines=30):
        try:
            return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def log_since_start(self):
        return self.log_path.read_bytes()[self.log_begin:].decode(errors="replace")

    @property
    def url(self):
        return self.addresses["http"]

    @property
    def postgres(self):
        host, _, port = self.addresses["postgres"].rpartition(":")
        return host, int(port)

    def base_environment(self):
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("WEFT_", "PG", "LC_"))}
        folder = os.path.dirname(self.weft)
        kept |= {"PATH": folder + ":" + kept.get("PATH", ""), "HOME": str(self.root / "home"), "LANG": "C.UTF-8",
                 "NO_COLOR": "1"}
        kept.pop("XDG_CONFIG_HOME", None)
        return kept | self.environment

    def admin_token(self):
        return (self.data / "run" / "admin.token").read_text().strip()

    def secrets_of(self, name):
        """-> (password, token) of a user; the administrator has only the token."""
        if name == "admin":
            return self.admin_token(), self.admin_token()
        return self.users[name]

    def environment_of(self, name):
        password, token = self.secrets_of(name)
        host, port = self.postgres
        return self.base_environment() | {
            "WEFT_URL": self.url, "WEFT_TOKEN": token, "PGHOST": host, "PGPORT": str(port), "PGUSER": name,
            "PGPASSWORD": password, "PGDATABASE": "weft", "PGCONNECT_TIMEOUT": "10"}

    def run(self, *arguments, name="admin", check=True, timeout=120):
        """`weft ARGUMENTS` as that user."""
        done = subprocess.run([self.weft, *map(str, arguments)], env=self.environment_of(name), cwd=self.files,
                              capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)
        if check and done.returncode != 0:
            raise NodeError(f"weft {' '.join(map(str, arguments))} ended with {done.returncode}:\n"
                            f"{done.stdout}{done.stderr}")
        return done

    def add_user(self, name, teams=()):
        if name != "admin" and name not in self.users:
            password = secrets.token_urlsafe(18)
            path = self.root / f"password.{name}"
            path.write_text(password + "\n")
            path.chmod(0o600)
            self.run("user", "add", name, "--password-file", path)
            token = self.run("token", "create", "--for", name).stdout.strip()
            self.users[name] = (password, token)
        for team in teams:
            self.run("team", "add", team, "--member", name)

    def psql(self, statement, name="admin", options=(), timeout=120):
        """-> CompletedProcess: header and rows with ` | ` between columns, verbose errors on stderr."""
        command = ["psql", "-X", "-q", "-A", "-F", " | ", "-P", "footer=off", "-P", "null=NULL",
                   "-v", "VERBOSITY=verbose", "-v", "ON_ERROR_STOP=1", *options, "-c", statement]
        return subprocess.run(command, env=self.environment_of(name), capture_output=True, text=True,
                              timeout=timeout, stdin=subprocess.DEVNULL)

    def http(self, method, path, name="admin", body=None, headers=None, timeout=120):
        """-> (status, headers, body text); never raises for a status."""
        sent = {"Authorization": f"Bearer {self.secrets_of(name)[1]}"} if name else {}
        sent |= headers or {}
        request = urllib.request.Request(self.url + path, data=body, method=method,
                                         headers={k: v for k, v in sent.items() if v})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect())
        try:
            with opener.open(request, timeout=timeout) as answer:
                return answer.status, answer.headers, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode("utf-8", "replace")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None
