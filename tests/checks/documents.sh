#!/bin/bash
# documents.sh: source files that documents and comments name are there. Run in the root.
# Placeholders are in capitals; headers of others, a member called h, and files that only tests make are listed.
set -euo pipefail
others=' dnnl.h hdf5.h zlib.h cmocka.h features.h gpu.h cludi_reference.py vit_reference.py '
red=0
names() { # lines of FILE:LINE:NAME
    grep -rnoE --include='*.md' '[A-Za-z0-9_.*{}-]*\.(c|h|sh|py)\b' -- *.md cli docs src tests bench experiments || true
    grep -rnE --include='*.[ch]' '^(/\*|   )[^"#]*$' -- cli src tests bench include |
        grep -oP '^[^:]*:[0-9]*:|(?<![\w.>])[a-z0-9_]+\.[ch]\b' | awk '/:$/ { place = $0; next } { print place $0 }'
}
files=$(find . -type f -not -path './build*' -not -path './.git/*' -printf ' %f')" "
while IFS=: read -r file line name; do
    case $name in *[A-Z*{}]* | .* | [a-z].[ch]) continue ;; esac
    [[ $files == *" $name "* || $others == *" $name "* || $file == CHANGELOG.md ]] || { echo "$file:$line: there is no $name" >&2 && red=1; }
done < <(names)
exit $red
