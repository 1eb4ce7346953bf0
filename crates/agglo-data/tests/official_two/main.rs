//! Chinese yearbooks and input-output tables, as published and in miniature.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod small_io;
mod small_nbs;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use agglo_core::{Datum, sum};
use agglo_data::{ReadSpec, Reading, Severity, read, sniff};
use agglo_testkit::{assert_close, shared_data};

fn read_all(spec: &ReadSpec, root: &Path) -> Reading {
    let reading = read(spec, root).unwrap();
    assert_eq!(reading.rows_used + reading.rows_rejected, reading.rows_read);
    for diagnostic in &reading.diagnostics {
        assert_ne!(diagnostic.severity, Severity::Error, "{diagnostic}");
    }
    reading
}

/// The measure of a region and year.
fn of(reading: &Reading, region: &str, year: i64, measure: &str) -> Datum {
    let regions = reading.frame.keys("region").unwrap();
    let years = reading.frame.integers("period").unwrap();
    let here = |&row: &usize| regions[row].as_ref() == region && years[row] == year;
    let row = (0..years.len()).find(here).unwrap();
    reading.frame.numbers(measure).unwrap()[row]
}

fn count(reading: &Reading, code: &str) -> u64 {
    reading.diagnostics.iter().filter(|d| d.code == code).map(|d| 1 + d.count).sum()
}

fn note<'r>(reading: &'r Reading, code: &str) -> &'r str {
    reading.notes.iter().find(|note| note.code == code).map(|note| note.en.as_str()).unwrap()
}

/// The sum of the cells whose two codes are wanted.
fn flows(rows: &agglo_core::Frame, keep: impl Fn(&str, &str) -> bool) -> f64 {
    let (from, to) = (rows.keys("from_industry").unwrap(), rows.keys("to_use").unwrap());
    let values = rows.numbers("value").unwrap();
    let kept = (0..values.len()).filter(|&row| keep(&from[row], &to[row]));
    sum(kept.filter_map(|row| values[row].number()))
}

#[test]
fn the_bureau_s_download_gives_grp_of_thirty_one_provinces() {
    let Some(root) = shared_data("china_province") else { return };
    let spec = ReadSpec::new("region_year", "nbs_AnnualbyProvince_GRP_2004_2023.xls");
    let reading = read_all(&spec, &root);
    assert_eq!((reading.reader.as_str(), reading.rows_read), ("nbs-annual", 31 * 20));
    assert_eq!(reading.rows_notes, 4);
    assert_eq!(of(&reading, "Beijing", 2023, "gdp"), Datum::Number(43_760.7));
    assert_eq!(of(&reading, "Inner Mongolia", 2004, "gdp"), Datum::Number(2_942.4));
    assert_eq!(reading.frame.column("gdp").unwrap().unit(), "100 million yuan");
    // README: the nation is 919,281 in 2018 and 1,013,567 in 2020; the provinces of this vintage add
    // up to 0.9944 and 0.9964 of it, as a spreadsheet program adds them.
    let years = reading.frame.integers("period").unwrap();
    let cells = reading.frame.numbers("gdp").unwrap();
    let of_year = |year| {
        let rows = (0..years.len()).filter(|&row| years[row] == year);
        sum(rows.filter_map(|row| cells[row].number()))
    };
    assert_close(of_year(2018) / 919_281.0, 0.994_383, 1e-6);
    assert_close(of_year(2020) / 1_013_567.0, 0.996_419, 1e-6);
    let (file, origin) = reading.origins.locate("gdp", 0).unwrap();
    assert_eq!((origin.row, origin.column), (5, 1));
    assert_eq!(file.sheet.as_deref(), Some("Annual by Province"));
}

fn yearbook(root: &Path, file: &str) -> Reading {
    let reading = read_all(&ReadSpec::new("region_year", file), root);
    assert_eq!(reading.reader, "yearbook", "{file}");
    reading
}

#[test]
fn jiangsu_s_six_blocks_become_six_measures() {
    let Some(root) = shared_data("china_yearbook_xls/Jiangsu") else { return };
    for file in [
        "2-12分市地区生产总值(2018).xlsx",
        "2-12 分市地区生产总值(2019).xlsx",
        "2-12 分市地区生产总值(2020).xlsx",
        "2-12分市地区生产总值(2021).xlsx",
        "2-12分市地区生产总值(2022).xlsx",
        "2-12分市地区生产总值(2023).xlsx",
    ] {
        let reading = yearbook(&root, file);
        let regions: BTreeSet<_> = reading.frame.keys("region").unwrap().iter().cloned().collect();
        assert_eq!(regions.len(), 13, "{file}");
        for measure in
            ["gdp", "va_primary", "va_secondary", "va_tertiary", "va_industry", "gdp_per_capita"]
        {
            let cells = reading.frame.numbers(measure).unwrap();
            assert!(cells.iter().all(|cell| cell.number().is_some()), "{file} {measure}");
        }
        // Southern, middle and northern Jiangsu are kept apart, and hold the cities.
        let total = |rows: &agglo_core::Frame| {
            sum(rows.numbers("gdp").unwrap().iter().filter_map(|cell| cell.number()))
        };
        assert_eq!((reading.frame.n_rows(), reading.rows_totals), (13 * 7, 3 * 7), "{file}");
        assert_close(total(&reading.frame), total(&reading.totals.frame), 0.03);
    }
    let reading = yearbook(&root, "2-12 分市地区生产总值(2019).xlsx");
    assert_eq!(reading.rows_read, 16 * 7);
    assert_eq!(of(&reading, "南京", 2018, "gdp"), Datum::Number(12_820.40));
    // The printed `986 1. 56` and fourteen others were scanned apart.
    assert_eq!(of(&reading, "南京", 2015, "gdp"), Datum::Number(9_861.56));
    assert_eq!(count(&reading, "A0384"), 15);
    assert_eq!(reading.frame.column("gdp_per_capita").unwrap().unit(), "yuan");
    let strict = ReadSpec {
        strict: true,
        ..ReadSpec::new("region_year", "2-12 分市地区生产总值(2019).xlsx")
    };
    assert!(read(&strict, &root).unwrap().has_errors());
}

#[test]
fn zhejiang_s_main_indicators_are_told_by_their_heads() {
    let Some(root) = shared_data("china_yearbook_xls/Zhejiang") else { return };
    for year in 2012..=2022 {
        let kind = if year < 2019 { "xls" } else { "xlsx" };
        let reading = yearbook(&root, &format!("17-2 各市国民经济主要指标（{year}年）.{kind}"));
        assert_eq!(reading.frame.n_rows(), 11, "{year}");
        assert!(reading.frame.integers("period").unwrap().iter().all(|&period| period == year));
        assert!(note(&reading, "period-from-title").contains(&year.to_string()));
        let unknown = reading.notes.iter().find(|note| note.code == "heads-unknown");
        assert_eq!(unknown, None, "{year}");
    }
    let reading = yearbook(&root, "17-2 各市国民经济主要指标（2012年）.xls");
    assert_eq!(of(&reading, "杭州市", 2012, "gdp"), Datum::Number(7_802.01));
    assert_eq!(of(&reading, "杭州市", 2012, "va_industry"), Datum::Number(3_168.75));
    assert_eq!(of(&reading, "杭州市", 2012, "va_tertiary"), Datum::Number(3_974.27));
    let people = of(&reading, "杭州市", 2012, "population").number().unwrap();
    assert_close(people, 7_005_200.0, 1e-6);
    assert_eq!(reading.frame.column("population").unwrap().unit(), "persons");
    assert_eq!(
        note(&reading, "unit-converted"),
        "population: 10 thousand persons times 10000 are persons"
    );
    assert_eq!(reading.frame.column("exports").unwrap().unit(), "100 million US dollars");
    // The two halves of the province are totals, and Yiwu is a part of Jinhua.
    assert_eq!((reading.rows_totals, reading.rows_filtered), (2, 1));
    assert!(note(&reading, "of-which-aside").contains("义乌市"));
    let halves = reading.totals.frame.numbers("gdp").unwrap();
    assert_eq!(halves[0], Datum::Number(23_446.3));
}

#[test]
fn henan_s_counties_are_left_aside_and_read_on_demand() {
    let Some(root) = shared_data("china_yearbook_xls/Henan") else { return };
    for (file, year, counties) in [
        ("3-10  各市生产总值(2012).xlsx", 2012, 10),
        ("2-9  各市生产总值(2017).xls", 2017, 10),
        ("2-9  各市生产总值(2019).xls", 2019, 10),
        ("2-9  各市生产总值(2020).xls", 2020, 0),
        ("2-9  各市生产总值(2021).xls", 2021, 0),
    ] {
        let reading = yearbook(&root, file);
        assert_eq!((reading.frame.n_rows(), reading.rows_filtered), (18, counties), "{file}");
        assert!(reading.frame.integers("period").unwrap().iter().all(|&period| period == year));
        // The three sectors are the whole.
        for region in reading.frame.keys("region").unwrap() {
            let cell = |measure| of(&reading, &region, year, measure).number().unwrap();
            let parts = cell("va_primary") + cell("va_secondary") + cell("va_tertiary");
            assert_close(parts, cell("gdp"), 0.02);
        }
    }
    let spec = ReadSpec {
        level: Some("省直管县".into()),
        ..ReadSpec::new("region_year", "2-9  各市生产总值(2017).xls")
    };
    let counties = read_all(&spec, &root);
    assert_eq!((counties.frame.n_rows(), counties.rows_filtered), (10, 18));
    assert_eq!(of(&counties, "巩义市", 2017, "gdp"), Datum::Number(755.7943));
    let spec = ReadSpec { level: Some("county".into()), ..spec };
    assert!(read(&spec, &root).unwrap_err().to_string().contains("省辖市, 省直管县"));
}

#[test]
fn guangdong_and_sichuan_take_their_measure_from_the_title() {
    let Some(root) = shared_data("china_yearbook_xls") else { return };
    let first = yearbook(&root, "Guangdong/02-14-0.xls");
    assert_eq!(
        (first.rows_read, first.frame.n_rows(), first.totals.frame.n_rows()),
        (175, 147, 28)
    );
    assert_eq!(of(&first, "广州", 2010, "gdp"), Datum::Number(10_640.67));
    // The second file is a continuation whose title names no measure.
    let error = read(&ReadSpec::new("region_year", "Guangdong/02-14-1.xls"), &root).unwrap_err();
    assert!(error.to_string().contains("value = \"gdp\""), "{error}");
    let both = ReadSpec {
        value: Some("gdp".into()),
        ..ReadSpec::new("region_year", "Guangdong/02-14-*.xls")
    };
    let both = read_all(&both, &root);
    assert_eq!((both.files.len(), both.frame.n_rows()), (2, 21 * 14));
    assert_eq!(of(&both, "深圳", 2022, "gdp"), Datum::Number(32_387.681_9));
    let sichuan = yearbook(&root, "Sichuan/各市(州)地区生产总值.xlsx");
    assert_eq!((sichuan.frame.n_rows(), sichuan.rows_totals), (21 * 11, 11));
    assert_eq!(of(&sichuan, "阿坝藏族羌族自治州", 2022, "gdp"), Datum::Number(462.51));
    // The cities add up to the province but for rounding and the province's own corrections.
    let totals = sichuan.totals.frame.numbers("gdp").unwrap();
    assert_eq!(totals[10], Datum::Number(56_749.81));
}

#[test]
fn wiod_s_flows_stream_and_balance_with_its_output() {
    let Some(root) = shared_data("wiod") else { return };
    let start = std::time::Instant::now();
    let both = read_all(&ReadSpec::new("io", "?_2011.parquet"), &root);
    let peak = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak =
        peak.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown").trim();
    println!("WIOD 2011: {} cells in {:?}, peak {peak}", both.rows_read, start.elapsed());
    // One process per test: the peak is that of this table, and far from the gigabytes of a matrix
    // of texts.
    let peak: u64 = peak.trim_end_matches(" kB").parse().unwrap_or_default();
    assert!(peak < 1 << 20, "{peak} kB");
    assert_eq!(both.reader, "io-wiod");
    assert_eq!(both.rows_read, 1435 * (1435 + 205));
    let mut uses: BTreeMap<(String, String), f64> = BTreeMap::new();
    let regions = both.frame.keys("from_region").unwrap();
    let industries = both.frame.keys("from_industry").unwrap();
    for (row, cell) in both.frame.numbers("value").unwrap().iter().enumerate() {
        let key = (regions[row].to_string(), industries[row].to_string());
        *uses.entry(key).or_default() += cell.number().unwrap();
    }
    let output = std::fs::read_to_string(root.join("output_2011.csv")).unwrap();
    let mut largest = 0.0f64;
    for line in output.lines().skip(1) {
        let (label, value) = line.split_once(',').unwrap();
        let (country, code) = label.trim_matches('"').split_once('.').unwrap();
        let sold = uses[&(country.to_owned(), code.to_owned())];
        largest = largest.max((sold - value.parse::<f64>().unwrap()).abs());
    }
    // README: rows and final demand differ from output by up to 108.
    assert_close(largest, 108.0, 0.5);
}

#[test]
fn bea_tables_balance_and_their_totals_are_apart() {
    let Some(root) = shared_data("us_bea_io") else { return };
    for year in [2012, 2017, 2019, 2022] {
        let uses = read_all(
            &ReadSpec::new("io", format!("Summary_Use_{year}_PRO_BeforeRedef_17sch.csv")),
            &root,
        );
        let makes = read_all(
            &ReadSpec::new("io", format!("Summary_Make_{year}_BeforeRedef_17sch.csv")),
            &root,
        );
        assert_eq!((uses.reader.as_str(), makes.reader.as_str()), ("io-bea", "io-bea"));
        for code in ["A0381", "A0382", "A0383"] {
            assert_eq!(count(&uses, code) + count(&makes, code), 0, "{year} {code}");
        }
        // What industries make is what is used, commodity by commodity.
        let made = |code: &str| {
            flows(&makes.totals.frame, |from, to| from == "Total Commodity Output" && to == code)
        };
        let used = |code: &str| {
            flows(&uses.totals.frame, |from, to| from == code && to == "Total Commodity Output")
        };
        for code in ["111CA", "334", "Used", "Other"] {
            assert_eq!(made(code), used(code), "{year} {code}");
        }
    }
    let uses = read_all(&ReadSpec::new("io", "Summary_Use_2019_PRO_BeforeRedef_17sch.csv"), &root);
    // README: value added 2019 21.54 trillion dollars.
    let added = flows(&uses.frame, |from, _| from.starts_with("V00"));
    assert_close(added, 21_539_980.0, 0.5 * 71.0 * 3.0);
    assert!(
        uses.frame.keys("from_industry").unwrap().iter().all(|code| !code.starts_with("Total"))
    );
    let detail = read_all(&ReadSpec::new("io", "Detail_Use_2017_PRO_BeforeRedef_17sch.csv"), &root);
    assert_eq!(detail.rows_read, 408 * 425);
    assert_eq!(count(&detail, "A0381") + count(&detail, "A0382"), 0);
    assert_eq!(detail.frame.column("value").unwrap().unit(), "million US dollars");
}

#[test]
fn chinese_tables_balance_competitive_or_not() {
    let Some(root) = shared_data("china_io_national") else { return };
    // README: value added 2017 82.3 trillion yuan, 2020 101.6; the unit is 10,000 yuan.
    for (year, added) in [(2005, None), (2017, Some(82.3)), (2020, Some(101.6))] {
        let reading = read_all(&ReadSpec::new("io", format!("china_{year}_42.csv")), &root);
        assert_eq!(reading.reader, "io-china");
        for code in ["A0381", "A0382", "A0383"] {
            assert_eq!(count(&reading, code), 0, "{year} {code}");
        }
        assert_eq!(reading.frame.has("from_region"), added.is_some());
        if let Some(added) = added {
            let found = flows(&reading.frame, |from, _| from.starts_with("VA")) / 1e8;
            assert_close(found, added, 0.05);
        }
    }
    let competitive = read_all(&ReadSpec::new("io", "china_2005_42.csv"), &root);
    let imports = flows(&competitive.frame, |_, to| to == "IM");
    assert!(imports > 0.0 && note(&competitive, "io-lines").contains("IM"));
}

#[test]
fn brazil_s_sheets_are_read_one_by_one_and_add_up() {
    let Some(root) = shared_data("brazil_ibge_tru") else { return };
    let resources = ["oferta", "producao", "importacao"];
    for (book, sheets) in [
        (1, &resources[..]),
        (2, &["CI", "demanda", "VA"]),
        (3, &resources),
        (4, &["CI", "demanda"]),
    ] {
        for sheet in sheets {
            let file = format!("68_tab{book}_2015.xls");
            let spec = ReadSpec { sheet: Some((*sheet).into()), ..ReadSpec::new("io", file) };
            let reading = read_all(&spec, &root);
            assert_eq!(reading.reader, "io-ibge");
            assert_eq!(count(&reading, "A0381") + count(&reading, "A0382"), 0, "{book} {sheet}");
            assert_eq!(reading.rows_used, reading.rows_read);
            let products = if *sheet == "VA" { 8 } else { 128 };
            assert_eq!(reading.frame.n_rows() % products, 0, "{book} {sheet}");
        }
    }
    let make = read_all(&ReadSpec::new("io", "68_tab1_2015.xls"), &root);
    // Activity 0191 makes 10,551 of rice and other cereals.
    assert_eq!(flows(&make.frame, |from, to| from == "0191" && to == "01911"), 10_551.0);
    let uses = read_all(&ReadSpec::new("io", "68_tab2_2015.xls"), &root);
    assert_eq!(flows(&uses.frame, |_, to| to == "0191"), 146_174.0);
    let spec = ReadSpec { sheet: Some("VA".into()), ..ReadSpec::new("io", "68_tab2_2015.xls") };
    let added = read_all(&spec, &root);
    let total = flows(&added.totals.frame, |from, to| {
        from.starts_with("Valor adicionado") && to != "Total da atividade"
    });
    println!("VA {total}");
}

#[test]
fn pymrio_s_files_keep_regions_units_and_factors() {
    let Some(root) = shared_data("pymrio_test_mrio") else { return };
    let flows_file = read_all(&ReadSpec::new("io", "trade_flows_Z.txt"), &root);
    assert_eq!((flows_file.reader.as_str(), flows_file.rows_read), ("io-pymrio", 48 * 48));
    assert_eq!(flows_file.frame.column("value").unwrap().unit(), "Mill USD");
    let demand = read_all(&ReadSpec::new("io", "finald_demand_Y.txt"), &root);
    assert_eq!(demand.rows_read, 48 * 42);
    let factors = read_all(&ReadSpec::new("io", "factor_input.txt"), &root);
    assert_eq!((factors.rows_read, factors.frame.has("from_region")), (48, false));
    let first = |keep: &dyn Fn(&str, &str) -> bool| flows(&flows_file.frame, keep);
    assert!(first(&|from, to| from == "food" && to == "mining") > 57.0);
    assert_eq!(factors.frame.numbers("value").unwrap()[0], Datum::Number(111_490.88));
}

#[test]
fn long_tables_are_read_under_their_publishers_headings() {
    let Some(root) = shared_data("") else { return };
    let finland = read_all(&ReadSpec::new("io", "finland_regional_io_2014/io2014.csv"), &root);
    assert_eq!((finland.reader.as_str(), finland.rows_read), ("io-long", 30_381));
    let uk = read_all(&ReadSpec::new("io", "io_textbook/uk_2010_iot_domestic_pxp_long.csv"), &root);
    assert_eq!(
        (uk.rows_read, uk.frame.column("value").unwrap().unit()),
        (18_492, "million pounds")
    );
    // Inputs of the first product and its output, both printed.
    let inputs = flows(&uk.frame, |_, to| to == "01");
    let output = flows(&uk.totals.frame, |from, to| from == "Total output" && to == "01");
    assert_close(inputs, output, 1e-6 * output);
    let germany = sniff(&root.join("io_textbook/germany_1995.csv")).unwrap();
    assert_eq!((germany.reader.as_str(), germany.table.as_deref()), ("io-long", Some("io")));
    assert_eq!(germany.constants["period"], "1995");
    let germany = read_all(&germany.to_spec(), Path::new(""));
    assert_eq!(flows(&germany.frame, |from, to| from == "CPA_A" && to == "CPA_B-E"), 25_480.0);
}

#[test]
fn files_of_other_layouts_are_not_taken_for_these() {
    let Some(root) = shared_data("") else { return };
    let ours = [
        "nbs-annual",
        "yearbook",
        "io-icio",
        "io-wiod",
        "io-bea",
        "io-china",
        "io-pymrio",
        "io-long",
        "io-ibge",
    ];
    for file in [
        "us_bea_cagdp2/CAGDP2_AL_2001_2021.csv",
        "us_cbp_puerto_rico/cbp16pr_mun.csv",
        "uk_bres_itl2/bres_itl2_sic5_2019.csv",
        "uk_bres_itl2/gb_enterprises_by_size_band_sic5.csv",
        "eu_sbs_nuts2_2015/sbs_r_nuts06_r2.csv",
        "us_ghgrp_facilities/ghgp_data_2016.xlsx",
        "germany_reat/G.regions.industries.csv",
        "china_province/industry_panel_1990_2020.csv",
        "china_province/provinces.csv",
        "china_io_national/china_employment.csv",
        "us_bea_io/Summary_CommodityCodeName_2017.csv",
        "wiod/output_2011.csv",
        "wiod/industries.csv",
        "io_textbook/uk_2010_published_multipliers.csv",
        "pymrio_test_mrio/population.txt",
        "uk_ons_gva/Table 1c ITL1 UK current price estimates pounds million.csv",
        "policy_eval/castle.csv",
    ] {
        let sniff = sniff(&root.join(file)).unwrap();
        assert!(!ours.contains(&sniff.reader.as_str()), "{file} as {}", sniff.reader);
    }
}
