//! The event log read backwards, for people: the newest of all partitions first. It needs no index beside
//! the log's own key, which every command would pay for: a page is merged from the ends of the partitions,
//! and a cursor says where each of them was left.

use std::collections::{BTreeMap, VecDeque};

use kernel::Timestamp;

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
    /// Where the log stood at `until`: the number of each partition's last event from before. Found by halving,
    /// because numbers follow the time.
    pub fn heads_at(read: &mut ReadTx, until: Timestamp) -> Result<Cursor, StorageError> {
        let mut ends = Self::heads(read)?;
        let mut starts = Cursor::new();
        while ends
            .iter()
            .any(|(part, end)| starts.get(part).copied().unwrap_or(0) < *end)
        {
            let middles = ends.iter().map(|(part, end)| {
                let start = starts.get(part).copied().unwrap_or(0);
                (*part, start + (end - start + 1) / 2)
            });
            let middles: Vec<(Partition, i64)> = middles.collect();
            let questions = middles.iter().map(|(part, middle)| {
                sql!(
                    "SELECT at FROM event WHERE part = $1 AND seq = $2",
                    i64::from(*part),
                    *middle
                )
            });
            for ((part, middle), rows) in middles.iter().zip(read.ask_all(questions.collect())?) {
                let at: Option<Timestamp> = rows.into_iter().next().map(|mut row| row.take()).transpose()?;
                if at.is_none_or(|at| at < until) {
                    starts.insert(*part, *middle);
                } else {
                    ends.insert(*part, middle - 1);
                }
            }
        }
        Ok(starts)
    }

    /// At most `limit` of those events that `keep` keeps, newest first by the time of their commands, older
    /// than `from` (`None`: from the end of the log), none from before `since`. Events of a partition keep their
    /// order. A page is cut
    /// short once a partition's [`OF_A_PARTITION`] events are looked through.
    pub fn newest(
        read: &mut ReadTx,
        from: Option<&Cursor>,
        since: Option<Timestamp>,
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
            let Some((at, partition)) = newest.max() else {
                break;
            };
            if since.is_some_and(|since| at < since) {
                left.clear();
                break;
            }
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
