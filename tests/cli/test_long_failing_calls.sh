#!/bin/bash
# Every system call, where test_failing_calls.sh takes some. noasan
CLUDI_EVERY=1 exec bash "$(dirname "$0")/test_failing_calls.sh"
