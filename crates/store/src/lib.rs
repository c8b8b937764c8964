//! Keeps a case in one SQLite file.
