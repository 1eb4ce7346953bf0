//! Tables whose cells add up.
