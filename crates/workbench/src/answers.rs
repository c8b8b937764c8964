//! Answers that took a whole look at the case, kept while the case is as it was: whoever goes from
//! the graph to the findings and back does not wait twice.

use crate::failure::Result;
use crate::session::{Session, lock};
use std::any::Any;
use std::sync::Arc;

/// So many answers are kept, those that were given last.
const MOST_KEPT: usize = 12;

/// The answers kept of one case.
#[derive(Default)]
pub(crate) struct Answers(Vec<Kept>);

struct Kept {
    question: String,
    /// Of which state of the case.
    state: String,
    answer: Arc<dyn Any + Send + Sync>,
}

impl Session {
    /// The answer to a question: the one that was given before, where nothing that it rests on has
    /// changed since. `asked` tells questions apart; `query` may ask for what the analyst noted, and
    /// then the notes are part of that.
    pub(crate) fn answer<T: Send + Sync + 'static>(
        &self,
        asked: String,
        query: &str,
        make: impl FnOnce() -> Result<T>,
    ) -> Result<Arc<T>> {
        let generation = || self.reading(|reader| Ok(reader.generation()?));
        let before = generation()?;
        let state = match query {
            "" => self.reading(|reader| Ok(reader.judged()?))?,
            _ => format!("of all {before}"),
        };
        let found = lock(&self.answers)
            .0
            .iter()
            .find(|kept| kept.question == asked && kept.state == state)
            .map(|kept| Arc::clone(&kept.answer));
        if let Some(answer) = found.and_then(|answer| answer.downcast().ok()) {
            return Ok(answer);
        }
        let answer = Arc::new(make()?);
        // What was made while the case changed may be of either state, and is nobody else's.
        if generation()? != before {
            return Ok(answer);
        }
        let kept = &mut lock(&self.answers).0;
        kept.retain(|kept| kept.question != asked);
        if kept.len() == MOST_KEPT {
            kept.remove(0);
        }
        kept.push(Kept {
            question: asked,
            state,
            answer: Arc::clone(&answer) as Arc<dyn Any + Send + Sync>,
        });
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use crate::api::{NoteEdit, RecordId};
    use crate::{Desk, Limits, Micros, Progress, Session};
    use std::cell::Cell;
    use std::fs;

    #[test]
    fn an_answer_is_given_again_until_what_it_rests_on_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let desk = Desk {
            who: "ada".into(),
            tool: "test".into(),
            now: || Micros(0),
            threads: 1,
            limits: Limits::default(),
        };
        let session = Session::create(&folder.path().join("a.exhibit"), desk).unwrap();
        let read = |id: &str| {
            let path = folder.path().join(id);
            let event = format!(
                "{{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\",\"auditID\":\"{id}\",\"stage\":\"ResponseComplete\",\"verb\":\"get\",\"requestReceivedTimestamp\":\"2026-06-01T00:00:00.000000Z\",\"user\":{{\"username\":\"ada\"}}}}\n"
            );
            fs::write(&path, event).unwrap();
            let progress = Progress::default();
            session.import(&[path], &[], &progress).unwrap();
        };
        read("one");
        let made = Cell::new(0);
        let ask = |asked: &str, query: &str| {
            let make = || {
                made.set(made.get() + 1);
                Ok(made.get())
            };
            *session.answer(asked.into(), query, make).unwrap()
        };
        assert_eq!((ask("a", ""), ask("a", ""), ask("b", "")), (1, 1, 2));
        assert_eq!((ask("of stars", "star:yes"), ask("a", "")), (3, 1));
        let star = NoteEdit {
            id: RecordId {
                file: 1,
                ordinal: 0,
            },
            star: Some(true),
            tag: Vec::new(),
            untag: Vec::new(),
            comment: None,
        };
        session.annotate(&star).unwrap();
        assert_eq!(ask("a", ""), 1, "a note changes nothing that is rebuilt");
        assert_eq!(
            ask("of stars", "star:yes"),
            4,
            "but what a query picks by it"
        );
        read("two");
        assert_eq!(ask("a", ""), 5);
    }
}
