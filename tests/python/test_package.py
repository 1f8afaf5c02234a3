"""The package itself: generated code, versions, the library it finds, the wheel, NumPy alone, types."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import cludi

full = pytest.mark.skipif("CLUDI_FULL" not in os.environ, reason="takes seconds; `make check` runs it")

WITHOUT = """
import sys
for name in ("sklearn", "scipy", "pandas", "tqdm", "joblib"):
    sys.modules[name] = None
"""


def test_parameters_are_those_of_the_library(source_dir):
    subprocess.run([sys.executable, source_dir / "python/generate_parameters.py", "--check"], check=True)


def test_a_change_of_the_table_is_found(source_dir, tmp_path):
    for path in ["generate_parameters.py", *(f"cludi/{p.name}" for p in (source_dir / "python/cludi").glob("*.py"))]:
        (tmp_path / path).parent.mkdir(exist_ok=True)
        text = (source_dir / "python" / path).read_text()
        (tmp_path / path).write_text(text.replace("batch_size: int = 256", "batch_size: int = 255"))
    done = subprocess.run([sys.executable, tmp_path / "generate_parameters.py", "--check"], capture_output=True, text=True)
    assert done.returncode == 1 and "run python/generate_parameters.py" in done.stderr


def test_version(source_dir):
    assert cludi.__version__ == (source_dir / "VERSION").read_text().strip()


def test_every_parameter_is_documented():
    for name in cludi.CLUDI().get_params():
        assert f"\n    {name} : " in cludi.CLUDI.__doc__
    assert "{parameters}" not in cludi.CLUDI.__doc__


def test_library_that_is_not_there(run_python):
    done = run_python("import cludi", CLUDI_LIBRARY="/nowhere/libcludi.so")
    assert "ImportError: cludi cannot load its library /nowhere/libcludi.so" in done.stderr
    assert "CLUDI_LIBRARY" in done.stderr


def compile_library(path, source):
    path.with_suffix(".c").write_text(source)
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", path, path.with_suffix(".c")], check=True)
    return str(path)


def test_library_of_another_version(run_python, tmp_path):
    old = compile_library(tmp_path / "old.so", 'const char *cludi_version(void) { return "0.0.9"; }')
    done = run_python("import cludi", CLUDI_LIBRARY=old)
    assert f"ImportError: {old} is cludi 0.0.9; this Python package is for {cludi.__version__}." in done.stderr
    other = compile_library(tmp_path / "other.so", "int other;")
    assert f"{other} is no libcludi" in run_python("import cludi", CLUDI_LIBRARY=other).stderr


def test_installed_library(run_python, tmp_path):
    (tmp_path / "libcludi.so.0").symlink_to(os.path.abspath(os.environ["CLUDI_LIBRARY"]))
    done = run_python("import cludi; print(cludi.__version__)", CLUDI_LIBRARY=None, LD_LIBRARY_PATH=str(tmp_path))
    assert done.stdout == cludi.__version__ + "\n"


def test_numpy_alone(run_python):
    done = run_python(
        WITHOUT
        + """
import pickle
import numpy as np, cludi
X = np.random.default_rng(0).normal(size=(60, 4)) + np.repeat([0, 9, 18], 20)[:, None]
model = cludi.CLUDI(3, method="cludi", steps=20, init_runs=4, lr=0.01, verbose=0)
print(model)
print(model.fit_transform(X).shape, (model.fit_predict(X) == pickle.loads(pickle.dumps(model)).predict(X)).all())
print(model.get_params() == cludi.CLUDI(3, **{k: v for k, v in model.get_params().items() if k != "n_clusters"}).get_params())
for call in (lambda: model.set_params(n_cluster=3), lambda: cludi.CLUDI().predict(X)):
    try:
        call()
    except (ValueError, cludi.NotFittedError) as error:
        print(type(error).__name__, str(error)[:30])
"""
    )
    assert done.stdout.splitlines() == [
        "CLUDI(init_runs=4, lr=0.01, method='cludi', n_clusters=3, steps=20)",
        "(60, 64) True",
        "True",
        "ValueError Invalid parameter 'n_cluster' ",
        "NotFittedError This CLUDI instance is not fit",
    ], done.stderr


def test_import_is_quick(run_python):
    script = WITHOUT + "import numpy, time; t = time.process_time(); import cludi; print(time.process_time() - t)"
    assert float(run_python(script).stdout) < 1


@full
def test_wheel(source_dir, tmp_path, run_python):
    """With the library of this build, so that nothing is compiled; then used without the source tree."""
    pytest.importorskip("setuptools")
    pytest.importorskip("wheel")
    environment = {**os.environ, "CLUDI_WHEEL_LIBRARY": os.environ["CLUDI_LIBRARY"]}
    command = [sys.executable, "setup.py", "-q", "egg_info", "-e", tmp_path, "build", "-b", tmp_path / "build"]
    command += ["bdist_wheel", "-d", tmp_path / "dist", "-b", tmp_path / "bdist"]
    subprocess.run(command, cwd=source_dir, env=environment, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    assert wheel.name.startswith(f"cludi-{cludi.__version__}-py3-none-linux_")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "site")
    assert {"cludi/py.typed", "cludi/libcludi.so", "cludi/_parameters.py"} <= names
    for module in "cludi_images.so", "cludi_hdf5.so":
        assert (f"cludi/{module}" in names) == Path(os.environ["CLUDI_LIBRARY"]).with_name(module).exists()
    script = "import cludi; print(cludi.__file__, cludi.kmeans([[0.0], [0.1], [5.0], [5.1]], 2).labels.tolist())"
    done = run_python(script, CLUDI_LIBRARY=None, PYTHONPATH=str(tmp_path / "site"))
    assert done.stdout == f"{tmp_path}/site/cludi/__init__.py [0, 0, 1, 1]\n", done.stderr


@full
def test_types(source_dir):
    pytest.importorskip("mypy")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir=/dev/null", "--config-file", source_dir / "pyproject.toml"],
        cwd=source_dir, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


@full
def test_example(source_dir, tmp_path):
    pytest.importorskip("matplotlib")
    pytest.importorskip("sklearn")
    picture = Path(tmp_path, "digits.png")
    command = [sys.executable, source_dir / "examples/compare_digits.py", picture, "--rows", "300", "--steps", "60"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["method", "CLUDI", "diffusion", "KMeans", "SpectralClustering"]
