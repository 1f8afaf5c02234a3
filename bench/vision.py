"""Vision Transformer features per second beside the PyTorch oracle, ViT-S/16 at 224 pixels with random weights. As in
speed.py everybody has a turn in each round."""
import statistics

from tools import BLAS_KERNELS, RIVAL, Missing, blas, say, summary


def oracle_rate(bench, kernels):
    words = [RIVAL, bench.vit_oracle, "bench", "--batch", bench.choose(16, 2), "--threads", 2]
    return float(bench.run(words, blas(kernels)).split()[-1])


def ceiling_of(runs):
    """FLOP/s of the products, each at its own rate alone."""
    products = runs[0]["products"]
    rates = [[rate for run in runs for rate in run["products"][i]["flop_per_second"]] for i in range(len(products))]
    flop = sum(product["flop"] for product in products)
    floor = lambda of: sum(product["flop"] / of(found) for product, found in zip(products, rates))
    return flop / floor(statistics.median), flop / floor(max)


def result_of(runs, oracle):
    rates = [run["images"] / seconds for run in runs for seconds in run["seconds"]]
    found, (ceiling, best) = summary(rates, 2), ceiling_of(runs)
    flop = runs[0]["flop"]
    return {"images_per_second": found, "gflop_per_image": round(1e-9 * flop, 2),
            "gflop_per_second": round(1e-9 * flop * found["median"], 1),
            "kernel_gflop_per_second": round(1e-9 * ceiling, 1),
            "share_of_kernel_ceiling": round(flop * found["median"] / ceiling, 3),
            "best_share_of_best_ceiling": round(flop * found["most"] / best, 3),
            "over_oracle": round(found["median"] / oracle["median"], 2) if oracle else None}


def vision(bench):
    if not bench.vit_oracle.exists():
        raise Missing(f"{bench.vit_oracle} is not there")
    weights = bench.scratch / "vit_small.safetensors"
    bench.run([RIVAL, bench.vit_oracle, "make", weights])
    runs, oracle = {name: [] for name in bench.precisions}, {kernels: [] for kernels in BLAS_KERNELS}
    rounds = bench.choose(5, 1)
    for number in range(rounds):
        say(f"vision: round {number + 1} of {rounds}")
        for kernels in BLAS_KERNELS:
            oracle[kernels].append(oracle_rate(bench, kernels))
        for name, found in runs.items():
            found.append(bench.program("bench_vit", input=weights, precision=name, threads=2, rows=bench.choose(16, 2),
                                       rounds=bench.choose(4, 1)))
    best = max(oracle.values(), key=statistics.median)
    return {"oracle_images_per_second": {kernels: summary(found, 2) for kernels, found in oracle.items()},
            **{name: result_of(found, summary(best, 2)) for name, found in runs.items()}}
