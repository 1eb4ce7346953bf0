//! Where a cluster's scheduler listens.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

use crate::error::ClusterError;

/// The port that a scheduler listens on unless told otherwise.
pub const DEFAULT_PORT: u16 = 50050;

/// Host and port of a scheduler, written `ballista://host:port`, `df://host:port` or `host:port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    host: Host<String>,
    port: u16,
}

impl Address {
    /// The host, an address of IP version 6 in brackets.
    pub fn host(&self) -> String {
        self.host.to_string()
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl FromStr for Address {
    type Err = ClusterError;

    fn from_str(text: &str) -> Result<Address, ClusterError> {
        let wrong =
            |why: &str| ClusterError::Address { text: text.to_owned(), why: why.to_owned() };
        let rest = match text.split_once("://") {
            Some(("ballista" | "df", rest)) => rest,
            Some((scheme, _)) => {
                return Err(wrong(&format!("`{scheme}` is neither ballista nor df")));
            }
            None => text,
        };
        // The port of `http` is taken away by the parser where it is written; this scheme has none.
        let url = Url::parse(&format!("ballista://{rest}")).map_err(|e| wrong(&e.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("a cluster knows no user name"));
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("nothing may follow the port"));
        }
        let host = url.host().ok_or_else(|| wrong("there is no host in it"))?.to_owned();
        if host.to_string().is_empty() {
            return Err(wrong("there is no host in it"));
        }
        Ok(Address { host, port: url.port().unwrap_or(DEFAULT_PORT) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(text.parse::<Address>().unwrap().to_string(), expected);
    }

    #[test]
    fn an_address_is_host_and_port_under_either_name() {
        check("ballista://example.org:60000", "example.org:60000");
        check("df://10.0.0.7:50051/", "10.0.0.7:50051");
        check("localhost:80", "localhost:80");
        check("ballista://[::1]:9000", "[::1]:9000");
    }

    #[test]
    fn without_a_port_it_is_the_usual_one() {
        check("ballista://scheduler", "scheduler:50050");
        check("scheduler", "scheduler:50050");
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_reason() {
        for (text, why) in [
            ("http://host:1", "neither ballista nor df"),
            ("ballista://", "no host"),
            ("", "no host"),
            ("ballista://host:70000", "port"),
            ("ballista://me:secret@host:1", "user name"),
            ("ballista://host:1/folder", "nothing may follow"),
        ] {
            let message = text.parse::<Address>().unwrap_err().to_string();
            assert!(message.contains(why), "{text}: {message}");
        }
    }
}
