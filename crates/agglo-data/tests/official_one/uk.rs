//! British sources: accounts of the ONS, the register of companies, business demography.

use super::*;

/// Nested industries of two regions, thousands, a negative value, and the kingdom.
pub(crate) const GVA: &str = "\
ITL region code,ITL region name,SIC07 code,SIC07 description,2020,2021
UK,United Kingdom,Total,All industries,\"3,000\",\"3,300\"
TLC1,Tees Valley,Total,All industries,\"1,000\",\"1,100\"
TLC1,Tees Valley,A-E,Production sector,600,620
TLC1,Tees Valley,AB (1-9),Farming and mining,100,-20
TLC1,Tees Valley,C (10-33),Manufacturing,500,640
TLC1,Tees Valley,CA (10-12),Food,200,240
TLC1,Tees Valley,10,Food products,150,180
TLC1,Tees Valley,11-12,Drink and tobacco,50,60
TLC1,Tees Valley,CB (13-15),Textiles,300,400
TLC1,Tees Valley,F (41-43),Construction,400,480
TLC1,Tees Valley,41,Buildings,400,480
TLC2,Northumberland,Total,All industries,10,x
";

pub(crate) const COMPANIES: &str = "\
company_number,status,incorporated,sic1,sic2,lad_code,easting,northing,lon,lat
01,Active,13/10/2010,62020 - Information technology consultancy activities,,E08000018,448141,392259,-1.27,53.42
02,Active,2012-09-20,4521 - Gen construction & civil engineer,,E08000019,440830,389911,-1.38,53.40
03,Liquidation,01/01/1999,None Supplied,,E08000019,440830,389911,-1.38,53.40
04,Active,soon,82990 - Other business support,,E08000019,440830,389911,-1.38,53.40
05,Active,,82990 - Other business support,,E08000019,,,,
06,Active,01/01/1999,82990 - Other,,,440830,389911,-1.38,53.40
";

fn gva(level: Option<&str>) -> ReadSpec {
    ReadSpec {
        level: level.map(str::to_owned),
        ..ReadSpec::new("activity", "gva pounds million.csv")
    }
}

#[test]
fn nested_industries_give_each_part_once() {
    let files = [("gva pounds million.csv", GVA)];
    let check = |level: Option<&str>, expected: &[&str]| {
        let reading = read_files(&files, &gva(level));
        let mut found = codes(&reading.frame, "industry");
        found.dedup();
        assert_eq!(found, expected, "{level:?}");
        reading
    };
    let finest = check(None, &["AB (1-9)", "10", "11-12", "CB (13-15)", "41"]);
    assert_eq!((finest.rows_used, finest.rows_totals, finest.rows_rejected), (11, 6, 1));
    assert_eq!(finest.frame.numbers("value_added").unwrap()[..2], [number(100.0), number(-20.0)]);
    assert_eq!(finest.totals.frame.numbers("value_added").unwrap()[0], number(3000.0));
    assert_eq!(finest.frame.column("value_added").unwrap().unit(), "million GBP");
    let bad = finest.diagnostics.iter().find(|d| d.code == "A0302").unwrap();
    assert_eq!((bad.row, bad.column.as_deref()), (Some(13), Some("2021")));
    let (_, origin) = finest.origins.locate("value_added", 2).unwrap();
    assert_eq!((origin.row, origin.column), (8, 4));
    check(Some("subsection"), &["AB (1-9)", "CA (10-12)", "CB (13-15)", "F (41-43)"]);
    let sections = check(Some("section"), &["AB (1-9)", "C (10-33)", "F (41-43)"]);
    assert_eq!(sections.rows_filtered, 5);
    check(Some("sector"), &["A-E"]);
    check(Some("total"), &["Total"]);
    let wrong = refusal("gva pounds million.csv", GVA, &gva(Some("division")));
    says(&wrong, &["A0210", "division"]);
}

#[test]
fn the_accounts_add_up_to_the_published_sums() {
    let Some(root) = shared_data("uk_ons_gva") else { return };
    // README: 2021 adds up to 2,025,598 (ITL2) and 2,025,600 (ITL3), with 41 and 179 regions.
    for (file, expected, n_regions, n_rows) in [
        ("Table 2c ITL2 UK current price estimates pounds million.csv", 2_025_598.0, 41, 3_936),
        ("Table 3c ITL3 UK current price estimates pounds million.csv", 2_025_600.0, 179, 11_456),
    ] {
        let at = |level: &str| {
            let spec = ReadSpec::new("activity", file);
            let reading = read_in(&root, &ReadSpec { level: Some(level.into()), ..spec });
            assert_eq!(reading.rows_rejected, 0);
            assert_eq!(reading.rows_read + reading.rows_filtered, n_rows);
            let years = reading.frame.integers("period").unwrap();
            (total(&reading.frame, "value_added", |row| years[row] == 2021), reading)
        };
        let (whole, totals) = at("total");
        assert_eq!((whole, totals.frame.n_rows()), (expected, n_regions * 24));
        // Every other level covers the same economy, rounded to millions cell by cell; the level
        // `sector` has construction in neither of its two sums.
        for level in ["section", "subsection", "finest"] {
            let (sum, reading) = at(level);
            assert!((sum - expected).abs() < 0.001 * expected, "{file} {level}: {sum}");
            assert!(reading.rows_totals > 0);
        }
    }
}

#[test]
fn the_kingdom_and_england_are_totals_of_the_regions() {
    let Some(root) = shared_data("uk_ons_gva") else { return };
    let file = "Table 1c ITL1 UK current price estimates pounds million.csv";
    let spec = ReadSpec { level: Some("total".into()), ..ReadSpec::new("activity", file) };
    let reading = read_in(&root, &spec);
    // Twelve regions and Extra-Regio; the kingdom with and without it, and England.
    assert_eq!((reading.frame.n_rows(), reading.totals.frame.n_rows()), (13 * 24, 3 * 24));
    let sum = |frame: &Frame, region: Option<&str>| {
        let (years, regions) = (frame.integers("period").unwrap(), codes(frame, "region"));
        total(frame, "value_added", |row| {
            years[row] == 2021 && region.is_none_or(|region| regions[row] == region)
        })
    };
    let (parts, whole) = (sum(&reading.frame, None), sum(&reading.totals.frame, Some("UK")));
    assert!((parts - whole).abs() <= 7.0, "{parts} {whole}");
}

#[test]
fn companies_become_plants_with_code_year_and_place() {
    let spec = ReadSpec::new("plant", "companies.csv");
    let reading = read_files(&[("companies.csv", COMPANIES)], &spec);
    assert_eq!(reading.reader, "companies-house");
    assert_eq!(codes(&reading.frame, "plant"), ["01", "02", "05"]);
    assert_eq!(codes(&reading.frame, "industry"), ["62020", "4521", "82990"]);
    let opened = reading.frame.column("opened_year").unwrap().values().clone();
    assert_eq!(opened, agglo_core::Values::Integer(vec![Some(2010), Some(2012), None]));
    assert_eq!(reading.frame.numbers("x_km").unwrap()[0], number(448.141));
    assert_eq!(reading.frame.numbers("lat").unwrap()[2], MISSING);
    // No industry: aside; no date: rejected; no region: rejected.
    assert_eq!((reading.rows_read, reading.rows_rejected, reading.rows_filtered), (5, 2, 1));
    let found: Vec<_> = reading.diagnostics.iter().map(|d| (d.code, d.row)).collect();
    assert_eq!(found, [("A0311", Some(5)), ("A0301", Some(7))]);
    for code in ["companies-without-industry", "companies-older-codes"] {
        assert!(notes(&reading).contains(&code));
    }
    let meters = spec.clone().column("easting", "easting");
    let meters = read_files(&[("companies.csv", COMPANIES)], &meters);
    assert_eq!(meters.frame.numbers("easting").unwrap()[0], number(448_141.0));
    let active = spec.keep("status", &["Active"]);
    assert_eq!(read_files(&[("companies.csv", COMPANIES)], &active).rows_filtered, 1);
}

#[test]
fn the_bulk_file_of_the_register_is_known_by_its_own_headings() {
    let text = "CompanyName, CompanyNumber,RegAddress.County,RegAddress.PostCode,CompanyStatus,\
                DissolutionDate,IncorporationDate,SICCode.SicText_1\n\
                \"A, B LTD\",00000001,KENT,X1 1AA,Active,,31/12/1980,10110 - Processing of meat\n";
    let reading = read_files(&[("basic.csv", text)], &ReadSpec::new("plant", "basic.csv"));
    assert_eq!(codes(&reading.frame, "region"), ["KENT"]);
    assert_eq!(codes(&reading.frame, "plant"), ["00000001"]);
}

#[test]
fn the_companies_of_south_yorkshire_are_all_accounted_for() {
    let Some(root) = shared_data("uk_companies_south_yorkshire") else { return };
    let spec = ReadSpec::new("plant", "companies_sheffield_rotherham.csv");
    let reading = read_in(&root, &spec);
    // README: 33,752 in Sheffield, 12,859 in Rotherham; 325 supplied no industry, 1,095 dormant.
    assert_eq!((reading.rows_read, reading.rows_filtered, reading.rows_rejected), (46_286, 325, 0));
    let regions = codes(&reading.frame, "region");
    let industries = codes(&reading.frame, "industry");
    assert_eq!(industries.iter().filter(|code| *code == "99999").count(), 1_095);
    let sheffield = regions.iter().filter(|code| *code == "E08000019").count();
    assert!(sheffield > 33_000 && sheffield <= 33_752);
    assert!(reading.frame.numbers("lon").unwrap().iter().all(|cell| cell.number().is_some()));
}

#[test]
fn business_demography_is_tidy() {
    let Some(root) = shared_data("uk_business_demography") else { return };
    // README: 2,844,705 active 2017; 336,925 births and 345,490 deaths 2022.
    for (file, measure, year, expected) in [
        ("active_lad_long.csv", "active", 2017, 2_844_705.0),
        ("births_lad_long.csv", "births", 2022, 336_925.0),
        ("deaths_lad_long.csv", "deaths", 2022, 345_490.0),
    ] {
        let spec = ReadSpec::new("region_year", file).column("region", "code");
        let reading = read_in(&root, &spec.column(measure, "count"));
        assert_eq!((reading.rows_used, reading.rows_rejected), (374 * 6, 0));
        let years = reading.frame.integers("period").unwrap();
        assert_eq!(total(&reading.frame, measure, |row| years[row] == year), expected, "{file}");
    }
}

#[test]
fn enterprises_by_size_band_are_tidy() {
    let Some(root) = shared_data("uk_bres_itl2") else { return };
    let look = sniff(&root.join("gb_enterprises_by_size_band_sic5.csv")).unwrap();
    let reading = read_in(Path::new(""), &look.to_spec());
    let years = reading.frame.integers("period").unwrap();
    // README: 2.69 million enterprises in 2022.
    let enterprises = total(&reading.frame, "n_plants", |row| years[row] == 2022);
    assert!((2_685_000.0..2_695_000.0).contains(&enterprises), "{enterprises}");
}
