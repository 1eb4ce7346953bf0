//! Tables that lie elsewhere: PostgreSQL, object stores and web servers, read into an unnamed temporary
//! file and from there as any other file.
//!
//! Only addresses that the study itself names are ever asked. Passwords come from the address or the
//! environment and are shown nowhere.

mod keys;
mod server;
mod store;

pub(super) use store::{is_several, list};

use std::fs::File;
use std::io::{Seek, SeekFrom};

use super::{OpenOptions, unreadable};
use crate::codes;
use crate::diagnostic::{DataError, Diagnostic, Place};

/// What is read from an address at most.
const MOST_FETCHED: u64 = 64 << 30;

/// Whether `text` is an address and not the name of a file.
pub(crate) fn is_address(text: &str) -> bool {
    let known =
        ["postgres", "postgresql", "http", "https", "s3", "s3a", "gs", "az", "abfs", "abfss"];
    text.split_once("://").is_some_and(|(scheme, _)| known.contains(&scheme))
}

/// An address without what is secret in it; any other text as it is, but for `password=…`.
pub(crate) fn shown(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return without_password(address) };
    let outer = |c: char| ":/?#@".contains(c);
    let start = rest.split(outer).next().unwrap_or_default();
    let (before, after) = rest.rsplit_once('@').unwrap_or(("", rest));
    // Passwords may hold any sign, so they end at the last `@`; parameters may hold one, too, and then
    // nothing tells which it is.
    if before.split_once(['?', '#']).is_some_and(|(_, parameters)| parameters.contains('=')) {
        return format!("{scheme}://{start}/…");
    }
    let (user, place) = if before.contains(':') {
        (start, after)
    } else {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        match authority.rsplit_once('@') {
            Some((user, _)) => (user, &rest[user.len() + 1..]),
            None => ("", rest),
        }
    };
    let place = place.split(['?', '#']).next().unwrap_or_default();
    // Web servers take keys as names of users.
    if user.is_empty() || !scheme.starts_with("postgres") {
        format!("{scheme}://{place}")
    } else {
        format!("{scheme}://{user}@{place}")
    }
}

/// A text without the value of `password = …` in it, as connection strings of databases have it.
fn without_password(text: &str) -> String {
    let Some(at) = text.to_ascii_lowercase().find("password") else { return text.to_owned() };
    let value = text[at + "password".len()..].trim_start();
    // A quoted value may hold blanks, so what follows is left out with it.
    if value.starts_with('=') { format!("{}password=…", &text[..at]) } else { text.to_owned() }
}

/// The table at `address`, as a file.
pub(super) fn fetch(
    address: &str,
    options: OpenOptions<'_>,
    place: &Place,
) -> Result<File, DataError> {
    let mut spool = tempfile::tempfile().map_err(|error| unreadable(place, &error))?;
    if address.starts_with("postgres") {
        server::copy_out(address, options, place, &mut spool)?;
    } else {
        store::download(address, place, &mut spool)?;
    }
    spool.seek(SeekFrom::Start(0)).map_err(|error| unreadable(place, &error))?;
    Ok(spool)
}

fn unreachable_store(place: &Place, error: &dyn std::fmt::Display) -> DataError {
    let remedy = "check the address, and that the account may read it";
    Diagnostic::new(codes::UNREACHABLE, format!("cannot be fetched: {error}"), remedy)
        .at(place)
        .into()
}

fn bad_setting(place: &Place, message: &str, remedy: &str) -> DataError {
    Diagnostic::new(codes::BAD_SETTING, message, remedy).at(place).into()
}

fn too_much(place: &Place) -> DataError {
    let message = format!("it holds more than {} GiB", MOST_FETCHED >> 30);
    let remedy = "ask for fewer rows, or fetch it once and name the file";
    Diagnostic::new(codes::TOO_LARGE, message, remedy).at(place).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for (address, safe) in [
            ("postgres://me:secret@host:5432/db", "postgres://me@host:5432/db"),
            ("postgres://me:se/cret@host/db", "postgres://me@host/db"),
            ("postgres://me:se?cret@host/db", "postgres://me@host/db"),
            ("postgres://me:se@cr:et@host/db", "postgres://me@host/db"),
            ("postgres://me:s#e@host/db?sslmode=disable", "postgres://me@host/db"),
            ("postgres://me@host/db?password=se@cret", "postgres://me/…"),
            ("postgres://host:5432/db?password=se@cret", "postgres://host/…"),
            ("postgres://host/db?user=me&password=secret", "postgres://host/db"),
            ("https://host/a.csv?key=secret", "https://host/a.csv"),
            ("https://secret@host/a.csv", "https://host/a.csv"),
            ("https://me:secret@host/a.csv", "https://host/a.csv"),
            ("https://host/a@b.csv", "https://host/a@b.csv"),
            ("s3://bucket/a.parquet", "s3://bucket/a.parquet"),
            ("host=h password = 'se cret' user=me", "host=h password=…"),
            ("data/a.csv", "data/a.csv"),
        ] {
            assert_eq!(shown(address), safe, "{address}");
        }
        assert!(
            is_address("postgresql://h/d") && !is_address("data/a.csv") && !is_address("c://x")
        );
        let spec = crate::ReadSpec::new("activity", "postgres://me:se/cret@host/db");
        assert_eq!(spec.name, "postgres://me@host/db");
    }
}
