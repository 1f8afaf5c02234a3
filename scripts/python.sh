#!/bin/bash
# python.sh LIBRARY VENV: a wheel with LIBRARY inside, in dist/; installed in VENV, which sees Debian's packages. No network.
set -euo pipefail
library=$1 venv=$2
python=${CLUDI_PYTHON:-/usr/bin/python3}
rm -f dist/cludi-*.whl
CLUDI_WHEEL_LIBRARY=$library "$python" -m pip wheel -q --no-build-isolation --no-deps --no-index -w dist .
"$python" -m venv --system-site-packages "$venv"
"$venv/bin/pip" install -q --no-index --no-deps --force-reinstall dist/cludi-*.whl
version=$(cd "$venv" && bin/python -c 'import cludi; print("cludi", cludi.__version__)')
echo "$version is in dist/ and in $venv"
echo "To use it: source $venv/bin/activate"
