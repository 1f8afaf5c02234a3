#!/bin/bash
# Every C file is laid out as .clang-format says (`make format` does it). Run in the root.
set -euo pipefail
find include src cli tests bench examples -name '*.[ch]' -print0 | xargs -0 clang-format --dry-run -Werror --ferror-limit=3
