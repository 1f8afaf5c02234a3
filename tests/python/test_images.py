"""Features of images, held against `cludi embed`; in a build with images."""

import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

import cludi
from cludi import images


def test_without_images_it_says_so(monkeypatch):
    monkeypatch.setattr(images, "HAS_IMAGES", False)
    with pytest.raises(NotImplementedError, match="built without images"):
        cludi.embed_images("photos", "weights.safetensors")


@pytest.fixture
def tree(source_dir, tmp_path):
    """Weights of a tiny network, and a folder with two classes."""
    tools = source_dir / "tests" / "cli"
    if not images.HAS_IMAGES or not (tools / "tiny_vit.py").exists():
        pytest.skip("this library has no images")
    for tool, target in (("sample_images.py", "samples"), ("tiny_vit.py", "tiny.safetensors")):
        subprocess.run([sys.executable, tools / tool, tmp_path / target], check=True)
    for name in ("cats/img10.png", "cats/img2.png", "dogs/a.png"):
        (tmp_path / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(tmp_path / "samples/good/rgb.png", tmp_path / "tree" / name)
    shutil.copy(tmp_path / "samples/good/gray.png", tmp_path / "tree/dogs/b.png")
    return tmp_path


def embed(*arguments, **options):
    try:
        return cludi.embed_images(*arguments, **options)
    except NotImplementedError as refusal:
        pytest.skip(str(refusal))


def test_same_bytes_as_the_program(tree, cludi_program):
    cludi_program("embed", tree / "tiny.safetensors", tree / "tree", "-o", tree / "x.npy", "--labels-from-folders", "--quiet")
    found = embed(tree / "tree", tree / "tiny.safetensors")
    assert found.features.dtype == np.float32 and found.features.tobytes() == np.load(tree / "x.npy").tobytes()
    assert [os.path.relpath(path, tree / "tree") for path in found.paths] == [
        "cats/img2.png", "cats/img10.png", "dogs/a.png", "dogs/b.png",
    ]  # fmt: skip
    assert found.labels.tolist() == [0, 0, 1, 1] and found.class_names == ["cats", "dogs"] and found.failed == []
    mean = embed([tree / "tree/cats", str(tree / "tree/dogs/b.png")], tree / "tiny.safetensors", pool="mean", n_jobs=1)
    assert mean.features.shape == (3, 48) and (mean.features[0] != found.features[0]).any()


def test_what_cannot_be_read(tree):
    (tree / "tree/cats/img3.png").write_bytes(b"no image")
    expected = embed([tree / "tree/dogs"], tree / "tiny.safetensors").features
    with pytest.warns(UserWarning, match="1 of 5 images could not be read; the first: .*img3.png"):
        found = embed(tree / "tree", tree / "tiny.safetensors")
    assert found.failed[0][0].endswith("cats/img3.png") and len(found.paths) == len(found.features) == 4
    assert (found.features[2:] == expected).all()
    with pytest.raises(ValueError, match="pool is"):
        cludi.embed_images(tree, tree / "tiny.safetensors", pool="max")
    with pytest.raises(ValueError, match="did you mean mean"):
        cludi.embed_images(tree, tree / "tiny.safetensors", pool="Me-an")
    with pytest.raises(OSError, match="nowhere"):
        cludi.embed_images(tree / "nowhere", tree / "tiny.safetensors")


def test_what_is_passed_over(tree):
    for name in ("b.MOV", "a.mov", "README", ".hidden", "Thumbs.db"):
        (tree / "tree" / name).touch()
    with pytest.warns(UserWarning, match="Files skipped: .mov 2, no extension 1."):
        found = embed(tree / "tree", tree / "tiny.safetensors")
    assert found.passed_over == {".mov": 2, "": 1} and len(found.paths) == 4 and found.failed == []
    assert embed(tree / "tree/dogs", tree / "tiny.safetensors").passed_over == {}


def test_an_exception_within_the_callback_stops(tree, monkeypatch):
    def interrupted(self, user, image, features, failed):
        raise KeyboardInterrupt

    monkeypatch.setattr(images._Taker, "_take", interrupted)
    with pytest.raises(KeyboardInterrupt):
        embed(tree / "tree", tree / "tiny.safetensors")
    assert sys.unraisablehook is not None and sys.unraisablehook.__name__ != "_keep"


def test_child_after_fork(tree):
    """The parent's images were decoded; those of a child are too."""
    found = embed(tree / "tree", tree / "tiny.safetensors")
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        status = 1
        try:
            status = int(embed(tree / "tree", tree / "tiny.safetensors").features.tobytes() != found.features.tobytes())
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
