//! Events for other people's tools, each with what it leaves out.

use crate::api::TimelineFilter;
use crate::failure::Result;
use crate::record::contract_members;
use crate::session::Session;
use report::exports::{
    CASE_BEGIN, CASE_END, CASE_LEAVES_OUT, Members, STIX_LEAVES_OUT, Stix, TIMESKETCH_LEAVES_OUT,
    case_event, timesketch,
};

/// For whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportAs {
    /// Timesketch's JSON lines.
    Timesketch,
    /// A STIX 2.1 bundle of indicators.
    Stix,
    /// A CASE/UCO document, JSON-LD.
    Case,
}

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// How many events went in.
    pub events: u64,
    /// How many matching events did not.
    pub left_out: u64,
    /// What no event of it has, in a sentence.
    pub leaves_out: &'static str,
}

impl Session {
    /// Exports the events that match, piece by piece into `give`.
    pub fn export_events(
        &self,
        filter: &TimelineFilter,
        to: ExportAs,
        give: &mut dyn FnMut(&str) -> Result<()>,
    ) -> Result<Exported> {
        let (mut events, mut left_out) = (0, 0);
        let mut stix = Stix::default();
        if to == ExportAs::Case {
            give(CASE_BEGIN)?;
        }
        self.each_row(filter, None, &mut |row| {
            let members: Members = contract_members(row)
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect();
            match to {
                ExportAs::Timesketch => match timesketch(&members) {
                    Some(line) => {
                        events += 1;
                        give(&line)?;
                        give("\n")?;
                    }
                    None => left_out += 1,
                },
                ExportAs::Case => {
                    give(if events == 0 { "" } else { ",\n" })?;
                    give(&case_event(&members))?;
                    events += 1;
                }
                ExportAs::Stix => {
                    let is_placed =
                        members.contains_key("time") && members.contains_key("source_ip");
                    *(if is_placed {
                        &mut events
                    } else {
                        &mut left_out
                    }) += 1;
                    stix.add(&members);
                }
            }
            Ok(())
        })?;
        if to == ExportAs::Stix {
            give(&format!("{:#}\n", stix.bundle(&self.desk.tool)))?;
        }
        if to == ExportAs::Case {
            give(CASE_END)?;
        }
        Ok(Exported {
            events,
            left_out,
            leaves_out: match to {
                ExportAs::Timesketch => TIMESKETCH_LEAVES_OUT,
                ExportAs::Stix => STIX_LEAVES_OUT,
                ExportAs::Case => CASE_LEAVES_OUT,
            },
        })
    }
}
