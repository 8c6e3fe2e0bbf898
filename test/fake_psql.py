#!/usr/bin/env python3
"""A stand-in for psql: answers the statements that run_scenarios_test.py sends."""
import sys

ANSWERS = {
    "SELECT 2 rows": ("id | n\n1 | a\n2 | NULL\n", "", 0),
    "SELECT denied": ("", "ERROR:  42501: no\nHINT:  ask ada\n", 1),
}
out, error, code = ANSWERS[" ".join(sys.argv[-1].split())]
sys.stdout.write(out)
sys.stderr.write(error)
sys.exit(code)
