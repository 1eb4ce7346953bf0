//! A cluster of real processes on loopback: the same sums as here to the last bit, and no wrong
//! answer and no wait without end when one of them is killed.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that meets nothing fails, and shows the logs"
)]

mod bucket;
mod deploy;
mod exact;
mod faults;
mod processes;
mod rows;
mod secure;
mod study;
