"""What of the peers' benchmark needs no peer."""

import csv
import sys
import tempfile
import unittest
from pathlib import Path

import run


class Peers(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def test_plants_add_up_to_a_complete_grid_and_twice_the_same(self):
        size = run.Size(4, 3, 5)
        run.generate(size, self.folder)
        first = (self.folder / "cells.csv").read_text()
        with open(self.folder / "plants.csv", newline="") as file:
            plants = list(csv.DictReader(file))
        cells = run.values(self.folder / "cells.csv", "value")
        self.assertEqual(len(cells), 12)
        self.assertEqual(sum(cells.values()), sum(float(row["value"]) for row in plants))
        run.generate(size, self.folder)
        self.assertEqual(first, (self.folder / "cells.csv").read_text())

    def test_a_run_has_time_memory_and_what_it_said(self):
        done = run.measure([sys.executable, "-c", "print('computing 0.5')"], 60)
        self.assertIsNone(done.failed)
        self.assertEqual(done.said, "computing 0.5\n")
        self.assertGreater(done.megabytes, 1)

    def test_a_run_that_fails_or_takes_too_long_says_so(self):
        broken = run.measure([sys.executable, "-c", "raise SystemExit('no such index')"], 60)
        self.assertEqual(broken.failed, "no such index")
        slow = run.measure([sys.executable, "-c", "import time; time.sleep(60)"], 0.2)
        self.assertEqual(slow.failed, "> 0 s")

    def test_differences_are_taken_over_keys_in_common(self):
        ours = {("A",): 1.0, ("B",): 2.0}
        self.assertEqual(run.largest_difference(ours, {("A",): 1.5, ("C",): 9.0}), (0.5, 1))

    def test_a_column_that_is_not_there_is_named(self):
        (self.folder / "agglo.csv").write_text("region,lq\nA,1\nB,\n")
        self.assertEqual(run.values(self.folder / "agglo.csv", "lq"), {("A",): 1.0})
        with self.assertRaisesRegex(ValueError, "no column gini"):
            run.values(self.folder / "agglo.csv", "gini")

    def test_a_package_that_is_not_installed_is_missing(self):
        self.assertIn("not installed", run.missing("no_such_package_here"))


if __name__ == "__main__":
    unittest.main()
