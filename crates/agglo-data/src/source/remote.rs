//! Tables that lie elsewhere: PostgreSQL, object stores and web servers, read into an unnamed temporary
//! file and from there as any other file.
//!
//! Only addresses that the study itself names are ever asked. Passwords come from the address or the
//! environment and are shown nowhere.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

use object_store::{ObjectStoreExt as _, ObjectStoreScheme};

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

/// An address without what is secret in it.
pub(crate) fn shown(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let rest = rest.split('?').next().unwrap_or(rest);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.rsplit_once('@').map_or(host.to_owned(), |(user, host)| {
        let user = user.split(':').next().unwrap_or(user);
        format!("{user}@{host}")
    });
    format!("{scheme}://{host}/{path}")
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
    let source = match (options.query, options.sheet) {
        (Some(query), _) => format!("({query})"),
        (None, Some(table)) => {
            let parts = table.split('.').map(|part| format!("\"{}\"", part.replace('"', "\"\"")));
            format!("(SELECT * FROM {})", parts.collect::<Vec<_>>().join("."))
        }
        (None, None) => {
            let remedy = "sheet = \"schema.table\", or query = \"SELECT …\"";
            let message = "a database must be told which table is meant";
            return Err(Diagnostic::new(codes::BAD_SETTING, message, remedy).at(place).into());
        }
    };
    let mut config: postgres::Config = address.parse().map_err(|error| failed(&error))?;
    if config.get_password().is_none()
        && let Ok(password) = std::env::var("PGPASSWORD")
    {
        config.password(password);
    }
    config.connect_timeout(std::time::Duration::from_secs(20));
    let mut client = config.connect(postgres::NoTls).map_err(|error| failed(&error))?;
    let mut read =
        client.build_transaction().read_only(true).start().map_err(|error| failed(&error))?;
    let copy = format!("COPY {source} TO STDOUT WITH (FORMAT csv, HEADER true)");
    let mut rows = read.copy_out(&copy).map_err(|error| failed(&error))?;
    io::copy(&mut rows, spool).map_err(|error| unreachable_store(place, &error))?;
    Ok(())
}

fn download(address: &str, place: &Place, spool: &mut File) -> Result<(), DataError> {
    let failed = |error: object_store::Error| unreachable_store(place, &reason(&error));
    let url = url::Url::parse(address).map_err(|error| unreachable_store(place, &error))?;
    let (scheme, _) =
        ObjectStoreScheme::parse(&url).map_err(|error| unreachable_store(place, &error))?;
    // Keys and regions come from the environment, as each store's own programs take them.
    let names = match scheme {
        ObjectStoreScheme::AmazonS3 => "AWS_",
        ObjectStoreScheme::GoogleCloudStorage => "GOOGLE_",
        ObjectStoreScheme::MicrosoftAzure => "AZURE_",
        _ => "",
    };
    let own = |(name, _): &(String, String)| !names.is_empty() && name.starts_with(names);
    let mut options: Vec<(String, String)> =
        std::env::vars().filter(own).map(|(name, value)| (name.to_lowercase(), value)).collect();
    if url.scheme() == "http" {
        options.push(("allow_http".to_owned(), "true".to_owned()));
    }
    let (store, path) = object_store::parse_url_opts(&url, options).map_err(failed)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| unreadable(place, &error))?;
    runtime.block_on(async {
        let found = store.get(&path).await.map_err(failed)?;
        if found.meta.size > MOST_FETCHED {
            let message = format!("it holds more than {} GiB", MOST_FETCHED >> 30);
            let remedy = "fetch it once and name the file";
            return Err(Diagnostic::new(codes::TOO_LARGE, message, remedy).at(place).into());
        }
        let bytes = found.bytes().await.map_err(failed)?;
        spool.write_all(&bytes).map_err(|error| unreadable(place, &error))
    })
}

/// What a store says, without the address it was asked at, which may hold a key.
fn reason(error: &object_store::Error) -> String {
    match error {
        object_store::Error::NotFound { .. } => "there is no such object".to_owned(),
        object_store::Error::PermissionDenied { .. }
        | object_store::Error::Unauthenticated { .. } => "it may not be read".to_owned(),
        other => {
            let text = other.to_string();
            text.split('?').next().unwrap_or_default().to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        assert_eq!(shown("postgres://me:secret@host:5432/db"), "postgres://me@host:5432/db");
        assert_eq!(shown("https://host/a.csv?key=secret"), "https://host/a.csv");
        assert_eq!(shown("s3://bucket/a.parquet"), "s3://bucket/a.parquet");
        assert!(
            is_address("postgresql://h/d") && !is_address("data/a.csv") && !is_address("c://x")
        );
    }
}
