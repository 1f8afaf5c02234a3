#!/bin/bash
# Decoding and resizing against Pillow: real JPEGs, and photographs of 1 to 12 megapixels that are made here.
. "$(dirname "$0")/lib.sh"
/usr/bin/python3 -c 'import numpy, PIL' 2>/dev/null || { skip pillow "python3-numpy or python3-pil is not there" && exit 77; }
"$READ_PIXELS" 32 /dev/null >/dev/null 2>&1 || { skip pillow "this build has no libvips" && exit 77; }
real=$CLUDI_SHARED_DATA/cifar10_test_images
[ -d "$real" ] || { skip "real JPEGs" "$real is not there" && real=; }
# shellcheck disable=SC2086
/usr/bin/python3 "$HERE/../long/pillow_pixels.py" "$READ_PIXELS" $real && ok "Pillow" || fail "Pillow" "see above"
finish
