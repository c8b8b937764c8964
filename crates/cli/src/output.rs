//! What is printed: one JSON document for programs, or text for people. Text from the evidence is
//! hostile: nothing in it reaches the terminal as a control.

use crate::zone::Zone;
use serde::Serialize;
use std::borrow::Cow;
use std::io::{self, Write};
use workbench::{Failure, Result};

/// How this call prints.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// One JSON document.
    pub json: bool,
    /// The zone for times.
    pub zone: Zone,
}

impl Output {
    /// Prints one JSON document.
    pub fn document(&self, value: &impl Serialize) -> Result<()> {
        let mut text = serde_json::to_string_pretty(value).map_err(|error| {
            Failure::program(
                "bug",
                format!("The answer could not be written as JSON: {error}."),
                "Please report it.",
            )
        })?;
        text.push('\n');
        print(&text)
    }
}

/// Prints text. A reader that has gone away is no failure: `exhibit … | head` is ordinary use.
pub fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::program(
            "output",
            format!("The answer could not be written: {error}."),
            "Check where standard output goes.",
        )),
        Ok(()) => Ok(()),
    }
}

/// Text that a terminal shows as it is: controls, invisible and direction-changing characters are
/// written as `<U+202E>`.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_hostile(c) {
            out.push_str(&format!("<U+{:04X}>", c as u32));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// A number with its thousands set apart.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Bytes, decimal, for reading and not for reckoning.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if count < 1000 {
        return format!("{count} B");
    }
    let mut value = count as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ansi_escapes_ran_in_the_terminal() {
        assert_eq!(harmless("a\u{1b}[31mb"), "a<U+001B>[31mb");
    }

    #[test]
    fn a_right_to_left_override_hid_a_file_s_real_name() {
        assert_eq!(harmless("build\u{202e}gpj.log"), "build<U+202E>gpj.log");
        assert_eq!(harmless("größe 東京"), "größe 東京");
    }

    #[test]
    fn numbers_read_easily() {
        assert_eq!(
            (thousands(7), thousands(1_234), thousands(1_234_567)),
            ("7".into(), "1,234".into(), "1,234,567".into())
        );
        assert_eq!(
            (bytes(999), bytes(1_000), bytes(999_999), bytes(60_712_448)),
            (
                "999 B".into(),
                "1.0 kB".into(),
                "1.0 MB".into(),
                "60.7 MB".into()
            )
        );
    }
}
