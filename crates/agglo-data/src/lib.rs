//! Files in, canonical tables out: readers, checks, reduction, provenance.
//!
//! This crate knows files, encodings, Arrow and the query engine. It must not know any statistic,
//! any study file, or how results look.
//!
//! | for                                                 | look at                               |
//! |-----------------------------------------------------|---------------------------------------|
//! | what a canonical table holds                        | [`table_spec`]                        |
//! | what an unknown file looks like                     | [`sniff()`]                           |
//! | one source of a table                               | [`read`], [`ReadSpec`], [`Reading`]   |
//! | several sources joined                              | [`assemble`], [`Table`]               |
//! | what can be wrong with tables that were read        | [`check()`], [`Coverage`]             |
//! | codes that no list knows                            | [`check_codes`]                       |
//! | registers too large for memory                      | [`reduce::cells`]                     |
//! | files of our own, with units, gaps and origins      | [`write_table`], [`write_frame`]      |
//! | tables for other programs and for people            | [`export()`]                          |
//! | files that are whole or not there                   | [`atomic()`], [`write_atomic`]        |
//! | a cell as it stands in its file                    | [`raw_cells`], [`cell_name`]          |
//! | is it still the same                                | [`hash_file`], [`hash_frame`]         |
//! | what is wrong, where, and what to do                | [`Diagnostic`], [`DataError`], [`codes()`] |
//!
//! Every row of a source is used, or rejected with its place and a reason: used + rejected = read.

mod assemble;
mod atomic;
mod check;
mod codes;
mod diagnostic;
mod encoding;
mod export;
mod hash;
mod intern;
mod number;
mod raw;
mod reader;
pub mod reduce;
mod sniff;
mod source;
mod spec;
mod store;
mod table;

pub use assemble::assemble;
pub use atomic::{atomic, create_folder, write_atomic, write_if_changed};
pub use check::{
    CellCounts, CheckInput, CheckResult, Coverage, CoverageAxis, DeclaredBreak, Limits, check,
    check_codes, offer_fixes, totals_among_parts,
};
pub use codes::{
    BAD_SETTING, CODE_NOT_IN_EDITION, CodeInfo, DISK_FULL, NAME_WITHOUT_CODE, UNMATCHED_BOUNDARIES,
    UNWRITABLE, code, codes, codes_markdown,
};
pub use diagnostic::{DataError, Diagnostic, Fix, Setting, Severity};
pub use export::{Format, export, export_file};
pub use hash::{hash_file, hash_frame};
pub use raw::{cell_name, raw_cells};
pub use reader::{ReaderInfo, files, read, read_as, readers};
pub use sniff::{Heading, Reason, Sniff, Sureness, sniff};
pub use source::SourceFormat;
pub use spec::{Marks, Origin, Origins, ReadSpec, Reading, Rows, SourceFile};
pub use store::{Table, read_frame, read_table, write_frame, write_table};
pub use table::{ColumnSpec, Kind, Sign, TableSpec, table_spec, tables};
