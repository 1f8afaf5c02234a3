#!/bin/bash
# install.sh BUILD: installs into an empty prefix, then builds and runs the examples as a user would: by pkg-config and by
# find_package, against the shared and against the static library. At the end it uninstalls.
set -euo pipefail
build=$1
examples=$PWD/examples
source=$PWD
checks=$PWD/tests/checks
temp=$(mktemp -d)
# That of the build, if it is of the tests; else modules are not where the static library looks for them.
prefix=$(sed -n 's/^CMAKE_INSTALL_PREFIX:[A-Z]*=//p' "$build/CMakeCache.txt")
[[ $prefix == "$build"/* ]] && is_configured=yes || { is_configured= && prefix=$temp/prefix; }
rm -rf "$prefix"
trap 'rm -rf "$temp" "$prefix"' EXIT
cmake --install "$build" --prefix "$prefix" >/dev/null
cd "$temp"
bash "$checks/points.sh" data.npy
cp "$source/tests/fuzz/corpus/hdf5/chunks0" rows.h5
fail() { echo "install.sh: $*" >&2; exit 1; }

for file in bin/cludi include/cludi/cludi.h share/man/man1/cludi.1 share/bash-completion/completions/cludi share/zsh/site-functions/_cludi; do
    [ -s "$prefix/$file" ] || fail "$file is not installed"
done
libdir=$(dirname "$(find "$prefix" -name libcludi.so)")
export PKG_CONFIG_PATH=$libdir/pkgconfig LD_LIBRARY_PATH=$libdir
run() { # PROGRAM
    rm -f labels.npy
    "$1" data.npy 3 labels.npy discriminant || fail "$1 failed"
    [ "$(stat -c %s labels.npy)" = $((128 + 60 * 4)) ] || fail "$1 wrote no 60 labels"
}

flags="-std=c11 -Wall -Wextra -Werror"
# shellcheck disable=SC2046,SC2086
gcc $flags "$examples/fit.c" -o fit-shared $(pkg-config --cflags --libs cludi)
readelf -d fit-shared | grep -q 'NEEDED.*libcludi.so' || fail "fit-shared does not use libcludi.so"
run ./fit-shared
PATH=$prefix/bin:$PATH sh "$examples/fit.sh" data.npy 3 --method cludi --steps 5 --allow-collapse >fit-sh.log 2>&1 ||
    { cat fit-sh.log >&2 && fail "fit.sh failed"; }
[ -s data.npy.cludi ] && [ -s data.npy.labels.npy ] && [ -s data.npy.proba.npy ] || fail "fit.sh left a file out"

cat >CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES C)
find_package(cludi $(pkg-config --modversion cludi) REQUIRED)
foreach(kind shared static)
    add_executable(cmake-\${kind} $examples/fit.c)
    target_link_libraries(cmake-\${kind} PRIVATE cludi::cludi_\${kind})
endforeach()
END
cmake -G Ninja -B consumer -DCMAKE_PREFIX_PATH="$prefix" >consumer.log 2>&1 && cmake --build consumer >>consumer.log 2>&1 ||
    { cat consumer.log >&2 && fail "find_package(cludi) does not work"; }
run consumer/cmake-shared

# Components are known, in a project of any language. Where a library inside cludi cannot be found, the static target alone says so.
finds() { # LANGUAGE KIND WORDS-OF-FIND_PACKAGE [OPTION...]
    rm -rf found && mkdir found
    printf '#include <cludi/cludi.h>\nint main() { return cludi_version()[0] == 0; }\n' >found/main.cpp
    cp found/main.cpp found/main.c
    cat >found/CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES $1)
find_package(cludi REQUIRED $3)
add_executable(main main.$([ "$1" = C ] && echo c || echo cpp))
target_link_libraries(main PRIVATE cludi::cludi_$2)
END
    { cmake -G Ninja -S found -B found/build -DCMAKE_PREFIX_PATH="$prefix" "${@:4}" && cmake --build found/build; } >found.log 2>&1
}
without_libraries="-DCMAKE_IGNORE_PATH=$(printf '%s/%s;' "" "lib/$(gcc -print-multiarch)" /usr "lib/$(gcc -print-multiarch)")"
for kind in shared static; do
    finds C $kind "COMPONENTS $kind" || { cat found.log >&2 && fail "COMPONENTS $kind does not work"; }
    finds CXX $kind "" || { cat found.log >&2 && fail "cludi_$kind does not work in C++"; }
done
finds C shared "" "$without_libraries" || { cat found.log >&2 && fail "the shared target wants what is inside cludi"; }
! finds C static "" "$without_libraries" && grep -q "development_files_of_libz_and_libjansson" found.log ||
    { cat found.log >&2 && fail "the static target does not say what is missing"; }
! finds C static "COMPONENTS static" "$without_libraries" && tr -s ' \n' ' ' <found.log | grep -q "development files of libz and libjansson" ||
    { cat found.log >&2 && fail "COMPONENTS static does not say what is missing"; }

# From here on there is no shared library: what runs now has cludi inside.
rm "$libdir"/libcludi.so*
run consumer/cmake-static
# shellcheck disable=SC2046,SC2086
gcc $flags "$examples/fit.c" -o fit-static $(pkg-config --static --cflags --libs cludi)
run ./fit-static
! ldd fit-static | grep -E 'hdf5|curl|krb5|vips' >&2 || fail "a static program needs these"
if [ -e "$libdir/cludi_hdf5.so" ]; then
    [ ! "$is_configured" ] || ./fit-static rows.h5 2 labels.npy kmeans || fail "a static program reads no HDF5"
    mv "$libdir/cludi_hdf5.so" . # also beside the program: that is anybody's folder
    ! ./fit-static rows.h5 2 labels.npy kmeans 2>said && grep -qF "cludi_hdf5.so: cannot open shared object file" said || fail "it took a module from elsewhere: $(cat said)"
fi

# Uninstalling removes what was installed and nothing else, also after an installation over it and without the build tree.
rm -rf "$prefix"
uninstall() { # PREFIX DESTDIR
    env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "$source" uninstall PREFIX="$1" DESTDIR="$2" >uninstall.log 2>&1
}
list() { # FOLDER
    (cd "$1" && find . | LC_ALL=C sort)
}
mkdir -p stage/usr/share/man stage/usr/lib/cmake/other stage/usr/include/cludi-other
touch stage/usr/lib/libother.so stage/usr/lib/cmake/other/otherConfig.cmake
list stage >before
for ((i = 0; i < 2; i++)); do DESTDIR=$temp/stage cmake --install "$build" --prefix /usr >/dev/null; done
[ -s stage/usr/share/cludi/installed.txt ] || fail "no list of what was installed"
(cd stage && find . -type f -o -type l) | cut -c 2- | grep -v other | LC_ALL=C sort >files
diff <(grep -v '/$' stage/usr/share/cludi/installed.txt | LC_ALL=C sort) files >&2 || fail "the list is not what was installed"
touch stage/usr/include/cludi/mine.h
uninstall /usr "$temp/stage" || { cat uninstall.log >&2 && fail "make uninstall fails"; }
[ -e stage/usr/include/cludi/mine.h ] || fail "make uninstall removed a file that was not installed"
rm -r stage/usr/include/cludi
list stage | diff before - >&2 || fail "make uninstall left something, or removed too much"
! uninstall /usr "$temp/stage" && grep -q "is not installed in" uninstall.log || fail "uninstalling what is not installed: $(cat uninstall.log)"
cmake --install "$build" --prefix "$temp/new/one" >/dev/null
bash "$source/scripts/uninstall.sh" "$temp/new/one" || fail "uninstalling fails" # not by make, which tells the dynamic linker
[ ! -e new ] || fail "uninstalling left: $(find new)"
