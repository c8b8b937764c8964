//! Why a cutter rejects bytes, in words for people.

/// A line of a log that does not begin with `{` and end with `}`.
pub const LINE_NOT_OBJECT: &str = "the line is not a JSON object";
/// Something else than an object among the elements of the array that holds the records.
pub const ELEMENT_NOT_OBJECT: &str = "the element is not a JSON object";
/// Bytes before the first document that begin none.
pub const NOT_JSON: &str = "not JSON";
/// Bytes after a document that begin no other.
pub const AFTER_END: &str = "after the end of the document";
/// The file's last record is cut off.
pub const ENDS_IN_RECORD: &str = "the file ends in the middle of a record";
/// Brackets around the records are open at the file's end. The range is empty: no byte is at fault.
pub const ENDS_IN_DOCUMENT: &str = "the file ends before its document does";
/// A string with a line end in it: a quotation mark is missing, and what follows is not to be
/// trusted until a line begins as the damaged record did.
pub const BROKEN_STRING: &str = "a string does not end on its line";

/// Longer than a record may be.
pub(super) fn too_long(limit: usize) -> String {
    format!("longer than a record may be ({limit} bytes)")
}
