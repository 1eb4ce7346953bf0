//! Queen and rook contiguity of irregular hexagons, three sizes; areas are built outside the measured
//! part.

use agglo_geo::{Area, Contiguity, Tolerance, contiguity};
use divan::{Bencher, black_box};
use geo::{LineString, MultiPolygon, Polygon};

const SIZES: [usize; 3] = [3_000, 30_000, 300_000];

fn main() {
    divan::main();
}

/// From −0.5 to 0.5, the same for the same place.
fn moved(x: usize, y: usize, salt: u64) -> f64 {
    let place = (x as u64) << 32 ^ (y as u64) << 8 ^ salt;
    let mixed = place.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31) ^ place;
    let mixed = mixed.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (mixed >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
}

/// About `n` hexagons of 0.01° whose corners are moved, each corner shared by three; where
/// `unsnapped` is above zero every hexagon draws its own by so many degrees.
fn hexagons(n: usize, unsnapped: f64) -> Vec<Area> {
    let side = n.isqrt();
    let corner = |x: usize, y: usize, own: u64| {
        let (dx, dy) = (moved(x, y, 1), moved(x, y, 2));
        let (ox, oy) = (moved(x, y, own + 3), moved(x, y, own + 4));
        (
            0.005 * (x as f64 + 0.6 * dx) + unsnapped * ox,
            0.01 * (y as f64 + 0.6 * dy) + unsnapped * oy,
        )
    };
    let hexagon = |row: usize, column: usize| {
        let (x, own) = (2 * column + row % 2, ((row * side + column) as u64) << 20);
        let below = (x..=x + 2).map(|x| (x, row));
        let above = (x..=x + 2).rev().map(|x| (x, row + 1));
        let ring: LineString<f64> = below.chain(above).map(|(x, y)| corner(x, y, own)).collect();
        let mut ring = ring;
        ring.close();
        Area {
            code: format!("{row:04}{column:04}").into(),
            name: None,
            properties: Vec::new(),
            shape: MultiPolygon(vec![Polygon::new(ring, Vec::new())]),
        }
    };
    (0..side).flat_map(|row| (0..side).map(move |column| hexagon(row, column))).collect()
}

fn measured(bencher: Bencher<'_, '_>, n: usize, unsnapped: f64, rule: Contiguity, meters: f64) {
    let areas = hexagons(n, unsnapped);
    let Some(tolerance) = Tolerance::meters(meters) else { return };
    bencher.bench_local(|| contiguity(black_box(&areas), rule, tolerance));
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn queen(bencher: Bencher<'_, '_>, n: usize) {
    measured(bencher, n, 0.0, Contiguity::Queen, 0.0);
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn rook(bencher: Bencher<'_, '_>, n: usize) {
    measured(bencher, n, 0.0, Contiguity::Rook, 0.0);
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn queen_of_unsnapped_within_1_m(bencher: Bencher<'_, '_>, n: usize) {
    measured(bencher, n, 5e-6, Contiguity::Queen, 1.0);
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn rook_of_unsnapped_within_1_m(bencher: Bencher<'_, '_>, n: usize) {
    measured(bencher, n, 5e-6, Contiguity::Rook, 1.0);
}
