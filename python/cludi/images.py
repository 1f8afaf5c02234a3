"""Feature vectors of images by a Vision Transformer; not in every build of the library (include/cludi/vision.h)."""

import ctypes
import difflib
import os
import sys
from collections.abc import Mapping
from ctypes import POINTER, c_char_p, c_float, c_int, c_int32, c_int64, c_size_t, c_uint32, c_void_p
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Tuple, Union

import numpy as np

from ._arrays import as_path
from ._binding import ERROR, HANDLE, STATUS, lib
from ._context import Context
from ._estimator import as_threads
from ._model import PathLike
from ._progress import ProgressView
from ._structs import Error, Progress
from ._warnings import warn

POOLS = ("cls", "mean")
MOST_ENDINGS = 10  # that a warning names
EMBED_FN = ctypes.CFUNCTYPE(c_int, c_void_p, c_int64, POINTER(c_float), POINTER(Error))


class _EncoderOptions(ctypes.Structure):
    _fields_ = [("struct_size", c_uint32), ("heads", c_int32), ("image_size", c_int32), ("pool", c_int)]


class _EncoderInfo(ctypes.Structure):
    _fields_ = [("struct_size", c_uint32)] + [
        (name, c_int32) for name in ("features", "depth", "heads", "patch", "image_size", "registers")
    ]


class _EmbedOptions(ctypes.Structure):
    _fields_ = [("struct_size", c_uint32), ("batch", c_int32), ("first", c_int64), ("take", EMBED_FN), ("user", c_void_p)]


PROTOTYPES = {
    "encoder_options_init_sized": (None, [POINTER(_EncoderOptions), c_size_t]),
    "encoder_load": (STATUS, [c_void_p, c_char_p, POINTER(_EncoderOptions), HANDLE, ERROR]),
    "encoder_get_info": (STATUS, [c_void_p, POINTER(_EncoderInfo), ERROR]),
    "encoder_free": (None, [c_void_p]),
    "image_list_new": (STATUS, [c_void_p, POINTER(c_char_p), c_int64, HANDLE, ERROR]),
    "image_list_free": (None, [c_void_p]),
    "image_list_count": (c_int64, [c_void_p]),
    "image_list_ending": (c_char_p, [c_void_p, c_int64, POINTER(c_int64)]),
    "image_list_path": (c_char_p, [c_void_p, c_int64]),
    "image_list_label": (c_int32, [c_void_p, c_int64]),
    "image_list_classes": (c_int32, [c_void_p]),
    "image_list_class": (c_char_p, [c_void_p, c_int32]),
    "embed_options_init_sized": (None, [POINTER(_EmbedOptions), c_size_t]),
    "images_embed": (STATUS, [c_void_p, c_void_p, c_void_p, POINTER(_EmbedOptions), ERROR]),
}
HAS_IMAGES = hasattr(lib, "cludi_images_embed")
if HAS_IMAGES:
    for _name, (_returns, _takes) in PROTOTYPES.items():
        _function = getattr(lib, "cludi_" + _name)
        _function.restype, _function.argtypes = _returns, _takes


class ImageFeatures(NamedTuple):
    """What :func:`cludi.embed_images` found. The arrays and paths are of the images that could be read, in their order."""

    features: np.ndarray  #: (n_images, width) float32
    paths: List[str]  #: of each row
    labels: np.ndarray  #: (n_images,) int32: the folder right below the one that was named; -1: none
    class_names: List[str]  #: of the labels
    failed: List[Tuple[str, str]]  #: path and reason of each image that could not be read
    passed_over: Dict[str, int]  #: how many files with other extensions the folders have, by extension; "": without one


class _Images:
    """A cludi_image_list."""

    def __init__(self, context: Context, paths: List[bytes]) -> None:
        self.handle, self._context = ctypes.c_void_p(), context
        words = (c_char_p * len(paths))(*paths)
        context.own(lib.cludi_image_list_free, self.handle)
        context.run(lib.cludi_image_list_new, words, len(paths), ctypes.byref(self.handle))

    def __len__(self) -> int:
        return int(lib.cludi_image_list_count(self.handle))

    def path(self, image: int) -> str:
        return os.fsdecode(lib.cludi_image_list_path(self.handle, image))

    def label(self, image: int) -> int:
        return int(lib.cludi_image_list_label(self.handle, image))

    def passed_over(self) -> Dict[str, int]:
        files = c_int64()
        counts: Dict[str, int] = {}
        while (ending := lib.cludi_image_list_ending(self.handle, len(counts), ctypes.byref(files))) is not None:
            counts[os.fsdecode(ending)] = files.value
        return counts

    def class_names(self) -> List[str]:
        count = lib.cludi_image_list_classes(self.handle)
        return [os.fsdecode(lib.cludi_image_list_class(self.handle, label)) for label in range(count)]


class _Encoder:
    """A cludi_encoder."""

    def __init__(self, context: Context, weights: PathLike, settings: _EncoderOptions) -> None:
        self.handle, self._context = ctypes.c_void_p(), context
        context.own(lib.cludi_encoder_free, self.handle)
        context.run(lib.cludi_encoder_load, as_path(weights, "weights"), ctypes.byref(settings), ctypes.byref(self.handle))
        info = _EncoderInfo(struct_size=ctypes.sizeof(_EncoderInfo))
        context.run(lambda _, *arguments: lib.cludi_encoder_get_info(*arguments), self.handle, ctypes.byref(info))
        self.width = int(info.features)


class _Taker:
    """Keeps the features of one image after the other.

    Its callback is a Python function, so an exception that a signal's handler raises where it begins reaches nobody but
    sys.unraisablehook; it is kept there and stops the run.
    """

    def __init__(self, view: Optional[ProgressView]) -> None:
        self.taken: List[int] = []
        self.failed: List[Tuple[str, str]] = []
        self.raised: Optional[BaseException] = None
        self._view = view
        self.callback = EMBED_FN(self._take)

    def prepare(self, images: _Images, width: int) -> None:
        self._images = images
        self.features = np.empty((len(images), width), np.float32)

    def _take(self, user: Any, image: int, features: Any, failed: Any) -> int:
        if self.raised is None and features:
            self.features[len(self.taken)] = np.ctypeslib.as_array(features, self.features.shape[1:])
            self.taken.append(image)
        elif self.raised is None:
            self.failed.append((self._images.path(image), failed.contents.message.decode(errors="replace")))
        return int(self.raised is not None)

    def __enter__(self) -> None:
        self._hook, sys.unraisablehook = sys.unraisablehook, self._keep

    def __exit__(self, *_: object) -> None:
        sys.unraisablehook = self._hook
        if self.raised is not None:
            raise self.raised

    def _keep(self, lost: Any) -> None:
        if getattr(lost.object, "__func__", None) is _Taker._take:
            self.raised = lost.exc_value
        else:
            self._hook(lost)

    def show(self, now: Progress, messages: List[str]) -> None:
        if self.raised is not None:
            raise self.raised
        if self._view is not None:
            self._view(now, messages)


def _as_number(value: Any, name: str) -> int:
    if not isinstance(value, (int, np.integer)) or not 0 <= value < 2**31:
        raise (ValueError if isinstance(value, (int, np.integer)) else TypeError)(
            f"{name} is {value!r}; it must be a whole number, 0 or larger."
        )
    return int(value)


def _as_paths(paths: Union[PathLike, Iterable[PathLike]]) -> List[bytes]:
    named = [paths] if isinstance(paths, (str, bytes, os.PathLike)) else paths
    if not isinstance(named, Iterable) or isinstance(named, Mapping):
        raise TypeError(f"paths is of the type {type(paths).__name__}; a path or a list of paths is wanted.")
    listed = list(named)
    for i, path in enumerate(listed):
        if not isinstance(path, (str, bytes, os.PathLike)):
            raise TypeError(f"paths[{i}] is of the type {type(path).__name__}; images are read from files, so a path is wanted.")
    return [as_path(path, f"paths[{i}]") for i, path in enumerate(listed)]


def embed_images(
    paths: Union[PathLike, Iterable[PathLike]],
    weights: PathLike,
    *,
    image_size: int = 0,
    pool: str = "cls",
    heads: int = 0,
    n_jobs: Optional[int] = None,
    verbose: int = 0,
    backend: str = "auto",
    precision: str = "auto",
) -> ImageFeatures:
    """Feature vectors of images, by a Vision Transformer.

    Parameters
    ----------
    paths : path or iterable of paths
        Images, and folders that are searched for images.
    weights : path
        A safetensors file of the network's weights, under the names of timm, DINO, DINOv2 or Hugging Face.
    image_size : int, default=0
        Pixels along each side; 0: that of the weights.
    pool : {"cls", "mean"}, default="cls"
        The CLS token, or the mean of the patch tokens.
    heads : int, default=0
        Attention heads; 0: as the file says, or what networks of this width have.
    n_jobs, verbose, backend, precision
        As of :class:`cludi.CLUDI`.

    Returns
    -------
    ImageFeatures
        A named tuple. An image that cannot be read is in ``failed``, with a warning, and the others go on; files in folders
        that do not end as images do are counted in ``passed_over``, with a warning.

    Raises
    ------
    NotImplementedError
        The library was built without images.
    """
    if not HAS_IMAGES:
        raise NotImplementedError("This libcludi was built without images: it has no cludi_images_embed().")
    if pool not in POOLS:
        near = difflib.get_close_matches(str(pool).lower().replace("-", "").replace("_", ""), POOLS, 1)
        meant = f" (did you mean {near[0]}?)" if near else ""
        raise ValueError(f'pool is "{pool}"; it must be one of {", ".join(POOLS)}{meant}.')
    settings = _EncoderOptions()
    lib.cludi_encoder_options_init_sized(ctypes.byref(settings), ctypes.sizeof(settings))
    settings.heads, settings.image_size = _as_number(heads, "heads"), _as_number(image_size, "image_size")
    settings.pool = POOLS.index(pool)
    view = ProgressView(verbose) if verbose else None
    taker = _Taker(view)
    context = Context(threads=as_threads(n_jobs), backend=backend, precision=precision, show=taker.show)
    try:
        images, encoder = _Images(context, _as_paths(paths)), _Encoder(context, weights, settings)
        taker.prepare(images, encoder.width)
        _warn_passed_over(images.passed_over())
        _embed(context, encoder, images, taker)
        return _result(images, taker)
    finally:
        if view:
            view.close()


def _embed(context: Context, encoder: _Encoder, images: _Images, taker: _Taker) -> None:
    options = _EmbedOptions()
    lib.cludi_embed_options_init_sized(ctypes.byref(options), ctypes.sizeof(options))
    options.take = taker.callback
    with taker:
        context.run(lib.cludi_images_embed, encoder.handle, images.handle, ctypes.byref(options))


def _warn_passed_over(counts: Dict[str, int]) -> None:
    named = [f"{ending or 'no extension'} {files}" for ending, files in list(counts.items())[:MOST_ENDINGS]]
    others = sum(list(counts.values())[MOST_ENDINGS:])
    if named:
        warn(f"Files skipped: {', '.join(named)}{f', and {others} with other extensions' if others else ''}.")


def _result(images: _Images, taker: _Taker) -> ImageFeatures:
    if taker.failed:
        path, reason = taker.failed[0]
        warn(f"{len(taker.failed)} of {len(images)} images could not be read; the first: {reason}")
    labels = np.array([images.label(image) for image in taker.taken], np.int32)
    names = [images.path(image) for image in taker.taken]
    return ImageFeatures(taker.features[: len(names)], names, labels, images.class_names(), taker.failed, images.passed_over())
