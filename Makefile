# Front door. `make` builds build/cludi and build/libcludi.so; `make help` lists the rest.
# NO_DEPS=1 skips the check for Debian packages (for machines that have the tools from elsewhere).
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.SILENT:
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory
.PHONY: all build python demo test check test-long coverage fuzz bench bench-quality bench-ablation install uninstall clean format help

PREFIX ?= /usr/local
prefix = "$$(realpath -ms $(PREFIX))"
deps = $(if $(NO_DEPS),true,scripts/install-deps.sh)

all: ## install what is missing, build build/cludi and build/libcludi.so
	$(deps) build
	$(MAKE) build

build: # the release build alone
	cmake --preset release -DCMAKE_INSTALL_PREFIX=$(prefix) --log-level=WARNING >/dev/null
	cmake --build --preset release

python: ## build the wheel into dist/ and install it in VENV (build/venv)
	$(deps) build python
	$(MAKE) build
	bash scripts/python.sh build/libcludi.so "$(or $(VENV),build/venv)"

demo: ## cluster Fashion-MNIST beside k-means, under 3 minutes on 2 cores
	$(deps) build demo
	$(MAKE) build
	bash scripts/demo.sh build demo

test: ## build and fast tests, under 5 minutes on 2 cores
	$(deps) build test
	bash scripts/test.sh fast

check: ## slow tests and checks; all but the long ones under gcc's ASan + UBSan, and under clang's UBSan
	$(deps) build test check
	bash scripts/test.sh check

test-long: ## long tests, valgrind, line coverage of the parsers
	$(deps) build test check long
	bash scripts/test.sh long

coverage: ## which lines of the parsers the tests reach; 95 % of each are wanted
	$(deps) build test
	bash scripts/coverage.sh

fuzz: ## SECONDS=60 of libFuzzer for each parser of files, or for FUZZ=name (tests/fuzz/README.md)
	$(deps) build test check
	bash scripts/fuzz.sh "$(or $(SECONDS),60)" "$(FUZZ)" "$(or $(RUNS),-1)"

bench: ## speed and quality, beside the rivals
	$(deps) build test bench
	$(MAKE) build
	cmake --build --preset release --target benches
	python3 bench/bench.py build

bench-quality: ## scores and processor seconds beside UMAP, Leiden, EVoC and others (hours, resumable; ONLY="--sets digits --seeds 0")
	$(deps) build python bench
	$(MAKE) build
	cmake --build --preset release --target bench_start
	/usr/bin/python3 bench/rivals.py build $(ONLY)

bench-ablation: ## what each part of the recipe of --method cludi is worth
	$(deps) build bench
	$(MAKE) build
	/usr/bin/python3 bench/recipe.py build

install: ## install into PREFIX (/usr/local); DESTDIR is honored
	$(deps) build
	$(MAKE) build
	cmake --install build --prefix $(prefix)
	if [ -z "$(DESTDIR)" ] && [ "$$(id -u)" = 0 ]; then ldconfig; fi

uninstall: ## remove what `make install` put into PREFIX; DESTDIR is honored
	bash scripts/uninstall.sh $(prefix) "$(DESTDIR)"
	if [ -z "$(DESTDIR)" ] && [ "$$(id -u)" = 0 ]; then ldconfig; fi

clean: ## remove everything that was built
	rm -rf build build-asan build-clang build-coverage build-debug build-fuzz build-test build-ubsan demo dist python/cludi.egg-info

format: ## lay out every C file with clang-format
	$(deps) test
	find include src cli tests bench examples -name '*.[ch]' -exec clang-format -i {} +

help: ## this list
	sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12
