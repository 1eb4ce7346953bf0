//! Disclosure control: which cells must not leave, which must go with them, and whether that is enough.

mod audit;
mod complementary;
mod rules;

pub use audit::{Audited, audit};
pub use complementary::{Cost, Reason, SuppressedCell, Suppression, complementary};
pub use rules::{
    Contributions, CountProtection, Primary, Rules, SensitiveBy, Verdict, ZeroPolicy, primary,
};

#[cfg(test)]
mod tests;
