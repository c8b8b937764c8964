//! The protocol's published vectors.
