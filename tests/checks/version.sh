#!/bin/bash
# version.sh: VERSION, the headers, the Python package, the changelog and every @since agree. Run in the root.
set -euo pipefail
red=0
complain() { echo "version.sh: $*" >&2 && red=1; }
version=$(<VERSION)
[[ $version =~ ^([0-9]+)\.([0-9]+)\.([0-9]+)$ ]] || { complain "VERSION is '$version', not MAJOR.MINOR.PATCH" && exit 1; }
parts=("${BASH_REMATCH[@]:1}")
macro() { awk -v name="CLUDI_VERSION$1" '$1 == "#define" && $2 == name { print $3 }' include/cludi/version.h; }
[ "$(macro "")" = "\"$version\"" ] || complain "CLUDI_VERSION is $(macro ""), VERSION $version"
[ "$(macro _MAJOR) $(macro _MINOR) $(macro _PATCH)" = "${parts[*]}" ] ||
    complain "CLUDI_VERSION_MAJOR, _MINOR, _PATCH are $(macro _MAJOR) $(macro _MINOR) $(macro _PATCH), VERSION $version"
python=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' python/cludi/_version.py)
[ "$python" = "$version" ] || complain "python/cludi/_version.py has '$python', VERSION $version"

# later A B: A is later than B.
later() { [ "$1" != "$2" ] && [ "$(printf '%s\n' "$1" "$2" | sort -V | tail -n 1)" = "$1" ]; }
while IFS=: read -r file line since; do
    since=${since#@since }
    if later "$since" "${parts[0]}.${parts[1]}"; then complain "$file:$line: @since $since, but VERSION is $version"; fi
done < <(grep -rnoE '@since [0-9]+\.[0-9]+' include)
# VERSION is the release in the making while the changelog has something unreleased.
released=$(sed -n 's/^## \[\([0-9.]*\)\].*/\1/p' CHANGELOG.md | sort -V | tail -n 1)
unreleased=$(sed -n '/^## \[Unreleased\]/,/^## \[[0-9]/p' CHANGELOG.md | grep -c '^- ' || true)
if later "$released" "$version"; then complain "CHANGELOG.md has $released, VERSION is $version"; fi
if [ "$unreleased" -gt 0 ] && ! later "$version" "$released"; then
    complain "CHANGELOG.md has changes after $released, but VERSION is $version, not the next one"
fi
exit $red
