//! The event log read backwards, for people: the newest of all partitions first. It needs no index beside
//! the log's own key, which every command would pay for: a page is merged from the ends of the partitions,
//! and a cursor says where each of them was left.

use std::collections::{BTreeMap, VecDeque};

use crate::event::{Cursor, Partition, StoredEvent};
use crate::{ReadTx, StorageError, sql};

/// How many events of a partition are looked at for one page.
const OF_A_PARTITION: i64 = 50;

/// Some events, newest first, and where the next page starts; `None` at the beginning of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPage {
    /// The events.
    pub events: Vec<StoredEvent>,
    /// The number of the last event of each partition that no page has shown.
    pub next: Option<Cursor>,
}

impl StoredEvent {
    /// At most `limit` of those events that `keep` keeps, newest first by the time of their commands, older
    /// than `from` (`None`: from the end of the log). Events of a partition keep their order. A page is cut
    /// short once a partition's [`OF_A_PARTITION`] events are looked through.
    pub fn newest(
        read: &mut ReadTx,
        from: Option<&Cursor>,
        limit: usize,
        keep: impl Fn(&Self) -> bool,
    ) -> Result<EventPage, StorageError> {
        let mut left = match from {
            Some(cursor) => cursor.clone(),
            None => Self::heads(read)?,
        };
        left.retain(|_, seq| *seq > 0);
        let mut ends = Self::ends(read, &left)?;
        let mut events = Vec::new();
        while events.len() < limit {
            let newest = ends
                .iter()
                .filter_map(|(part, end)| Some((end.front()?.at, *part)));
            let Some((_, partition)) = newest.max() else { break };
            let end = ends.entry(partition).or_default();
            let Some(event) = end.pop_front() else { break };
            left.insert(partition, event.seq - 1);
            let is_through = end.is_empty() && event.seq > 1;
            if keep(&event) {
                events.push(event);
            }
            // What comes next in this partition is not known, so neither is what is the newest.
            if is_through {
                break;
            }
        }
        left.retain(|_, seq| *seq > 0);
        let next = (!left.is_empty()).then_some(left);
        Ok(EventPage { events, next })
    }

    /// The last events of each partition up to the cursor's number, newest first.
    fn ends(read: &mut ReadTx, cursor: &Cursor) -> Result<BTreeMap<Partition, VecDeque<Self>>, StorageError> {
        let questions = cursor.iter().map(|(partition, seq)| {
            sql!(
                "SELECT part, seq, id, at, type, v, subject, subject_version, actor, reason, body
                 FROM event WHERE part = $1 AND seq <= $2 ORDER BY seq DESC LIMIT $3",
                i64::from(*partition),
                *seq,
                OF_A_PARTITION
            )
        });
        let answers = read.ask_all(questions.collect())?;
        let ends = cursor.keys().zip(answers).map(|(partition, rows)| {
            let events = rows.into_iter().map(Self::read_row).collect::<Result<_, _>>()?;
            Ok((*partition, events))
        });
        ends.collect()
    }
}
