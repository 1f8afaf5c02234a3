#!/bin/bash
# run.sh PYTEST-ARGUMENT...: pytest over the package in python/ and the library CLUDI_LIBRARY. Debian's Python, because it has the
# packages; CLUDI_PYTHON names another. Skips (77) where NumPy or pytest are missing.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
python=${CLUDI_PYTHON:-/usr/bin/python3}
for module in numpy pytest; do
    "$python" -c "import $module" 2>/dev/null || { echo "skipped: $python has no $module" && exit 77; }
done
# Nothing is left in the source tree.
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$root/python CLUDI_SOURCE_DIR=$root
cd "$root"
exec "$python" -m pytest -q -p no:cacheprovider -W error::pytest.PytestUnraisableExceptionWarning "$@"
