#!/usr/bin/env python3
"""The scenario runner against a stand-in node: every kind of expectation passes when met and fails when not."""
import os
import pathlib
import shutil
import tempfile
import unittest

import run_scenarios

HERE = pathlib.Path(__file__).resolve().parent


class Runner(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = pathlib.Path(tempfile.mkdtemp())
        for name, source in (("weft", "fake_node.py"), ("psql", "fake_psql.py")):
            shutil.copy(HERE / source, cls.place / name)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.place)

    def outcome(self, text):
        path = self.place / "case.test"
        path.write_text(text)
        return run_scenarios.Scenario(path, self.place / "weft").run()

    def passes(self, text):
        self.assertIsNone(self.outcome(text))

    def fails(self, text, line, part=""):
        failure = self.outcome(text)
        self.assertIsNotNone(failure, "it passed")
        self.assertIn(f"case.test:{line}:", failure)
        self.assertIn(part, failure)

    def test_output_of_a_command(self):
        self.passes("$ printf 'a\\nb\\n'\na\nb\n")
        self.fails("$ printf 'a\\nb\\n'\na\nc\n", 3, "got:      b")
        self.fails("$ printf 'a\\nb\\n'\na\n", 2, "then more: b")
        self.fails("$ echo a\na\nb\n", 3, "(end of output)")

    def test_a_command_of_several_lines(self):
        self.passes("$ if true\n    then\n      echo a\n    fi\na\n")
        self.fails("$ if true\n    then\n      echo a\n    fi\nb\n", 5)

    def test_needs(self):
        os.environ["WEFT_TEST_PLACE"] = str(self.place)
        self.passes("needs WEFT_TEST_PLACE psql\n\n$ ls ${WEFT_TEST_PLACE}/psql\n…psql\n")
        self.passes("needs WEFT_NO_PLACE\n\n$ false\n")
        self.passes("needs WEFT_TEST_PLACE nothing\n\n$ false\n")
        self.fails("needs WEFT_TEST_PLACE psql\n\n$ false\n", 3)

    def test_exit_codes(self):
        self.passes("$ exit 3\n-> exit 3\n")
        self.passes("$ exit 3 -> exit nonzero\n")
        self.fails("$ exit 3\n", 1, "exit 3")
        self.fails("# a comment\n\n$ true -> exit 1\n", 3)

    def test_wildcards(self):
        self.passes("$ seq 9\n1\n…\n5\n…\n9\n")
        self.passes("$ echo took 12 ms\ntook … ms\n")
        self.passes("$ echo took 12 ms\n~^took \\d+ ms$\n")
        self.fails("$ seq 9\n1\n…\n5\n…\n8\n", 6)
        self.fails("$ seq 9\n…\n5\n4\n…\n", 3, "nowhere")
        self.fails("$ echo took 12 s\ntook … ms\n", 2)
        self.fails("$ echo took x ms\n~^took \\d+ ms$\n", 2)

    def test_nothing(self):
        self.passes("$ true\n(nothing)\n")
        self.fails("$ echo a\n(nothing)\n", 2)

    def test_rows(self):
        self.passes("sql SELECT 2 rows\nid | n\n1  | a\n2  | NULL\n")
        self.passes("sql SELECT\n    2 rows\nid | n\n…\n")
        self.fails("sql SELECT 2 rows\nid | n\n1  | b\n2  | NULL\n", 3, "1 | a")

    def test_sql_errors(self):
        self.passes("sql SELECT denied -> error 42501 ask ada\n")
        self.fails("sql SELECT denied -> error 42000\n", 1, "42501")
        self.fails("sql SELECT denied -> error 42501 ask bob\n", 1)
        self.fails("sql SELECT denied\n", 1, "success")
        self.fails("sql SELECT 2 rows -> error 42501\n", 1)

    def test_http(self):
        self.passes("http GET /livez\nok\n")
        self.passes('http GET /data -> 200\nheader Content-Type: text/…\n.rows[0].id = 1\n.rows[0].name = "ä"\n')
        self.passes("http GET /nowhere -> 404\n.status = 404\n")
        self.fails("http GET /nowhere\n", 1, "404")
        self.fails("http GET /data\n.rows[0].id = 2\n", 2)
        self.fails("http GET /data\n.rows[1].id = 1\n", 2)
        self.fails("http GET /data\nheader Content-Type: text/html\n", 2, "text/plain")
        self.fails("http GET /livez\nno\n", 2)

    def test_users_have_tokens_of_their_own(self):
        self.passes("as bob\n$ weft whoami\ntoken-of-bob\n")
        self.fails("$ weft whoami\ntoken-of-bob\n", 2)

    def test_files_and_values(self):
        self.passes("file in/a.txt <<<\none\n\n# two\n>>>\nlet N = $ wc -l < in/a.txt\n\n$ echo ${N}\n3\n")
        self.fails("file in/a.txt <<<\none\n", 1, "without")
        self.fails("let N = $ false\n", 1)

    def test_a_node_that_ends_badly(self):
        os.environ["FAKE_EXIT"] = "3"
        try:
            self.fails("http GET /livez\nok\n", 0, "stopped with 3")
            self.fails("http GET /livez\n\nstop\n", 3, "exit 3")
        finally:
            del os.environ["FAKE_EXIT"]
        self.fails("$ kill -9 $NODE_PID; sleep 0.1\n", 0, "died")

    def test_stop_and_start(self):
        self.passes("http GET /livez\n\nstop\n\nstart\n\nkill -9\n\nstart\n\nhttp GET /livez\n\nalive\n")

    def test_waiting(self):
        self.passes("$ (sleep 0.3; touch done) >/dev/null 2>&1 &\n\nwait-until 5 $ test -e done\n")
        self.fails("\nwait-until 1 $ test -e done\n", 2, "after waiting")

    def test_a_line_that_is_no_verb(self):
        self.fails("selct 1\n", 1, "no verb")


if __name__ == "__main__":
    unittest.main()
