#!/bin/bash
# Two clean builds in folders of other names give the same bytes: program, shared and static library. Run in the root.
set -euo pipefail
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
red=0
builds=("$temp/one" "$temp/a folder of another name/two")
for build in "${builds[@]}"; do
    mkdir -p "$build"
    cp -r CMakeLists.txt CMakePresets.json VERSION LICENSE cmake include src cli bench docs "$build/"
    cmake -G Ninja -S "$build" -B "$build/build" -DCMAKE_BUILD_TYPE=Release --log-level=WARNING >/dev/null
    cmake --build "$build/build" >"$temp/log" || { cat "$temp/log" >&2 && exit 1; }
    sleep 1 # another time of day
done
for file in cludi libcludi.so libcludi.a; do
    [ -s "${builds[0]}/build/$file" ] || { echo "reproducible_build.sh: no $file" >&2 && red=1; }
    cmp "${builds[0]}/build/$file" "${builds[1]}/build/$file" >&2 || red=1
    ! grep -qaF "$temp" "${builds[0]}/build/$file" || { echo "$file names the folder it was built in" >&2 && red=1; }
done
exit $red
