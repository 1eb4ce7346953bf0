//! Tables of PostgreSQL.

use std::fs::File;
use std::io::{self, Read as _};
use std::net::IpAddr;

use postgres::config::{Host, SslMode};

use super::{MOST_FETCHED, bad_setting, too_much, unreachable_store};
use crate::diagnostic::{DataError, Place};
use crate::source::OpenOptions;

/// No query may keep a server busy for longer.
const TIME_LIMIT: &str = "SET LOCAL statement_timeout = '10min'";

/// The table or query as CSV, in one transaction that can only read.
pub(super) fn copy_out(
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

#[cfg(test)]
mod tests {
    use super::*;

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
