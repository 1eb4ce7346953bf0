//! Between reading and measuring: codes of one edition, prices of one year, withheld cells.
//!
//! What is read stays as it is in `tables/NAME.parquet`; what the methods see stands beside it, with
//! the way of every row back to the rows it was made of.

mod deflate;
mod hierarchy;
