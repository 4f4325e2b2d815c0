//! An arena on disk: artifacts, rounds, verification.
