#!/bin/bash
# threads.sh: the team of threads, its loops in every operation, and images decoded ahead under ThreadSanitizer. GLib's own allocator is
# left out: its locks cannot be seen.
set -euo pipefail
cmake --preset tsan >/dev/null
cmake --build --preset tsan >/dev/null 2>&1
setarch --addr-no-randomize build-tsan/unit_parallel
CLUDI_FULL=1 setarch --addr-no-randomize build-tsan/backend_threads
G_SLICE=always-malloc setarch --addr-no-randomize build-tsan/unit_embed_images
