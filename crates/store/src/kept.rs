//! What the readers of one open case keep for each other.

use crate::filter::Filter;
use crate::plan::Selection;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The rows of the filter that was gone through last: that is the work of seconds in a large case,
/// and any reader may be asked for the next page of them.
#[derive(Debug)]
pub(crate) struct Kept(Mutex<Inner>);

#[derive(Debug)]
struct Inner {
    selection: Option<(State, Filter, Arc<Selection>)>,
    most_held: usize,
}

/// The case's generation, and the record from which on none are seen.
pub(crate) type State = (u64, i64);

impl Default for Kept {
    fn default() -> Kept {
        Kept(Mutex::new(Inner {
            selection: None,
            most_held: 1 << 20,
        }))
    }
}

impl Kept {
    /// The most keys of a filter's rows that are held whole (16 MiB).
    pub(crate) fn most_held(&self) -> usize {
        self.inner().most_held
    }

    pub(crate) fn selection(&self, state: State, filter: &Filter) -> Option<Arc<Selection>> {
        let inner = self.inner();
        let (kept_state, kept_filter, selection) = inner.selection.as_ref()?;
        (*kept_state == state && kept_filter == filter).then(|| Arc::clone(selection))
    }

    pub(crate) fn keep(&self, state: State, filter: &Filter, selection: &Arc<Selection>) {
        self.inner().selection = Some((state, filter.clone(), Arc::clone(selection)));
    }

    /// Holds less, as for a case a hundred times as large.
    #[cfg(test)]
    pub(crate) fn hold_at_most(&self, most_held: usize) {
        *self.inner() = Inner {
            selection: None,
            most_held,
        };
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
