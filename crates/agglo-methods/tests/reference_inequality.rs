//! Inequality, polarization, Gini by groups, cluster index, coagglomeration, centers and breaks against
//! numbers from elsewhere.
//!
//! ineq 0.2 and REAT 3.0.3 by their published code in R 4.2.2; PySAL inequality 1.1.2; sums over all
//! pairs in R; pyproj 3.7.2; tolerances are the digits that are printed here.
#![expect(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

use std::collections::BTreeMap;
use std::path::Path;

use agglo_core::{Column, Frame, Key};
use agglo_methods::call::ask;
use agglo_methods::concentration::{coagglomeration, group_coagglomeration};
use agglo_methods::decomposition::dagum_gini;
use agglo_methods::inequality::{
    Population, duclos_esteban_ray, duclos_esteban_ray_bandwidth, esteban_ray, wolfson,
};
use agglo_methods::trend::{Albers, geodesic};
use agglo_methods::{Answer, Inputs, Options};
use agglo_testkit::{assert_close, shared_data};

mod answers;

use answers::{number_at, numbers};

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn number(row: &BTreeMap<String, String>, name: &str) -> f64 {
    row[name].parse().unwrap()
}

/// GDP per head, population and group of the 402 German counties in 2014.
fn counties() -> Option<(Vec<f64>, Vec<f64>, Vec<Key>)> {
    let path = shared_data("peer_inputs/r/ic2_theil_decomposition/counties.csv")?;
    let rows = rows(&path);
    Some((
        rows.iter().map(|row| number(row, "gdppc")).collect(),
        rows.iter().map(|row| number(row, "population")).collect(),
        rows.iter().map(|row| Key::from(row["group"].as_str())).collect(),
    ))
}

fn regions(value: &[f64], weight: Option<&[f64]>, group: Option<&[Key]>) -> Inputs {
    let mut columns = vec![
        Column::text("region", (0..value.len()).map(|r| format!("r{r:04}"))),
        Column::numbers("value", "euro", value.iter().copied()),
    ];
    columns.extend(weight.map(|w| Column::numbers("weight", "persons", w.iter().copied())));
    columns.extend(group.map(|group| Column::text("group", group.iter().cloned())));
    Inputs::new().with("regions", Frame::new(columns).unwrap())
}

#[track_caller]
fn measure(answer: &Answer, table: &str, name: &str, expected: f64) {
    let found = number_at(answer, table, &[("measure", name)], "value").unwrap();
    assert!((found / expected - 1.0).abs() < 1e-12, "{name}: {found} is not {expected}");
}

// ineq: Gini is PySAL's, for ineq's integer sum overflows on these; RS, Atkinson, Theil, var.coeff,
// Herfindahl, Rosenbluth. REAT: cv, coulter.
#[test]
fn the_toolboxes_measures_of_the_402_german_counties() {
    let Some((gdp, _, _)) = counties() else { return };
    let ask = |options: &Options| {
        ask("inequality", Some("unweighted"), &regions(&gdp, None, None), options).unwrap()
    };
    let answer = ask(&Options::new());
    for (name, expected) in [
        ("gini", 0.202_606_589_639_791_36),
        ("ricci-schutz", 0.143_976_861_906_786),
        ("atkinson", 0.035_169_675_164_369_8),
        ("theil-t", 0.076_494_031_767_119_6),
        ("theil-l", 0.067_219_566_618_519_5),
        ("cv", 0.437_166_810_692_882),
        ("cv-sample", 0.437_711_567_054_618),
        ("herfindahl", 0.002_962_972_189_978_57),
        ("rosenbluth", 0.003_119_617_188_623_38),
        ("coulter", 0.015_417_684_666_055_5),
    ] {
        measure(&answer, "inequality", name, expected);
    }
    let answer = ask(&Options::new().with("epsilon", "1").with("kolm_alpha", "0.001"));
    measure(&answer, "inequality", "atkinson", 0.065_010_113_770_239_9);
    // ineq's Kolm of thousands of euro with α = 1.
    measure(&answer, "inequality", "kolm", 13_472.258_691_962_1);
    let answer = ask(&Options::new().with("epsilon", "2"));
    measure(&answer, "inequality", "atkinson", 0.112_920_057_833_613);
}

// REAT williamson(gdppc2014, pop2014) and coulter(gdp, pop); the rest by sums over all pairs in R.
#[test]
fn measures_of_counties_weighted_by_their_people() {
    let Some((gdp, people, _)) = counties() else { return };
    let options = Options::new().with("values", "per-weight");
    let inputs = regions(&gdp, Some(&people), None);
    let answer = ask("inequality", Some("weighted"), &inputs, &options).unwrap();
    for (name, expected) in [
        ("gini", 0.209_709_563_979_561),
        ("coulter", 0.024_245_046_847_847_4),
        ("theil-t", 0.078_292_839_204_5),
        ("theil-l", 0.070_637_946_350_6),
        ("ricci-schutz", 0.149_846_073_076_3),
        ("williamson", 0.432_971_204_961),
        ("williamson-reat", 0.438_287_104_032),
    ] {
        let found = number_at(&answer, "inequality", &[("measure", name)], "value").unwrap();
        assert_close(found, expected, 1e-12);
    }
    assert_eq!(number_at(&answer, "inequality", &[("measure", "rosenbluth")], "value"), None);
    // The same from totals.
    let totals: Vec<f64> = gdp.iter().zip(&people).map(|(gdp, people)| gdp * people).collect();
    let inputs = regions(&totals, Some(&people), None);
    let from_totals = ask("inequality", Some("weighted"), &inputs, &Options::new()).unwrap();
    let (a, b) =
        (numbers(&answer, "inequality", "value"), numbers(&from_totals, "inequality", "value"));
    for (a, b) in a.into_iter().zip(b) {
        assert_eq!(a.is_some(), b.is_some());
        if let (Some(a), Some(b)) = (a, b) {
            assert_close(a / b, 1.0, 1e-12);
        }
    }
}

// The ten incomes of ineq's help page.
#[test]
fn the_measures_of_ineqs_own_example() {
    let incomes =
        [541.0, 1463.0, 2445.0, 3438.0, 4437.0, 5401.0, 6392.0, 8304.0, 11_904.0, 22_261.0];
    let options = Options::new().with("kolm_alpha", "0.001");
    let answer = ask("inequality", None, &regions(&incomes, None, None), &options).unwrap();
    for (name, expected) in [
        ("gini", 0.462_091_130_267_624),
        ("ricci-schutz", 0.337_806_746_162_857),
        ("atkinson", 0.179_659_098_046_342),
        ("theil-t", 0.362_341_242_343_895),
        ("theil-l", 0.433_594_649_520_447),
        ("rosenbluth", 0.185_905_095_875_725),
        ("kolm", 4_305.599_181_637_6),
    ] {
        measure(&answer, "inequality", name, expected);
    }
}

// PySAL inequality: wolfson([6, 2, 1, 3]) = 0.2, wolfson(1..10) = 0.154545…, counties
// 0.07544062034397751, all of them half of Wolfson's own index. Densities and poles by sums in R.
#[test]
fn polarization_of_the_counties_and_of_small_examples() {
    let of = |values: &[f64]| {
        wolfson(&Population::new(values, &vec![1.0; values.len()]).unwrap()).unwrap() / 2.0
    };
    assert_close(of(&[6.0, 2.0, 1.0, 3.0]), 0.2, 1e-12);
    let ten: Vec<f64> = (1..=10).map(f64::from).collect();
    assert_close(of(&ten), 0.154_545_454_545_454_6, 1e-12);
    let Some((gdp, people, groups)) = counties() else { return };
    assert_close(of(&gdp), 0.075_440_620_343_977_51, 1e-12);
    let all = Population::new(&gdp, &vec![1.0; gdp.len()]).unwrap();
    for (alpha, expected) in [(0.5, 0.165_323_071_602), (1.0, 0.166_429_044_885)] {
        let bandwidth = duclos_esteban_ray_bandwidth(&all, alpha);
        assert_close(duclos_esteban_ray(&all, alpha, bandwidth).unwrap(), expected, 1e-12);
    }
    let options =
        Options::new().with("values", "per-weight").with("alpha", "1.3").with("beta", "0");
    let inputs = regions(&gdp, Some(&people), Some(&groups));
    let answer = ask("polarization", None, &inputs, &options).unwrap();
    let found = |name: &str| number_at(&answer, "polarization", &[("measure", name)], "value");
    assert_close(found("esteban-ray").unwrap(), 0.041_009_207_486_7, 1e-12);
    // Without β the extended index is the plain one.
    assert_close(found("esteban-gradin-ray").unwrap(), 0.041_009_207_486_7, 1e-12);
    assert_close(found("wolfson").unwrap(), 2.0 * found("wolfson-pysal").unwrap(), 1e-12);
}

// Two poles of equal weight: K = 1, Esteban and Ray's bound 2^(−1−α) · 2 for unit distance.
#[test]
fn two_poles_of_half_the_people_are_the_most_polarized() {
    let at = |share: f64| {
        let poles = Population::new(&[1.0, 3.0], &[share, 1.0 - share]).unwrap();
        esteban_ray(&poles, 1.6) * poles.mean()
    };
    assert!(at(0.5) > at(0.4) && at(0.5) > at(0.6));
}

// Sums over all pairs of counties in R.
#[test]
fn the_gini_of_counties_in_east_and_west_by_dagum() {
    let Some((gdp, people, groups)) = counties() else { return };
    let equal = dagum_gini(&gdp, &vec![1.0; gdp.len()], &groups).unwrap();
    let totals: Vec<f64> = gdp.iter().zip(&people).map(|(gdp, people)| gdp * people).collect();
    let weighted = dagum_gini(&totals, &people, &groups).unwrap();
    for (found, expected) in [
        (
            equal,
            [
                0.202_606_589_639_791,
                0.144_270_163_366_219,
                0.046_890_618_146_463,
                0.011_445_808_127_109,
                0.207_765_504_058_1,
                0.803_796_549_458_94,
            ],
        ),
        (
            weighted,
            [
                0.209_709_563_979_561,
                0.148_987_459_815_599,
                0.046_981_035_629_555,
                0.013_741_068_534_407,
                0.210_984_282_107_45,
                0.773_705_659_189_56,
            ],
        ),
    ] {
        let pair = &found.pairs[0];
        assert_eq!(&*pair.richer, "West");
        let parts =
            [found.total, found.within, found.between, found.overlap, pair.gini, pair.distance];
        for (part, expected) in parts.into_iter().zip(expected) {
            assert_close(part, expected, 1e-13);
        }
    }
}

// REAT litzenberger2 on 16 Länder and 17 sections of 2015: the ten largest.
#[test]
fn reat_cluster_indices_of_the_german_laender() {
    let Some(path) = shared_data("germany_reat/G.regions.industries.csv") else { return };
    let Some(checks) = shared_data("published_checks/reference_values_R.csv") else { return };
    let cells = rows(&path);
    let table = |name: &str| {
        Frame::new(vec![
            Column::text("region", cells.iter().map(|row| row["region_code"].as_str())),
            Column::text("industry", cells.iter().map(|row| row["ind_code"].as_str())),
            Column::numbers("value", "1", cells.iter().map(|row| number(row, name))),
        ])
        .unwrap()
    };
    let mut laender: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for row in &cells {
        laender.insert(&row["region_code"], (number(row, "area_sqkm"), number(row, "pop")));
    }
    let region = Frame::new(vec![
        Column::text("region", laender.keys().copied()),
        Column::numbers("area_km2", "km2", laender.values().map(|own| own.0)),
        Column::numbers("population", "persons", laender.values().map(|own| own.1)),
    ])
    .unwrap();
    let inputs = Inputs::new()
        .with("activity", table("emp_all"))
        .with("firms", table("firms"))
        .with("region", region);
    let answer = ask("cluster-index", None, &inputs, &Options::new()).unwrap();
    let mut n_checked = 0;
    for row in rows(&checks).iter().filter(|row| row["quantity"].starts_with("Litzenberger")) {
        let (region, industry) = row["where"].split_once(' ').unwrap();
        let keys = [("region", region), ("industry", industry)];
        let found = number_at(&answer, "cluster_index", &keys, "cluster_index").unwrap();
        let expected = number(row, "value");
        assert!((found / expected - 1.0).abs() < 5e-9, "{region} {industry} {found} {expected}");
        n_checked += 1;
    }
    assert_eq!(n_checked, 10);
}

// The fictional plants on which REAT's `ellison.c` gives 12.07: by the paper's formula the group of
// all industries is the weighted mean of its pairs.
#[test]
fn the_group_of_all_industries_is_the_mean_of_its_pairs_on_reats_example() {
    let Some(path) = shared_data("peer_inputs/r/eg_coagglomeration/plants.csv") else { return };
    let plants = rows(&path);
    let mut benchmark: BTreeMap<&str, f64> = BTreeMap::new();
    let mut cells: BTreeMap<&str, BTreeMap<&str, f64>> = BTreeMap::new();
    for plant in &plants {
        benchmark.insert(&plant["region"], number(plant, "emp_region"));
        let cell = cells.entry(&plant["industry"]).or_default().entry(&plant["region"]);
        *cell.or_default() += number(plant, "emp_firm");
    }
    let by_region: Vec<Vec<f64>> = cells
        .values()
        .map(|own| benchmark.keys().map(|r| own.get(r).copied().unwrap_or(0.0)).collect())
        .collect();
    let by_region: Vec<&[f64]> = by_region.iter().map(Vec::as_slice).collect();
    let x: Vec<f64> = benchmark.values().copied().collect();
    let pairs = coagglomeration(&by_region, &x).unwrap();
    let totals: Vec<f64> = by_region.iter().map(|own| own.iter().sum()).collect();
    let all: f64 = totals.iter().sum();
    let (mut mean, mut room) = (0.0, 0.0);
    for i in 0..totals.len() {
        for j in (0..totals.len()).filter(|j| *j != i) {
            let weight = totals[i] * totals[j] / (all * all);
            mean += weight * pairs.gamma(i, j).unwrap();
            room += weight;
        }
    }
    let group = group_coagglomeration(&by_region, &x).unwrap();
    assert_close(group.gamma, mean / room, 1e-12);
    assert!(group.gamma.abs() < 1.0, "REAT's 12.07 is outside of what an index can be");
}

// pyproj: +proj=aea +lat_1=25 +lat_2=47 +lat_0=36 +lon_0=105 +ellps=WGS84 +units=km; Geod(WGS84).
#[test]
fn the_plane_and_the_ways_are_those_of_proj() {
    let albers = Albers::new(25.0, 47.0, 105.0);
    for (place, east, north) in [
        ((116.4, 39.9), 956.439_170_011, 495.741_114_443),
        ((91.1, 29.65), -1_326.281_903_886, -622.416_073_032),
        ((126.6, 45.75), 1_659.942_371_851, 1_279.692_732_844),
        ((110.3, 20.0), 564.082_675_871, -1_767.903_741_713),
    ] {
        let (x, y) = albers.project(place.0, place.1);
        assert_close(x, east, 1e-8);
        assert_close(y, north, 1e-8);
    }
    for (from, to, km, bearing) in [
        ((116.4, 39.9), (121.47, 31.23), 1_065.615_456_587, 152.946_533_161),
        ((91.1, 29.65), (126.6, 45.75), 3_562.812_096_194, 49.978_490_918),
    ] {
        let found = geodesic(from, to).unwrap();
        assert_close(found.0, km, 1e-6);
        assert_close(found.1, bearing, 1e-8);
    }
}
