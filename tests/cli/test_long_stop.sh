#!/bin/bash
# A signal at any moment of any command ends it within 2 seconds, with its exit code. noasan: it is about time.
. "$(dirname "$0")/lib.sh"
/usr/bin/python3 -c "import numpy" 2>/dev/null || { skip stop "python3-numpy is not there" && exit 77; }
CLUDI_STOPS=${CLUDI_STOPS:-10} /usr/bin/python3 "$HERE/../long/stop_latency.py" "$CLUDI" "$WORK" && ok stop || fail stop "see above"
finish
