"""Puts libcludi.so into the wheel, and beside it the modules that there are: built by CMake, or those where
CLUDI_WHEEL_LIBRARY says. The rest is in pyproject.toml."""

import os
import shutil
import subprocess
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.build_py import build_py
from wheel.bdist_wheel import bdist_wheel

ROOT = Path(__file__).parent
MODULES = "cludi_images.so", "cludi_hdf5.so"


class BuildWithLibrary(build_py):
    def run(self):
        shutil.rmtree(Path(self.build_lib, "cludi"), ignore_errors=True)  # modules of before
        super().run()
        library, package = self._find_library(), Path(self.build_lib, "cludi")
        shutil.copyfile(library, package / "libcludi.so")
        for name in MODULES:
            if library.with_name(name).exists():
                shutil.copyfile(library.with_name(name), package / name)

    def _find_library(self):
        ready = os.environ.get("CLUDI_WHEEL_LIBRARY")
        if ready:
            return Path(ready)
        folder = Path(self.get_finalized_command("build").build_temp, "library").resolve()
        generator = ["-G", "Ninja"] if shutil.which("ninja") else []
        self._call("cmake", "-S", ROOT, "-B", folder, *generator, "-DCMAKE_BUILD_TYPE=Release")
        self._call("cmake", "--build", folder, "--parallel", os.cpu_count() or 1)
        return folder / "libcludi.so"

    def _call(self, *command):
        subprocess.run([str(word) for word in command], check=True)


class PlatformWheel(bdist_wheel):
    """For any Python 3 of this platform: there is a library, but nothing of CPython's ABI."""

    def get_tag(self):
        return "py3", "none", super().get_tag()[2]


class WithLibrary(Distribution):
    def has_ext_modules(self):
        return True


setup(
    options={"build": {"build_base": "build/python"}},  # apart from what CMake has in build/
    distclass=WithLibrary,
    cmdclass={"build_py": BuildWithLibrary, "bdist_wheel": PlatformWheel},
)
