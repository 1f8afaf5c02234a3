#!/bin/bash
# points.sh FILE.npy: writes a small data set, 60 x 4 unsigned bytes in three clear groups.
set -euo pipefail
header="{'descr': '|u1', 'fortran_order': False, 'shape': (60, 4), }"
{
    printf '\x93NUMPY\x01\x00\x76\x00%-117s\n' "$header"
    for ((i = 0; i < 60; i++)); do
        row=(10 10 10 10)
        row[i % 3]=200
        row[3]=$((10 + i % 7))
        # shellcheck disable=SC2059
        printf "$(printf '\\x%02x' "${row[@]}")"
    done
} >"$1"
