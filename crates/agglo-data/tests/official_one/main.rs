//! Readers of official files: miniatures of every layout, and the files as published.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod bea;
mod cbp;
mod eurostat;
mod plants;
mod sdmx;
mod uk;

use std::path::Path;

use agglo_core::{Bounds, Datum, Frame, Gap, Mark, Status, sum};
use agglo_data::{Marks, ReadSpec, Reading, read, sniff};
use agglo_testkit::{scratch, shared_data};

const SUPPRESSED: Datum = Datum::Gap(Gap::Suppressed);
const MISSING: Datum = Datum::Gap(Gap::Missing);

fn number(value: f64) -> Datum {
    Datum::Number(value)
}

/// `files` read as `spec` says; rows used and rejected must add up to rows read.
fn read_files(files: &[(&str, &str)], spec: &ReadSpec) -> Reading {
    let folder = scratch();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    read_in(folder.path(), spec)
}

fn read_in(root: &Path, spec: &ReadSpec) -> Reading {
    let reading = read(spec, root).unwrap();
    assert_eq!(reading.rows_used + reading.rows_rejected, reading.rows_read);
    reading
}

/// Why reading fails.
fn refusal(name: &str, text: &str, spec: &ReadSpec) -> String {
    let folder = scratch();
    std::fs::write(folder.path().join(name), text).unwrap();
    read(spec, folder.path()).unwrap_err().to_string()
}

#[track_caller]
fn says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "{part:?} is not in\n{message}");
    }
}

fn codes(frame: &Frame, column: &str) -> Vec<String> {
    frame.keys(column).unwrap().iter().map(ToString::to_string).collect()
}

fn total(frame: &Frame, measure: &str, keep: impl Fn(usize) -> bool) -> f64 {
    let cells = frame.numbers(measure).unwrap();
    sum(cells.iter().enumerate().filter(|(row, _)| keep(*row)).filter_map(|(_, c)| c.number()))
}

fn mark<'m>(marks: &'m Marks, measure: &str, row: u32) -> Option<&'m Mark> {
    marks.get(measure)?.get(&row)
}

/// Status, bounds and flag of a cell.
fn marked(
    marks: &Marks,
    measure: &str,
    row: u32,
) -> (Option<Status>, Option<(f64, f64)>, Option<String>) {
    let Some(mark) = mark(marks, measure, row) else { return (None, None, None) };
    let bounds = mark.bounds.map(|Bounds { lower, upper }| (lower, upper));
    (mark.status, bounds, mark.flag.as_ref().map(ToString::to_string))
}

fn notes(reading: &Reading) -> Vec<&str> {
    reading.notes.iter().map(|note| note.code.as_str()).collect()
}

/// The reader that is recognized for `text` in a file of this name.
fn recognized(name: &str, text: &str) -> String {
    let folder = scratch();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    sniff(&path).unwrap().reader
}

#[test]
fn no_layout_is_taken_for_another() {
    let miniatures = [
        ("census-cbp", "cbp98.csv", cbp::SIC),
        ("census-cbp", "cbp16.csv", cbp::NOISE),
        ("census-cbp", "cbp17.csv", cbp::HIDDEN),
        ("bea-cagdp2", "gdp.csv", bea::CAGDP2),
        ("eurostat-tsv", "lfst.tsv", eurostat::EMPLOYMENT),
        ("sdmx-csv", "sdmx1.csv", sdmx::VERSION_1),
        ("sdmx-csv", "sdmx2.csv", sdmx::VERSION_2),
        ("ons-gva", "gva.csv", uk::GVA),
        ("companies-house", "companies.csv", uk::COMPANIES),
        ("epa-ghgrp", "emitters.csv", plants::BY_YEAR),
        ("tidy", "sbs.csv", sdmx::GLUED),
        ("tidy", "plain.csv", "region,industry,year,employment\n01,C,2019,1\n"),
        ("wide", "wide.csv", "region,industry,2018,2019\n01,C,1,2\n02,C,3,4\n"),
    ];
    for (reader, name, text) in miniatures {
        assert_eq!(recognized(name, text), reader, "{name}");
    }
}

#[test]
fn the_files_as_published_are_recognized() {
    let Some(root) = shared_data("") else { return };
    for (reader, table, file) in [
        ("census-cbp", "activity", "us_cbp_puerto_rico/cbp98pr_mun.csv"),
        ("census-cbp", "activity", "us_cbp_puerto_rico/cbp04pr_mun.csv"),
        ("census-cbp", "activity", "us_cbp_puerto_rico/cbp13pr_mun.csv"),
        ("census-cbp", "activity", "us_cbp_puerto_rico/cbp_pr_mun_2018.csv"),
        ("bea-cagdp2", "activity", "us_bea_cagdp2/CAGDP2_AL_2001_2021.csv"),
        ("eurostat-tsv", "activity", "eu_eurostat_tsv/lfst_r_lfe2en2.tsv"),
        ("eurostat-tsv", "region_year", "eu_eurostat_tsv/nama_10r_2gdp.tsv"),
        ("tidy", "activity", "eu_sbs_nuts2_2015/sbs_r_nuts06_r2.csv"),
        (
            "ons-gva",
            "activity",
            "uk_ons_gva/Table 1c ITL1 UK current price estimates pounds million.csv",
        ),
        ("tidy", "activity", "uk_bres_itl2/bres_itl2_sic5_2015_2020.parquet"),
        ("tidy", "size_class", "uk_bres_itl2/gb_enterprises_by_size_band_sic5.csv"),
        (
            "companies-house",
            "plant",
            "uk_companies_south_yorkshire/companies_sheffield_rotherham.csv",
        ),
        ("tidy", "region_year", "uk_business_demography/births_lad_long.csv"),
        ("epa-ghgrp", "plant", "us_ghgrp_facilities/ghgp_data_2012.xlsx"),
        ("epa-ghgrp", "plant", "us_ghgrp_facilities/direct_emitters_2011_2020.csv"),
        ("tidy", "region_year", "china_province/industry_panel_1990_2020.csv"),
        ("tidy", "region_year", "eu_patents_nuts/pat_ep_rtot_NR_1977_2012.csv"),
    ] {
        let look = sniff(&root.join(file)).unwrap();
        assert_eq!((look.reader.as_str(), look.table.as_deref()), (reader, Some(table)), "{file}");
        assert!(!look.reasons.is_empty());
    }
}

/// What `agglo init` proposes is what can be read.
#[test]
fn what_is_proposed_for_a_published_file_reads_it() {
    let Some(root) = shared_data("") else { return };
    for file in [
        "us_cbp_puerto_rico/cbp16pr_mun.csv",
        "eu_eurostat_tsv/lfst_r_lfe2en2.tsv",
        "eu_eurostat_tsv/nama_10r_2gdp.tsv",
        "uk_ons_gva/Table 2c ITL2 UK current price estimates pounds million.csv",
        "uk_companies_south_yorkshire/companies_sheffield_rotherham.csv",
        "us_ghgrp_facilities/direct_emitters_2011_2020.csv",
    ] {
        let spec = sniff(&root.join(file)).unwrap().to_spec();
        // Only the year of this one stands nowhere but in its name.
        let strict = !file.contains("cbp16");
        let reading = read_in(&root, &ReadSpec { strict, ..spec });
        assert_eq!(reading.rows_rejected, 0, "{file}: {:?}", reading.diagnostics);
        assert!(reading.rows_used > 300, "{file}");
    }
}
