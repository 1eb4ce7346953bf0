"""Local Moran's I with 999 conditional permutations on a queen lattice: agglo beside esda and GeoDa.

    pip install esda libpysal pygeoda numba
    cargo build --release -p agglo-methods --example local_moran
    python3 benches/peers/local_moran.py --agglo target/release/examples/local_moran

Every run is a process of its own; what is timed is the statistic with its permutations, weights and
values being there already, by the clock and by the processor, compilation by numba left out. Memory is
the peak of the whole process. A peer that is not installed is said so. Pseudo p-values are compared
with esda's: the draws differ, so the difference is chance, about sqrt(p(1 - p)/999) for each.
"""

import argparse
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIDES = [55, 173, 548]
SEED = 20201124


def lattice_values(side, path):
    """Values that neighbors share in part, a number a line."""
    import numpy

    draw = numpy.random.default_rng(SEED)
    noise = draw.normal(size=(side + 2, side + 2))
    smooth = sum(noise[i : i + side, j : j + side] for i in range(3) for j in range(3)) / 3
    numpy.savetxt(path, (noise[1:-1, 1:-1] + smooth).ravel())


def clock(work):
    wall, processor = time.perf_counter(), time.process_time()
    answer = work()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"computing {wall:.4f} processor {processor:.4f}", flush=True)
    return answer


def esda_run(side, permutations, threads, values, target):
    import libpysal
    import numpy
    import esda

    def local(side, y, permutations):
        weights = libpysal.weights.lat2W(side, side, rook=False)
        weights.transform = "r"
        weights.sparse  # built once, before the clock
        return lambda: esda.Moran_Local(
            y, weights, permutations=permutations, n_jobs=threads, keep_simulations=False, seed=SEED
        )

    local(10, numpy.arange(100.0), 9)()  # numba compiles
    found = clock(local(side, numpy.loadtxt(values), permutations))
    if target:
        numpy.savetxt(target, numpy.column_stack([found.Is, found.p_sim]))


def geoda_run(side, permutations, threads, values, target, method):
    import geopandas
    import numpy
    import pygeoda
    from shapely import box

    squares = [box(place % side, place // side, place % side + 1, place // side + 1) for place in range(side * side)]
    weights = pygeoda.queen_weights(pygeoda.open(geopandas.GeoDataFrame(geometry=squares)))
    y = numpy.loadtxt(values).tolist()
    found = clock(
        lambda: pygeoda.local_moran(
            weights, y, permutations=permutations, permutation_method=method, cpu_threads=threads, seed=SEED
        )
    )
    if target:
        numpy.savetxt(target, numpy.column_stack([found.lisa_values(), found.lisa_pvalues()]))


PEERS = {
    "esda": (esda_run, ()),
    "geoda exact": (geoda_run, ("complete",)),
    "geoda look-up": (geoda_run, ("lookup-table",)),
}
NEEDS = {"esda": ["esda", "libpysal", "numba"], "geoda exact": ["pygeoda", "geopandas"]}
NEEDS["geoda look-up"] = NEEDS["geoda exact"]


def measured(command, limit):
    """What one run said of its computing, its processor time and its peak memory."""
    with tempfile.TemporaryFile("w+") as out:
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        began = time.monotonic()
        while True:
            done, status, usage = os.wait4(child.pid, os.WNOHANG)
            if done:
                break
            if time.monotonic() - began > limit:
                child.kill()
                os.wait4(child.pid, 0)
                child.returncode = -9
                return f"> {limit:.0f} s", None
            time.sleep(0.01)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read()
    wall = re.search(r"computing ([0-9.]+)", said)
    processor = re.search(r"processor ([0-9.]+)", said)
    if not wall:
        return f"failed: {said.strip()[-200:]}", None
    figures = f"{float(wall[1]):9.3f} s  {float(processor[1]):9.3f} s CPU  {usage.ru_maxrss / 1024:7,.0f} MiB"
    return figures, float(wall[1])


def agreement(ours, theirs):
    """The largest difference of the pseudo p-values, in standard errors of a difference of draws."""

    def read(path):
        return [tuple(map(float, line.split())) for line in path.read_text().splitlines()]

    worst = 0.0
    for (_, p), (_, q) in zip(read(ours), read(theirs), strict=True):
        error = (2 * max((p + q) / 2 * (1 - (p + q) / 2), 1e-3) / 999) ** 0.5
        worst = max(worst, abs(p - q) / error)
    return f"pseudo p at most {worst:.1f} standard errors from esda's"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--agglo", help="the example `local_moran`, built with --release")
    parser.add_argument("--sides", type=int, nargs="*", default=SIDES, help="sides of the lattices")
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--permutations", type=int, default=999)
    parser.add_argument("--limit", type=float, default=600, help="seconds after which a run is given up")
    parser.add_argument("--run", nargs=6, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        peer, side, permutations, threads, values, target = given.run
        run, more = PEERS[peer]
        run(int(side), int(permutations), int(threads), values, target, *more)
        return
    for side in given.sides:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            values = folder / "values.txt"
            lattice_values(side, values)
            for threads in given.threads:
                print(f"\n{side * side:,} areas, {given.permutations} permutations, {threads} threads", flush=True)
                for peer, needs in NEEDS.items():
                    lacking = [name for name in needs if importlib.util.find_spec(name) is None]
                    if lacking:
                        print(f"SKIPPED {peer}: {', '.join(lacking)} not installed", flush=True)
                        continue
                    words = [peer, side, given.permutations, threads, values, folder / f"{peer}.txt"]
                    command = [sys.executable, __file__, "--run", *map(str, words)]
                    print(f"{peer:34}{measured(command, given.limit)[0]}", flush=True)
                if not given.agglo:
                    continue
                for draws, weights in [("shared", "queen"), ("shared", "distance"), ("independent", "queen")]:
                    target = folder / f"{draws} {weights}.txt"
                    words = [side, given.permutations, threads, draws, weights, values, target]
                    figures, _ = measured([given.agglo, *map(str, words)], given.limit)
                    print(f"agglo, {draws} draws, {weights:14}{figures}", flush=True)
                theirs = folder / "esda.txt"
                if theirs.exists():
                    for draws in ("shared", "independent"):
                        print(f"{draws}: {agreement(folder / f'{draws} queen.txt', theirs)}", flush=True)


if __name__ == "__main__":
    main()
