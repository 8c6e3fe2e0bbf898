#!/usr/bin/env python3
"""Each rule of tidy finds its planted offender, and a clean tree has none."""
import collections
import pathlib
import tempfile
import unittest

import tidy

README = "# base\n**Purpose** x\n**Flow** x\n**Files**\n| `noun` | one |\n**Invariants** x\n**Add one** x\n"
HEADER = "// A noun.\n#pragma once\n"


class Tree(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.src = pathlib.Path(self.place.name)
        self.write("CMakeLists.txt", "weft_module(base)\nweft_module(io USES base)\n")
        self.write("base/README.md", README)
        self.write("base/noun.h", HEADER)

    def tearDown(self):
        self.place.cleanup()

    def write(self, name, text):
        path = self.src / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def rules(self):
        return {problem.rule for problem in tidy.check(self.src)}

    def find(self, rule, name, text, line=None):
        self.write(name, text)
        found = [p for p in tidy.check(self.src) if p.rule == rule]
        self.assertTrue(found, f"{rule} not found")
        if line:
            self.assertEqual(found[0].line, line)

    def test_a_clean_tree_has_no_problem(self):
        self.assertEqual(self.rules(), set())

    def test_an_include_upwards(self):
        self.find("module", "base/noun.h", HEADER + '#include "io/files.h"\n', line=3)

    def test_modules_out_of_order(self):
        self.find("module", "CMakeLists.txt", "weft_module(io USES base)\nweft_module(base)\n", line=2)

    def test_a_use_that_the_table_does_not_know(self):
        self.find("module", "CMakeLists.txt", "weft_module(base)\nweft_module(model USES base io)\n", line=2)

    def test_a_private_header_of_another_folder(self):
        self.write("io/README.md", README)
        self.find("internal", "io/noun.cc", '#include "base/log_internal.h"\n')

    def test_a_third_party_header_outside_its_folder(self):
        self.find("firewall", "base/noun.cc", "#include <duckdb.hpp>\n", line=1)

    def test_a_test_framework_outside_tests(self):
        self.find("firewall", "base/noun.cc", "#include <gtest/gtest.h>\n")

    def test_a_long_file(self):
        self.find("file-length", "base/noun.h", HEADER + "\n" * 249)

    def test_a_long_line(self):
        self.find("columns", "base/noun.cc", "\n// " + "x" * 98 + "\n", line=2)

    def test_a_long_function(self):
        body = "    f();\n" * 69
        self.find("function-length", "base/noun.cc", "\nint F() {\n" + body + "}\n", line=2)

    def test_a_function_of_the_allowed_length(self):
        self.write("base/noun.cc", "int F() {\n" + "    f();\n" * 68 + "}\n")
        self.assertEqual(self.rules(), set())

    def test_banned_words(self):
        for name in ("PortManager", "HttpHandler", "parse_context", "DataInfo", "string_util", "MakeHelper", "schema"):
            with self.subTest(name):
                self.find("word", "base/noun.cc", f"int {name} = 0;\n", line=1)

    def test_words_that_only_contain_a_banned_one(self):
        self.write("base/noun.cc", "int informed = 0;\nint sql_schema = 0;\nint contextual = 0;\n")
        self.assertEqual(self.rules(), set())

    def test_a_banned_file_name(self):
        self.find("word", "base/noun_manager.cc", "\n")

    def test_throw_in_code_but_not_in_comments_or_text(self):
        self.write("base/noun.cc", '// We never throw.\nconst char* kText = "throw";\n')
        self.assertEqual(self.rules(), set())
        self.find("throw", "base/noun.cc", "void F() { throw 1; }\n", line=1)

    def test_a_shared_pointer_to_something_that_changes(self):
        self.write("base/noun.cc", "std::shared_ptr<const int> a;\nduckdb::shared_ptr<int> b;\n")
        self.assertEqual(self.rules(), set())
        self.find("shared-ptr", "base/noun.cc", "std::shared_ptr<int> a;\n", line=1)

    def test_a_todo_without_a_number(self):
        self.write("base/noun.cc", '// TODO(#12): later.\nconst char* kText = "TODO";\n')
        self.assertEqual(self.rules(), set())
        self.find("todo", "base/noun.cc", "// TODO: later.\n", line=1)

    def test_a_header_without_a_comment(self):
        self.find("header-comment", "base/noun.h", "#pragma once\n")

    def test_a_readme_that_disagrees_with_the_disk(self):
        self.find("readme", "base/verb.cc", "\n")

    def test_a_readme_row_without_a_file(self):
        self.find("readme", "base/README.md", README + "| `gone` | was here |\n")

    def test_a_missing_readme(self):
        self.find("readme", "io/noun.h", HEADER)

    def test_a_file_that_nothing_builds(self):
        self.find("no-target", "base/noun.cpp", "\n")
        self.find("no-target", "lost/noun.cc", "\n")


class Ratchet(unittest.TestCase):
    def test_a_count_may_not_rise(self):
        one = tidy.Problem("todo", pathlib.Path("a"), 1, "")
        self.assertFalse(tidy.judge([one], {"todo": 1})[1])
        shown, failed, counts = tidy.judge([one, one], {"todo": 1})
        self.assertTrue(failed)
        self.assertEqual(len(shown), 2)
        self.assertEqual(counts, collections.Counter(todo=2))


if __name__ == "__main__":
    unittest.main()
