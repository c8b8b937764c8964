//! CSV (RFC 4180) that a spreadsheet can open without harm.

use std::borrow::Cow;

/// Appends one row: its cells made harmless, quoted where they must be, ended by CR LF.
pub fn row<'a>(cells: impl IntoIterator<Item = &'a str>, out: &mut String) {
    for (index, text) in cells.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        let text = harmless(text);
        if text.contains([',', '"', '\r', '\n']) {
            out.push('"');
            out.push_str(&text.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&text);
        }
    }
    out.push_str("\r\n");
}

/// A cell that a spreadsheet takes for text: what it would take for a formula gets an apostrophe in
/// front, and control characters, invisible and direction-changing ones are written as `\u{1b}`.
pub fn harmless(text: &str) -> Cow<'_, str> {
    let formula = text.trim_start().starts_with([
        '=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ]) || text.starts_with(['\t', '\r', '\n']);
    let control = text.chars().any(is_hostile);
    if !formula && !control {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 1);
    if formula {
        out.push('\'');
    }
    for c in text.chars() {
        if is_hostile(c) {
            out.extend(c.escape_unicode())
        } else {
            out.push(c)
        }
    }
    Cow::Owned(out)
}

pub(crate) fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_in_a_user_agent_ran_in_the_analyst_s_spreadsheet() {
        for bad in [
            "=cmd|' /C calc'!A0",
            "+1",
            "-1",
            "@SUM(A1)",
            " =1",
            "\t=1",
            "\u{ff1d}1",
        ] {
            assert!(harmless(bad).starts_with('\''), "{bad:?}");
        }
        assert_eq!(harmless("arn:aws:iam::1:user/x"), "arn:aws:iam::1:user/x");
    }

    #[test]
    fn a_right_to_left_override_hid_a_file_s_real_name() {
        assert_eq!(harmless("build\u{202e}gpj.log"), "build\\u{202e}gpj.log");
        assert_eq!(harmless("größe 東京 🦀"), "größe 東京 🦀");
    }

    #[test]
    fn quotes_commas_and_lines_are_quoted() {
        let mut out = String::new();
        row(["a", "b,c", "d\"e", "f\ng", ""], &mut out);
        assert_eq!(out, "a,\"b,c\",\"d\"\"e\",f\\u{a}g,\r\n");
    }
}
