//! The custody log as a file for others to read.

use crate::failure::Result;
use crate::session::Session;
use std::path::Path;

impl Session {
    /// Writes the custody log: each line as it is hashed, so that `sha256sum` of a line, without its
    /// end, is what the next one names. A file that is there already is replaced.
    pub fn write_custody(&self, path: &Path) -> Result<()> {
        let mut text = String::new();
        for act in self.custody()?.lines {
            text.push_str(&act.line);
            text.push('\n');
        }
        self.write_beside(path, &text)
    }
}
