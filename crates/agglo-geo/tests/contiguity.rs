//! Neighbors of real boundaries, against the lists that libpysal gives.
#![expect(clippy::unwrap_used, reason = "what a helper cannot read fails its test")]

use agglo_core::Weights;
use agglo_geo::{Contiguity, ReadOptions, Tolerance, contiguity, read};
use agglo_testkit::shared_data;

fn neighbors(file: &str, code: &str, rule: Contiguity, tolerance_m: f64) -> Option<Weights> {
    let path = shared_data(file)?;
    let options = ReadOptions { code_property: Some(code.to_owned()), ..ReadOptions::default() };
    let tolerance = Tolerance::meters(tolerance_m).unwrap();
    Some(contiguity(&read(&path, &options).unwrap().areas, rule, tolerance))
}

/// `code code` lines of all neighbors, in order.
fn lines(weights: &Weights) -> Vec<String> {
    let codes = weights.axis().codes();
    let line = |(from, to, _)| format!("{} {}\n", codes[from as usize], codes[to as usize]);
    weights.edges().map(line).collect()
}

/// FNV-1a, 64 bits: a whole list of neighbors as one number.
fn fnv(text: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}

#[track_caller]
fn check(file: &str, code: &str, queen: (usize, usize, u64), rook: (usize, usize, u64)) {
    for (rule, expected) in [(Contiguity::Queen, queen), (Contiguity::Rook, rook)] {
        let Some(found) = neighbors(file, code, rule, 0.0) else { return };
        assert!(found.is_symmetric());
        let lines = lines(&found);
        let summary = (lines.len(), found.islands().len(), fnv(&lines.concat()));
        assert_eq!(summary, expected, "{file}, {rule:?}");
    }
}

// libpysal 4.14.1: `Queen.from_dataframe(frame, ids=codes)` and `Rook.from_dataframe`, frame read by
// geopandas 1.2.0: number of (region, neighbor), of islands, and FNV-1a of the lines "region neighbor".
#[test]
fn neighbors_are_those_of_libpysal() {
    let us48 = "pysal_regional_income/us48.geojson";
    check(us48, "STATE_FIPS", (214, 0, 0xf9d9_9819_96fc_d8b7), (210, 0, 0xd5fd_d945_f0b2_4b31));
    let counties = "peer_inputs/py/weights_natregimes/polygons.geojson";
    let queen = (18_168, 0, 0x13f0_fe0f_c4f9_511f);
    check(counties, "FIPSNO", queen, (17_188, 0, 0x5db9_7915_e40e_beaf));
    let nuts2 = "boundaries/nuts2016_60m_level2.geojson";
    check(nuts2, "NUTS_ID", (1_462, 22, 0xba02_6978_e16b_1b25), (1_452, 22, 0x9907_b218_bd02_ca05));
    let nuts3 = "boundaries/nuts2016_60m_level3.geojson";
    check(nuts3, "NUTS_ID", (7_640, 42, 0x9aab_e7ba_903e_34cd), (7_582, 42, 0xa222_21ee_cde2_1d51));
    let states = "boundaries/us_atlas_states-10m.topojson";
    check(states, "(id)", (218, 7, 0xc5c6_7ace_dc0c_56ff), (214, 7, 0x9e15_4817_ed53_c17d));
    let uk = (822, 5, 0x76f2_1712_1bde_9f99);
    check("boundaries/uk_itl3_2021_buc.geojson", "ITL321CD", uk, uk);
    let china = (136, 1, 0x0408_97a0_fe5d_db3b);
    check("boundaries/china_provinces_ne50m.geojson", "adm1_code", china, china);
    let chicago = "peer_inputs/py/weights_chicago_comm/polygons.geojson";
    check(chicago, "NID", (394, 0, 0x6999_f3c5_19e6_5aad), (358, 0, 0x68e8_ee00_8263_e88f));
}

// As above, but for two pairs of Californian counties whose shapes in the generalized file are not
// simple. The borders of San Joaquin (06077) and Santa Clara (06085) cross without a common corner:
// libpysal does not see it. Alameda (06001) and Stanislaus (06099) have an edge in common only where
// the ring of either goes there and back: such spikes are cut when the file is read, and a corner is
// left.
#[test]
fn counties_have_the_neighbors_of_libpysal_but_where_their_shapes_are_not_simple() {
    let file = "boundaries/us_atlas_counties-10m.topojson";
    let Some(queen) = neighbors(file, "(id)", Contiguity::Queen, 0.0) else { return };
    let mut found = lines(&queen);
    found.retain(|line| line != "06077 06085\n" && line != "06085 06077\n");
    assert_eq!((found.len(), queen.n_edges()), (18_676, 18_678));
    assert_eq!(fnv(&found.concat()), 0xd2b6_d7d6_8596_dc05);
    let Some(rook) = neighbors(file, "(id)", Contiguity::Rook, 0.0) else { return };
    let mut found = lines(&rook);
    found.extend(["06001 06099\n".to_owned(), "06099 06001\n".to_owned()]);
    found.sort_unstable();
    assert_eq!((found.len(), rook.n_edges()), (17_882, 17_880));
    assert_eq!(fnv(&found.concat()), 0xcb4e_59d5_1f70_e925);
    assert_eq!((queen.islands().len(), rook.islands().len()), (15, 15));
}
