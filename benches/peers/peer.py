"""One index in one Python package: python peer.py PACKAGE INDEX INPUT.csv OUTPUT.csv

Prints the seconds of the computation alone; the rows are written as key columns and `value`.
"""

import sys
import time

import pandas

TEXT = {"region": str, "industry": str}


def location_quotient(cells):
    region = cells.groupby("region")["value"].transform("sum")
    industry = cells.groupby("industry")["value"].transform("sum")
    quotient = (cells["value"] / region) / (industry / cells["value"].sum())
    return cells[["region", "industry"]].assign(value=quotient)


def herfindahl(cells):
    share = cells["value"] / cells.groupby("industry")["value"].transform("sum")
    return share.pow(2).groupby(cells["industry"]).sum().rename("value").reset_index()


def complexity(cells):
    from ecomplexity import ecomplexity

    columns = {"time": "period", "loc": "region", "prod": "industry", "val": "value"}
    found = ecomplexity(cells.assign(period=2020), columns)
    return found.groupby("region")["eci"].first().rename("value").reset_index()


COMPUTE = {
    ("pandas", "location-quotient"): location_quotient,
    ("pandas", "herfindahl"): herfindahl,
    ("ecomplexity", "economic-complexity"): complexity,
}


def main(package, index, source, target):
    cells = pandas.read_csv(source, dtype=TEXT)
    start = time.perf_counter()
    result = COMPUTE[package, index](cells)
    seconds = time.perf_counter() - start
    result.to_csv(target, index=False)
    print(f"computing {seconds:.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
