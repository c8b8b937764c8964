//! Plain data in, files for people out. The only user of templates.
//!
//! A report is a folder (or its `.zip`): `report.json` and `extract.jsonl` hold what it says, in
//! canonical JSON; `proofs/` holds what proves it; everything else is rendered from the first two
//! alone ([`render::render`]), so that whoever has them can render again and compare. No clock, no
//! file, no randomness: the time is a part of the data.
//!
//! Text from elsewhere is a [`text::Text`], which has no way into a page but as text.

pub mod assessed;
pub mod columnar;
pub mod csv;
pub mod document;
pub mod drawing;
pub mod exports;
pub mod extract;
pub mod figure;
mod how_to_check;
mod html;
pub mod model;
pub mod packet;
pub mod render;
pub mod svg;
pub mod text;
pub mod timeline;
