#!/usr/bin/env python3
"""Figure 3: the noise schedule, S1 of docs/theory.md, and what the noise scale F makes of it.

usage: figure3.py OUT [--diffusion-steps 1000] [--noise-scale 1,2,5,7]

Prints a table and draws OUT/figure3.svg: alpha-bar(t), and for each F the share of the embedding in the variance of z_t,
alpha-bar / (alpha-bar + (1 - alpha-bar) F^2). No data is needed.
"""

import argparse
import os

import numpy as np

import plot

POINTS = 101


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out")
    parser.add_argument("--diffusion-steps", type=int, default=1000, help="diffusion steps")
    parser.add_argument("--noise-scale", default="1,2,5,7", help="noise scales")
    arguments = parser.parse_args()
    arguments.noise_scale = [float(F) for F in arguments.noise_scale.split(",")]
    return arguments


def schedule(T):
    """alpha-bar at 0..T, (T + 1,)."""
    left = 1 - np.sqrt(np.arange(T + 1) / T + 1e-4)
    beta = np.minimum(1 - left[1:] / left[:-1], 0.999)
    return np.concatenate([[1], np.cumprod(1 - beta)])


def share(alpha_bar, F):
    return alpha_bar / (alpha_bar + (1 - alpha_bar) * F**2)


def main():
    arguments = read_arguments()
    os.makedirs(arguments.out, exist_ok=True)
    alpha_bar = schedule(arguments.diffusion_steps)
    print(f"{'t':>6} {'alpha-bar':>10}" + "".join(f"{f'F = {F:g}':>10}" for F in arguments.noise_scale))
    for t in np.linspace(0, arguments.diffusion_steps, 11).round().astype(int):
        print(f"{t:6} {alpha_bar[t]:10.2g}" + "".join(f"{share(alpha_bar[t], F):10.3f}" for F in arguments.noise_scale))
    times = np.unique(np.linspace(0, arguments.diffusion_steps, POINTS).round().astype(int))
    shares = [plot.series(f"F = {F:g}", times, share(alpha_bar[times], F)) for F in arguments.noise_scale]
    panels = [
        plot.panel("Noise schedule", "t (steps)", "alpha-bar", [plot.series(None, times, alpha_bar[times])]),
        plot.panel("What is left of the embedding in z_t", "t (steps)", "share of the variance", shares),
    ]
    path = os.path.join(arguments.out, "figure3.svg")
    plot.write(path, f"S1, T = {arguments.diffusion_steps}", panels)
    print(f"The picture is {path}.")


if __name__ == "__main__":
    main()
