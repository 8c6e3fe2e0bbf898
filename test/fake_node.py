#!/usr/bin/env python3
"""A stand-in for `weft`, just enough to test the scenario runner: it serves two paths and keeps users in a file."""
import base64
import http.server
import json
import os
import pathlib
import signal
import socketserver
import sys
import threading


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        status, body = {"/livez": (200, "ok\n"), "/data": (200, '{"rows": [{"id": 1, "name": "ä"}]}')}.get(
            self.path, (404, '{"status": 404}'))
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


def serve(data):
    run = data / "run"
    run.mkdir(parents=True, exist_ok=True)
    (run / "admin.token").write_text(base64.b16encode(os.urandom(8)).decode())
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answer)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    (run / "addresses.new").write_text(json.dumps(
        {"http": f"http://127.0.0.1:{server.server_address[1]}", "postgres": "127.0.0.1:1"}))
    (run / "addresses.new").rename(run / "addresses.json")
    server.serve_forever(poll_interval=0.02)
    return int(os.environ.get("FAKE_EXIT", "0"))


def main(arguments):
    if arguments[0] == "serve":
        return serve(pathlib.Path(arguments[arguments.index("--data") + 1]))
    if arguments[:2] == ["token", "create"]:
        print("token-of-" + arguments[-1])
    if arguments[0] == "whoami":
        print(os.environ["WEFT_TOKEN"])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
