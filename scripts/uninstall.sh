#!/bin/bash
# uninstall.sh PREFIX [DESTDIR]: removes the files that `make install` put there, as its list says, and the folders that it made where they
# are empty.
set -euo pipefail
prefix=$(realpath -ms "$1") root=${2:-}
list=$prefix/share/cludi/installed.txt
[ -f "$root$list" ] || { echo "uninstall.sh: cludi is not installed in $root$prefix: there is no $root$list" >&2 && exit 1; }
mapfile -t entries <"$root$list"
for ((i = ${#entries[@]} - 1; i >= 0; i--)); do # a folder stands before what is in it
    case ${entries[i]} in
    */../* | "$list") ;;
    */) folders+=("$root${entries[i]}") ;;
    "$prefix"/*) rm -f -- "$root${entries[i]}" ;;
    esac
done
rm -f -- "$root$list"
[ -z "${folders[*]:-}" ] || rmdir --ignore-fail-on-non-empty -- "${folders[@]}" 2>/dev/null || true
