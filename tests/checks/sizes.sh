#!/bin/bash
# No file over 500 lines, no C function over 60 (signature and braces included). Run in the root.
set -euo pipefail
sources() { find include src cli python tests bench examples experiments scripts "$@" -type f; }
sources \( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' \) -print0 | xargs -0 awk '
    FNR > 500 && !told[FILENAME]++ { print FILENAME ": more than 500 lines"; red = 1 }
    END { exit red }' >&2
# In our layout a function body alone opens and closes with a brace in the first column.
sources -name '*.[ch]' -print0 | xargs -0 awk '
    FNR == 1 { start = 0 }
    /^[A-Za-z_]/ { start = FNR; signature = $0 }
    /^}/ { if (start && open && FNR - start + 1 > 60) {
               print FILENAME ":" start ": " FNR - start + 1 " lines: " signature; red = 1 }
           open = 0; start = 0 }
    /^{/ { open = 1 }
    END { exit red }' >&2
