#!/bin/sh
# Installs the Debian packages cludi needs, and only those that are missing: scripts/install-deps.sh GROUP...
# Groups: build (make), python (make python), test (make test), check (make check), long (make test-long), demo (make demo), bench (make bench). Silent when nothing is missing.
set -eu

packages_of() {
    case $1 in
    build) echo gcc libc6-dev cmake ninja-build pkg-config libdnnl-dev librandom123-dev libjansson-dev libpopt-dev zlib1g-dev libzip-dev libhdf5-dev liblzf-dev libvips-dev ;;
    # The wheel and where it is installed; scikit-learn is for its users, not for the package.
    python) echo python3 python3-numpy python3-sklearn python3-pip python3-setuptools python3-wheel python3-venv ;;
    # From python3-numpy on for tests/python, which leave out what needs a missing one.
    test) echo libcmocka-dev libxml2-utils zip python3 clang-format zsh python3-numpy python3-pytest python3-sklearn python3-pandas \
        python3-h5py python3-anndata python3-joblib python3-matplotlib ;;
    check) echo clang libomp-dev python3-setuptools python3-wheel mypy ;;
    long) echo valgrind ;;
    demo) echo dataset-fashion-mnist ;;
    # Without OpenBLAS Debian's torch runs on the slow reference BLAS: the rival gets its best.
    bench) echo python3-torch python3-numpy python3-scipy python3-sklearn python3-faiss libopenblas0-pthread dataset-fashion-mnist \
        python3-pil python3-skimage umap-learn r-cran-mlbench fonts-dejavu-core fonts-dejavu-extra fonts-liberation \
        fonts-freefont-ttf fonts-urw-base35 fonts-lato fonts-roboto-unhinted fonts-open-sans fonts-cantarell \
        fonts-crosextra-carlito fonts-linuxlibertine fonts-ebgaramond ;;
    *) echo "install-deps.sh: unknown group '$1' (build, python, test, check, long, demo, bench)" >&2 && exit 2 ;;
    esac
}

is_installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Every package known to apt? On a fresh machine its lists are empty.
are_known() {
    for package in "$@"; do
        LC_ALL=C apt-cache policy "$package" | grep -q 'Candidate: [^(]' || return 1
    done
}

wanted=
for group in "$@"; do wanted="$wanted $(packages_of "$group")"; done
if ! command -v dpkg-query >/dev/null; then
    echo "install-deps.sh: not a Debian system; nothing is checked. cludi needs what Debian calls:$wanted" >&2
    exit 0
fi

missing=
for package in $wanted; do is_installed "$package" || missing="$missing $package"; done
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends"
refuse() {
    echo "cludi: $1. Missing Debian packages:$missing" >&2
    echo "Install them with:  sudo apt-get update && sudo $install$missing" >&2
    echo "(or give NO_DEPS=1 to make if you have the same from elsewhere)" >&2
    exit 1
}
sudo=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || refuse "not root, and there is no sudo"
    [ -t 0 ] || sudo -n true 2>/dev/null || refuse "sudo wants a password, and there is no terminal to ask on"
    sudo=sudo
fi

echo "cludi: installing Debian packages:$missing" >&2
apt() { $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" >&2; }
update() { apt update || echo "cludi: apt-get update did not reach every source; going on" >&2; }
updated=
# shellcheck disable=SC2086
are_known $missing || { update && updated=1; }
# shellcheck disable=SC2086
apt install -y --no-install-recommends $missing && exit 0
[ -n "$updated" ] && refuse "apt-get failed"
echo "cludi: trying once more with fresh package lists" >&2
update
# shellcheck disable=SC2086
apt install -y --no-install-recommends $missing || refuse "apt-get failed"
