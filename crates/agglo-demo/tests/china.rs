//! The built-in study of China: complete, consistent, and showing what it is there to show.
#![expect(clippy::unwrap_used, reason = "a table that cannot be read fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use agglo_demo::{Files, studies, write};
use agglo_testkit::{assert_close, scratch, shared_data, workspace_root};

type Row = BTreeMap<String, String>;

fn read(path: &Path) -> Vec<Row> {
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

fn china(path: &str) -> Vec<Row> {
    read(&workspace_root().join("demos/china").join(path))
}

/// Mean absolute difference of all pairs, over twice the mean.
fn gini(values: &[f64]) -> f64 {
    let total: f64 = values.iter().sum();
    let differences: f64 =
        values.iter().flat_map(|a| values.iter().map(move |b| (a - b).abs())).sum();
    differences / (2.0 * values.len() as f64 * total)
}

/// Industrial value added, (region, year) to 100 million yuan; what is blank is not in it.
fn industry() -> BTreeMap<(String, i32), f64> {
    let mut values = BTreeMap::new();
    for row in china("data/industrial_value_added.csv") {
        for (heading, cell) in &row {
            if let (Ok(year), Ok(value)) = (heading.parse::<i32>(), cell.parse::<f64>()) {
                values.insert((row["region"].clone(), year), value);
            }
        }
    }
    values
}

fn ginis() -> BTreeMap<i32, f64> {
    let mut years: BTreeMap<i32, Vec<f64>> = BTreeMap::new();
    for ((_, year), value) in industry() {
        years.entry(year).or_default().push(value);
    }
    // Thirty provinces are not comparable with thirty-one.
    years.retain(|_, values| values.len() == 31);
    years.into_iter().map(|(year, values)| (year, gini(&values))).collect()
}

#[test]
fn two_figures_are_blank_and_no_other() {
    let industry = industry();
    let blank: Vec<(String, i32)> = china("data/regions.csv")
        .iter()
        .flat_map(|row| (1992..=2022).map(move |year| (row["region"].clone(), year)))
        .filter(|key| !industry.contains_key(key))
        .collect();
    assert_eq!(blank, [("340000".to_owned(), 1997), ("410000".to_owned(), 2005)]);
}

#[test]
fn concentration_rises_to_2003_or_2004_falls_to_2013_rises_to_2016_and_falls() {
    let found = ginis();
    let best = |from: i32, to: i32, sign: f64| {
        let years = found.range(from..=to);
        *years.max_by(|a, b| (sign * a.1).total_cmp(&(sign * b.1))).unwrap().0
    };
    assert!([2003, 2004].contains(&best(1992, 2022, 1.0)));
    assert!([2012, 2013].contains(&best(2004, 2016, -1.0)));
    assert!([2016, 2017].contains(&best(2013, 2022, 1.0)));
    for (year, value) in [(1992, 0.438), (2003, 0.486), (2004, 0.484), (2013, 0.450), (2022, 0.454)]
    {
        assert_close(found[&year], value, 0.0006);
    }
}

/// Every figure is the published one: the compilations where they lie agree to the cent.
#[test]
fn the_annual_figures_agree_with_the_published_series() {
    let (Some(panel), Some(later)) = (
        shared_data("china_province/industry_panel_1990_2020.csv"),
        shared_data("china_province/industrial_value_added_2013_2022.csv"),
    ) else {
        return;
    };
    let industry = industry();
    let rows = read(&panel).into_iter().filter(|row| row["year"].as_str() <= "2012");
    for row in rows.chain(read(&later)) {
        let key = (row["gb_code"].clone(), row["year"].parse().unwrap());
        if let Some(value) = industry.get(&key) {
            assert_close(*value, row["industrial_va_100m_yuan"].parse().unwrap(), 0.005_001);
        }
    }
}

#[test]
fn groups_are_partitions_except_the_one_that_overlaps() {
    let regions: BTreeSet<String> =
        china("data/regions.csv").into_iter().map(|row| row["region"].clone()).collect();
    assert_eq!(regions.len(), 31);
    let sizes = |name: &str| -> BTreeMap<String, usize> {
        let mut sizes = BTreeMap::new();
        for row in china(&format!("groups/{name}.csv")) {
            assert!(regions.contains(&row["region"]), "{name}: {}", row["region"]);
            *sizes.entry(row["group"].clone()).or_default() += 1;
        }
        sizes
    };
    for (name, expected) in [
        ("cn3", &[("central", 8), ("east", 11), ("west", 12)][..]),
        ("cn4", &[("central", 6), ("east", 10), ("northeast", 3), ("west", 12)]),
        (
            "cn6",
            &[
                ("east", 7),
                ("north", 5),
                ("northeast", 3),
                ("northwest", 5),
                ("south-central", 6),
                ("southwest", 5),
            ],
        ),
    ] {
        let found = sizes(name);
        let found: Vec<(&str, usize)> = found.iter().map(|(k, n)| (k.as_str(), *n)).collect();
        assert_eq!(found, expected, "{name}");
        let members: BTreeSet<_> =
            china(&format!("groups/{name}.csv")).into_iter().map(|r| r["region"].clone()).collect();
        assert_eq!(members, regions, "{name}");
    }
    let pattern = sizes("pattern_1_3_2");
    assert_eq!(pattern["belt"], 11);
    assert_eq!(pattern.keys().filter(|group| group.starts_with("core-")).count(), 3);
}

/// 1,411,778,724 persons less two million in active service: communiqué no. 3.
#[test]
fn the_census_adds_up_to_the_published_total() {
    let total: u64 = china("data/region_year.csv")
        .iter()
        .filter(|row| row["year"] == "2020")
        .map(|row| row["population"].parse::<u64>().unwrap())
        .sum();
    assert_eq!(total, 1_409_778_724);
}

#[test]
fn structure_is_never_negative_and_blank_only_where_a_flag_says_so() {
    let flagged: BTreeSet<(String, String)> = china("data/flags.csv")
        .into_iter()
        .filter(|row| row["table"] == "structure")
        .map(|row| (row["region"].clone(), row["year"].clone()))
        .collect();
    let mut blank = BTreeSet::new();
    for row in china("data/structure.csv") {
        match row["value_added"].parse::<f64>() {
            Ok(value) => assert!(value >= 0.0, "{row:?}"),
            Err(_) => {
                blank.insert((row["region"].clone(), row["year"].clone()));
            }
        }
    }
    assert_eq!(blank, flagged);
}

#[test]
fn the_indicators_follow_from_the_other_tables() {
    let industry = industry();
    let year = |region: &str, year: i32| industry[&(region.to_owned(), year)];
    let national = |y: i32| -> f64 {
        industry.iter().filter(|((_, year), _)| *year == y).map(|(_, value)| value).sum()
    };
    let mut product = BTreeMap::new();
    let mut population = BTreeMap::new();
    for row in china("data/region_year.csv").iter().filter(|row| row["year"] == "2020") {
        product.insert(row["region"].clone(), row["grp"].parse::<f64>().unwrap());
        population.insert(row["region"].clone(), row["population"].parse::<f64>().unwrap());
    }
    let total: f64 = product.values().sum();
    let area: BTreeMap<String, f64> = china("data/regions.csv")
        .iter()
        .map(|row| (row["region"].clone(), row["area_km2"].parse().unwrap()))
        .collect();
    let clusters: BTreeMap<String, f64> = china("data/national_clusters_2022_by_region.csv")
        .iter()
        .map(|row| (row["region"].clone(), row["clusters"].parse().unwrap()))
        .collect();
    let tree: BTreeSet<String> =
        china("data/indicator_meta.csv").iter().map(|row| row["indicator"].clone()).collect();
    for row in china("data/indicator.csv") {
        assert!(tree.contains(&row["indicator"]), "{row:?}");
        let region = row["region"].as_str();
        let (va, grp) = (year(region, 2020), product[region]);
        let growth =
            |from: i32, years: f64| ((va / year(region, from)).powf(1.0 / years) - 1.0) * 100.0;
        let expected = match row["indicator"].as_str() {
            "industrial_va" => va,
            "grp" => grp,
            "industry_share" => va / grp,
            "industrial_lq" => va / grp / (national(2020) / total),
            "share_change_2013_2020" => {
                (va / national(2020) - year(region, 2013) / national(2013)) * 100.0
            }
            "growth_2013_2020" => growth(2013, 7.0),
            "growth_2016_2020" => growth(2016, 4.0),
            "grp_per_head" => grp * 1e8 / population[region],
            "industrial_va_per_head" => va * 1e8 / population[region],
            "industrial_va_per_km2" => va * 1e4 / area[region],
            "national_clusters" => clusters.get(region).copied().unwrap_or(0.0),
            "volatility" => {
                let growths: Vec<f64> = (2014..=2022)
                    .map(|y| (year(region, y) / year(region, y - 1) - 1.0) * 100.0)
                    .collect();
                let mean = growths.iter().sum::<f64>() / 9.0;
                (growths.iter().map(|g| (g - mean).powi(2)).sum::<f64>() / 8.0).sqrt()
            }
            other => panic!("{other} is not explained"),
        };
        let tolerance = if row["indicator"].ends_with("per_head") { 0.51 } else { 1e-4 };
        assert_close(row["value"].parse().unwrap(), expected, tolerance);
    }
}

#[test]
fn the_national_clusters_add_up_to_45_both_ways() {
    let sum = |path: &str| -> u32 {
        china(path).iter().map(|row| row["clusters"].parse::<u32>().unwrap()).sum()
    };
    assert_eq!(sum("data/national_clusters_2022_by_region.csv"), 45);
    assert_eq!(sum("data/national_clusters_2022_by_field.csv"), 45);
}

#[test]
fn every_file_of_the_folder_is_in_the_program_and_written() {
    let root = workspace_root().join("demos/china");
    let mut there = BTreeSet::new();
    for folder in ["", "data", "groups"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                there.insert(path.strip_prefix(&root).unwrap().to_path_buf());
            }
        }
    }
    let study = studies().iter().find(|study| study.name == "china").unwrap();
    let Files::Embedded(files) = study.files else { panic!("china is embedded") };
    assert_eq!(
        files.iter().map(|(path, _)| Path::new(path).to_path_buf()).collect::<BTreeSet<_>>(),
        there
    );

    let dir = scratch();
    write("china", dir.path()).unwrap();
    for (path, bytes) in files {
        assert_eq!(&fs::read(dir.path().join(path)).unwrap(), bytes, "{path}");
    }
}

/// `file = "…"`, `tiles` and `names` of a study file that lie in its folder.
fn named_files(study: &str) -> Vec<String> {
    study
        .lines()
        .filter_map(|line| line.split_once('='))
        .filter(|(key, _)| ["file", "tiles", "names"].contains(&key.trim()))
        .filter_map(|(_, value)| value.split('"').nth(1).map(str::to_owned))
        .filter(|file| !file.starts_with("builtin:"))
        .collect()
}

#[test]
fn the_study_files_name_files_that_are_written() {
    for study in studies() {
        let dir = scratch();
        write(study.name, dir.path()).unwrap();
        let text = fs::read_to_string(dir.path().join("study.toml")).unwrap();
        let files = named_files(&text);
        assert!(files.len() > 10, "{}", study.name);
        for file in files {
            assert!(dir.path().join(&file).is_file(), "{}: {file}", study.name);
        }
    }
}

#[test]
fn an_unknown_study_is_refused_by_name() {
    let refused = write("atlantis", scratch().path()).unwrap_err().to_string();
    assert_eq!(refused, "there is no built-in study \"atlantis\"; there are china, artificial");
}
