//! Tables in an object store: moto's server on this machine, and the built program.
#![expect(clippy::unwrap_used, reason = "a file that cannot be read fails the test")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use agglo_data::ReadSpec;
use agglo_testkit::{ObjectServer, TempDir, scratch};
use common::{Call, agglo, agglo_with};

const SECRETS: [&str; 3] = ["hidden-secret", "hidden-key", "hidden-token"];

/// Fails where a secret stands in what was printed or written.
fn shows_no_secret(call: &Call, folder: &Path) {
    let printed = format!("{}{}", call.out, call.err);
    let secret = SECRETS.iter().find(|secret| printed.contains(*secret));
    assert_eq!(secret, None, "{printed}");
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for path in fs::read_dir(&folder).unwrap().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            let holds =
                |secret: &&&str| bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert_eq!(SECRETS.iter().find(holds), None, "{}", path.display());
        }
    }
}

/// Puts every file of `folder` below `prefix` into the bucket.
fn put_all(server: &ObjectServer, bucket: &str, folder: &Path, prefix: &str) {
    for path in fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            put_all(server, bucket, &path, &format!("{prefix}{name}/"));
        } else {
            server.put(bucket, &format!("{prefix}{name}"), &fs::read(&path).unwrap());
        }
    }
}

/// Lines of the lock: what was read as name of the block and hash, and every answer.
fn locked(study: &Path) -> (BTreeMap<String, String>, Vec<String>) {
    let text = fs::read_to_string(study.join("agglo.lock")).unwrap();
    let inputs = text.lines().filter_map(|line| line.strip_prefix("input ")).map(|line| {
        let (name, hash) = line.rsplit_once(' ').unwrap();
        (name.rsplit('/').next().unwrap().to_owned(), hash.to_owned())
    });
    let answers = text.lines().filter(|line| line.starts_with("answer ")).map(str::to_owned);
    (inputs.collect(), answers.collect())
}

#[test]
fn a_study_of_objects_gives_the_numbers_of_the_study_of_files() {
    let Some(server) = ObjectServer::start() else { return };
    let environment = server.environment();
    let folder = scratch();
    agglo(folder.path(), &["demo", "china", "files", "-q"]).ended(0);
    let (files, objects) = (folder.path().join("files"), folder.path().join("objects"));
    server.make_bucket("study");
    put_all(&server, "study", &files.join("data"), "data/");
    put_all(&server, "study", &files.join("groups"), "groups/");
    fs::create_dir(&objects).unwrap();
    let text = fs::read_to_string(files.join("study.toml")).unwrap();
    let text =
        text.replace("\"data/", "\"s3://study/data/").replace("\"groups/", "\"s3://study/groups/");
    fs::write(objects.join("study.toml"), text).unwrap();

    let check = agglo_with(&objects, &["check", "--json"], &environment);
    let local = agglo(&files, &["check", "--json"]);
    assert_eq!(check.code, local.code, "{}{}", check.out, check.err);
    assert_eq!(check.json()["counts"], local.json()["counts"]);
    assert_eq!(check.json()["coverage"], local.json()["coverage"]);

    let run = agglo_with(&objects, &["run"], &environment).ended(0);
    shows_no_secret(&run, &objects);
    let (inputs, answers) = locked(&files);
    assert!(answers.len() > 30, "{answers:?}");
    assert_eq!(locked(&objects), (inputs, answers));
    let record = fs::read_to_string(objects.join("run.json")).unwrap();
    assert!(record.contains("s3://study/data/industrial_value_added.csv"), "{record}");
    agglo_with(&objects, &["verify"], &environment).ended(0);

    // Another object at the address is another table, and verify says so.
    let moved = fs::read_to_string(files.join("data/structure.csv")).unwrap();
    let (head, first) = (moved.lines().next().unwrap(), moved.lines().nth(1).unwrap());
    let without_first = moved.replace(&format!("{head}\n{first}\n"), &format!("{head}\n"));
    server.put("study", "data/structure.csv", without_first.as_bytes());
    agglo_with(&objects, &["verify"], &environment).ended(4);
}

const JOBS: &str = "region,industry,period,employment\n\
                    a,x,2020,10\na,y,2020,5\nb,x,2020,1\nb,y,2020,9\nc,x,2020,4\nc,y,2020,4\n";

/// A folder with the same table as CSV and as Parquet, and a server that holds both.
fn tables(server: &ObjectServer) -> TempDir {
    let folder = scratch();
    fs::write(folder.path().join("jobs.csv"), JOBS).unwrap();
    let reading = agglo_data::read(&ReadSpec::new("activity", "jobs.csv"), folder.path()).unwrap();
    agglo_data::write_frame(&folder.path().join("jobs.parquet"), &reading.frame).unwrap();
    server.make_bucket("bucket");
    put_all(server, "bucket", folder.path(), "a b/");
    folder
}

#[test]
fn a_method_reads_csv_and_parquet_of_an_object_store() {
    let Some(server) = ObjectServer::start() else { return };
    let folder = tables(&server);
    let measure = |file: &str, environment: &[(&str, String)]| {
        let words =
            ["measure", "location-quotient", file, "--value", "employment", "--format", "csv"];
        agglo_with(folder.path(), &words, environment)
    };
    let local = measure("jobs.csv", &[]).ended(0).out;
    assert!(local.lines().count() > 6, "{local}");
    for name in ["jobs.csv", "jobs.parquet"] {
        for address in [format!("s3://bucket/a b/{name}"), format!("s3a://bucket/a%20b/{name}")] {
            let call = measure(&address, &server.environment()).ended(0);
            assert_eq!(call.out, local, "{address}");
            shows_no_secret(&call, folder.path());
        }
    }
}

#[test]
fn what_cannot_be_fetched_is_said_with_its_code_and_without_a_secret() {
    let Some(server) = ObjectServer::start() else { return };
    let folder = tables(&server);
    let good = server.environment();
    let without = |name: &str| -> Vec<(&str, String)> {
        good.iter().filter(|(known, _)| *known != name).cloned().collect()
    };
    let with = |name: &'static str, value: &str| -> Vec<(&str, String)> {
        let changed = without(name).into_iter();
        changed.chain([(name, value.to_owned())]).collect()
    };
    let no_keys = vec![("AWS_ENDPOINT", server.endpoint()), ("AWS_ALLOW_HTTP", "true".to_owned())];
    let file = "s3://bucket/a b/jobs.csv";
    let cases = [
        ("s3://no-bucket/jobs.csv", good.clone(), "A0116", "no such bucket"),
        ("s3://no-bucket/*.csv", good.clone(), "A0116", "no such bucket"),
        ("s3://bucket/a b/jbos.csv", good.clone(), "A0116", "jobs.csv"),
        ("s3://bucket/zzz.csv", good.clone(), "A0116", "no such object"),
        ("s3://bucket/a b", good.clone(), "A0116", "this is a folder"),
        ("s3://bucket/none/*.csv", good.clone(), "A0101", "no file matches"),
        ("s3://bucket/none/", good.clone(), "A0101", "holds no table"),
        ("s3://bucket/a b/jobs.csv?versionId=hidden-token", good.clone(), "A0210", "no `?`"),
        ("s3://tester:hidden-secret@bucket/zzz.csv", good.clone(), "A0116", "no such object"),
        ("s3://bucket", good.clone(), "A0210", "names no object"),
        (file, no_keys, "A0116", "AWS_ACCESS_KEY_ID"),
        (file, without("AWS_SECRET_ACCESS_KEY"), "A0116", "SecretAccessKey"),
        (file, without("AWS_ALLOW_HTTP"), "A0210", "AWS_ALLOW_HTTP"),
        (file, with("AWS_ENDPOINT", "http://127.0.0.1:1"), "A0116", "refused"),
        ("gs://bucket/jobs.csv", good.clone(), "A0116", "GOOGLE_SERVICE_ACCOUNT"),
        ("az://bucket/jobs.csv", good.clone(), "A0116", "AZURE_STORAGE_ACCOUNT_KEY"),
        (
            "abfss://c@account.dfs.core.windows.net/a.csv",
            vec![("AZURE_STORAGE_ACCOUNT_KEY", "no base64: hidden-key".to_owned())],
            "A0116",
            "cannot be used",
        ),
    ];
    let check = |address: &str, environment: &[(&str, String)], code: &str, text: &str| {
        let start = std::time::Instant::now();
        let words = ["measure", "location-quotient", address, "--value", "employment"];
        let call = agglo_with(folder.path(), &words, environment);
        assert_ne!(call.code, 0, "{address}");
        assert!(call.err.contains(code) && call.err.contains(text), "{address}: {}", call.err);
        shows_no_secret(&call, folder.path());
        assert!(start.elapsed().as_secs() < 30, "{address} took {:?}", start.elapsed());
    };
    for (address, environment, code, text) in &cases {
        check(address, environment, code, text);
    }
    // A study says the same in what it writes.
    let study = folder.path().join("study");
    fs::create_dir(&study).unwrap();
    let block = "[study]\nid = \"t\"\ntitle = { en = \"T\" }\n[[data]]\nname = \"jobs\"\n\
                 table = \"activity\"\nfile = \"s3://tester:hidden-secret@bucket/zzz.csv\"\n";
    for format in ["text", "json", "sarif", "github"] {
        fs::write(study.join("study.toml"), block).unwrap();
        let call = agglo_with(&study, &["check", "--format", format], &good);
        assert!(call.code == 1 && call.out.contains("A0116"), "{}{}", call.out, call.err);
        fs::remove_file(study.join("study.toml")).unwrap();
        shows_no_secret(&call, &study);
    }
    server.ask_for_accounts();
    check(file, &good, "A0116", "InvalidAccessKeyId");
}

/// A study of one block, in a folder of its own.
fn study_of(folder: &Path, name: &str, block: &str) -> std::path::PathBuf {
    let study = folder.join(name);
    fs::create_dir_all(&study).unwrap();
    let head = "[study]\nid = \"t\"\ntitle = { en = \"T\" }\n\n[[data]]\nname = \"jobs\"\n";
    fs::write(study.join("study.toml"), format!("{head}{block}")).unwrap();
    study
}

#[test]
fn patterns_folders_and_partitions_give_the_rows_of_the_same_files_in_a_folder() {
    let Some(server) = ObjectServer::start() else { return };
    let environment = server.environment();
    server.make_bucket("bucket");
    let folder = scratch();
    let files = folder.path().join("study-of-files");
    for (name, rows) in [
        ("data/jobs-2021.csv", "region,industry,year,employment\na,x,2021,10\nb,y,2021,20\n"),
        ("data/jobs-2020.csv", "region,industry,year,employment\na,x,2020,1\nb,y,2020,2\n"),
        ("data/deeper/more.csv", "region,industry,year,employment\nz,x,2019,5\n"),
        ("data/readme.pdf", "no table"),
        ("hive/year=2021/part 0.csv", "region,industry,employment\na,x,10\nb,y,20\n"),
        ("hive/year=2020/part 0.csv", "region,industry,employment\na,x,1\nb,y,2\n"),
        ("hive/year=2020/_SUCCESS", ""),
    ] {
        let path = files.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, rows).unwrap();
    }
    put_all(&server, "bucket", &files, "in/");
    let columns = "columns = { region = \"region\", industry = \"industry\", period = \"year\", \
                   employment = \"employment\" }\n";
    let table = |place: &str, name: &str| {
        let block = format!("table = \"activity\"\nfile = \"{place}{name}\"\n{columns}");
        let study = study_of(folder.path(), "study-of-files", &block);
        // Half of the cells are missing, so some methods have no answer; the table is there.
        let run = agglo_with(&study, &["run"], &environment).ended(3);
        shows_no_secret(&run, &study);
        let table = agglo_data::read_table(&study.join("tables/activity.parquet")).unwrap();
        let paths: Vec<String> = table.origins.files.iter().map(|f| f.path.clone()).collect();
        (table.frame, table.origins.cells, paths)
    };
    for (name, n_rows, expected) in [
        ("data/*.csv", 4, vec!["data/jobs-2020.csv", "data/jobs-2021.csv"]),
        ("data/", 5, vec!["data/deeper/more.csv", "data/jobs-2020.csv", "data/jobs-2021.csv"]),
        ("hive/", 4, vec!["hive/year=2020/part 0.csv", "hive/year=2021/part 0.csv"]),
        (
            "hive/year=*/part*.csv",
            4,
            vec!["hive/year=2020/part 0.csv", "hive/year=2021/part 0.csv"],
        ),
    ] {
        let (frame, cells, paths) = table("", name);
        assert_eq!(frame.n_rows(), n_rows, "{name}");
        assert_eq!(paths, expected);
        let (there, cells_there, paths) = table("s3://bucket/in/", name);
        assert_eq!((there, cells_there), (frame, cells), "{name}");
        let addresses: Vec<String> =
            expected.iter().map(|name| format!("s3://bucket/in/{name}")).collect();
        assert_eq!(paths, addresses);
    }
}

#[test]
fn a_register_in_an_object_store_is_reduced_and_read_anew_by_every_run() {
    let Some(server) = ObjectServer::start() else { return };
    let environment = server.environment();
    server.make_bucket("bucket");
    let folder = scratch();
    let put = |jobs: u32| {
        let rows = format!("plant,region,industry,employment\n1,a,x,{jobs}\n2,a,x,5\n3,b,x,1\n");
        server.put("bucket", "plants/year=2020/part.csv", rows.as_bytes());
    };
    let block = "table = \"plant\"\nfile = \"s3://bucket/plants/\"\n\
                 columns = { plant = \"plant\", region = \"region\", industry = \"industry\", \
                 period = \"year\", employment = \"employment\" }\n";
    let study = study_of(folder.path(), "study", block);
    let sums = || {
        agglo_with(&study, &["run"], &environment).ended(0);
        let table = agglo_data::read_table(&study.join("tables/activity.parquet")).unwrap();
        let sums = table.frame.numbers("employment").unwrap();
        sums.iter().map(|sum| sum.number().unwrap()).collect::<Vec<_>>()
    };
    put(10);
    assert_eq!(sums(), [15.0, 1.0]);
    put(20);
    assert_eq!(sums(), [25.0, 1.0]);
}
