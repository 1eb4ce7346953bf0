"""Reducing a register to cells in agglo, DuckDB, Polars and DataFusion: seconds and peak memory.

    agglo generate --plants 1100000 --years 12 -o country
    python3 benches/peers/reduce.py --agglo target/release/agglo --register country/data/plants

Every peer reads the same folder `year=*/part-*` in a process of its own and gives, by region, industry
and year, the number of rows, the sum of a money column with two decimals, the sum of its squares and
its largest value; agglo adds the Herfindahl index of every industry, which takes no time beside it. Sums
are exact decimals where the peer has them. A peer that is not installed is
skipped with a line that says so. `--threads` sets the threads of all of them.
"""

import argparse
import importlib.util
import sys
from pathlib import Path

from timing import measured

MEASURE = "output"


def query(source, squares):
    return f"""
SELECT region, industry, year, count({MEASURE}) AS n, sum({MEASURE}) AS s, sum({squares}) AS q,
       max({MEASURE}) AS hi
FROM {source} GROUP BY region, industry, year
"""


def by_duckdb(pattern, threads):
    import duckdb

    duckdb.sql(f"SET threads = {threads}")
    if pattern.endswith(".csv"):
        source = f"read_csv('{pattern}', types={{'{MEASURE}': 'DECIMAL(18,2)'}}, hive_partitioning=false)"
    else:
        source = f"read_parquet('{pattern}', hive_partitioning=false)"
    # Its product of two decimals overflows 18 digits, so hundredths are multiplied as whole numbers.
    squares = f"CAST({MEASURE} * 100 AS HUGEINT) * CAST({MEASURE} * 100 AS HUGEINT)"
    return len(duckdb.sql(query(source, squares)).fetchnumpy()["n"])


def by_polars(pattern, threads):
    import polars

    scan = polars.scan_csv if pattern.endswith(".csv") else polars.scan_parquet
    x = polars.col(MEASURE).cast(polars.Float64)
    found = scan(pattern, hive_partitioning=False) if scan is polars.scan_parquet else scan(pattern)
    groups = found.group_by("region", "industry", "year")
    cells = groups.agg(x.count().alias("n"), x.sum().alias("s"), (x * x).sum().alias("q"), x.max().alias("hi"))
    return cells.collect(engine="streaming").height


def by_datafusion(pattern, threads):
    import datafusion

    context = datafusion.SessionContext(datafusion.SessionConfig().with_target_partitions(threads))
    folder = pattern.split("*")[0].rsplit("/", 1)[0] + "/"
    if pattern.endswith(".csv"):
        context.register_csv("t", folder)
    else:
        context.register_parquet("t", folder)
    squares = f"CAST({MEASURE} AS DECIMAL(18,2)) * CAST({MEASURE} AS DECIMAL(18,2))"
    batches = context.sql(query("t", squares)).collect()
    return sum(batch.num_rows for batch in batches)


PEERS = {"duckdb": by_duckdb, "polars": by_polars, "datafusion": by_datafusion}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agglo", help="the released program")
    parser.add_argument("--register", type=Path, help="the folder with year=*/part-*")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", help="such as 512MiB, for agglo")
    parser.add_argument("--peer", nargs=2, metavar=("NAME", "PATTERN"), help="one peer, inside")
    asked = parser.parse_args()
    if asked.peer:
        name, pattern = asked.peer
        print(PEERS[name](pattern, asked.threads), "cells")
        return
    kinds = {path.suffix for path in asked.register.glob("year=*/part-*")}
    if len(kinds) != 1:
        sys.exit(f"{asked.register}: no files year=*/part-*, or of several kinds")
    pattern = f"{asked.register}/year=*/part-*{kinds.pop()}"
    pattern = str(Path(pattern).resolve())
    folder = Path.cwd()
    if asked.agglo:
        words = [str(Path(asked.agglo).resolve()), "measure", "herfindahl", "--register", pattern]
        words += ["--period", "year", "--value", MEASURE, "--threads", str(asked.threads)]
        words += ["--memory", asked.memory] if asked.memory else []
        print(f"{'agglo':12}{measured(words, folder)}")
    for name in PEERS:
        if importlib.util.find_spec(name) is None:
            print(f"{name:12}SKIPPED: not installed (pip install {name})")
            continue
        words = [sys.executable, __file__, "--threads", str(asked.threads), "--peer", name, pattern]
        print(f"{name:12}{measured(words, folder)}")


if __name__ == "__main__":
    main()
