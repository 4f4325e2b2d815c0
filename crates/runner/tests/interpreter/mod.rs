//! The reference interpreter against the official tests and against sums worked out by hand.

mod specification;
