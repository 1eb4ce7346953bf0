//! `agglo.lock`: the exact inputs and outputs, one line each, made for `diff`.

use std::fmt::Write;

use crate::record::{RunRecord, Status};

pub(crate) fn text(record: &RunRecord) -> String {
    let mut text =
        String::from("# Written by agglo; do not edit. Inputs, answers and their BLAKE3 hashes.\n");
    let RunRecord { version, code, study, seed, .. } = record;
    let _ = writeln!(text, "agglo {version} {code}\nstudy {study}\nseed {seed}");
    for data in &record.data {
        for (file, hash) in &data.files {
            let _ = writeln!(text, "input {}/{file} {hash}", data.name);
        }
    }
    for step in &record.steps {
        match step.status {
            Status::Answered => {
                for table in &step.tables {
                    let _ = writeln!(text, "answer {}:{} {}", step.step, table.name, table.hash);
                }
            }
            Status::Refused => {
                let _ = writeln!(text, "refused {}", step.step);
            }
            Status::Failed => {
                let _ = writeln!(text, "failed {}", step.step);
            }
        }
    }
    text
}
