//! What was rebuilt, as pictures: the same that the window shows, from the same places. The graph is
//! `report::drawing`.

mod lineage;
mod reach;

pub(crate) use lineage::lineage;
pub(crate) use reach::reach;
