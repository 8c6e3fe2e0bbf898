#!/usr/bin/env bash
# demo.sh [--check] [--data DIR] [--seed N] [--weft PROGRAM]: what `./x demo` runs after the build.
exec /usr/bin/env python3 "$(dirname "$0")/demo/run.py" "$@"
