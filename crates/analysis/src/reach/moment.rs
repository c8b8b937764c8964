//! When an act stands, and which of two comes first.

use crate::act::{Act, EventId};
use evidence::{Format, Micros};

/// When and where an act stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub time: Micros,
    /// Nothing where the examiner gave the moment.
    pub event: Option<(EventId, u32, Format)>,
}

impl Moment {
    pub(crate) fn of(act: &Act, time: Micros) -> Moment {
        Moment {
            time,
            event: Some((act.event, act.log, act.format)),
        }
    }

    /// Whether `next` comes after this: for certain, or only within the tolerance; `None` if it
    /// comes before.
    pub(crate) fn is_before(&self, next: &Moment, tolerance: i64) -> Option<bool> {
        if next.time < self.time {
            return None;
        }
        let (Some((one, log, format)), Some((other, other_log, _))) = (self.event, next.event)
        else {
            return Some(true);
        };
        if one == other {
            return Some(true);
        }
        if log == other_log {
            if next.time > self.time {
                return Some(true);
            }
            // Of equal times the order of records counts where a log is written in order.
            let is_in_order = matches!(format, Format::NhiAuditBundle | Format::VaultAudit);
            return match is_in_order {
                true => (one < other).then_some(true),
                false => Some(false),
            };
        }
        Some(next.time.0.saturating_sub(self.time.0) >= tolerance)
    }

    /// Whether something may follow `other` that does not follow this, though both have one time:
    /// `other` stands before it in its log, or in another log.
    pub(crate) fn is_tied(&self, other: &Moment) -> bool {
        let (Some((_, log, _)), Some((_, other_log, _))) = (self.event, other.event) else {
            return false;
        };
        self.time == other.time && (log != other_log || self.is_before(other, 0).is_none())
    }
}
