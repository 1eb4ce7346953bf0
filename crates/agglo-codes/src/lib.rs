//! Classifications and crosswalks.
