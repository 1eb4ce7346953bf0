//! Where numbers come from, whether they are still the same, and what moved between two runs.
#![expect(clippy::unwrap_used, reason = "a file that cannot be read fails the test")]

mod common;

use std::fs;
use std::path::Path;

use agglo_testkit::scratch;
use common::agglo;
use rust_xlsxwriter::Workbook;

/// Three regions × three industries × two years with one withheld cell, and totals over the regions.
fn write_study(folder: &Path, first: u32) {
    let mut text = String::from("region;industry;year;jobs;flag\n");
    for (y, year) in [2019u32, 2020].into_iter().enumerate() {
        for (i, industry) in ["x", "y", "z"].into_iter().enumerate() {
            let mut total = 0;
            for (r, region) in ["A", "B", "C"].into_iter().enumerate() {
                let mut jobs = 10 + 7 * r as u32 + 5 * i as u32 * r as u32 + 3 * y as u32;
                if (r, i, y) == (0, 0, 0) {
                    jobs = first;
                }
                total += jobs;
                let secret = matches!((r, i, y), (1 | 2, 2, 1));
                let (cell, flag) =
                    if secret { (String::new(), "c") } else { (jobs.to_string(), "") };
                text.push_str(&format!("{region};{industry};{year};{cell};{flag}\n"));
            }
            text.push_str(&format!("all;{industry};{year};{total};\n"));
        }
    }
    fs::write(folder.join("jobs.csv"), text).unwrap();
    let study = "[study]\nid = \"s\"\ntitle = { en = \"S\" }\n\n\
         [[data]]\nname = \"jobs\"\ntable = \"activity\"\nfile = \"jobs.csv\"\nreader = \"tidy\"\n\
         columns = { region = \"region\", industry = \"industry\", period = \"year\", employment = \"jobs\" }\n\
         totals = { region = [\"all\"] }\nflags = { employment = \"flag\" }\n\
         marks = { c = \"suppressed\" }\n\n\
         [suppression]\npolicy = \"maximum-entropy\"\ncompare = true\ndraws = 8\n";
    fs::write(folder.join("study.toml"), study).unwrap();
}

#[test]
fn a_number_is_explained_down_to_the_text_of_its_cells() {
    let folder = scratch();
    write_study(folder.path(), 10);
    agglo(folder.path(), &["run"]).ended(0);
    let address = "location-quotient.lq@industry=z,period=2020,region=B";
    let json = agglo(folder.path(), &["explain", address, "--json"]).ended(0).json();
    assert_eq!(json["worked"]["agrees"], true, "{json:#}");
    let cells = json["cells"].as_array().unwrap();
    let cell = cells.iter().find(|cell| cell["keys"]["region"] == "B").unwrap();
    assert_eq!((cell["status"].as_str(), cell["flag"].as_str()), (Some("imputed"), Some("c")));
    // The two withheld cells share what the total leaves.
    let total: f64 = 13.0 + 30.0 + 47.0;
    assert!(cell["upper"].as_f64().unwrap() <= total - 13.0 + 1e-6, "{cell}");
    let (low, high) = (&json["range"]["lower"], &json["range"]["upper"]);
    let value = json["value"].as_f64().unwrap();
    assert!(low.as_f64().unwrap() <= value && value <= high.as_f64().unwrap());

    let known = "gini.gini@industry=x,period=2019";
    let text = agglo(folder.path(), &["explain", known]).ended(0).out;
    assert!(text.contains("jobs.csv:2:4  employment = 10  \"10\""), "{text}");
    assert!(text.contains("Σ e_r = 51 persons") && text.contains("(agrees with"), "{text}");

    // The file moves on: its texts are no source of this number any more.
    write_study(folder.path(), 11);
    let text = agglo(folder.path(), &["explain", known]).ended(0).out;
    assert!(text.contains("texts of jobs.csv are not shown: the file has changed"), "{text}");
}

/// Every number of a text that a program can read back.
fn numbers(text: &str) -> Vec<f64> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)));
    words.filter_map(|word| word.parse().ok()).collect()
}

#[test]
fn what_a_number_rests_on_is_the_same_in_text_and_in_json() {
    let folder = scratch();
    write_study(folder.path(), 10);
    agglo(folder.path(), &["run"]).ended(0);
    for address in [
        "location-quotient.lq@industry=z,period=2020,region=B",
        "gini.gini@industry=x,period=2019",
        "share-change.delta_share@industry=z,region=B,from=2019,to=2020",
    ] {
        let text = agglo(folder.path(), &["explain", address, "--format", "text"]).ended(0).out;
        let json = agglo(folder.path(), &["explain", address, "--format", "json"]).ended(0);
        assert_eq!(json.out, agglo(folder.path(), &["explain", address, "--json"]).ended(0).out);
        let json = json.json();
        let said = numbers(&text);
        let mut told: Vec<f64> = Vec::new();
        let mut tell = |value: &serde_json::Value| told.extend(value.as_f64());
        for value in [&json["value"], &json["without"], &json["worked"]["result"]] {
            tell(value);
        }
        for value in [&json["range"]["lower"], &json["range"]["upper"]] {
            tell(value);
        }
        for value in [&json["holds"]["completions"], &json["holds"]["of"]] {
            tell(value);
        }
        for cell in json["cells"].as_array().unwrap() {
            assert!(text.contains(cell["place"].as_str().unwrap()), "{cell}");
            for value in [&cell["value"], &cell["lower"], &cell["upper"]] {
                tell(value);
            }
        }
        assert!(told.len() > 3, "{json:#}");
        for number in told {
            assert!(said.contains(&number), "{number} of the JSON is not in the text:\n{text}");
        }
        let head = text.lines().next().unwrap();
        assert_eq!(numbers(head).last().copied(), json["value"].as_f64(), "{head}");
        assert_eq!(json["method"]["id"], json["step"]["method"]);
    }
    // What the withheld cells leave open of a sign, and the number without them.
    let address = "share-change.delta_share@industry=z,region=B,from=2019,to=2020";
    let json = agglo(folder.path(), &["explain", address, "--json"]).ended(0).json();
    assert_eq!(json["holds"]["of"], 8, "{json:#}");
    assert!(json["without"].as_f64().unwrap() < json["range"]["lower"].as_f64().unwrap());
    agglo(folder.path(), &["explain", address, "--format", "csv"]).ended(2);
}

#[test]
fn a_cell_of_a_workbook_is_named_as_the_program_it_came_from_names_it() {
    let folder = scratch();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Jobs").unwrap();
    for (column, heading) in ["region", "industry", "year", "jobs"].into_iter().enumerate() {
        sheet.write(0, column as u16, heading).unwrap();
    }
    for r in 0..4u32 {
        sheet.write(r + 1, 0, ["a", "b", "c", "d"][r as usize]).unwrap();
        sheet.write(r + 1, 1, "x").unwrap();
        sheet.write(r + 1, 2, 2020).unwrap();
        sheet.write(r + 1, 3, 10.5 + f64::from(r)).unwrap();
    }
    book.save(folder.path().join("jobs.xlsx")).unwrap();
    agglo(folder.path(), &["init", "jobs.xlsx"]).ended(0);
    agglo(folder.path(), &["run"]).ended(0);
    let text = agglo(folder.path(), &["explain", "gini.gini@industry=x,period=2020"]).ended(0).out;
    assert!(text.contains("jobs.xlsx!Jobs!D2  employment = 10.5  \"10.5\""), "{text}");
}

#[test]
fn a_study_is_verified_until_something_in_it_moves() {
    let folder = scratch();
    let path = folder.path();
    write_study(path, 10);
    agglo(path, &["verify"]).ended(3);
    agglo(path, &["run"]).ended(0);
    let call = agglo(path, &["verify"]).ended(0);
    assert!(call.out.contains("nothing moved"), "{}", call.out);

    let lock = fs::read_to_string(path.join("agglo.lock")).unwrap();
    fs::write(path.join("agglo.lock"), lock.replace("answer gini", "answer gini ")).unwrap();
    assert!(agglo(path, &["verify", "--stored-only"]).ended(4).out.contains("lock:"));
    fs::write(path.join("agglo.lock"), lock).unwrap();

    let finding = path.join("findings/gini/gini.parquet");
    let other = path.join("findings/hoover/industries.parquet");
    let kept = fs::read(&finding).unwrap();
    fs::copy(&other, &finding).unwrap();
    assert!(agglo(path, &["verify"]).ended(4).out.contains("stored: gini:gini: its content"));
    fs::write(&finding, &kept[..kept.len() / 2]).unwrap();
    assert!(agglo(path, &["verify"]).ended(4).out.contains("stored: gini:gini:"));
    fs::remove_file(&finding).unwrap();
    assert!(agglo(path, &["verify"]).ended(4).out.contains("stored: gini:gini:"));
    fs::write(&finding, kept).unwrap();
    agglo(path, &["verify"]).ended(0);

    // A record beside an answer that says something else than the run's, and one that is half there.
    let record = path.join("findings/gini/answer.json");
    let kept = fs::read_to_string(&record).unwrap();
    for changed in [kept.replace("\"absolute\"", "\"normalized\""), kept[..40].to_owned()] {
        fs::write(&record, changed).unwrap();
        let out = agglo(path, &["verify", "--stored-only"]).ended(4).out;
        assert!(out.contains("stored: gini:answer.json: its record"), "{out}");
    }
    fs::write(&record, kept).unwrap();
    agglo(path, &["verify", "--stored-only"]).ended(0);

    write_study(path, 12);
    let out = agglo(path, &["verify"]).ended(4).out;
    assert!(out.contains("input: jobs.csv: its content is another"), "{out}");
    assert!(out.contains("recomputed: gini:gini: numbers moved; gini.gini@"), "{out}");
    fs::remove_file(path.join("jobs.csv")).unwrap();
    let json = agglo(path, &["verify", "--json"]).ended(4).json();
    assert_eq!(json["mismatches"][0]["what"], "input", "{json:#}");
}

#[test]
fn what_moved_between_two_runs_is_told_with_its_cause() {
    let (one, two) = (scratch(), scratch());
    for folder in [&one, &two] {
        write_study(folder.path(), 10);
        agglo(folder.path(), &["run"]).ended(0);
    }
    let (before, after) = (one.path().to_str().unwrap(), two.path().to_str().unwrap());
    let same = agglo(one.path(), &["diff", before, after]).ended(0);
    assert!(same.out.contains("no number moved"), "{}", same.out);

    write_study(two.path(), 20);
    agglo(two.path(), &["run"]).ended(0);
    let json = agglo(one.path(), &["diff", before, after, "--json"]).ended(1).json();
    assert_eq!(json["diff"]["files"][0]["file"], "jobs.csv", "{json:#}");
    let steps = json["diff"]["steps"].as_array().unwrap();
    let gini = steps.iter().find(|step| step["step"] == "gini").unwrap();
    assert_eq!(gini["causes"][0]["cause"], "data");
    let address = gini["moved"][0]["address"].as_str().unwrap();
    let value = |folder: &Path| {
        agglo(folder, &["explain", address, "--json"]).ended(0).json()["value"].as_f64()
    };
    assert_eq!(value(one.path()), gini["moved"][0]["before"].as_f64());
    assert_eq!(value(two.path()), gini["moved"][0]["after"].as_f64());
    assert!(json["by_cause"]["data"].as_u64().unwrap() > 0, "{json:#}");

    write_study(two.path(), 10);
    let study = two.path().join("study.toml");
    let text = fs::read_to_string(&study).unwrap();
    fs::write(&study, text + "\n[measure]\nvariants = { gini = \"normalized\" }\n").unwrap();
    agglo(two.path(), &["run"]).ended(0);
    let out = agglo(one.path(), &["diff", before, after]).ended(1).out;
    assert!(out.contains("setting: variant absolute → normalized"), "{out}");
    assert!(!out.contains("data: "), "{out}");
}

#[test]
fn a_number_that_became_a_gap_moved() {
    let (one, two) = (scratch(), scratch());
    for (folder, x) in [(&one, "5"), (&two, "0")] {
        let mut text = String::from("region,industry,year,jobs\n");
        for region in ["A", "B", "C"] {
            text.push_str(&format!("{region},x,2020,{x}\n{region},y,2020,7\n"));
        }
        fs::write(folder.path().join("jobs.csv"), text).unwrap();
        agglo(folder.path(), &["init", "jobs.csv"]).ended(0);
        agglo(folder.path(), &["run"]).ended(0);
    }
    let (before, after) = (one.path().to_str().unwrap(), two.path().to_str().unwrap());
    let json = agglo(one.path(), &["diff", before, after, "--json"]).ended(1).json();
    let steps = json["diff"]["steps"].as_array().unwrap();
    let gini = steps.iter().find(|step| step["step"] == "gini").expect("gini moved");
    let moved = gini["moved"].as_array().unwrap();
    let gap = moved.iter().find(|moved| moved["address"] == "gini.gini@industry=x,period=2020");
    let gap = gap.unwrap_or_else(|| panic!("{gini:#}"));
    assert!(gap["before"].is_number(), "{gap}");
    assert_eq!(gap["after"]["gap"], "zero_total", "{gap}");
    let text = agglo(one.path(), &["diff", before, after]).ended(1).out;
    assert!(text.contains("(zero_total)"), "{text}");
    // A file of the study stands for its folder.
    let file = one.path().join("agglo.lock");
    agglo(one.path(), &["diff", file.to_str().unwrap(), before]).ended(0);
}

#[test]
fn a_changed_block_of_the_study_file_is_a_setting_and_not_data() {
    let (one, two) = (scratch(), scratch());
    for folder in [&one, &two] {
        write_study(folder.path(), 10);
    }
    let study = two.path().join("study.toml");
    let text = fs::read_to_string(&study).unwrap();
    fs::write(&study, text.replace("flags =", "filter = { industry = [\"x\", \"y\"] }\nflags ="))
        .unwrap();
    for folder in [&one, &two] {
        agglo(folder.path(), &["run"]).ended(0);
    }
    let (before, after) = (one.path().to_str().unwrap(), two.path().to_str().unwrap());
    let out = agglo(one.path(), &["diff", before, after]).ended(1).out;
    assert!(out.contains("setting: how table activity is made"), "{out}");
    assert!(!out.contains("data: "), "{out}");
}

#[test]
fn what_tells_too_much_of_one_firm_does_not_leave() {
    let folder = scratch();
    let mut text = String::from("plant,region,industry,year,employment\n");
    let mut n = 0;
    for region in ["A", "B", "C"] {
        for industry in ["x", "y", "z"] {
            for k in 0..if (region, industry) == ("A", "x") { 1 } else { 6 } {
                n += 1;
                text.push_str(&format!("p{n},{region},{industry},2020,{}\n", 10 + 3 * k));
            }
        }
    }
    fs::write(folder.path().join("register.csv"), text).unwrap();
    let study = |disclosure: &str| {
        let text = format!(
            "[study]\nid = \"s\"\ntitle = {{ en = \"S\" }}\n\n[[data]]\nname = \"register\"\n\
             table = \"plant\"\nfile = \"register.csv\"\nreader = \"tidy\"\n\
             columns = {{ plant = \"plant\", region = \"region\", industry = \"industry\", \
             period = \"year\", employment = \"employment\" }}\n\n{disclosure}"
        );
        fs::write(folder.path().join("study.toml"), text).unwrap();
        agglo(folder.path(), &["run"]).ended(0);
    };
    let value = |region: &str| {
        let address = format!("location-quotient.lq@industry=x,period=2020,region={region}");
        agglo(folder.path(), &["explain", &address, "--json"]).ended(0).json()["value"].clone()
    };
    study("");
    assert!(value("A").as_f64().is_some());
    study("[disclosure]\nminimum_count = 3\n");
    assert_eq!(value("A")["gap"], "suppressed");
    // A sum with one hidden cell gives it away: another of the same industry goes with it.
    let hidden = ["B", "C"].iter().filter(|region| value(region)["gap"] == "suppressed").count();
    assert_eq!(hidden, 1);
    // Nothing is computed anew from what was masked, and nothing moves.
    agglo(folder.path(), &["verify"]).ended(0);
    let json = agglo(
        folder.path(),
        &["explain", "ellison-glaeser.gamma@industry=y,period=2020", "--json"],
    );
    assert!(json.ended(0).json()["cells"].as_array().unwrap().is_empty());
}

#[test]
fn chinese_names_become_codes_and_a_misspelt_one_stops_the_run() {
    let folder = scratch();
    let write = |third: &str| {
        let names = ["北京", "内蒙古自治区", third];
        let rows = names.map(|name| format!("{name},C,2020,5\n")).concat();
        fs::write(folder.path().join("a.csv"), format!("地区,行业,年份,就业\n{rows}")).unwrap();
    };
    write("广东");
    let study = "[study]\nid = \"s\"\ntitle = { en = \"S\" }\n\n[[data]]\nname = \"jobs\"\n\
         table = \"activity\"\nfile = \"a.csv\"\nreader = \"tidy\"\nnames = { region = \"gbt2260\" }\n\
         columns = { region = \"地区\", industry = \"行业\", period = \"年份\", employment = \"就业\" }\n";
    fs::write(folder.path().join("study.toml"), study).unwrap();
    agglo(folder.path(), &["run"]).ended(0);
    let json = agglo(folder.path(), &["explain", "gini.gini@industry=C,period=2020", "--json"]);
    let cells = json.ended(0).json()["cells"].clone();
    assert_eq!(cells[2]["keys"]["region"], "440000", "{cells}");
    write("广束");
    let call = agglo(folder.path(), &["run"]).ended(3);
    assert!(call.err.contains("A0505") && call.err.contains("广束"), "{}", call.err);
}
