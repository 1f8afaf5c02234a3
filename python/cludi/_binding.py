"""libcludi through ctypes: one row for each function that the package calls."""

import ctypes
from ctypes import POINTER, c_char_p, c_double, c_int, c_int32, c_int64, c_size_t, c_uint32, c_uint64, c_void_p
from typing import Any, Dict, List, Tuple, Type

from . import _library
from ._structs import (
    Backend,
    Columns,
    ContextOptions,
    DatasetOptions,
    Error,
    FitOutline,
    Labels,
    Matrix,
    MethodInfo,
    Param,
    Prediction,
    PredictOptions,
    Scores,
)

lib = _library.load()

HANDLE = POINTER(c_void_p)
ERROR = POINTER(Error)
STATUS = c_int

# name: (what it returns, what it takes)
PROTOTYPES: Dict[str, Tuple[Any, List[Any]]] = {
    "backend_count": (c_int32, []),
    "backend_get": (POINTER(Backend), [c_int32]),
    "param_count": (c_int32, []),
    "param_get": (POINTER(Param), [c_int32]),
    "config_init_sized": (None, [c_void_p, c_size_t]),
    "config_preset_sized": (STATUS, [c_void_p, c_size_t, c_char_p, c_int32, ERROR]),
    "config_set": (STATUS, [c_void_p, c_char_p, c_char_p, ERROR]),
    "config_check": (STATUS, [c_void_p, ERROR]),
    "context_options_init_sized": (None, [POINTER(ContextOptions), c_size_t]),
    "context_new": (STATUS, [POINTER(ContextOptions), HANDLE, ERROR]),
    "context_free": (None, [c_void_p]),
    "context_backend": (c_char_p, [c_void_p]),
    "context_precision": (c_char_p, [c_void_p]),
    "fit": (STATUS, [c_void_p, POINTER(Matrix), c_int32, c_void_p, HANDLE, ERROR]),
    "fit_describe": (STATUS, [c_void_p, c_int64, c_int32, POINTER(FitOutline), ERROR]),
    "method_get_info": (STATUS, [c_int, POINTER(MethodInfo), ERROR]),
    "predict_options_init_sized": (None, [POINTER(PredictOptions), c_size_t]),
    "predict": (STATUS, [c_void_p, c_void_p, POINTER(Matrix), POINTER(PredictOptions), POINTER(Prediction), ERROR]),
    "model_save": (STATUS, [c_void_p, c_char_p, ERROR]),
    "model_load": (STATUS, [c_void_p, c_char_p, HANDLE, ERROR]),
    "model_get_info": (STATUS, [c_void_p, c_void_p, ERROR]),
    "model_set_columns": (STATUS, [c_void_p, POINTER(Columns), ERROR]),
    "model_get_columns": (Columns, [c_void_p]),
    "model_free": (None, [c_void_p]),
    "score": (STATUS, [c_void_p, c_void_p, c_void_p, c_int64, POINTER(Scores), ERROR]),
    "silhouette": (STATUS, [c_void_p, POINTER(Matrix), c_void_p, c_int64, POINTER(c_double), ERROR]),
    "dataset_options_init_sized": (None, [POINTER(DatasetOptions), c_size_t]),
    "dataset_open_with": (STATUS, [c_void_p, c_char_p, POINTER(DatasetOptions), HANDLE, ERROR]),
    "dataset_get_matrix": (Matrix, [c_void_p]),
    "dataset_get_notes": (c_char_p, [c_void_p]),
    "dataset_free": (None, [c_void_p]),
    "labels_read": (STATUS, [c_void_p, c_char_p, POINTER(Labels), ERROR]),
    "labels_clear": (None, [c_void_p, POINTER(Labels)]),
}


def _declare() -> None:
    for name, (returns, takes) in PROTOTYPES.items():
        function = getattr(lib, "cludi_" + name)
        function.restype, function.argtypes = returns, takes


def _params() -> List[Param]:
    return [lib.cludi_param_get(i).contents for i in range(lib.cludi_param_count())]


_declare()
PARAMS: List[Param] = _params()
_C_TYPES = (c_int32, c_double, c_int32)  # by cludi_param_type


def _config_type() -> Type[ctypes.Structure]:
    """cludi_config, whose fields are those of the table in the order of their offsets."""
    in_order = sorted(PARAMS, key=lambda param: param.offset)
    fields = [("struct_size", c_uint32)] + [(p.name.decode(), _C_TYPES[p.type]) for p in in_order]
    return type("Config", (ctypes.Structure,), {"_fields_": fields})


Config = _config_type()


class ModelInfo(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("features", c_int64),
        ("clusters", c_int32),
        ("config", Config),
        ("seed", c_uint64),
        ("rows", c_int64),
        ("steps", c_int64),
        ("loss", c_double),
        ("clusters_in_use", c_int32),
        ("largest_share", c_double),
        ("parameters", c_int64),
        ("confidence", c_double),
    ]
