//! Reading on all cores, in order.
//!
//! One thread brings the pieces, as many as there are cores work on batches (hashes, parsing,
//! signatures, compression), and the caller's thread takes what they give in the order in which
//! the pieces came. So nothing that comes out depends on how many threads there are.

use crate::intake::Item;
use crate::pairing;
use evidence::batch::{self, ReadBatch};
use evidence::{Batch, Kind, Limits};
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use store::{Native, Packed};

/// How many pieces wait for a worker at most, and how many for the taker: enough that none of them
/// idles, and few enough that memory stays small.
const WAITING: usize = 16;

/// A piece after the workers.
pub(crate) enum Done {
    /// Nothing was to be done.
    Item(Item),
    /// A batch that has been read, and made ready as far as that was asked for.
    Batch {
        batch: Batch,
        read: ReadBatch,
        /// Of a batch that is packed, they are packed with it.
        natives: Vec<Option<Native>>,
        packed: Option<Packed>,
    },
}

/// What the workers need to know.
pub(crate) struct Work<'a> {
    pub keyring: &'a evidence::formats::receipts::KeyRing,
    pub limits: &'a Limits,
    /// Whether records' native ids are told.
    pub natives: bool,
    /// Whether batches are packed for the case.
    pub pack: bool,
    pub threads: usize,
}

/// Runs `bring` on a thread of its own, and gives each piece that it sends to `take`, in order,
/// after the workers. What `bring` gives is an `Err` where reading failed or `take` did not go on.
pub(crate) fn run<E: From<store::StoreError> + Send>(
    work: &Work<'_>,
    bring: impl FnOnce(&mut dyn FnMut(Item) -> io::Result<()>) -> io::Result<()> + Send,
    mut take: impl FnMut(Done) -> Result<(), E>,
) -> Result<io::Result<()>, E> {
    let (to_workers, from_bringer) = mpsc::sync_channel::<(u64, Kind, Item)>(WAITING);
    let (to_taker, from_workers) =
        mpsc::sync_channel::<(u64, Result<Done, store::StoreError>)>(WAITING);
    // Held by the workers alone: should they all die of a mistake of ours, the bringer ends too.
    let from_bringer = Arc::new(Mutex::new(from_bringer));
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let over = &over;
        let bringer = scope.spawn(move || {
            let mut number = 0;
            let mut kind = Kind::Unknown;
            bring(&mut |item| {
                if let Item::Start { kind: begun, .. } = &item {
                    kind = *begun;
                }
                let sent =
                    !over.load(Ordering::Relaxed) && to_workers.send((number, kind, item)).is_ok();
                if !sent {
                    return Err(io::Error::other("nobody takes it"));
                }
                number += 1;
                Ok(())
            })
        });
        for _ in 0..work.threads.max(1) {
            let to_taker = to_taker.clone();
            let from_bringer = Arc::clone(&from_bringer);
            scope.spawn(move || work_on(work, &from_bringer, &to_taker));
        }
        drop((to_taker, from_bringer));
        let taken = in_order(from_workers, &mut take);
        // Should the taker have ended early, the others end at their next piece.
        over.store(true, Ordering::Relaxed);
        let brought = bringer
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        taken.map(|()| brought)
    })
}

fn work_on(
    work: &Work<'_>,
    from: &Mutex<Receiver<(u64, Kind, Item)>>,
    to: &SyncSender<(u64, Result<Done, store::StoreError>)>,
) {
    loop {
        let next = from.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, kind, item)) = next else {
            return;
        };
        let done = match item {
            Item::Batch(batch) => read(work, kind, batch),
            other => Ok(Done::Item(other)),
        };
        if to.send((number, done)).is_err() {
            // Take what still comes, so that the bringer is not held up on a full channel.
            while from
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .recv()
                .is_ok()
            {}
            return;
        }
    }
}

fn read(work: &Work<'_>, kind: Kind, batch: Batch) -> Result<Done, store::StoreError> {
    let read = if kind.has_records() {
        batch::read(kind, &batch, work.keyring, work.limits)
    } else {
        ReadBatch::default()
    };
    let mut natives = Vec::new();
    if work.natives {
        natives = pairing::natives(kind, &batch, &read);
    }
    let mut packed = None;
    if work.pack {
        packed = Some(store::pack(&batch)?.with_natives(std::mem::take(&mut natives)));
    }
    Ok(Done::Batch {
        batch,
        read,
        natives,
        packed,
    })
}

fn in_order<E: From<store::StoreError>>(
    from: Receiver<(u64, Result<Done, store::StoreError>)>,
    take: &mut impl FnMut(Done) -> Result<(), E>,
) -> Result<(), E> {
    let mut early: BTreeMap<u64, Result<Done, store::StoreError>> = BTreeMap::new();
    let mut next = 0;
    for (number, done) in from {
        early.insert(number, done);
        while let Some(done) = early.remove(&next) {
            take(done?)?;
            next += 1;
        }
    }
    Ok(())
}
