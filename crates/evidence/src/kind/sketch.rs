//! A sketch of JSON that may be cut off, broken, or not JSON at all.

/// How deep members are named; what lies deeper is stepped over. Enough for
/// `{"Records":[{"userIdentity":{` and `[{"credentialSubject":{`.
const DEPTH: usize = 4;

/// How many documents are looked at.
const DOCUMENTS: usize = 50;

/// A value, as far as it could be read. Texts are as written, escapes and all.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sketch<'a> {
    /// A string.
    Text(&'a [u8]),
    /// An object's members.
    Object(Vec<(&'a [u8], Sketch<'a>)>),
    /// An array's elements.
    Array(Vec<Sketch<'a>>),
    /// A number, `true`, `false`, `null`, what lies too deep, and what is no JSON.
    Other,
}

/// One of the documents that a head begins with.
#[derive(Debug)]
pub(super) struct Document<'a> {
    /// What could be read of it.
    pub(super) sketch: Sketch<'a>,
    /// Whether it was read to its end.
    pub(super) is_whole: bool,
}

impl<'a> Sketch<'a> {
    /// A member of an object.
    pub(super) fn get(&self, name: &str) -> Option<&Sketch<'a>> {
        let Sketch::Object(members) = self else {
            return None;
        };
        members
            .iter()
            .find(|(key, _)| *key == name.as_bytes())
            .map(|(_, value)| value)
    }

    /// Whether an object has a member.
    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// How many of these members an object has.
    pub(super) fn count(&self, names: &[&str]) -> usize {
        names.iter().filter(|name| self.has(name)).count()
    }

    /// The text of a string member.
    pub(super) fn text(&self, name: &str) -> Option<&'a [u8]> {
        match self.get(name)? {
            Sketch::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The elements of an array member.
    pub(super) fn elements(&self, name: &str) -> Option<&[Sketch<'a>]> {
        match self.get(name)? {
            Sketch::Array(elements) => Some(elements),
            _ => None,
        }
    }
}

/// The documents that a head begins with: one, or one after the other. Where one breaks, reading
/// goes on with the next line. Where one is still open when the head ends, the lines after its
/// first may be its own, so of these only those without indentation are tried.
pub(super) fn documents(head: &[u8]) -> Vec<Document<'_>> {
    let bytes = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let mut reader = Reader {
        bytes,
        at: 0,
        broken: false,
    };
    let mut documents = Vec::new();
    let mut is_within = false;
    while documents.len() < DOCUMENTS {
        let start = if is_within {
            Some(reader.at)
        } else {
            reader.skip_space()
        };
        let Some(start) = start.filter(|&start| start < bytes.len()) else {
            break;
        };
        match bytes[start] {
            b'{' | b'[' => {
                let sketch = reader.value(DEPTH);
                let is_cut = reader.broken && reader.at >= bytes.len();
                is_within |= is_cut;
                documents.push(Document {
                    sketch,
                    is_whole: !reader.broken,
                });
            }
            _ if is_within => reader.broken = true,
            _ => {
                documents.push(Document {
                    sketch: Sketch::Other,
                    is_whole: false,
                });
                reader.broken = true;
            }
        }
        if is_within || std::mem::take(&mut reader.broken) {
            reader.broken = false;
            reader.at = match memchr::memchr(b'\n', &bytes[start..]) {
                Some(end) => start + end + 1,
                None => bytes.len(),
            };
        }
    }
    documents
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Whether the value being read does not go on as JSON would, or ends with the head.
    broken: bool,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Steps over white space, and says where it ended, where that is not the end of the head.
    fn skip_space(&mut self) -> Option<usize> {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
        self.peek().map(|_| self.at)
    }

    fn take(&mut self, byte: u8) -> bool {
        self.skip_space();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Sketch<'a> {
        self.skip_space();
        match self.peek() {
            Some(b'{' | b'[') if depth == 0 => self.step_over(),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => Sketch::Text(self.string()),
            Some(b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                while matches!(
                    self.peek(),
                    Some(b'+' | b'-' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z')
                ) {
                    self.at += 1;
                }
                Sketch::Other
            }
            _ => {
                self.broken = true;
                Sketch::Other
            }
        }
    }

    fn object(&mut self, depth: usize) -> Sketch<'a> {
        let mut members = Vec::new();
        self.at += 1;
        if self.take(b'}') {
            return Sketch::Object(members);
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                break;
            }
            let name = self.string();
            if self.broken || !self.take(b':') {
                break;
            }
            members.push((name, self.value(depth - 1)));
            if self.broken || self.take(b'}') {
                return Sketch::Object(members);
            }
            if !self.take(b',') {
                break;
            }
        }
        self.broken = true;
        Sketch::Object(members)
    }

    fn array(&mut self, depth: usize) -> Sketch<'a> {
        let mut elements = Vec::new();
        self.at += 1;
        if self.take(b']') {
            return Sketch::Array(elements);
        }
        loop {
            elements.push(self.value(depth - 1));
            if self.broken || self.take(b']') {
                return Sketch::Array(elements);
            }
            if !self.take(b',') {
                self.broken = true;
                return Sketch::Array(elements);
            }
        }
    }

    /// A string, without its quotes. One that does not end before the head does is what there is.
    fn string(&mut self) -> &'a [u8] {
        self.at += 1;
        let start = self.at;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.at += 1;
                    return &self.bytes[start..self.at - 1];
                }
                b'\\' => self.at += 2,
                // A line end in a string: the line broke off in it.
                b'\n' => break,
                _ => self.at += 1,
            }
        }
        self.at = self.at.min(self.bytes.len());
        self.broken = true;
        &self.bytes[start..self.at]
    }

    /// Steps over an object or array by its brackets.
    fn step_over(&mut self) -> Sketch<'a> {
        let mut open = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.string();
                    if self.broken {
                        return Sketch::Other;
                    }
                    continue;
                }
                b'{' | b'[' => open += 1,
                b'}' | b']' => open -= 1,
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return Sketch::Other;
            }
        }
        self.broken = true;
        Sketch::Other
    }
}
