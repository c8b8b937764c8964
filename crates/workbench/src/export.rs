//! Events for other people's tools, each with what it leaves out.

use crate::api::TimelineFilter;
use crate::failure::Result;
use crate::record::contract_members;
use crate::session::Session;
use report::exports::{Members, STIX_LEAVES_OUT, Stix, TIMESKETCH_LEAVES_OUT, timesketch};

/// For whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportAs {
    /// Timesketch's JSON lines.
    Timesketch,
    /// A STIX 2.1 bundle of indicators.
    Stix,
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
    pub fn export(
        &self,
        filter: &TimelineFilter,
        to: ExportAs,
        give: &mut dyn FnMut(&str) -> Result<()>,
    ) -> Result<Exported> {
        let (mut events, mut left_out) = (0, 0);
        let mut stix = Stix::default();
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
        Ok(Exported {
            events,
            left_out,
            leaves_out: match to {
                ExportAs::Timesketch => TIMESKETCH_LEAVES_OUT,
                ExportAs::Stix => STIX_LEAVES_OUT,
            },
        })
    }
}
