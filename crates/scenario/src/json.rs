//! JSON out: a small writer that appends to a buffer, and the canonical form of RFC 8785 for
//! values that this crate makes (ASCII member names, integers).

use serde_json::Value;

/// Writes JSON members one after another; commas take care of themselves.
#[derive(Debug, Default)]
pub struct Writer {
    /// What is written so far.
    pub out: Vec<u8>,
    comma: bool,
}

impl Writer {
    /// Begins anew, keeping the buffer.
    pub fn clear(&mut self) {
        self.out.clear();
        self.comma = false;
    }

    fn separate(&mut self) {
        if self.comma {
            self.out.push(b',');
        }
    }

    /// The name of the next member.
    fn name(&mut self, name: &str) {
        self.separate();
        quote(&mut self.out, name);
        self.out.push(b':');
    }

    /// Opens the document, or an object in an array.
    pub fn begin(&mut self) {
        self.separate();
        self.out.push(b'{');
        self.comma = false;
    }

    /// Closes what [`Writer::begin`] or [`Writer::object`] opened.
    pub fn end(&mut self) {
        self.out.push(b'}');
        self.comma = true;
    }

    /// Opens an object as a member.
    pub fn object(&mut self, name: &str) {
        self.name(name);
        self.out.push(b'{');
        self.comma = false;
    }

    /// A member that is an object.
    pub fn within(&mut self, name: &str, members: impl FnOnce(&mut Writer)) {
        self.object(name);
        members(self);
        self.end();
    }

    /// Opens an array as a member.
    pub fn array(&mut self, name: &str) {
        self.name(name);
        self.out.push(b'[');
        self.comma = false;
    }

    /// Closes what [`Writer::array`] opened.
    pub fn end_array(&mut self) {
        self.out.push(b']');
        self.comma = true;
    }

    /// A member that is an array of texts.
    pub fn texts(&mut self, name: &str, items: &[&str]) {
        self.array(name);
        for item in items {
            self.separate();
            quote(&mut self.out, item);
            self.comma = true;
        }
        self.end_array();
    }

    /// A text.
    pub fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        quote(&mut self.out, value);
        self.comma = true;
    }

    /// An integer.
    pub fn number(&mut self, name: &str, value: u64) {
        self.raw(name, &value.to_string());
    }

    /// A time.
    pub fn time(&mut self, name: &str, at: u64, digits: usize) {
        self.name(name);
        self.out.push(b'"');
        crate::clock::push(&mut self.out, at, digits);
        self.out.push(b'"');
        self.comma = true;
    }

    /// A truth value.
    pub fn flag(&mut self, name: &str, value: bool) {
        self.raw(name, if value { "true" } else { "false" });
    }

    /// A member whose value is JSON already.
    pub fn raw(&mut self, name: &str, value: &str) {
        self.name(name);
        self.out.extend_from_slice(value.as_bytes());
        self.comma = true;
    }
}

/// Appends a text in quotes, escaped as RFC 8785 section 3.2.2.2 asks.
fn quote(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    if text
        .bytes()
        .all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\')
    {
        out.extend_from_slice(text.as_bytes());
    } else {
        for byte in text.bytes() {
            match byte {
                b'"' => out.extend_from_slice(b"\\\""),
                b'\\' => out.extend_from_slice(b"\\\\"),
                8 => out.extend_from_slice(b"\\b"),
                9 => out.extend_from_slice(b"\\t"),
                10 => out.extend_from_slice(b"\\n"),
                12 => out.extend_from_slice(b"\\f"),
                13 => out.extend_from_slice(b"\\r"),
                0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
                _ => out.push(byte),
            }
        }
    }
    out.push(b'"');
}

/// The canonical form of RFC 8785. Member names must be ASCII (else UTF-16 order would be needed)
/// and numbers integers, as all that this crate writes are.
pub fn canonical(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    put(&mut out, value);
    out
}

fn put(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Object(members) => {
            let mut names: Vec<_> = members.keys().collect();
            names.sort();
            out.push(b'{');
            for (index, name) in names.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                quote(out, name);
                out.push(b':');
                put(out, &members[name]);
            }
            out.push(b'}');
        }
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                put(out, item);
            }
            out.push(b']');
        }
        Value::String(text) => quote(out, text),
        other => out.extend_from_slice(other.to_string().as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_members_read_back_as_they_were_meant() {
        let mut writer = Writer::default();
        writer.begin();
        writer.text("a", "q\"\\\u{1}\n\u{202e}");
        writer.within("b", |inner| {
            inner.number("n", 7);
            inner.texts("t", &["x", "y"]);
        });
        writer.flag("c", true);
        writer.raw("d", "null");
        writer.end();
        let read: Value = serde_json::from_slice(&writer.out).unwrap();
        let meant = serde_json::json!({"a": "q\"\\\u{1}\n\u{202e}", "b": {"n": 7, "t": ["x", "y"]}, "c": true, "d": null});
        assert_eq!(read, meant);
    }

    #[test]
    fn canonical_form_is_that_of_the_rfcs_own_example() {
        // RFC 8785 section 3.2.2's string, and section 3.2.3's order for ASCII names.
        let value: Value = serde_json::from_str(
            r#"{"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false],"1":1}"#,
        )
        .unwrap();
        assert_eq!(
            String::from_utf8(canonical(&value)).unwrap(),
            "{\"1\":1,\"literals\":[null,true,false],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"
        );
    }
}
