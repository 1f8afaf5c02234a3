#!/bin/bash
# plan against fit and predict: memory within 25 % always, time where the machine is quiet. noasan: sanitizers take memory too.
: "${CLUDI:?set CLUDI to the path of the program}"
python3 -c '' 2>/dev/null || { echo "skip: python3 is not there"; exit 77; }
exec python3 "$(dirname "$0")/../../bench/plan_check.py" "$CLUDI" features "many rows" "rows in the file" "few rows" zipped \
    "two kinds of steps" "many heads" perceptrons
