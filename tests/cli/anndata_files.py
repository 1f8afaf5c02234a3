"""anndata_files.py make: .h5ad files as AnnData and others write them, and y.npy, into the current folder.
anndata_files.py same A.h5ad B.h5ad NAME...: B is A but for the objects NAME, as h5py sees them; else what differs.
anndata_files.py read FILE.h5ad NAME OBSM: what AnnData reads under these names, in one line."""
import sys
import warnings

warnings.simplefilter("ignore")
import anndata
import h5py
import numpy as np
import pandas as pd
import scipy.sparse

ROWS, COLS, KINDS = 120, 5, 3
TEXT = h5py.string_dtype()


def kinds():
    return np.arange(ROWS) * 7 % KINDS


def numbers():
    rng = np.random.default_rng(3)
    return ((rng.normal(size=(KINDS, COLS)) * 8)[kinds()] + rng.normal(size=(ROWS, COLS))).astype("f4")


def data(**how):
    names = [f"AAAC{i:04d}-1" for i in range(ROWS)]
    obs = pd.DataFrame({"kind": pd.Categorical([f"k{k}" for k in kinds()])}, index=names)
    made = anndata.AnnData(scipy.sparse.csr_matrix(np.abs(numbers())), obs=obs, **how)
    made.obsm["X_pca"] = numbers()
    return made


def encode(group, kind, version="0.1.0"):
    group.attrs["encoding-type"] = kind
    group.attrs["encoding-version"] = version
    return group


def masked(parent, name, kind, values, missing=(), **how):
    """A nullable array, as AnnData writes it since 0.8 (numbers) and 0.11 (strings)."""
    group = encode(parent.create_group(name), kind)
    mask = np.zeros(len(values), bool)
    mask[list(missing)] = True
    strings = kind == "nullable-string-array"
    group.create_dataset("values", data=np.array(values, object) if strings else values, dtype=TEXT if strings else None, **how)
    group.create_dataset("mask", data=mask, **how)


def make_columns(obs, **how):
    words = [f"k{k}" for k in kinds()]
    masked(obs, "whole", "nullable-integer", kinds(), **how)
    masked(obs, "whole_missing", "nullable-integer", kinds(), [7], **how)
    masked(obs, "yes", "nullable-boolean", kinds() > 0, **how)
    masked(obs, "yes_missing", "nullable-boolean", kinds() > 0, [0], **how)
    masked(obs, "word", "nullable-string-array", words, **how)
    masked(obs, "word_missing", "nullable-string-array", words, [ROWS - 1], **how)
    obs.create_dataset("plain", data=np.array(words, object), dtype=TEXT, **how)
    obs.create_dataset("bytes", data=np.array(words, "S"), **how)
    group = encode(obs.create_group("nested"), "categorical", "0.2.0")
    group.attrs["ordered"] = True
    group.create_dataset("codes", data=kinds().astype("i1"), **how)
    masked(group, "categories", "nullable-string-array", ["a", "b", "c"])
    group = encode(obs.create_group("nested_missing"), "categorical", "0.2.0")
    codes = kinds().astype("i1")
    codes[4] = -1
    group.create_dataset("codes", data=codes, **how)
    group.create_dataset("categories", data=np.array([10, 20, 30]))
    obs.create_group("__categories").create_dataset("old", data=np.array(["a", "b", "c"], object), dtype=TEXT)
    obs.create_dataset("old", data=codes, **how)


def make_index(path, kind, missing=(), **how):
    """The same file with another index."""
    data().write(path)
    with h5py.File(path, "r+") as f:
        obs = f["obs"]
        name = obs.attrs["_index"]
        names = obs[name][:]
        del obs[name]
        if kind == "masked":
            masked(obs, name, "nullable-string-array", names, missing, **how)
        elif kind == "bytes":
            obs.create_dataset(name, data=np.array(names, "S"), **how)
        else:
            obs.create_dataset("barcode", data=names, dtype=TEXT, chunks=(7,))
            obs.attrs["_index"] = np.array([b"barcode"]) if kind == "list" else "barcode"


def make_frames(**how):
    made = data()
    frame = pd.DataFrame(numbers(), columns=list("edcba"), index=made.obs_names)
    made.obsm["frame"] = frame
    made.obsm["mixed"] = frame.assign(e=kinds(), d=kinds() > 0)
    made.obsm["words"] = frame.assign(c=[f"k{k}" for k in kinds()])
    made.obsm["sparse"] = scipy.sparse.csr_matrix(numbers())
    made.layers["dense"] = numbers()
    made.obsm["deep"] = np.zeros((ROWS, 2, 3))
    made.write("frames.h5ad", **how)
    with h5py.File("frames.h5ad", "r+") as f:
        group = f["obsm/mixed"]
        del group["e"]
        masked(group, "e", "nullable-integer", kinds())
        f.copy("obsm/mixed", f["obsm"], "missing")
        f["obsm/missing/e/mask"][9] = True


def make():
    np.save("y.npy", kinds())
    np.save("rows.npy", numbers())
    made = data()
    made.uns["pca"] = {"variance": np.arange(3.0)}
    made.write("plain.h5ad")
    for name, how in (("lzf", {"compression": "lzf"}), ("gzip", {"compression": "gzip"})):
        made.write(f"{name}.h5ad", **how)
    make_frames(compression="lzf")
    for name, how in (("columns", {}), ("columns_lzf", {"compression": "lzf", "shuffle": True, "fletcher32": True})):
        data().write(f"{name}.h5ad")
        with h5py.File(f"{name}.h5ad", "r+") as f:
            fixed = {k: v for k, v in how.items() if k != "fletcher32"}  # HDF5 packs no strings of any length so
            make_columns(f["obs"], **fixed)
    make_index("masked.h5ad", "masked")
    make_index("masked_lzf.h5ad", "masked", compression="lzf")
    make_index("masked_missing.h5ad", "masked", [5])
    make_index("bytes_lzf.h5ad", "bytes", compression="lzf", shuffle=True, fletcher32=True, chunks=(50,))
    make_index("named.h5ad", "named")
    make_index("listed.h5ad", "list")
    del made.obsm["X_pca"]
    made.write("sparse.h5ad")
    made.X = scipy.sparse.csc_matrix(made.X)
    made.write("csc.h5ad")
    made.X = numbers()
    made.write("dense.h5ad")
    data()[:0].copy().write("empty.h5ad")


def content(file, skip):
    found = {}

    def visit(name, item):
        attrs = {k: str(v) for k, v in item.attrs.items() if k != "column-order"}
        whole = np.asarray(item[()]).tolist() if isinstance(item, h5py.Dataset) else None
        if not any(name == s or name.startswith(s + "/") for s in skip):
            found[name] = (str(getattr(item, "dtype", "")), whole, attrs)

    file.visititems(visit)
    return found


def same(a, b, *skip):
    with h5py.File(a) as one, h5py.File(b) as two:
        first, second = content(one, skip), content(two, skip)
    for name in sorted(set(first) | set(second)):
        if repr(first.get(name)) != repr(second.get(name)):
            print("differs:", name)


def read(path, name, obsm):
    made = anndata.read_h5ad(path)
    labels = made.obs[name]
    share = made.obsm[obsm]
    uns = made.uns[name]
    print(
        labels.dtype.name, ",".join(labels.cat.categories), made.obs[f"{name}_confidence"].dtype, share.dtype, share.shape,
        bool((share.argmax(1) == labels.cat.codes).all()), uns["params"]["clusters"], uns["params"]["method"],
        uns["predict"]["seed"], uns["version"].count("."), made.obs_names[1], sep=" ",
    )


if __name__ == "__main__":
    {"make": make, "same": same, "read": read}[sys.argv[1]](*sys.argv[2:])
