"""Reading and summing a large file in agglo, DuckDB and Polars: seconds and peak memory.

    python3 benches/peers/reading.py --agglo target/release/agglo [--rows 10000000]

Every peer reads the same file in a process of its own and gives the Herfindahl index of every
industry, so that no column can be left unread. A peer that is not installed is skipped with a line
that says so.
"""

import argparse
import csv
import importlib.util
import random
import sys
import tempfile
from pathlib import Path

from timing import measured

SEED = 20201124
REGIONS, INDUSTRIES = 3000, 1000

QUERY = """
SELECT industry, sum(share * share) AS value FROM (
  SELECT industry, value / sum(value) OVER (PARTITION BY industry) AS share FROM {source}
) GROUP BY industry
"""


def write(path, rows):
    """Keys that occur once each, period by period."""
    chance = random.Random(SEED)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["region", "industry", "period", "value"])
        for row in range(rows):
            period, cell = divmod(row, REGIONS * INDUSTRIES)
            region, industry = divmod(cell, INDUSTRIES)
            value = chance.randrange(1, 100_000)
            writer.writerow([f"R{region:04}", f"I{industry:04}", 2010 + period, value])


def by_duckdb(path):
    import duckdb

    return len(duckdb.sql(QUERY.format(source=f"'{path}'")).fetchall())


def by_polars(path):
    import polars

    scan = polars.scan_parquet if path.endswith(".parquet") else polars.scan_csv
    share = polars.col("value") / polars.col("value").sum().over("industry")
    found = scan(path).with_columns(share.alias("share"))
    return found.group_by("industry").agg(polars.col("share").pow(2).sum()).collect().height


PEERS = {"duckdb": by_duckdb, "polars": by_polars}


def as_parquet(source, target):
    """The same table as Parquet, by whichever peer is there; whether there was one."""
    if importlib.util.find_spec("duckdb"):
        import duckdb

        duckdb.sql(f"COPY (FROM '{source}') TO '{target}' (FORMAT parquet)")
    elif importlib.util.find_spec("polars"):
        import polars

        polars.scan_csv(source).sink_parquet(target)
    else:
        return False
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agglo", help="the released program")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--peer", nargs=2, metavar=("NAME", "FILE"), help="one peer, inside")
    given = parser.parse_args()
    if given.peer:
        print(PEERS[given.peer[0]](given.peer[1]))
        return
    if not given.agglo:
        parser.error("--agglo is needed")
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / "cells.csv"]
        write(files[0], given.rows)
        if as_parquet(files[0], Path(folder) / "cells.parquet"):
            files.append(Path(folder) / "cells.parquet")
        else:
            print("SKIPPED Parquet: neither duckdb nor polars is installed to write it")
        for file in files:
            size = file.stat().st_size / 1e6
            print(f"{file.name}: {given.rows:,} rows, {size:,.0f} MB")
            columns = ["--region=region", "--industry=industry", "--period=period", "--value=value"]
            command = [given.agglo, "measure", "herfindahl", str(file), *columns]
            print(f"  agglo   {measured(command, folder)}")
            for peer in PEERS:
                if importlib.util.find_spec(peer) is None:
                    print(f"  SKIPPED {peer}: not installed")
                    continue
                command = [sys.executable, __file__, "--peer", peer, str(file)]
                print(f"  {peer:<7} {measured(command, folder)}")


if __name__ == "__main__":
    main()
