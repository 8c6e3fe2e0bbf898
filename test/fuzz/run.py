#!/usr/bin/env python3
"""Runs libFuzzer targets: run.py BUILD_FOLDER [NAME|all|planted] [SECONDS] [SEED].

`planted` expects the build with -DWEFT_PLANT_BUG=ON and fails unless every target crashes within SECONDS; otherwise a
crash fails and its input is kept in build/crashes. New inputs are kept in build/corpus and used again.
"""
import pathlib
import random
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
OPTIONS = {"ASAN_OPTIONS": "detect_leaks=0:detect_container_overflow=0:allocator_may_return_null=1",
           "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1", "PATH": "/usr/bin:/bin",
           "ASAN_SYMBOLIZER_PATH": "/usr/bin/llvm-symbolizer-19"}


def targets_of(name):
    known = {path.stem: path for path in sorted((ROOT / "src").rglob("*_fuzz.cc"))}
    if name in ("all", "planted"):
        return list(known)
    stem = name if name in known else name + "_fuzz"
    if stem not in known:
        raise SystemExit(f"fuzz: no target {name}; there are: {' '.join(known)}")
    return [stem]


def run(binary, target, seconds, seed, planted):
    """-> (crashed, seconds until the end, what it said)"""
    kept = ROOT / "build" / "corpus" / target
    if planted:  # What earlier runs learnt would prove nothing.
        kept = pathlib.Path(tempfile.mkdtemp())
    crashes = ROOT / "build" / "crashes"
    kept.mkdir(parents=True, exist_ok=True)
    crashes.mkdir(parents=True, exist_ok=True)
    seeds = ROOT / "test" / "fuzz" / "corpus" / target
    command = [str(binary), f"-max_total_time={seconds}", f"-seed={seed}", "-max_len=4096", "-timeout=10",
               "-rss_limit_mb=2048", "-print_final_stats=1", f"-artifact_prefix={crashes}/{target}-", str(kept)]
    start = time.monotonic()
    done = subprocess.run(command + ([str(seeds)] if seeds.is_dir() else []), env=OPTIONS, capture_output=True,
                          text=True, errors="replace", timeout=seconds + 120)
    return done.returncode != 0, time.monotonic() - start, done.stderr


def main(build, name="all", seconds="60", seed=None):
    seed = int(seed) if seed else random.randrange(1, 1 << 31)
    planted, failed = name == "planted", 0
    for target in targets_of(name):
        binary = next(pathlib.Path(build).resolve().glob(f"**/{target}"))
        crashed, took, said = run(binary, target, int(seconds), seed, name == "planted")
        runs = next((line.split(":")[1].strip() for line in said.splitlines()
                     if line.startswith("stat::number_of_executed_units")), "?")
        if planted:
            verdict = f"found its planted bug after {took:.1f} s" if crashed else "did NOT find its planted bug"
        else:
            verdict = "CRASHED" if crashed else "nothing found"
        print(f"{target:28} {runs:>10} inputs {took:6.1f} s  seed {seed}  {verdict}", flush=True)
        if crashed != planted:
            failed += 1
            if crashed:
                at = said.find("ERROR: ")
                print(said[max(at, 0):][:4000])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
