"""The structs of include/cludi, field by field in the same order."""

import ctypes
from ctypes import POINTER, c_char, c_char_p, c_double, c_int, c_int32, c_int64, c_size_t, c_uint32, c_uint64, c_void_p


class Error(ctypes.Structure):
    _fields_ = [("status", c_int), ("message", c_char * 512)]


class Matrix(ctypes.Structure):
    _fields_ = [("data", c_void_p), ("rows", c_int64), ("cols", c_int64), ("stride", c_int64)]


class Backend(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("help", c_char_p), ("is_built", c_int32)]


class Param(ctypes.Structure):
    _fields_ = [
        ("name", c_char_p),
        ("type", c_int),
        ("offset", c_size_t),
        ("preset", c_double),
        ("min", c_double),
        ("max", c_double),
        ("choices", POINTER(c_char_p)),
        ("equation", c_char_p),
        ("help", c_char_p),
        ("group", c_char_p),
        ("old_name", c_char_p),
    ]


class Progress(ctypes.Structure):
    _fields_ = [
        ("phase_name", c_char_p),
        ("step", c_int64),
        ("steps", c_int64),
        ("seconds", c_double),
        ("loss", c_double),
        ("embedding_loss", c_double),
        ("class_loss", c_double),
        ("clusters_in_use", c_int32),
        ("clusters", c_int32),
        ("largest_share", c_double),
        ("confidence", c_double),
        ("phase", c_int),
    ]


class LogLevel(c_int):
    """The level of one message: every instance is a key of its own (see _context.py)."""

    __hash__ = object.__hash__


LOG_FN = ctypes.CFUNCTYPE(None, ctypes.py_object, LogLevel, c_char_p)
PROGRESS_FN = ctypes.CFUNCTYPE(c_int, ctypes.py_object, POINTER(Progress))
STOP_FN = ctypes.CFUNCTYPE(c_int, ctypes.py_object)


class ContextOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("threads", c_int32),
        ("seed", c_uint64),
        ("backend", c_char_p),
        ("precision", c_char_p),
        ("allocator", c_void_p * 3),
        ("log", LOG_FN),
        ("log_user", c_void_p),
        ("progress", PROGRESS_FN),
        ("progress_user", c_void_p),
        ("stop", STOP_FN),
        ("stop_user", c_void_p),
    ]


class FitOutline(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("is_most", c_int32),
        ("neighbors", c_int32),
        ("init_runs", c_int32),
        ("steps", c_int64),
        ("first_steps", c_int64),
        ("batch_rows", c_int64),
        ("rows_read", c_int64),
        ("sample_rows", c_int64),
    ]


class MethodInfo(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("has_steps", c_int32),
        ("name", c_char_p),
        ("help", c_char_p),
        ("loss", c_char_p),
        ("step_unit", c_char_p),
        ("parameters", POINTER(c_char_p)),
        ("can_resume", c_int32),
        ("has_embedding", c_int32),
        ("has_confidence", c_int32),
        ("uses_draws", c_int32),
        ("uses_precision", c_int32),
    ]


class PredictOptions(ctypes.Structure):
    _fields_ = [("struct_size", c_uint32), ("draws", c_int32), ("denoise_steps", c_int32), ("adaptive", c_int32)]


class Prediction(ctypes.Structure):
    _fields_ = [("labels", c_void_p), ("probabilities", c_void_p), ("embedding", c_void_p), ("draws", c_void_p)]


class Scores(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("nmi", c_double),
        ("ami", c_double),
        ("ari", c_double),
        ("acc", c_double),
        ("rows", c_int64),
        ("classes", c_int64),
        ("clusters", c_int64),
        ("largest_share", c_double),
        ("smallest_share", c_double),
    ]


class Columns(ctypes.Structure):
    _fields_ = [
        ("names", POINTER(c_char_p)),
        ("count", c_int64),
        ("dropped", POINTER(c_char_p)),
        ("dropped_count", c_int64),
    ]


class DatasetOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("in_memory", c_int32),
        ("id_column", c_char_p),
        ("drop", POINTER(c_char_p)),
        ("drop_count", c_int64),
        ("header", c_int),
        ("decimal_comma", c_int32),
        ("find_ids", c_int32),
        ("columns", POINTER(Columns)),
    ]


class Labels(ctypes.Structure):
    _fields_ = [("data", POINTER(c_int32)), ("rows", c_int64)]
