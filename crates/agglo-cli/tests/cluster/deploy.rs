//! The files in `deploy/`: no container engine runs in tests, so they are read, and what they call is
//! asked of the program.

use std::path::PathBuf;
use std::process::Command;

use yaml_rust2::{Yaml, YamlLoader};

fn file(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../deploy").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn documents(name: &str) -> Vec<Yaml> {
    YamlLoader::load_from_str(&file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn words(list: &Yaml) -> Vec<String> {
    list.as_vec().expect("a list").iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

/// The program reads `words` up to the question for help, so an unknown flag or a bad value is told.
#[track_caller]
fn understood(words: &[String]) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_agglo")).args(words).arg("--help").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "agglo {}: {said}", words.join(" "));
    let help = String::from_utf8_lossy(&output.stdout);
    for flag in words.iter().filter(|word| word.starts_with("--")) {
        assert!(help.contains(flag.as_str()), "`{flag}` is not in the help of {words:?}");
    }
}

fn value_of<'w>(words: &'w [String], flag: &str) -> &'w str {
    let at = words.iter().position(|word| word == flag).unwrap_or_else(|| panic!("{flag}"));
    &words[at + 1]
}

#[test]
fn a_bad_flag_or_value_in_these_files_would_be_found() {
    for bad in [vec!["--sheduler", "x:1"], vec!["--memory", "much"], vec!["--bind", "localhost"]] {
        let words: Vec<&str> = ["cluster", "executor"].into_iter().chain(bad).collect();
        let output =
            Command::new(env!("CARGO_BIN_EXE_agglo")).args(&words).arg("--help").output().unwrap();
        assert!(!output.status.success(), "{words:?}");
    }
}

#[test]
fn the_compose_file_calls_what_the_program_understands_on_ports_that_meet() {
    let [compose] = &documents("docker-compose.yml")[..] else { panic!("one document") };
    let services = &compose["services"];
    let commands = ["scheduler", "executor"].map(|name| words(&services[name]["command"]));
    for words in &commands {
        understood(words);
    }
    let [scheduler, executor] = &commands;
    let port = value_of(scheduler, "--port");
    assert_eq!(value_of(executor, "--scheduler"), format!("scheduler:{port}"));
    assert_eq!(value_of(scheduler, "--external-host"), "scheduler");
    let published = words(&services["scheduler"]["ports"]);
    assert_eq!(published, [format!("127.0.0.1:{port}:{port}")], "published to this machine only");
    // All see the data under one path.
    for service in ["scheduler", "executor", "agglo"] {
        let volumes = words(&services[service]["volumes"]);
        assert!(volumes.iter().any(|v| v.contains("}:/data")), "{service}: {volumes:?}");
    }
    let work = value_of(executor, "--work-dir");
    let volumes = words(&services["executor"]["volumes"]);
    assert!(volumes.contains(&format!("work:{work}")), "{volumes:?}");
}

#[test]
fn the_manifest_calls_what_the_program_understands_on_ports_that_meet() {
    let documents = documents("kubernetes.yaml");
    let named = |kind: &str, name: &str| {
        documents
            .iter()
            .find(|d| {
                d["kind"].as_str() == Some(kind) && d["metadata"]["name"].as_str() == Some(name)
            })
            .unwrap_or_else(|| panic!("{kind} {name}"))
    };
    for document in &documents {
        let namespace = document["metadata"]["namespace"].as_str();
        assert!(namespace == Some("agglo") || document["kind"].as_str() == Some("Namespace"));
    }
    let service = &named("Service", "scheduler")["spec"];
    let port = service["ports"][0]["port"].as_i64().unwrap();
    let mut commands = Vec::new();
    for role in ["scheduler", "executor"] {
        let deployment = &named("Deployment", role)["spec"];
        let labels = &deployment["template"]["metadata"]["labels"];
        assert_eq!(labels, &deployment["selector"]["matchLabels"], "{role}");
        let pod = &deployment["template"]["spec"];
        let container = &pod["containers"][0];
        let args = words(&container["args"]);
        understood(&args);
        let listens = value_of(&args, "--port").parse::<i64>().unwrap();
        assert_eq!(container["ports"][0]["containerPort"].as_i64(), Some(listens), "{role}");
        for probe in ["readinessProbe", "livenessProbe"] {
            let probe = &container[probe];
            let asked = [&probe["httpGet"]["port"], &probe["tcpSocket"]["port"]];
            assert!(asked.iter().any(|p| p.as_i64() == Some(listens)), "{role}: {probe:?}");
        }
        let volumes: Vec<&str> =
            pod["volumes"].as_vec().unwrap().iter().map(|v| v["name"].as_str().unwrap()).collect();
        for mount in container["volumeMounts"].as_vec().unwrap() {
            assert!(volumes.contains(&mount["name"].as_str().unwrap()), "{role}: {mount:?}");
        }
        commands.push(args);
    }
    assert_eq!(value_of(&commands[0], "--port"), port.to_string());
    assert_eq!(value_of(&commands[1], "--scheduler"), format!("scheduler:{port}"));
    let selector = &named("Service", "scheduler")["spec"]["selector"];
    assert_eq!(selector, &named("Deployment", "scheduler")["spec"]["selector"]["matchLabels"]);
    assert_eq!(named("Deployment", "scheduler")["spec"]["replicas"].as_i64(), Some(1));
}

#[test]
fn the_image_has_the_program_the_ports_and_the_compiler_that_is_asked_for() {
    let dockerfile = file("Dockerfile");
    assert!(dockerfile.contains("cargo build --release --locked -p agglo-cli --features cluster"));
    assert!(dockerfile.contains("ENTRYPOINT [\"agglo\"]"));
    assert!(dockerfile.contains("EXPOSE 50050 50051"));
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../agglo-cluster/Cargo.toml");
    let manifest = std::fs::read_to_string(manifest).unwrap();
    let number = |text: &str, before: &str| -> u32 {
        let rest = text.split_once(before).unwrap_or_else(|| panic!("{before}")).1;
        rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
    };
    let (image, asked) =
        (number(&dockerfile, "FROM rust:1."), number(&manifest, "rust-version = \"1."));
    assert!(image >= asked, "the image has Rust 1.{image}, and 1.{asked} is needed");
    // The compose file builds this very image.
    let compose = &documents("docker-compose.yml")[0];
    assert_eq!(compose["x-agglo"]["build"]["dockerfile"].as_str(), Some("deploy/Dockerfile"));
    for name in ["docker-compose.yml", "kubernetes.yaml"] {
        assert!(file(name).contains("image: agglo:local"), "{name}");
    }
}
