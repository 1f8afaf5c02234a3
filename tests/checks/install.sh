#!/bin/bash
# install.sh BUILD: installs into an empty prefix, then builds and runs the examples as a user would: by pkg-config and by
# find_package, against the shared and against the static library.
set -euo pipefail
build=$1
examples=$PWD/examples
checks=$PWD/tests/checks
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
prefix=$temp/prefix
cmake --install "$build" --prefix "$prefix" >/dev/null
cd "$temp"
bash "$checks/points.sh" data.npy
fail() { echo "install.sh: $*" >&2; exit 1; }

for file in bin/cludi include/cludi/cludi.h share/man/man1/cludi.1; do
    [ -s "$prefix/$file" ] || fail "$file is not installed"
done
libdir=$(dirname "$(find "$prefix" -name libcludi.so)")
export PKG_CONFIG_PATH=$libdir/pkgconfig LD_LIBRARY_PATH=$libdir
run() { # PROGRAM
    rm -f labels.npy
    "$1" data.npy 3 labels.npy 5 || fail "$1 failed"
    [ "$(stat -c %s labels.npy)" = $((128 + 60 * 4)) ] || fail "$1 wrote no 60 labels"
}

flags="-std=c11 -Wall -Wextra -Werror"
# shellcheck disable=SC2046,SC2086
gcc $flags "$examples/fit.c" -o fit-shared $(pkg-config --cflags --libs cludi)
readelf -d fit-shared | grep -q 'NEEDED.*libcludi.so' || fail "fit-shared does not use libcludi.so"
run ./fit-shared
PATH=$prefix/bin:$PATH sh "$examples/fit.sh" data.npy 3 --steps 5 --allow-collapse >fit-sh.log 2>&1 ||
    { cat fit-sh.log >&2 && fail "fit.sh failed"; }
[ -s data.npy.cludi ] && [ -s data.npy.labels.npy ] && [ -s data.npy.proba.npy ] || fail "fit.sh left a file out"

cat >CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES C)
find_package(cludi $(pkg-config --modversion cludi) REQUIRED COMPONENTS shared static)
foreach(kind shared static)
    add_executable(cmake-\${kind} $examples/fit.c)
    target_link_libraries(cmake-\${kind} PRIVATE cludi::cludi_\${kind})
endforeach()
END
cmake -G Ninja -B consumer -DCMAKE_PREFIX_PATH="$prefix" >consumer.log 2>&1 && cmake --build consumer >>consumer.log 2>&1 ||
    { cat consumer.log >&2 && fail "find_package(cludi) does not work"; }
run consumer/cmake-shared

# From here on there is no shared library: what runs now has cludi inside.
rm "$libdir"/libcludi.so*
run consumer/cmake-static
# shellcheck disable=SC2046,SC2086
gcc $flags "$examples/fit.c" -o fit-static $(pkg-config --static --cflags --libs cludi)
run ./fit-static
