#!/bin/bash
# Each public header compiles alone, as strict C11 and as C++17. Run in the root.
set -euo pipefail
red=0
for header in include/cludi/*.h; do
    program="#include <cludi/${header##*/}>"
    echo "$program" | gcc -std=c11 -pedantic-errors -Wall -Wextra -Werror -Iinclude -fsyntax-only -x c - || red=1
    echo "$program" | clang++ -std=c++17 -pedantic-errors -Wall -Wextra -Werror -Iinclude -fsyntax-only -x c++ - || red=1
done
exit $red
