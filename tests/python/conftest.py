"""What the tests of the package share."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

# Small enough for a fit of a few hundredths of a second; the rest is as by default.
TINY = dict(method="cludi", steps=20, hidden_dim=32, embedding_dim=8, blocks=1, diffusion_steps=100, teacher_steps=2, views=2, batch_size=64, init_runs=8, init_steps=5, warmup=2, lr=0.01)


@pytest.fixture
def tiny():
    return dict(TINY)


@pytest.fixture
def blobs():
    """(120, 6) float32 in three groups of 40, far apart, and their classes."""
    rng = np.random.default_rng(1)
    classes = np.repeat(np.arange(3), 40)
    centers = rng.normal(size=(3, 6)) * 10
    return (centers[classes] + rng.normal(size=(120, 6))).astype(np.float32), classes


@pytest.fixture
def cludi_program():
    """Runs the program that was built with the library."""
    program = os.environ.get("CLUDI_PROGRAM")
    if not program:
        pytest.skip("CLUDI_PROGRAM does not name the program")

    def run(*arguments):
        return subprocess.run([program, *map(str, arguments)], check=True, capture_output=True, text=True)

    return run


@pytest.fixture
def source_dir():
    return Path(os.environ["CLUDI_SOURCE_DIR"])


@pytest.fixture
def run_python():
    """Runs a script in a Python of its own, with changes to the environment (None removes)."""

    def run(script, *arguments, **environment):
        full = {k: v for k, v in {**os.environ, **environment}.items() if v is not None}
        return subprocess.run([sys.executable, "-c", script, *arguments], env=full, capture_output=True, text=True, timeout=1800)

    return run
