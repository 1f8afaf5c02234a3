#!/bin/bash
# Every allocation, where test_failing_alloc.sh takes some. noasan
CLUDI_EVERY=1 exec bash "$(dirname "$0")/test_failing_alloc.sh"
