//! Bounds on what evidence may ask of the machine. Each can be raised by an option named after it.

/// The bounds of `spec/contract.md`. What passes one is a finding, and the rest is still read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The longest record, in bytes.
    pub record_bytes: usize,
    /// How deep JSON may nest.
    pub json_depth: usize,
    /// How deep archives may nest.
    pub archive_depth: usize,
    /// How many entries one imported path may hold.
    pub archive_entries: u64,
    /// A compressed entry is refused once it has grown past this many bytes …
    pub bomb_bytes: u64,
    /// … at more than this many bytes out for each byte in.
    pub bomb_ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            record_bytes: 16 << 20,
            json_depth: 128,
            archive_depth: 2,
            archive_entries: 1_000_000,
            bomb_bytes: 256 << 20,
            bomb_ratio: 250,
        }
    }
}
