//! Stars, tags and comments.

use crate::api::{NoteEdit, NoteView};
use crate::failure::{Failure, Result};
use crate::record::no_such;
use crate::session::{Session, lock};
use serde_json::json;
use store::Note;

/// The longest tag and the longest comment, in characters, and the most tags of one event.
const LONGEST_TAG: usize = 64;
const LONGEST_COMMENT: usize = 10_000;
const MOST_TAGS: usize = 32;

impl Session {
    /// Changes what is said of an event, with a line in the custody log, and gives what is said of
    /// it now. Where nothing changes, nothing is written.
    pub fn annotate(&self, edit: &NoteEdit) -> Result<NoteView> {
        for tag in &edit.tag {
            check_tag(tag)?;
        }
        let too_long = |text: &String| text.chars().count() > LONGEST_COMMENT;
        if edit.comment.as_ref().is_some_and(too_long) {
            return Err(Failure::request(
                "comment-too-long",
                format!("A comment has at most {LONGEST_COMMENT} characters."),
                "Keep the long text elsewhere, and say here where.",
            ));
        }
        let record = store::RecordId {
            file: evidence::FileId(edit.id.file),
            ordinal: u32::try_from(edit.id.ordinal).map_err(|_| no_such(edit.id))?,
        };
        let _saying = lock(&self.saying);
        let (leader, parts, before) = self.reading(|reader| {
            reader.event(record)?;
            let leader = reader.leader_of(record)?;
            let before = reader.noted(leader)?.unwrap_or_default();
            Ok((leader, reader.parts_of(leader)?, before))
        })?;
        let mut note = before.clone();
        note.starred = edit.star.unwrap_or(note.starred);
        note.tags.extend(edit.tag.iter().cloned());
        note.tags.retain(|tag| !edit.untag.contains(tag));
        if let Some(comment) = &edit.comment {
            note.comment = Some(comment.trim().to_owned()).filter(|text| !text.is_empty());
        }
        if note.tags.len() > MOST_TAGS {
            return Err(Failure::request(
                "too-many-tags",
                format!("An event has at most {MOST_TAGS} tags."),
                "Take one off first.",
            ));
        }
        if note != before {
            let about = json!({
                "event": format!("E{}:{}", leader.file.0, leader.ordinal),
                "starred": note.starred,
                "tags": note.tags,
                "comment": note.comment,
            });
            self.writing(|case| {
                let entry = self.desk.entry("event-note", about);
                Ok(case.set_note(leader, &parts, &note, &entry)?)
            })?;
        }
        self.reading(|reader| Ok(view(reader.noted(leader)?)))
    }

    /// Every tag that is in use, and how many events have it.
    pub fn tags(&self) -> Result<Vec<(String, u64)>> {
        self.reading(|reader| Ok(reader.tags()?))
    }
}

/// What is said, for people.
pub(crate) fn view(note: Option<Note>) -> NoteView {
    let note = note.unwrap_or_default();
    NoteView {
        starred: note.starred,
        tags: note.tags.into_iter().collect(),
        comment: note.comment,
    }
}

fn check_tag(tag: &str) -> Result<()> {
    let is_plain = |char: char| char.is_alphanumeric() || "-_./".contains(char);
    let length = tag.chars().count();
    if (1..=LONGEST_TAG).contains(&length) && tag.chars().all(is_plain) {
        return Ok(());
    }
    Err(Failure::request(
        "tag",
        format!("{tag:?} cannot be a tag."),
        format!(
            "A tag is one word of letters, digits, -, _, . and /, at most {LONGEST_TAG} characters long."
        ),
    ))
}
