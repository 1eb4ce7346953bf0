//! What `agglo check --format sarif` writes, held against the published schema of SARIF 2.1.0.
#![expect(clippy::unwrap_used, reason = "a file that cannot be read fails the test")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use agglo_testkit::{python_with, scratch, test_tools};
use common::agglo;

/// Prints every place where a log does not fit, one a line.
const VALIDATE: &str = "
import json, sys, jsonschema
schema, log = (json.load(open(path, encoding='utf-8')) for path in sys.argv[1:3])
kind = jsonschema.validators.validator_for(schema)
kind.check_schema(schema)
for error in kind(schema, format_checker=kind.FORMAT_CHECKER).iter_errors(log):
    print('/'.join(map(str, error.absolute_path)), error.message[:300])
";

/// A study of one block on one file.
fn study(root: &Path, file: &str, bytes: Option<&[u8]>) {
    if let Some(bytes) = bytes {
        let path = root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let text = format!(
        "[study]\nid = \"t\"\ntitle = {{ en = \"T\" }}\n[[data]]\nname = \"jobs\"\n\
         table = \"activity\"\nfile = \"{file}\"\n"
    );
    fs::write(root.join("study.toml"), text).unwrap();
}

#[test]
fn every_sarif_log_is_one_by_the_published_schema() {
    let Some(schema) = test_tools().map(|tools| tools.join("sarif.json")).filter(|s| s.is_file())
    else {
        eprintln!("SKIPPED: no schema of SARIF here; `cargo xtask test --install` gets it");
        return;
    };
    let Some(python) = python_with("jsonschema") else { return };
    let fits = |log: &Path| -> String {
        let call = Command::new(&python).args(["-c", VALIDATE]).arg(&schema).arg(log).output();
        let call = call.unwrap();
        assert!(call.status.success(), "{}", String::from_utf8_lossy(&call.stderr));
        String::from_utf8(call.stdout).unwrap()
    };
    let odd = "region,industry,year,emp\na,x,2010,1o\na,x,2010,2\na,x,2010,3\n,x,2011,-5\n";
    let gb18030 =
        b"region,industry,year,emp\n\xbd\xad\xcb\xd5,x,2019,1\n\xd5\xe3\xbd\xad,x,2019,2\n";
    // The file of the study, and what is in it where it is there.
    let cases: [(&str, Option<&[u8]>); 5] = [
        ("a.csv", Some(b"region,industry,year,emp\na,x,2010,1\n")),
        ("data/jobs, 1.csv", Some(odd.as_bytes())),
        ("数据/江苏 100%.csv", Some(gb18030)),
        ("none.csv", None),
        ("s3://bucket/a b/年.csv", None),
    ];
    let mut n_results = 0;
    for (name, bytes) in cases {
        let folder = scratch();
        let root = folder.path().join("study");
        fs::create_dir(&root).unwrap();
        study(&root, name, bytes);
        for from in [root.as_path(), folder.path()] {
            let log = folder.path().join("found.sarif");
            let out = log.to_str().unwrap();
            let words =
                ["-C", if from == root { "." } else { "study" }, "check", "--format", "sarif"];
            let call = agglo(from, &[&words[..], &["-o", out]].concat());
            assert!(call.code <= 1, "{name}: {}", call.err);
            assert_eq!(fits(&log), "", "{name}");
            let text = fs::read_to_string(&log).unwrap();
            let json: serde_json::Value = serde_json::from_str(&text).unwrap();
            n_results += json["runs"][0]["results"].as_array().unwrap().len();
            if name.starts_with("s3") {
                assert!(text.contains("\"s3://bucket/a%20b/%E5%B9%B4.csv\""), "{text}");
            }
        }
    }
    assert!(n_results >= 10, "{n_results}");
    // The check itself finds what does not fit.
    let folder = scratch();
    let broken = folder.path().join("broken.sarif");
    fs::write(&broken, r#"{"version": "2.1.0", "runs": [{"results": [{"level": "bad"}]}]}"#)
        .unwrap();
    let found = fits(&broken);
    assert!(found.contains("tool") && found.contains("level"), "{found}");
}
