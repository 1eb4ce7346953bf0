"""Queen and rook contiguity of irregular polygons in agglo and in Python's packages.

    cargo build --release -p agglo-geo --example neighbors
    python3 benches/peers/contiguity.py --agglo target/release/examples/neighbors [--cells 3000 30000]

The polygons are the Voronoi cells of random points, cut at the hull of a square, once as they are
and once with every corner of every cell moved by up to half a meter on its own, as borders are that
were drawn apart. The true neighbors of both are known from the cells: a common corner, a common
side. Times are of the neighbors alone, of polygons in memory, the best of five. A peer that is not
installed is skipped with a line that says so.
"""

import argparse
import importlib.util
import json
import subprocess
import tempfile
import time
from pathlib import Path

SEED = 20201124
RUNS = 5
# Half a meter in degrees of latitude.
MOVED = 0.5 / 111_320
# Cells of a hundred in a square of 1.8 by 1.8 degrees are about 2 km wide.
SIDE = 1.8


def cells(n):
    """Corners and, of each bounded cell, the numbers of its corners, counterclockwise."""
    import numpy
    from scipy.spatial import Voronoi

    points = numpy.random.default_rng(SEED).random((n, 2)) * SIDE
    mirrored = [points]
    for axis in (0, 1):
        for wall in (0.0, SIDE):
            copy = points.copy()
            copy[:, axis] = 2 * wall - copy[:, axis]
            mirrored.append(copy)
    voronoi = Voronoi(numpy.vstack(mirrored))
    rings = []
    for place in range(n):
        ring = voronoi.regions[voronoi.point_region[place]]
        around = voronoi.vertices[ring] - points[place]
        turn = numpy.argsort(numpy.arctan2(around[:, 1], around[:, 0]))
        rings.append([ring[k] for k in turn])
    return voronoi.vertices, rings


def true_pairs(rings):
    """Pairs of cells with a common corner, and pairs with a common side."""
    by_corner, by_side = {}, {}
    for cell, ring in enumerate(rings):
        for k, corner in enumerate(ring):
            by_corner.setdefault(corner, set()).add(cell)
            side = frozenset((corner, ring[k - 1]))
            by_side.setdefault(side, set()).add(cell)
    found = []
    for groups in (by_corner.values(), by_side.values()):
        found.append({(a, b) for group in groups for a in group for b in group if a < b})
    return found


def shapes(corners, rings, moved):
    """Rings of coordinates; every cell moves its corners on its own."""
    import numpy

    noise = numpy.random.default_rng(SEED + 1)
    for ring in rings:
        own = corners[ring] + noise.uniform(-moved, moved, (len(ring), 2))
        yield [[float(x), float(y)] for x, y in own]


def write(path, rings):
    """A GeoJSON file with the places of the cells as codes."""
    features = [
        {
            "type": "Feature",
            "properties": {"cell": f"{place:06}"},
            "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        }
        for place, ring in enumerate(rings)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))


def best(run):
    """The fastest of some runs, and the answer."""
    seconds, answer = float("inf"), None
    for _ in range(RUNS):
        began = time.perf_counter()
        answer = run()
        seconds = min(seconds, time.perf_counter() - began)
    return seconds, answer


def by_libpysal(frame, path):
    from libpysal.weights import Queen, Rook

    for name, rule in (("Queen", Queen), ("Rook", Rook)):
        seconds, found = best(
            lambda rule=rule: rule.from_dataframe(frame, use_index=False, silence_warnings=True)
        )
        yield f"libpysal {name}", seconds, sum(map(len, found.neighbors.values()))


def by_libpysal_graph(frame, path):
    from libpysal.graph import Graph

    for strict in (False, True):
        for rook in (False, True):
            seconds, found = best(
                lambda rook=rook, strict=strict: Graph.build_contiguity(
                    frame, rook=rook, strict=strict
                )
            )
            name = "rook" if rook else "queen"
            yield f"libpysal Graph {name}, strict={strict}", seconds, int((found.adjacency > 0).sum())


def by_libpysal_fuzzy(frame, path):
    from libpysal.graph import Graph

    buffer = 1.0 / 111_320
    seconds, found = best(lambda: Graph.build_fuzzy_contiguity(frame, buffer=buffer / 2))
    yield "libpysal Graph fuzzy, 1 m", seconds, int((found.adjacency > 0).sum())


def by_geopandas(frame, path):
    seconds, found = best(lambda: frame.sindex.query(frame.geometry, predicate="intersects"))
    yield "geopandas intersects", seconds, found.shape[1] - len(frame)


def by_pygeoda(frame, path):
    import pygeoda

    table = pygeoda.open(frame)
    for name, rule in (("queen", pygeoda.queen_weights), ("rook", pygeoda.rook_weights)):
        seconds, found = best(lambda rule=rule: rule(table))
        edges = sum(len(found.get_neighbors(k)) for k in range(len(frame)))
        yield f"pygeoda {name}", seconds, edges


PEERS = {
    "libpysal": [by_libpysal, by_libpysal_graph, by_libpysal_fuzzy],
    "geopandas": [by_geopandas],
    "pygeoda": [by_pygeoda],
}


def by_agglo(program, path, meters):
    for rule in ("queen", "rook"):
        command = [program, str(path), "cell", rule, str(meters)]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        _, edges, _, seconds = said.strip().split(", ")
        yield f"agglo {rule}, {meters} m", float(seconds.split()[0]), int(edges.split()[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agglo", required=True, help="the example `neighbors`, released")
    parser.add_argument("--cells", type=int, nargs="+", default=[3_000, 30_000])
    given = parser.parse_args()
    if not importlib.util.find_spec("scipy"):
        print("SKIPPED: scipy, which makes the polygons, is not installed")
        return
    for package in PEERS:
        if not importlib.util.find_spec(package):
            print(f"SKIPPED {package}: it is not installed")
    peers = [peer for name, all in PEERS.items() if importlib.util.find_spec(name) for peer in all]
    with tempfile.TemporaryDirectory() as folder:
        for n in given.cells:
            corners, rings = cells(n)
            queen, rook = (2 * len(pairs) for pairs in true_pairs(rings))
            for moved in (0.0, MOVED):
                path = Path(folder) / f"cells{n}.geojson"
                write(path, shapes(corners, rings, moved))
                kind = "borders drawn apart" if moved else "borders as they are"
                print(f"{n:,} cells, {kind}: truly {queen:,} edges of queen, {rook:,} of rook")
                rows = []
                for meters in (0, 1) if moved else (0,):
                    rows.extend(by_agglo(given.agglo, path, meters))
                if importlib.util.find_spec("geopandas"):
                    import geopandas

                    # Without a system, so that all packages compare coordinates as they are.
                    frame = geopandas.read_file(path).set_crs(None, allow_override=True)
                    for peer in peers:
                        rows.extend(peer(frame, path))
                for name, seconds, edges in rows:
                    print(f"  {name:38} {seconds:8.3f} s  {edges:10,} edges")


if __name__ == "__main__":
    main()
