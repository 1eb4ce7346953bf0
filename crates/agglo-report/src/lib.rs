//! From findings to the report: sentences, figures and tables, in English and Chinese at once.
//!
//! This crate must not know of arguments, terminals or HTTP, and computes no statistic: every
//! number it prints is looked up in a finding.
//!
//! | for                                              | look at          |
//! |--------------------------------------------------|------------------|
//! | what a report is made of                         | [`document`]     |
//! | a sentence whose numbers are bound to findings   | [`sentence`]     |
//! | looking numbers up                               | [`context`]      |
//! | what each chapter says                           | [`chapter`]      |
//! | any finding as a map or a plot                   | [`picture`]      |
//! | the page                                         | [`render`]       |

pub mod chapter;
pub mod context;
pub mod document;
pub mod format;
pub mod picture;
pub mod render;
pub mod sentence;

pub use agglo_figure::Words;
pub use document::Document;
