//! Boundaries and points.
