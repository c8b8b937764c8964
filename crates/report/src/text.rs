//! Text from elsewhere: from the evidence, from the examiner. It is hostile until it is shown, and
//! the type has no way into a page but one that shows every character for what it is.

use serde::{Deserialize, Serialize};

/// A text that comes into a page as text alone: never as markup, and with a visible mark for each
/// character that does not show, or that turns the direction of others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(String);

impl Text {
    /// The text as it is, for what is no page.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Into<String>> From<T> for Text {
    fn from(text: T) -> Text {
        Text(text.into())
    }
}

impl maud::Render for Text {
    fn render_to(&self, out: &mut String) {
        for c in self.0.chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                c if is_hostile(c) => {
                    out.push_str("<span class=\"ctl\">");
                    out.push_str(&name(c));
                    out.push_str("</span>");
                }
                c => out.push(c),
            }
        }
    }
}

/// Text for XML and plain files: what does not show is written `<U+202E>`.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hostile(c) {
            out.push('<');
            out.push_str(&name(c));
            out.push('>');
        } else {
            out.push(c);
        }
    }
    out
}

/// The same, escaped for element content and quoted attributes of XML 1.0.
pub fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

fn name(c: char) -> String {
    format!("U+{:04X}", c as u32)
}

/// Controls, characters that do not show, those that change the direction of text, and those that
/// no XML may hold.
pub fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use maud::Render as _;

    #[test]
    fn evidence_that_is_markup_stays_text() {
        let page = Text::from("<script>alert('1')</script> & \"x\"").render().0;
        assert_eq!(
            page,
            "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot;"
        );
    }

    #[test]
    fn characters_that_do_not_show_are_seen() {
        let page = Text::from("a\u{202e}b\u{200b}c\n").render().0;
        assert_eq!(
            page,
            "a<span class=\"ctl\">U+202E</span>b<span class=\"ctl\">U+200B</span>c<span class=\"ctl\">U+000A</span>"
        );
        assert_eq!(xml("\u{0}<"), "&lt;U+0000&gt;&lt;");
    }
}
