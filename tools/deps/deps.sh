#!/usr/bin/env bash
# deps.sh SET...: makes sure that everything the named sets need is there: distribution packages (packages.txt), DuckDB
# (duckdb.sh) and the clients that tests drive (clients.txt). Run twice it does nothing and needs no network.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/weft
. "$here/../step.sh"

wanted() { for set in "$@"; do awk -v set="$set" '$1 == set { print $2 }' "$here/packages.txt"; done | sort -u; }

missing_packages() {
    comm -23 <(wanted "$@") \
        <(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' 2>/dev/null | sed -n 's/^ii *//p' | sort -u)
}

install_packages() {
    local as=()
    [ "$(id -u)" = 0 ] || as=(sudo)
    "${as[@]}" apt-get update -q
    "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

may_install() {
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null || { [ -t 0 ] && command -v sudo >/dev/null && sudo -v; }
}

# A virtual environment with exactly the packages of one lock file; its name carries the lock's hash.
python_environment() {
    local lock=$1 place=$2
    rm -rf "$place.new"
    /usr/bin/python3 -m venv "$place.new"
    "$place.new/bin/python" -m pip --disable-pip-version-check --quiet install --require-hashes \
        --only-binary=:all: -r "$lock"
    rm -rf "$place"
    mv "$place.new" "$place"
}

environment_of() { # NAME -> where the environment for tools/deps/NAME.txt lies
    echo "$cache/python-$1-$(sha256sum <"$here/$1.txt" | cut -c1-12)"
}

if [ "${1:-}" = --where ]; then
    case $2 in
        duckdb) echo "$cache/duckdb-$(sed -n 's/^duckdb==\([0-9.]*\).*/\1/p' "$here/duckdb.txt")" ;;
        *) environment_of "$2" ;;
    esac
    exit 0
fi

mapfile -t missing < <(missing_packages "$@")
if [ ${#missing[@]} -gt 0 ]; then
    if ! may_install; then
        echo "x: missing packages, and neither root nor sudo here to install them: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    Step "packages (${#missing[@]} of the distribution)" install_packages "${missing[@]}"
fi
mkdir -p "$cache"
exec 8>"$cache/lock"
flock 8 # Two builds on one machine share the cache: the second waits and finds everything there.
case " $* " in *" build "*)
    place=$("$0" --where duckdb)
    [ -e "$place/share/duckdb.version" ] || Step "DuckDB (41 MB)" "$here/duckdb.sh" "$place" ;;
esac
for name in test:clients bench:bench; do
    case " $* " in *" ${name%:*} "*)
        place=$(environment_of "${name#*:}")
        [ -d "$place" ] || Step "python ${name#*:} (pinned)" python_environment "$here/${name#*:}.txt" "$place" ;;
    esac
done
