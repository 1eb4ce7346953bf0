//! Tables that lie elsewhere: PostgreSQL, object stores and web servers, read into an unnamed temporary
//! file and from there as any other file.
//!
//! Only addresses that the study itself names are ever asked. Passwords come from the address or the
//! environment and are shown nowhere.

use std::fs::File;
use std::io::{self, Read as _, Seek, SeekFrom, Write};
use std::net::IpAddr;

use object_store::http::HttpBuilder;
use object_store::{ClientOptions, ObjectStore, ObjectStoreExt as _, ObjectStoreScheme};
use postgres::config::{Host, SslMode};

use super::{OpenOptions, unreadable};
use crate::codes;
use crate::diagnostic::{DataError, Diagnostic, Place};

/// What is read from an address at most.
const MOST_FETCHED: u64 = 64 << 30;
/// No query may keep a server busy for longer.
const TIME_LIMIT: &str = "SET LOCAL statement_timeout = '10min'";

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
        copy_out(address, options, place, &mut spool)?;
    } else {
        download(address, place, &mut spool)?;
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

/// The table or query as CSV, in one transaction that can only read.
fn copy_out(
    address: &str,
    options: OpenOptions<'_>,
    place: &Place,
    spool: &mut File,
) -> Result<(), DataError> {
    // The driver's own words may quote the address; its kind does not.
    let failed = |error: &postgres::Error| {
        let words = error.as_db_error().map_or_else(|| error.to_string(), ToString::to_string);
        unreachable_store(place, &words)
    };
    let query = match (options.query, options.sheet) {
        (Some(query), _) => query.trim().trim_end_matches(';').to_owned(),
        (None, Some(table)) => {
            let parts = table.split('.').map(|part| format!("\"{}\"", part.replace('"', "\"\"")));
            format!("SELECT * FROM {}", parts.collect::<Vec<_>>().join("."))
        }
        (None, None) => {
            let remedy = "sheet = \"schema.table\", or query = \"SELECT …\"";
            return Err(bad_setting(place, "a database must be told which table is meant", remedy));
        }
    };
    let config = config(address, std::env::var("PGPASSWORD").ok(), place)?;
    let mut client = config.connect(postgres::NoTls).map_err(|error| failed(&error))?;
    let mut read =
        client.build_transaction().read_only(true).start().map_err(|error| failed(&error))?;
    read.batch_execute(TIME_LIMIT).map_err(|error| failed(&error))?;
    // The server must understand the query by itself, or its text could close the parenthesis below
    // and go on as another command.
    let alone = read.prepare(&query).map_err(|error| failed(&error))?;
    if alone.columns().is_empty() || !alone.params().is_empty() {
        return Err(bad_setting(place, "the query is not one SELECT", "write one SELECT"));
    }
    // A server gives rows in any order, and the hash must not depend on it.
    let copy = format!(
        "COPY (SELECT * FROM (\n{query}\n) AS agglo_row \
         ORDER BY CAST(agglo_row AS text) COLLATE \"C\") TO STDOUT WITH (FORMAT csv, HEADER true)"
    );
    let rows = read.copy_out(&copy).map_err(|error| failed(&error))?;
    let n = io::copy(&mut rows.take(MOST_FETCHED + 1), spool)
        .map_err(|error| unreachable_store(place, &error))?;
    if n > MOST_FETCHED { Err(too_much(place)) } else { Ok(()) }
}

/// How to connect; refused where a password would cross a network in the clear unasked.
fn config(
    address: &str,
    password: Option<String>,
    place: &Place,
) -> Result<postgres::Config, DataError> {
    let mut config: postgres::Config = address.parse().map_err(|_: postgres::Error| {
        let message = "the address cannot be understood";
        let remedy = "write postgres://user@host:port/database; in a password, `%40` stands for `@`, \
                      `%2F` for `/`, `%3F` for `?` and `%3A` for `:`";
        bad_setting(place, message, remedy)
    })?;
    if let Some(password) = password
        && config.get_password().is_none()
    {
        config.password(password);
    }
    let is_here = |host: &Host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    let stays_here = if config.get_hostaddrs().is_empty() {
        config.get_hosts().iter().all(is_here)
    } else {
        config.get_hostaddrs().iter().all(IpAddr::is_loopback)
    };
    if config.get_password().is_some() && !stays_here && config.get_ssl_mode() != SslMode::Disable {
        let message = "the password would be sent over a connection that is not encrypted";
        let remedy = "use a tunnel to this machine; or, in a network that is trusted, write \
                      ?sslmode=disable at the end of the address";
        return Err(bad_setting(place, message, remedy));
    }
    config.connect_timeout(std::time::Duration::from_secs(20));
    Ok(config)
}

fn download(address: &str, place: &Place, spool: &mut File) -> Result<(), DataError> {
    let failed = |error: object_store::Error| unreachable_store(place, &reason(&error));
    // The libraries quote the address where they do not understand it.
    let odd = || unreachable_store(place, &"the address cannot be understood");
    let url = url::Url::parse(address).map_err(|_| odd())?;
    let (scheme, _) = ObjectStoreScheme::parse(&url).map_err(|_| odd())?;
    let (store, path): (Box<dyn ObjectStore>, _) = if scheme == ObjectStoreScheme::Http {
        // The whole address is the object, with the query that names it.
        let client = ClientOptions::new().with_allow_http(url.scheme() == "http");
        let store = HttpBuilder::new().with_url(url.as_str()).with_client_options(client);
        (Box::new(store.build().map_err(failed)?), object_store::path::Path::default())
    } else {
        object_store::parse_url_opts(&url, settings(&scheme)).map_err(failed)?
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| unreadable(place, &error))?;
    runtime.block_on(async {
        let found = store.get(&path).await.map_err(failed)?;
        if found.meta.size > MOST_FETCHED {
            return Err(too_much(place));
        }
        let mut pieces = found.into_stream();
        let mut n = 0;
        while let Some(piece) = std::future::poll_fn(|task| pieces.as_mut().poll_next(task)).await {
            let piece = piece.map_err(failed)?;
            n += piece.len() as u64;
            if n > MOST_FETCHED {
                return Err(too_much(place));
            }
            spool.write_all(&piece).map_err(|error| unreadable(place, &error))?;
        }
        Ok(())
    })
}

/// Keys and regions from the environment, as each store's own programs take them.
fn settings(scheme: &ObjectStoreScheme) -> Vec<(String, String)> {
    let names = match scheme {
        ObjectStoreScheme::AmazonS3 => "AWS_",
        ObjectStoreScheme::GoogleCloudStorage => "GOOGLE_",
        ObjectStoreScheme::MicrosoftAzure => "AZURE_",
        _ => return Vec::new(),
    };
    // Other programs may have left texts there that are no Unicode.
    let texts = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    texts
        .filter(|(name, _)| name.starts_with(names))
        .map(|(name, value)| (name.to_lowercase(), value))
        .collect()
}

/// What a store says, without the address it was asked at, which may hold a key.
fn reason(error: &object_store::Error) -> String {
    match error {
        object_store::Error::NotFound { .. } => "there is no such object".to_owned(),
        object_store::Error::PermissionDenied { .. }
        | object_store::Error::Unauthenticated { .. } => "it may not be read".to_owned(),
        other => {
            let text = other.to_string();
            let safe = |word| if str::contains(word, "://") { "the address" } else { word };
            text.split_whitespace().map(safe).collect::<Vec<_>>().join(" ")
        }
    }
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

    #[test]
    fn a_password_leaves_this_machine_unencrypted_only_where_the_address_says_so() {
        let place = Place { file: "x".into(), sheet: None };
        let try_it = |address: &str, password: Option<&str>| {
            config(address, password.map(str::to_owned), &place).map_err(|error| error.to_string())
        };
        for address in [
            "postgres://me:secret@127.0.0.1/db",
            "postgres://me:secret@localhost:1/db",
            "postgres://me@db.example.org/db",
            "postgres://me:secret@db.example.org/db?sslmode=disable",
        ] {
            assert!(try_it(address, None).is_ok(), "{address}");
        }
        let error = try_it("postgres://me:secret@db.example.org/db", None).unwrap_err();
        assert!(error.contains("sslmode=disable") && !error.contains("secret"), "{error}");
        assert!(try_it("postgres://me@db.example.org/db", Some("secret")).is_err());
        assert!(try_it("postgres://me:s@localhost,db.example.org/db", None).is_err());
        let error = try_it("postgres://me:secret@localhost/db?odd=secret", None).unwrap_err();
        assert!(!error.contains("secret"), "{error}");
    }
}
