#!/bin/bash
# loading.sh BUILD: code comes from the system and from beside the library, never from the working folder. Looks at every ELF file of the
# build tree, of an installation and of a wheel; then plants libraries of every name that is looked for in a folder, works there, and
# wants none to run. A command that only predicts maps no module. Run in the root.
set -euo pipefail
build=$(realpath "$1")
source=$PWD
python=${CLUDI_PYTHON:-/usr/bin/python3}
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
red=0
fail() { echo "loading.sh: $*" >&2; red=1; }

prefix=$temp/prefix work=$temp/folder ran=$temp/ran
cmake --install "$build" --prefix "$prefix" >/dev/null
libdir=$(dirname "$(find "$prefix" -name libcludi.so)")
has_python=$("$python" -c 'import numpy, setuptools, wheel; print("yes")' 2>/dev/null || true)
[ -z "$has_python" ] || CLUDI_WHEEL_LIBRARY=$build/libcludi.so "$python" setup.py -q egg_info -e "$temp" build -b "$temp/wheel" >"$temp/log" 2>&1 ||
    fail "no wheel is built: $(tail -n 3 "$temp/log")"
bash tests/checks/run_paths.sh "$build" "$prefix" ${has_python:+"$temp/wheel"} || red=1
! ldd "$build/libcludi.so" | grep -E 'hdf5|curl|krb5|vips|not found' >&2 || fail "libcludi.so needs these"

# ---- plant ----
mkdir "$work" && cd "$work"
bash "$source/tests/checks/points.sh" points.npy
cp "$source/tests/fuzz/corpus/hdf5/chunks0" rows.h5
"$python" "$source/tests/cli/sample_images.py" samples && "$python" "$source/tests/cli/tiny_vit.py" tiny.safetensors
cat >"$temp/planted.c" <<END
#include <fcntl.h>
__attribute__((constructor)) static void run(void) { if (open("$ran", O_CREAT | O_WRONLY, 0600) < 0) *(volatile int *)0 = 0; }
END
gcc -shared -fPIC "$temp/planted.c" -o "$temp/planted.so"
plant() { # FOLDER NAME...
    local name
    for name in "${@:2}"; do cp "$temp/planted.so" "$1/$name"; done
}
modules="cludi_images.so cludi_hdf5.so"
# shellcheck disable=SC2046
plant . $modules libcludi.so libcludi.so.0 libdnnl.so.2 libhdf5_serial.so.103 libgomp.so.1 libjansson.so.4 libzip.so.4 libpopt.so.0 libvips.so.42 \
    $(readelf -dW "$build"/{cludi,libcludi.so,cludi_*.so} | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p' | sort -u)
[ "$(find . -name '*.so*' | wc -l)" -ge 11 ] || fail "too few libraries are planted"
quiet() { # COMMAND...: it succeeds, and nothing that was planted ran
    "$@" >"$temp/said" 2>&1 || fail "$* fails: $(tail -n 1 "$temp/said")"
    [ ! -e "$ran" ] || { fail "a planted library ran under: $*" && rm "$ran"; }
}
refused() { # WORDS COMMAND...: it ends with these words, and nothing that was planted ran
    local words=$1 && shift
    ! "$@" >"$temp/said" 2>&1 || fail "$* succeeds"
    grep -qF -- "$words" "$temp/said" || fail "$* does not say '$words': $(tail -n 1 "$temp/said")"
    [ ! -e "$ran" ] || { fail "a planted library ran under: $*" && rm "$ran"; }
}
LD_PRELOAD=./libgomp.so.1 env true
[ -e "$ran" ] && rm "$ran" || fail "the planted libraries do not tell that they run"

has() { # MODULE
    [ -e "$build/$1" ]
}
for cludi in "$build/cludi" "$prefix/bin/cludi"; do
    quiet "$cludi" --version
    quiet "$cludi" info points.npy
    quiet "$cludi" fit points.npy -k 3 -o model.safetensors --method cludi --steps 5 --allow-collapse
    quiet "$cludi" predict model.safetensors points.npy -o labels.npy
    ! has cludi_hdf5.so || quiet "$cludi" info rows.h5
    ! has cludi_images.so || quiet "$cludi" embed tiny.safetensors samples/good/rgb.png -o rows.npy
done
embed='import cludi, os, sys
os.chdir(sys.argv[1])
print(cludi.embed_images("samples/good/rgb.png", "tiny.safetensors").features.shape)'
if [ "$has_python" ]; then
    site=$(dirname "$(find "$temp/wheel" -name cludi -type d)")
    export PYTHONPATH=$site PYTHONDONTWRITEBYTECODE=1
    quiet "$python" -c 'import cludi; cludi.kmeans([[0.0], [0.1], [5.0], [5.1]], 2)'
    ! has cludi_images.so || quiet "$python" -c "$embed" "$work"
    rm -f "$site/cludi/libcludi.so"
    LD_LIBRARY_PATH=$libdir quiet "$python" -c 'import cludi'
    refused "cannot load its library" "$python" -c 'import cludi'
fi

# ---- modules: beside the library, else nowhere ----
bare=$temp/bare linked=$temp/linked planted=$temp/planted
mkdir "$bare" "$linked" "$planted"
cp "$build/cludi" "$bare/" && cp "$build/libcludi.so" "$bare/libcludi.so.0"
ln -s "$bare/libcludi.so.0" "$linked/"
# shellcheck disable=SC2086
{ plant "$planted" $modules && plant "$linked" $modules; }
absent="is not there"
has cludi_hdf5.so || absent="has no HDF5"
for path in "" "$planted" "$linked" "../bare"; do
    export LD_LIBRARY_PATH=$path
    refused "$absent" "$bare/cludi" info rows.h5
    refused "is not there" "$bare/cludi" embed tiny.safetensors samples/good/rgb.png -o rows.npy
    refused "is not there" bash -c 'exec -a cludi "$0" embed tiny.safetensors samples/good/rgb.png -o rows.npy' "$bare/cludi"
done
unset LD_LIBRARY_PATH
if [ "$has_python" ]; then # a name that is relative to another working folder
    (cd "$bare" && CLUDI_LIBRARY=./libcludi.so.0 refused "" "$python" -c "$embed" "$work" && exit $red) || red=1
fi
# Through a link, the modules are those beside the file that it leads to.
rm "$linked"/* && ln -s "$libdir/libcludi.so.0" "$linked/"
! has cludi_hdf5.so || LD_LIBRARY_PATH=$linked quiet "$bare/cludi" info rows.h5
# A module that is none, or of another version.
cp "$temp/planted.so" "$bare/cludi_hdf5.so" && cp "$temp/planted.so" "$bare/cludi_images.so"
"$bare/cludi" info rows.h5 >"$temp/said" 2>&1 && fail "another file is taken for a module"
! has cludi_hdf5.so || grep -q 'cludi_hdf5.so is another file' "$temp/said" || fail "another file as a module: $(cat "$temp/said")"
echo 'static const char *const table[] = {"0.0.7"}; const void *cludi_hdf5_module(void) { return table; }' |
    gcc -shared -fPIC -x c - -o "$bare/cludi_hdf5.so"
rm -f "$ran"
! has cludi_hdf5.so || refused "cludi_hdf5.so is of version 0.0.7, the library of" "$bare/cludi" info rows.h5

# libvips looks for its plugins from the working folder on, if it misses its own, unless it is told otherwise.
if has cludi_images.so; then
    cat >"$temp/miss.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
int access(const char *path, int mode) {
    int (*other)(const char *, int) = (int (*)(const char *, int))dlsym(RTLD_NEXT, "access");
    return strstr(path, "/vips-") && !strstr(path, "/folder/") ? -1 : other(path, mode);
}
END
    gcc -shared -fPIC -w "$temp/miss.c" -o "$temp/miss.so" -ldl
    mkdir -p bin && echo >bin/cludi && chmod +x bin/cludi
    for folder in lib "lib/$(gcc -print-multiarch)" "$(gcc -print-multiarch)"; do
        for kind in modules plugins; do
            plugins=$folder/vips-$kind-$(pkg-config --modversion vips | grep -oE '^[0-9]+\.[0-9]+')
            mkdir -p "$plugins" && plant "$plugins" plugin.so plugin.plg
        done
    done
    cd bin
    LD_PRELOAD=$temp/miss.so quiet "$build/cludi" embed ../tiny.safetensors ../samples/good/rgb.png -o ../rows.npy
    cd ..
fi

# ---- what is loaded when ----
mapped() { # COMMAND...: the libraries that the dynamic linker opened
    LD_DEBUG=files "$@" 2>&1 >/dev/null | sed -nE 's/.*calling init: //p'
}
! mapped "$build/cludi" predict model.safetensors points.npy -o labels.npy --quiet | grep -E 'hdf5|curl|krb5|vips' >&2 || fail "a prediction loads these"
! has cludi_hdf5.so || mapped "$build/cludi" info rows.h5 | grep -q 'cludi_hdf5\.so' || fail "LD_DEBUG does not show the module"
exit $red
