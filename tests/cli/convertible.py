"""Files and folders of rows that cludi does not read: python3 convertible.py FOLDER.

Prints the name of each; its rows are in NAME.wanted.npy. What a missing package would write is left out.
"""
import gzip
import json
import os
import pickle
import sys

import numpy as np

os.chdir(sys.argv[1])
ROWS = np.arange(24, dtype="f4").reshape(6, 4) / 8 + np.float32(0.5)
LISTS = ROWS.tolist()
WHOLE = np.trunc(ROWS)
WIDE = np.tile(ROWS, (1, 300))


def made(name, rows=ROWS):
    np.save(f"{name}.wanted", rows)
    print(name, flush=True)


def put(name, data, rows=ROWS):
    with open(name, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())
    made(name, rows)


def put_json(name, value, **options):
    put(name, json.dumps(value, **options))


def shards(name, save, ending, pieces=None):
    os.makedirs(name)
    for i, piece in enumerate(pieces or (ROWS[:4], ROWS[4:])):
        save(f"{name}/part-{i}{ending}", piece)
    made(name)


def array_files():
    shards("npy", np.save, ".npy")
    shards("vectors", np.save, ".npy", list(ROWS))
    np.save("npy/.hidden.npy", ROWS)
    os.makedirs("npy/plots")
    open(f"npy/plots/0.png", "w").close()
    shards("npz", lambda path, rows: np.savez(path, rows), ".npz")

    def save_gzipped(path, rows):
        with gzip.open(path, "wb") as file:
            np.save(file, rows)

    shards("npygz", save_gzipped, ".npy.gz")
    shards("pickles", lambda path, rows: pickle.dump(rows, open(path, "wb")), ".pkl")
    shards("jsonl", lambda path, rows: open(path, "w").write("".join(json.dumps(r) + "\n" for r in rows.tolist())), ".jsonl")


def vector_files():
    lengths = np.full((6, 1), 4, "i4")
    put("a.fvecs", np.hstack([lengths, ROWS.view("i4")]).tobytes())
    put("a.ivecs", np.hstack([lengths, ROWS.astype("i4")]).tobytes(), WHOLE)
    put("a.bvecs", np.hstack([lengths.view("u1").reshape(6, 4), ROWS.astype("u1")]).tobytes(), WHOLE)
    put("b.fvecs.gz", gzip.compress(np.hstack([lengths, ROWS.view("i4")]).tobytes()))
    counts = np.array([6, 4], "i4").tobytes()
    for ending, dtype in (("fbin", "f4"), ("f16bin", "f2"), ("u8bin", "u1"), ("i8bin", "i1"), ("ibin", "i4")):
        put(f"a.{ending}", counts + ROWS.astype(dtype).tobytes(), ROWS.astype(dtype))
    words = ["the", ",", '"', "caf\u00e9", "0.5", "a\u00a0b"]
    lines = [word + " " + " ".join(map(str, row)) for word, row in zip(words, LISTS)]
    put("a.vec", "6 4\n" + "\n".join(lines) + "\n")
    glove = [word + " " + " ".join(map(str, row)) for word, row in zip(words, WIDE[:, :25].tolist())]
    put("glove.txt", "\n".join(glove) + "\n", WIDE[:, :25])
    put("blank.vec", "6 4\n" + " \n".join(lines) + " \n")
    for end, name in ((b"\n", "a.bin"), (b"", "gensim.bin")):
        put(name, b"6 4\n" + b"".join(w.encode() + b" " + r.tobytes() + end for w, r in zip(words, ROWS)))


def json_files():
    embeddings = [{"id": f"r{i}", "n": i, "embedding": row, "tags": ["a", "{}", "}{", "]["]} for i, row in enumerate(LISTS)]
    openai = {"object": "list", "data": [{"object": "embedding", "index": i, "embedding": row} for i, row in enumerate(LISTS)],
              "model": "m", "usage": {"prompt_tokens": 5}}
    for name, value in (("lists", LISTS), ("records", embeddings), ("openai", openai), ("cohere", {"id": "x", "embeddings": {"float": LISTS}}),
                        ("ollama", {"model": "m", "embeddings": LISTS, "total_duration": 7}),
                        ("google", {"predictions": [{"embeddings": {"values": row, "statistics": {"n": 2}}} for row in LISTS]}),
                        ("named", {f"image {i}.jpg": row for i, row in enumerate(LISTS)}),
                        ("chroma", {"ids": list("abcdef"), "embeddings": LISTS}),
                        ("column", {"id": {str(i): i for i in range(6)}, "v": {str(i): row for i, row in enumerate(LISTS)}})):
        put_json(f"{name}.json", value)
        put_json(f"{name}_indented.json", value, indent=2)
    put("bom.json", b"\xef\xbb\xbf" + json.dumps(openai).encode())
    put_json("long.json", [{"text": "x" * 5000, "embedding": row} for row in LISTS])
    long = WIDE.tolist()
    put("wide_rows.json", json.dumps(long), WIDE)
    put("wide_lines.jsonl", "".join(json.dumps({"id": i, "v": row}) + "\n" for i, row in enumerate(long)), WIDE)
    put("wide_batch.jsonl", "".join(json.dumps({"body": {"data": [{"embedding": row}]}}) + "\n" for row in long), WIDE)
    lines = {"objects.jsonl": embeddings, "lists.jsonl": LISTS, "batch.jsonl": [{"id": i, "response": {"body": {"data": [
        {"embedding": row}]}}} for i, row in enumerate(LISTS)]}
    for name, values in lines.items():
        put(name, "".join(json.dumps(value) + "\n" for value in values))
    put("crlf.jsonl", "\r\n".join(json.dumps(value) for value in embeddings) + "\r\n")
    put("gzipped.jsonl.gz", gzip.compress("".join(json.dumps(value) + "\n" for value in embeddings).encode()))
    put("gzipped", gzip.compress(json.dumps(openai).encode()))


def pandas_files():
    import pandas as pd
    frame = pd.DataFrame(ROWS, columns=list("abcd"))
    frame["text"] = [f"t{i}" for i in range(6)]
    for orient in ("split", "records", "columns", "index", "table"):
        rows = frame.assign(text="x") if orient != "table" else frame.drop(columns="text").set_index(frame["text"])
        put(f"pd_{orient}.json", rows.to_json(orient=orient))
    put("pd_values.json", frame.drop(columns="text").to_json(orient="values"))
    put("pd_lines.jsonl", frame.to_json(orient="records", lines=True))
    vectors = pd.DataFrame({"id": range(6), "v": LISTS})
    put("pd_vectors_split.json", vectors.to_json(orient="split"))
    put("pd_vectors.json", vectors.to_json(orient="records"))
    put("long_text.jsonl", pd.DataFrame({"text": ["x" * 5000] * 6, "v": LISTS}).to_json(orient="records", lines=True))
    frame = frame.drop(columns="text")
    shards("csv", lambda path, rows: pd.DataFrame(rows, columns=list("abcd")).to_csv(path, index=False), ".csv")
    shards("bare", lambda path, rows: np.savetxt(path, rows, delimiter=","), ".csv")
    shards("csvgz", lambda path, rows: pd.DataFrame(rows, columns=list("abcd")).to_csv(path, index=False), ".csv.gz")
    shards("tsv", lambda path, rows: pd.DataFrame(rows, columns=list("abcd")).to_csv(path, index=False, sep="\t"), ".tsv")
    frame.to_stata("a.dta", write_index=False)
    made("a.dta")
    frame.to_pickle("frame.pkl")
    made("frame.pkl")
    try:
        frame.to_parquet("a.parquet", index=False)
        made("a.parquet")
        vectors.to_parquet("vectors.parquet", index=False)
        made("vectors.parquet")
        shards("parquet", lambda path, rows: pd.DataFrame(rows, columns=list("abcd")).to_parquet(path), ".parquet")
    except ImportError:
        pass


def pickles():
    for name, value in (("array", ROWS), ("list", list(ROWS)), ("dict", {f"r{i}": row for i, row in enumerate(ROWS)}),
                        ("parts", [ROWS[:4], ROWS[4:]]), ("names", {"features": ROWS, "paths": [f"p{i}" for i in range(6)]}),
                        ("pairs", [(f"p{i}", row) for i, row in enumerate(ROWS)])):
        put(f"{name}.pkl", pickle.dumps(value))


def torch_files():
    import torch
    tensor = torch.from_numpy(ROWS)
    values = (("tensor", tensor), ("list", list(tensor)), ("dict", {f"r{i}": row for i, row in enumerate(tensor)}),
              ("parts", [tensor[:4], tensor[4:]]), ("tuple", (tensor[:4], tensor[4:])), ("grad", tensor.clone().requires_grad_()),
              ("bf16", tensor.bfloat16()), ("names", {"features": tensor, "paths": ["p"] * 6, "epoch": 3}),
              ("arrays", [ROWS[:4], ROWS[4:]]), ("objects", [{"path": "p", "embedding": row} for row in tensor]))
    for name, value in values:
        torch.save(value, f"{name}.pt")
        made(f"{name}.pt")
    torch.save(tensor, "old.pt", _use_new_zipfile_serialization=False)
    made("old.pt")
    shards("pt", lambda path, rows: torch.save(torch.from_numpy(rows), path), ".pt")
    shards("ptvectors", lambda path, rows: torch.save(torch.from_numpy(rows), path), ".pt", list(ROWS))


def other_files():
    import joblib
    import scipy.io
    import scipy.sparse
    scipy.io.savemat("a.mat", {"X": ROWS})
    made("a.mat")
    joblib.dump(ROWS, "a.joblib")
    made("a.joblib")
    scipy.io.mmwrite("a.mtx", ROWS)
    made("a.mtx")
    scipy.sparse.save_npz("sparse.npz", scipy.sparse.csr_matrix(ROWS))
    made("sparse.npz")


def anndata_files():
    import anndata
    import pandas as pd

    def save(path, rows):
        obs = pd.DataFrame(index=[f"{path}{i}" for i in range(len(rows))])
        anndata.AnnData(rows, obs=obs, obsm={"X_pca": rows}).write(path)

    shards("h5ad", save, ".h5ad")


for step in (array_files, vector_files, json_files, pandas_files, pickles, torch_files, other_files, anndata_files):
    try:
        step()
    except ImportError as missing:
        print(f"{step.__name__}: {missing}", file=sys.stderr)
