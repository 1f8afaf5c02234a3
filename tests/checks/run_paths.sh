#!/bin/bash
# run_paths.sh FOLDER...: no ELF file under these folders has a run path with an empty element or a relative one, which are the working
# folder, or one that others than root may write to. What counts from the place of the file ($ORIGIN) must stay in FOLDER.
set -euo pipefail
red=0
is_of_root() { # FOLDER: it and all above it; what is not there yet, root alone can make
    local at=$1
    while [ -z "$(find "$at" -maxdepth 0 \( ! -user root -o -perm /022 \) 2>/dev/null)" ]; do
        [ "$at" != / ] || return 0
        at=$(dirname "$at")
    done
    return 1
}
why_not() { # ELEMENT FILE ROOT
    local element=${1/#'${ORIGIN}'/'$ORIGIN'} place
    case $element/ in
    /) echo "has an empty element" ;;
    '$ORIGIN'/*)
        place=$(realpath -m "$(dirname "$2")${element#'$ORIGIN'}")
        [[ $place/ == "$3"/* ]] || echo "leads out of $3" ;;
    /*) is_of_root "$(realpath -m "$element")" || echo "has an element that others may write to" ;;
    *) echo "has a relative element" ;;
    esac
}
for root in "$@"; do
    root=$(realpath "$root")
    while IFS=$'\t' read -r file path; do
        rest=$path:
        while [ -n "$rest" ]; do
            why=$(why_not "${rest%%:*}" "$file" "$root")
            [ -z "$why" ] || { echo "$file: its run path $why: [$path]" >&2 && red=1; }
            rest=${rest#*:}
        done
    done < <(find "$root" -type f ! -name '*.[oa]' -exec readelf -dW /dev/null {} + 2>/dev/null |
        sed -nE 's/^File: //; t name; s/.*\((RPATH|RUNPATH)\).*\[(.*)\]$/\2/; T; G; s/(.*)\n(.*)/\2\t\1/p; b; :name; h')
done
exit $red
