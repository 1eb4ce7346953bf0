//! A document as a page.

mod html;

pub use html::html;
