//! Plain data in; files for people out.
