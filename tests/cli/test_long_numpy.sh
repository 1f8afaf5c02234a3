#!/bin/bash
# 20,000 generated .npy and .npz files, read by cludi and by NumPy: long/numpy_files.py.
. "$(dirname "$0")/lib.sh"
/usr/bin/python3 -c 'import numpy' 2>/dev/null || { skip numpy "python3-numpy is not there" && exit 77; }
/usr/bin/python3 "$HERE/../long/numpy_files.py" "$READ_MANY" 20000 && ok "NumPy" || fail "NumPy" "see above"
finish
