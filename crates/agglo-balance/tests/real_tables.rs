//! Official tables: do they add up, and how near do hidden cells come to the truth?
//!
//! The figures in docs/guide/suppression.md are printed by these tests.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test that prints its figures")]

use std::collections::BTreeMap;
use std::fs;

use agglo_balance::{
    Absent, BoundsOptions, Candidates, Cell, Dimension, Equation, Hierarchy, How, Pattern, Row,
    System, SystemBuilder, ValidateOptions, Validation, bounds, check, maximum_entropy, validate,
};
use agglo_core::Seed;

/// The fields of a line of CSV; a comma inside quotes does not split.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in line.trim_end().chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => fields.last_mut().unwrap().push(c),
        }
    }
    fields.iter().map(|field| field.trim().to_owned()).collect()
}

fn lines(path: &str) -> Option<Vec<Vec<String>>> {
    let bytes = fs::read(agglo_testkit::shared_data(path)?).unwrap();
    Some(String::from_utf8_lossy(&bytes).lines().map(fields).collect())
}

fn parents(pairs: &[(&str, &str)]) -> Hierarchy {
    Hierarchy::Parents(pairs.iter().map(|&(a, b)| (a.into(), b.into())).collect())
}

/// The equations whose cells are all known, and those cells.
fn known_part(system: &System) -> System {
    let known = |equation: &&Equation| {
        equation.parts.iter().chain([&equation.total]).all(|&c| system.cells()[c].value.is_some())
    };
    let mut place = BTreeMap::new();
    let mut cells = Vec::new();
    let mut equations = Vec::new();
    for equation in system.equations().iter().filter(known) {
        let mut put = |cell: usize| {
            *place.entry(cell).or_insert_with(|| {
                cells.push(system.cells()[cell]);
                cells.len() - 1
            })
        };
        let (total, parts) =
            (put(equation.total), equation.parts.iter().map(|&p| put(p)).collect());
        equations.push(Equation { total, parts, ..equation.clone() });
    }
    System::new(cells, equations).unwrap()
}

fn hide(name: &str, system: &System, pattern: Pattern, share: f64) -> Validation {
    let options = ValidateOptions { share, pattern, candidates: Candidates::Leaves, draws: 200 };
    let found = validate(system, &options, Seed(1)).unwrap();
    let show = |figure: Option<f64>| figure.map_or("-".to_owned(), |figure| format!("{figure:.3}"));
    eprintln!(
        "| {name} | {pattern:?} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
        found.n_hidden,
        found.n_exact,
        show(found.mae),
        show(found.mape_median),
        show(found.rmse),
        show(found.rank_correlation),
        show(found.coverage_bounds),
        show(found.coverage_50),
        show(found.coverage_90),
        show(found.mean_width_bounds)
    );
    assert_eq!(found.n_gaps, 0, "{found:?}");
    // What a walk or a program misses by rounding alone is granted in `validate`.
    assert_eq!(found.coverage_bounds, Some(1.0), "{found:?}");
    found
}

/// Employment by region and division of SIC 2007, with margins summed here.
fn bres(prior: bool) -> Option<System> {
    let mut table: BTreeMap<(String, String), f64> = BTreeMap::new();
    for line in lines("uk_bres_itl2/bres_itl2_sic5_2019.csv")?.iter().skip(1) {
        let value: f64 = line[3].parse().unwrap();
        for region in [line[1].as_str(), "GB"] {
            for industry in [&line[2][..2], "all"] {
                *table.entry((region.into(), industry.into())).or_default() += value;
            }
        }
    }
    let margin = |region: &str, industry: &str| table[&(region.to_owned(), industry.to_owned())];
    let row = |((region, industry), &value): (&(String, String), &f64)| {
        let mut cell = Cell::known(value);
        let guess = margin(region, "all") * margin("GB", industry) / margin("GB", "all");
        if prior && guess > 0.0 {
            cell = cell.with_prior(guess);
        }
        Row { keys: vec![region.as_str().into(), industry.as_str().into()], cell }
    };
    let dimension = |name: &str, total: &str| Dimension {
        name: name.into(),
        hierarchies: vec![Hierarchy::TotalOfOthers(total.into())],
    };
    let dimensions = vec![dimension("region", "GB"), dimension("division", "all")];
    Some(
        SystemBuilder::new(dimensions, Absent::Unknown)
            .from_rows(&table.iter().map(row).collect::<Vec<_>>())
            .unwrap(),
    )
}

#[test]
fn hidden_divisions_of_british_regions_are_recovered() {
    let (Some(plain), Some(shares)) = (bres(false), bres(true)) else { return };
    assert_eq!(check(&plain), []);
    for pattern in [Pattern::Random, Pattern::SmallFirst, Pattern::Protected] {
        hide("BRES 2019, no prior", &plain, pattern, 0.05);
        let found = hide("BRES 2019, prior from margins", &shares, pattern, 0.05);
        assert!(found.coverage_90.unwrap() > 0.6, "{found:?}");
    }
}

/// GDP of states and BEA regions by line, thousand dollars, with last year's as prior where asked.
fn bea(prior: bool) -> Option<System> {
    bea_of(prior, &|area| area != "00000")
}

fn bea_of(prior: bool, wanted: &dyn Fn(&str) -> bool) -> Option<System> {
    let table = lines("us_bea_cagdp2/CAGDP2_US_2001_2021.csv")?;
    let mut rows = Vec::new();
    let mut regions = Vec::new();
    for line in table.iter().skip(1).filter(|line| line.len() == 29 && line[0].ends_with("000")) {
        let (area, region) = (line[0].as_str(), line[2].as_str());
        if !wanted(area) {
            continue;
        }
        if area < "90000" && area != "00000" && line[4] == "1" {
            regions.push((area.to_owned(), format!("9{region}000")));
        }
        let value: f64 = line[28].parse().unwrap();
        let mut cell = Cell::known(value);
        // The national row is in whole millions, the others are in whole thousands.
        cell.rounding = if area == "00000" { 1_000.0 } else { 1.0 };
        let last: f64 = line[27].parse().unwrap();
        if prior && last > 0.0 {
            cell = cell.with_prior(last);
        }
        if value < 0.0 {
            cell.lower = f64::NEG_INFINITY;
        }
        rows.push(Row { keys: vec![area.into(), line[4].as_str().into()], cell });
    }
    let regions: Vec<(&str, &str)> =
        regions.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let under =
        |total: &'static str, parts: &[&'static str]| -> Vec<(&'static str, &'static str)> {
            parts.iter().map(|&part| (part, total)).collect()
        };
    let private =
        ["3", "6", "10", "11", "12", "34", "35", "36", "45", "50", "59", "68", "75", "82"];
    let lines = [
        under("1", &["2", "83"]),
        under("2", &private),
        under("12", &["13", "25"]),
        under("50", &["51", "56"]),
        under("59", &["60", "64", "65"]),
        under("68", &["69", "70"]),
        under("75", &["76", "79"]),
    ]
    .concat();
    let addenda = [
        under("87", &["3", "6"]),
        under("88", &["34", "35"]),
        under("89", &["10", "36"]),
        under("90", &["12", "45"]),
    ]
    .concat();
    let dimensions = vec![
        Dimension { name: "area".into(), hierarchies: vec![parents(&regions)] },
        Dimension { name: "line".into(), hierarchies: vec![parents(&lines), parents(&addenda)] },
    ];
    Some(SystemBuilder::new(dimensions, Absent::Unknown).from_rows(&rows).unwrap())
}

#[test]
fn one_national_sum_of_american_gdp_is_off_by_more_than_rounding() {
    let Some(national) = bea_of(false, &|_| true) else { return };
    // Utilities and transportation, 2021, million dollars: 1,066,675 beside 1,066,673.
    let found = check(&national);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].label, "area 00000, line 89: sum over line");
    assert_eq!((found[0].gap, found[0].allowed), (2_000.0, 1_500.0));
}

#[test]
fn hidden_lines_of_american_states_are_recovered() {
    let (Some(plain), Some(last_year)) = (bea(false), bea(true)) else { return };
    assert_eq!(check(&plain), []);
    for (pattern, share) in
        [(Pattern::Random, 0.3), (Pattern::SmallFirst, 0.3), (Pattern::Protected, 0.1)]
    {
        let without = hide("BEA 2021, no prior", &plain, pattern, share);
        let with = hide("BEA 2021, prior 2020", &last_year, pattern, share);
        assert!(with.mae.unwrap() < without.mae.unwrap(), "{with:?}");
    }
}

/// Employment of municipios by industry; withheld cells between the ends of their letter.
fn cbp() -> Option<System> {
    let table = lines("us_cbp_puerto_rico/cbp16pr_mun.csv")?;
    let classes = [
        0.0, 20.0, 100.0, 250.0, 500.0, 1_000.0, 2_500.0, 5_000.0, 10_000.0, 25_000.0, 50_000.0,
        100_000.0,
    ];
    let middles =
        [2.5, 7.0, 14.5, 34.5, 74.5, 174.5, 374.5, 749.5, 0.0, 1_249.5, 1_999.5, 3_749.5, 7_499.5];
    let mut rows = Vec::new();
    let mut ladder = BTreeMap::new();
    for line in table.iter().skip(1) {
        let value: f64 = line[5].parse().unwrap();
        let class = match line[3].as_str() {
            "" => classes.iter().rposition(|&from| from <= value).unwrap(),
            letter => "ABCEFGHIJKLM".find(letter).unwrap(),
        };
        let upper = classes.get(class + 1).map_or(f64::INFINITY, |next| next - 1.0);
        let guess: f64 = line[11..24]
            .iter()
            .zip(middles)
            .map(|(n, middle)| n.parse::<f64>().unwrap() * middle)
            .sum();
        let mut cell = Cell::between(classes[class], upper).with_prior(guess);
        cell.value = line[3].is_empty().then_some(value);
        rows.push(Row { keys: vec![line[1].as_str().into(), line[2].as_str().into()], cell });
        let code = line[2].trim_end_matches(['-', '/']);
        let up = match (code.len(), code.get(..2)) {
            (0, _) => continue,
            (2, _) => "------".to_owned(),
            (3, Some("32" | "33")) => "31----".to_owned(),
            (3, Some("45")) => "44----".to_owned(),
            (3, Some("49")) => "48----".to_owned(),
            (3, Some(sector)) => format!("{sector}----"),
            (length, _) => format!("{:/<6}", &code[..length - 1]),
        };
        ladder.insert(line[2].as_str().into(), up.as_str().into());
    }
    let dimensions = vec![
        Dimension { name: "municipio".into(), hierarchies: vec![] },
        Dimension { name: "industry".into(), hierarchies: vec![Hierarchy::Parents(ladder)] },
    ];
    Some(SystemBuilder::new(dimensions, Absent::Zero).from_rows(&rows).unwrap())
}

#[test]
fn hidden_industries_of_puerto_rico_are_recovered_from_letters_and_size_classes() {
    let Some(system) = cbp() else { return };
    let known = known_part(&system);
    let off = check(&known);
    eprintln!(
        "CBP 2016: {} of {} equations all known, {} do not hold",
        known.equations().len(),
        system.equations().len(),
        off.len()
    );
    for pattern in [Pattern::Random, Pattern::SmallFirst, Pattern::Protected] {
        let found = hide("CBP 2016, letters and size classes", &known, pattern, 0.2);
        assert!(found.rank_correlation.unwrap() > 0.8, "{found:?}");
    }
}

#[test]
fn letters_of_puerto_rico_are_narrowed_by_its_totals_and_every_conflict_is_named() {
    let Some(system) = cbp() else { return };
    let start = std::time::Instant::now();
    let found = bounds(&system, &BoundsOptions { max_component: 100 });
    let took = start.elapsed();
    let count = |how| found.how.iter().filter(|&&other| other == how).count();
    let withheld: Vec<usize> =
        (0..found.how.len()).filter(|&c| system.cells()[c].value.is_none()).collect();
    let narrower = withheld.iter().filter(|&&c| {
        let cell = &system.cells()[c];
        found.upper[c] - found.lower[c] < 0.5 * (cell.upper - cell.lower)
    });
    eprintln!(
        "CBP 2016: {} cells, {} withheld, {} exact, {} propagated, {} in {} conflicts; {} less than half as wide; {took:?}",
        found.how.len(),
        withheld.len(),
        count(How::Exact),
        count(How::Propagated),
        count(How::Infeasible),
        found.infeasible.len(),
        narrower.count()
    );
    assert_eq!(found.infeasible, []);
    assert_eq!(count(How::Known) + withheld.len(), found.how.len());
    let start = std::time::Instant::now();
    let filled = maximum_entropy(&system);
    eprintln!(
        "CBP 2016: maximum entropy in {:?}, {} sweeps, residual {:e}, {} components unfilled",
        start.elapsed(),
        filled.iterations,
        filled.residual,
        filled.unfilled.len()
    );
    assert_eq!(filled.unfilled, []);
    for (cell, value) in filled.values.iter().enumerate() {
        if let Some(value) = value {
            assert!(*value >= found.lower[cell] - 1e-4 && *value <= found.upper[cell] + 1e-4);
        }
    }
}
