"""The same indices on the same data in agglo and in the packages that people use today.

    python3 benches/peers/run.py --agglo target/release/agglo

Wall time and peak memory are those of the whole process, reading and writing included, for agglo
and peer alike; "computing" is the peer's own share without files. A peer that is not installed is
skipped with a line that says so. At the first size the answers are compared as well.
"""

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
SEED = 20201124


@dataclass(frozen=True)
class Size:
    regions: int
    industries: int
    plants: int  # of each industry

    def __str__(self):
        return f"{self.regions:,} x {self.industries:,}"


SIZES = [Size(100, 50, 200), Size(600, 300, 300), Size(3000, 1000, 500)]


@dataclass(frozen=True)
class Pair:
    """One index, and the variant and column of agglo that mean what the peer computes."""

    peer: str
    index: str
    variant: str | None
    column: str
    table: str = "cells"


PAIRS = [
    Pair("REAT", "location-quotient", None, "lq"),
    Pair("EconGeo", "location-quotient", None, "lq"),
    Pair("pandas", "location-quotient", None, "lq"),
    Pair("REAT", "herfindahl", "raw", "herfindahl"),
    Pair("pandas", "herfindahl", "raw", "herfindahl"),
    Pair("REAT", "hoover", None, "hoover"),
    Pair("EconGeo", "krugman", "halved", "krugman"),
    Pair("REAT", "locational-gini", "lq-unweighted", "gini"),
    Pair("EconGeo", "locational-gini", "krugman-half", "gini"),
    Pair("REAT", "ellison-glaeser", "plants", "gamma", "plants"),
    Pair("ecomplexity", "economic-complexity", "eci-scale", "eci"),
]


@dataclass(frozen=True)
class Run:
    seconds: float
    megabytes: float
    said: str
    failed: str | None = None


def generate(size, folder):
    """plants.csv and the complete, sorted grid cells.csv that it adds up to."""
    draw = random.Random(f"{SEED} {size}")
    regions = [f"R{number:05}" for number in range(size.regions)]
    industries = [f"I{number:05}" for number in range(size.industries)]
    sums = {}
    with open(folder / "plants.csv", "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["plant", "region", "industry", "value"])
        plant = 0
        for industry in industries:
            # Half of an industry lies near its own center, so that the indices have something to say.
            center = draw.randrange(size.regions)
            for _ in range(size.plants):
                near = round(draw.gauss(center, size.regions / 20)) % size.regions
                at = near if draw.random() < 0.5 else draw.randrange(size.regions)
                value = 1 + int(draw.lognormvariate(3, 1.2))
                rows.writerow([f"P{plant:07}", regions[at], industry, value])
                sums[regions[at], industry] = sums.get((regions[at], industry), 0) + value
                plant += 1
    with open(folder / "cells.csv", "w", newline="") as file:
        file.write("region,industry,value\n")
        for region in regions:
            for industry in industries:
                file.write(f"{region},{industry},{sums.get((region, industry), 0)}\n")


def measure(command, limit):
    """Runs `command`, at most `limit` seconds, with its wall time and its peak memory."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL)
        over = threading.Event()
        timer = threading.Timer(limit, lambda: (over.set(), child.kill()))
        timer.start()
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        timer.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        failed = None
        if over.is_set():
            failed = f"> {limit:.0f} s"
        elif child.returncode != 0:
            last = err.read().strip().splitlines() or [f"exit code {child.returncode}"]
            failed = last[-1]
        return Run(seconds, usage.ru_maxrss / 1024, out.read(), failed)


def peer_command(pair, source, target):
    if pair.peer in ("REAT", "EconGeo"):
        head = ["Rscript", "--vanilla", HERE / "peer.R"]
    else:
        head = [sys.executable, HERE / "peer.py"]
    return [*head, pair.peer, pair.index, source, target]


def agglo_command(agglo, pair, source, target):
    variant = ["--def", pair.variant] if pair.variant else []
    return [agglo, "measure", pair.index, source, *variant, "--format", "csv", "-o", target]


def missing(peer):
    """Why `peer` cannot run here; None when it can."""
    if peer in ("REAT", "EconGeo"):
        ask = ["Rscript", "--vanilla", "-e", f'quit(status = !requireNamespace("{peer}", quietly = TRUE))']
        where = "R"
    else:
        ask = [sys.executable, "-c", f"import pandas, {peer}"]
        where = "Python"
    try:
        done = subprocess.run(ask, capture_output=True, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        return f"there is no {where} here"
    return None if done.returncode == 0 else f"the {where} package {peer} is not installed"


def values(path, column):
    """Numbers of `column` by region and industry, whichever of the two the file has."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        if column not in (rows.fieldnames or []):
            raise ValueError(f"no column {column} in {', '.join(rows.fieldnames or [])}")
        keys = [key for key in ("region", "industry") if key in rows.fieldnames]
        found = {}
        for row in rows:
            try:
                found[tuple(row[key] for key in keys)] = float(row[column])
            except ValueError:
                continue
        return found


def largest_difference(ours, theirs):
    """Over the keys that both have, and how many these are."""
    both = ours.keys() & theirs.keys()
    return max((abs(ours[key] - theirs[key]) for key in both), default=float("nan")), len(both)


def compare(pair, folder):
    try:
        ours = values(folder / "agglo.csv", pair.column)
        theirs = values(folder / "peer.csv", "value")
    except (OSError, ValueError) as error:
        return f"not compared: {error}"
    difference, n = largest_difference(ours, theirs)
    return f"{difference:.1e} over {n:,}" if n else "not compared: no key in common"


def row(pair, size, ours, theirs, agreement):
    def time_of(run):
        return run.failed or f"{run.seconds:.2f} s, {run.megabytes:,.0f} MB"

    good = ours.failed is None and theirs.failed is None
    ratio = f"{theirs.seconds / ours.seconds:.1f}" if good else "-"
    computing = theirs.said.split("computing ")[-1].strip() if "computing " in theirs.said else "-"
    index = pair.index + (f" ({pair.variant})" if pair.variant else "")
    return [index, str(size), time_of(ours), pair.peer, time_of(theirs), computing, ratio, agreement]


HEAD = ["index", "size", "agglo", "peer", "peer's run", "computing s", "ratio", "largest difference"]


def table(rows):
    lines = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    return "\n".join(lines + ["| " + " | ".join(cells) + " |" for cells in rows])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--agglo", required=True, help="the released program")
    parser.add_argument("--sizes", type=int, default=len(SIZES), help="how many of the sizes, smallest first")
    parser.add_argument("--limit", type=float, default=300, help="seconds after which a run is given up")
    given = parser.parse_args()

    reasons = {peer: missing(peer) for peer in dict.fromkeys(pair.peer for pair in PAIRS)}
    for peer, reason in reasons.items():
        if reason:
            print(f"SKIPPED {peer}: {reason}", flush=True)
    pairs = [pair for pair in PAIRS if not reasons[pair.peer]]
    rows = []
    for number, size in enumerate(SIZES[: given.sizes] if pairs else []):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            generate(size, folder)
            for pair in pairs:
                source = folder / f"{pair.table}.csv"
                ours = measure(agglo_command(given.agglo, pair, source, folder / "agglo.csv"), given.limit)
                theirs = measure(peer_command(pair, source, folder / "peer.csv"), given.limit)
                agreement = "-"
                if number == 0 and ours.failed is None and theirs.failed is None:
                    agreement = compare(pair, folder)
                rows.append(row(pair, size, ours, theirs, agreement))
                print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    if rows:
        print(table(rows))


if __name__ == "__main__":
    main()
