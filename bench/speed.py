"""Training steps, prediction and their ceilings, beside the PyTorch oracle. Everything is measured in rounds; within a
round everybody has a turn, and each round begins with another one, so that a busy neighbor slows all of them."""
import json
import statistics
import time

from tools import BLAS_KERNELS, CLUSTERS, FEATURES, RIVAL, Missing, blas, say, summary

REFERENCE_RATE = {"f32": 400e9, "bf16": 780e9}  # FLOP/s, what 2 cores were once seen to reach; not measured here
THREADS = (1, 2)


def by_coin(numbers, coins, share):
    """Median and least of a step: self-conditioning makes steps of two lengths, so each kind has its own median, weighted
    by how often it comes."""
    kinds = [[n for n, c in zip(numbers, coins) if c == coin] for coin in (0, 1)]
    if not kinds[0] or not kinds[1]:
        kinds = [numbers, numbers]
    mix = lambda of: round((1 - share) * of(kinds[0]) + share * of(kinds[1]), 7)
    return {"median": mix(statistics.median), "least": mix(min), "count": len(numbers)}


# ---- cludi's steps ----

def join_runs(runs):
    """Raw numbers of several bench_step runs of the same settings as those of one."""
    joined = dict(runs[0])
    for key in ("coins", "times", "plain_flop_per_second"):
        joined[key] = [number for run in runs for number in run[key]]
    rates = lambda i: [rate for run in runs for rate in run["products"][i]["flop_per_second"]]
    joined["products"] = [dict(product, flop_per_second=rates(i)) for i, product in enumerate(runs[0]["products"])]
    return joined


def phases_of(raw):
    found = {}
    names, flop = list(raw["phases"]), raw["phases"]
    medians = [by_coin([step[i] for step in raw["times"]], raw["coins"], raw["self_condition"]) for i in range(len(names))]
    total = sum(phase["median"] for phase in medians)
    for name, phase in zip(names, medians):
        if phase["median"] > 0:
            found[name] = {"seconds": phase["median"], "least_seconds": phase["least"],
                           "share": round(phase["median"] / total, 4),
                           "gflop_per_second": round(1e-9 * flop[name] / phase["median"], 1)}
    return found


def ceilings_of(raw):
    """The step's floor: its products, each at its own rate alone; and at the single figure."""
    flop = sum(raw["phases"].values())
    products = []
    floor = {"median": 0.0, "least": 0.0}
    for product in raw["products"]:
        rates = product["flop_per_second"]
        floor["median"] += product["flop"] / statistics.median(rates)
        floor["least"] += product["flop"] / max(rates)
        products.append({"operation": product["kind"], "rows": product["rows"], "in": product["in"], "out": product["out"],
                         "gflop_of_a_step": round(1e-9 * product["flop"], 3),
                         "gflop_per_second": round(1e-9 * statistics.median(rates), 1),
                         "best_gflop_per_second": round(1e-9 * max(rates), 1)})
    plain = raw["plain_flop_per_second"]
    return {"products": products,
            "floor_seconds": {key: round(value, 6) for key, value in floor.items()},
            "kernel_gflop_per_second": round(1e-9 * flop / floor["median"], 1),
            "product_gflop_per_second": round(1e-9 * statistics.median(plain), 1),
            "best_product_gflop_per_second": round(1e-9 * max(plain), 1)}


def step_of(raw):
    flop = sum(raw["phases"].values())
    seconds = by_coin([sum(step) for step in raw["times"]], raw["coins"], raw["self_condition"])
    ceilings = ceilings_of(raw)
    over = lambda floor: round(seconds["median"] / floor, 3)
    plain = 1e9 * ceilings["product_gflop_per_second"]
    return {"precision": raw["precision"], "threads": raw["threads"], "backend": raw["backend"], "seconds": seconds,
            "gflop": round(1e-9 * flop, 2), "gflop_per_second": round(1e-9 * flop / seconds["median"], 1),
            "over_kernel_floor": over(ceilings["floor_seconds"]["median"]),
            "least_over_least_kernel_floor": round(seconds["least"] / ceilings["floor_seconds"]["least"], 3),
            "over_single_product": over(flop / plain),
            "least_over_best_single_product": round(
                seconds["least"] * 1e9 * ceilings["best_product_gflop_per_second"] / flop, 3),
            "over_reference_rate": over(flop / REFERENCE_RATE[raw["precision"]]),
            "share_of_kernel_ceiling": round(ceilings["floor_seconds"]["median"] / seconds["median"], 3),
            "phases": phases_of(raw), "ceilings": ceilings}


# ---- rounds ----

def oracle_turn(bench, kernels, bf16, steps, rows):
    if not bench.oracle.exists():
        raise Missing(f"{bench.oracle} is not there")
    words = [RIVAL, bench.here / "oracle.py", bench.oracle, "--threads", 2, "--steps", steps, "--rows", rows]
    return json.loads(bench.run(words + (["--bf16"] if bf16 else []), blas(kernels)))


def choose_blas(bench):
    """The oracle gets those kernels of OpenBLAS that are fastest for it; seconds of a step with each."""
    seconds = {kernels: [] for kernels in BLAS_KERNELS}
    try:
        for kernels in BLAS_KERNELS * bench.choose(3, 1):
            seconds[kernels] += oracle_turn(bench, kernels, False, bench.choose(6, 1), 32)["seconds"]
    except Missing:
        return BLAS_KERNELS[0], {}
    found = {kernels: round(statistics.median(times), 4) for kernels, times in seconds.items()}
    say(f"speed: seconds of an oracle's step by OpenBLAS kernels: {found}")
    return min(found, key=found.get), found


def predict_turn(bench, precision, threads, defaults):
    options = {"rows": bench.choose(65536, 1024)} if defaults else {"rows": bench.choose(2048, 256), "samples": 8,
                                                                    "denoise_steps": 25}
    return bench.program("bench_predict", precision=precision, threads=threads, **options)


def list_turns(bench, kernels):
    turns = {"bandwidth": lambda: bench.program("bench_bandwidth", threads=2, rounds=bench.choose(3, 1))}
    for precision in bench.precisions:
        for threads in THREADS:
            turns["step", precision, threads] = lambda p=precision, t=threads: bench.program(
                "bench_step", precision=p, threads=t, steps=bench.choose(24, 4), rounds=bench.choose(3, 1))
            turns["defaults", precision, threads] = lambda p=precision, t=threads: predict_turn(bench, p, t, True)
        turns["8x25", precision, 2] = lambda p=precision: predict_turn(bench, p, 2, False)
    for bf16, rows in ((False, 1024), (True, 512)):
        turns["oracle", "bf16" if bf16 else "f32", 2] = lambda b=bf16, r=rows: oracle_turn(
            bench, kernels, b, bench.choose(12, 2), bench.choose(r, 64))
    return turns


def take_turns(bench, turns, rounds):
    found = {key: [] for key in turns}
    missing = {}
    for number in range(rounds):
        say(f"speed: round {number + 1} of {rounds}")
        keys = list(turns)
        for key in keys[number % len(keys):] + keys[:number % len(keys)]:
            if key in missing:
                continue
            try:
                found[key].append(turns[key]())
            except Missing as error:
                missing[key] = str(error)
                say(f"skipped: {key}: {error}")
    return {key: runs for key, runs in found.items() if runs}


# ---- the part ----

def rows_per_second(runs, rows="rows", seconds="seconds"):
    numbers = [run[rows] / s for run in runs for s in (run[seconds] if isinstance(run[seconds], list) else [run[seconds]])]
    return summary(numbers, 1)


def oracle_of(runs, kernels):
    seconds, coins = ([n for run in runs for n in run[key]] for key in ("seconds", "coins"))
    return {"seconds": by_coin(seconds, coins, 0.5), "threads": 2, "setting": f"OPENBLAS_CORETYPE={kernels}",
            "torch": runs[0]["torch"], "rows_per_second_8x25": rows_per_second(runs, "predict_rows", "predict_seconds")}


def file_predictions(bench):
    """`cludi predict` from file to file, with the start of the program and the reading."""
    data, model, out = bench.random_rows(bench.choose(65536, 2048)), bench.scratch / "file.model", bench.scratch / "file.npy"
    bench.fit(data, model, "--steps", 10)
    found = {}
    for precision in bench.precisions:
        rates = []
        for _ in range(bench.choose(5, 1)):
            started = time.perf_counter()
            answer = bench.predict(model, data, out, "--precision", precision, "--threads", 2)
            rates.append(answer["rows"] / (time.perf_counter() - started))
        found[precision] = summary(rates, 1)
    return found


def speed(bench):
    kernels, tried = choose_blas(bench)
    runs = take_turns(bench, list_turns(bench, kernels), bench.choose(5, 1))
    name = lambda key: f"{key[1]}, {key[2]} thread{'s' if key[2] > 1 else ''}"
    pick = lambda kind, make: {name(key): make(found) for key, found in runs.items() if key[0] == kind}
    triad = [1e-9 * rate for run in runs["bandwidth"] for rate in run["bytes_per_second"]]
    document = {"n": FEATURES, "K": CLUSTERS, "default_precision": bench.program("bench_predict", rows=256)["precision"],
                "triad_gb_per_second": summary(triad, 2),
                "step": pick("step", lambda found: step_of(join_runs(found))),
                "predict_rows_per_second": pick("defaults", rows_per_second),
                "predict_rows_per_second_8x25": pick("8x25", rows_per_second),
                "oracle_step_seconds_by_openblas_kernels": tried,
                "oracle": {key[1]: oracle_of(found, kernels) for key, found in runs.items() if key[0] == "oracle"}}
    try:
        document["predict_file_rows_per_second"] = file_predictions(bench)
    except Missing as error:
        say(f"skipped: predict from a file: {error}")
    return document
