#!/bin/bash
# words.sh: tracked text has American spelling and none of the names that the field does not use. Old names stand in the table of
# parameters, in their tests and in the CHANGELOG alone. Run in the root.
set -euo pipefail
british='neighbour|centre[sd]?\b|colour|behaviour|labell(ing|ed)|(normal|initial|optim|vector|recogn)is(e|ed|ing|ation)\b|licence|\bgrey'
old='\bstop_watch|\bmessenger\b|training_keeper|product_desk|blank_narrow_tensor|CLUDI_(INPUT|SIZES)_[A-Z]|--(tau|lambda|neighbours|starts)\b'
found=$(git grep -nE "$british|$old" -- ':!CHANGELOG.md' ':!tests/checks/words.sh' ':!tests/fuzz/corpus' ':!docs/figures' ':!*old_names*' ':!*.safetensors' \
    ':!src/*/config_table.c' ':!*known_wish.c' ':!bench' | grep -vE 'colourspace' || true)
[ -z "$found" ] || { echo "$found" >&2 && exit 1; }
