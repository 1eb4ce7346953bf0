//! The dashboard's server: a study over HTTP, on loopback, with the page inside the program.
//!
//! This crate must not know of arguments or terminals, and computes no statistic: every number it gives is
//! read from a finding, or asked of a method through [`agglo_study::run::Desk`].
//!
//! | for                                             | look at      |
//! |-------------------------------------------------|--------------|
//! | starting it                                     | [`Server`]   |
//! | what it listens to                              | `routes`     |
//! | what it answers, as types                       | `dto`        |
//! | who may ask                                     | `guard`      |
//! | connections that stall                          | `net`        |
//! | the study in pieces, as they are asked for      | `snapshot`   |
//! | answers kept in memory, runs                    | `app`        |
//! | runs kept to be compared                        | `history`    |
//! | the page's files                                | `page`       |
//! | codes of what is refused                        | [`codes()`]  |
//! | the OpenAPI document                            | [`openapi`]  |
#![forbid(unsafe_code)]
#![expect(
    clippy::result_large_err,
    reason = "a problem is the one answer of a request, not an error of a loop"
)]

mod app;
mod cache;
mod codes;
mod dto;
mod events;
mod guard;
mod history;
mod indexed;
mod names;
mod net;
mod page;
mod problem;
mod query;
mod reply;
mod routes;
mod serve;
mod snapshot;
mod watch;
mod words;

pub use app::Config;
pub use codes::{CodeInfo, codes};
pub use history::RUNS;
pub use routes::openapi;
pub use serve::{ServeError, Server, new_token};
