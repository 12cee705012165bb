//! The index as a whole: opened, fed in batches, searched. A batch and the cursors that it was read up
//! to become durable together, so after a crash feeding goes on exactly where the index stands; what
//! comes twice changes nothing. One process at a time writes a folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use kernel::{Reject, Timestamp};
use serde::{Deserialize, Serialize};
use tantivy::directory::MmapDirectory;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::schema::Value;
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, TantivyError};

use super::best::Hit;
use super::cursor;
use super::document::{Change, OfferDoc};
use super::needs::Needs;
use super::points::{POINTS, PointsTokenizer};
use super::query::{Request, SearchHit, SearchPage, SearchQuery};
use super::scan::Scan;
use super::schema::{self, FORMAT, Layout};
use super::view::View;

/// What the writer may hold in memory before it writes a segment; the least that the library takes.
const WRITER_BYTES: usize = 15_000_000;
/// Segments of about the same size that are merged into one.
const MERGE_AT: usize = 6;
/// Share of removed documents in a segment from which it is merged just to drop them.
const MERGE_AT_REMOVED: f32 = 0.3;

/// How far each partition of the event log has been read: its number to the last sequence number.
pub type Cursors = BTreeMap<u8, i64>;

/// The index failed: the disk, the memory, a damaged file. Says nothing about the question.
#[derive(Debug)]
pub struct IndexError(String);

/// Why there is no answer.
#[derive(Debug)]
pub enum SearchFail {
    /// The question is not allowed.
    Reject(Reject),
    /// The index failed.
    Index(IndexError),
}

/// The search index. Shared by reference: any number search while one feeds.
pub struct SearchIndex {
    layout: Layout,
    reader: IndexReader,
    feed: Mutex<Feed>,
    /// The last state that was searched, and its number.
    view: RwLock<(u64, Arc<View>)>,
}

/// The writing side.
struct Feed {
    writer: IndexWriter,
    /// As of the last commit.
    cursors: Cursors,
}

/// What is kept beside the documents, in the same commit.
#[derive(Serialize, Deserialize)]
struct Payload {
    cursors: Cursors,
}

impl Feed {
    /// Back to the last commit, whichever that is: one that failed late may still have become durable.
    fn roll_back(&mut self) -> Result<(), IndexError> {
        self.writer.rollback()?;
        self.cursors = committed_cursors(self.writer.index())?;
        Ok(())
    }
}

fn committed_cursors(index: &Index) -> Result<Cursors, IndexError> {
    match index.load_metas()?.payload {
        Some(payload) => Ok(serde_json::from_str::<Payload>(&payload)?.cursors),
        None => Ok(Cursors::new()),
    }
}

impl SearchIndex {
    /// Opens the index in this folder, or makes an empty one. Fails if another process has it open.
    pub fn open(folder: &Path) -> Result<Self, IndexError> {
        let folder = folder.join(format!("v{FORMAT}"));
        Self::open_exactly(&folder).map_err(|IndexError(cause)| {
            IndexError(format!(
                "the search index in {} cannot be opened: {cause}; it holds nothing of its own, so if no other \
                 process uses it, delete the folder and it is built again from the event log",
                folder.display()
            ))
        })
    }

    fn open_exactly(folder: &Path) -> Result<Self, IndexError> {
        std::fs::create_dir_all(folder)?;
        let directory = MmapDirectory::open(folder).map_err(TantivyError::from)?;
        let layout = Layout::new();
        let builder = Index::builder()
            .schema(layout.schema.clone())
            .settings(Layout::settings());
        Self::with(layout, builder.open_or_create(directory)?)
    }

    /// An empty index that is gone when it is dropped.
    pub fn in_memory() -> Result<Self, IndexError> {
        let layout = Layout::new();
        let builder = Index::builder()
            .schema(layout.schema.clone())
            .settings(Layout::settings());
        Self::with(layout, builder.create_in_ram()?)
    }

    fn with(layout: Layout, index: Index) -> Result<Self, IndexError> {
        index.tokenizers().register(POINTS, PointsTokenizer);
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(WRITER_BYTES)
            .build();
        let writer: IndexWriter = index.writer_with_options(options)?;
        let mut merging = LogMergePolicy::default();
        merging.set_min_num_segments(MERGE_AT);
        merging.set_del_docs_ratio_before_merge(MERGE_AT_REMOVED);
        writer.set_merge_policy(Box::new(merging));
        let cursors = committed_cursors(&index)?;
        // A reader that reloads by itself does so in a thread that may come late, with what was before the last commit.
        let builder = index.reader_builder().reload_policy(ReloadPolicy::Manual);
        let reader: IndexReader = builder.try_into()?;
        let searcher = reader.searcher();
        let number = searcher.generation().generation_id();
        let view = RwLock::new((number, Arc::new(View::open(searcher, &layout)?)));
        Ok(Self {
            layout,
            reader,
            feed: Mutex::new(Feed { writer, cursors }),
            view,
        })
    }

    /// Makes the changes in their order, moves the cursors, and makes both durable together; after it
    /// returns, searches see them. A cursor never goes back; partitions that are not named stay. When
    /// it fails nothing has changed, and the same batch can be tried again. Each call waits for some
    /// twenty flushes to the disk, whatever the size of the batch: collect for a second or so.
    pub fn apply(&self, changes: &[Change], cursors: &Cursors) -> Result<(), IndexError> {
        let mut feed = self.feed()?;
        let mut moved = feed.cursors.clone();
        for (partition, seq) in cursors {
            let cursor = moved.entry(*partition).or_insert(*seq);
            *cursor = (*cursor).max(*seq);
        }
        self.commit(&mut feed, moved, |writer| {
            changes.iter().try_for_each(|change| self.change(writer, change))
        })
    }

    /// Lets searches use what was merged since the last change. Cheap where nothing was.
    pub fn refresh(&self) -> Result<(), IndexError> {
        let feed = self.feed()?;
        let merged = feed.writer.index().searchable_segment_ids()?;
        let searcher = self.reader.searcher();
        let in_use = searcher
            .segment_readers()
            .iter()
            .map(|segment| segment.segment_id());
        if in_use.collect::<BTreeSet<_>>() == merged.into_iter().collect() {
            return Ok(());
        }
        self.reload()
    }

    /// How far the log is in the index, durably: where to read on after a crash.
    pub fn cursors(&self) -> Result<Cursors, IndexError> {
        Ok(self.feed()?.cursors.clone())
    }

    /// Empties the index and forgets the cursors, to be fed again from the start of the log.
    pub fn clear(&self) -> Result<(), IndexError> {
        let mut feed = self.feed()?;
        self.commit(&mut feed, Cursors::new(), |writer| {
            writer.delete_all_documents().map(drop)
        })
    }

    /// How many documents there are, expired ones included.
    pub fn doc_count(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// The best of what is live at `now` and answers the question, one page of it.
    pub fn search(&self, query: &SearchQuery, now: Timestamp) -> Result<SearchPage, SearchFail> {
        let request = Request::check(query, now).map_err(SearchFail::Reject)?;
        self.answer(&request).map_err(SearchFail::Index)
    }

    pub(super) fn answer(&self, request: &Request) -> Result<SearchPage, IndexError> {
        let view = self.view()?;
        let find = |relaxed, after| {
            let needs = Needs::find(&view, &self.layout, request, relaxed)?;
            // One more than is shown says whether there is a next page.
            Scan {
                view: &view,
                layout: &self.layout,
                request,
                needs: &needs,
            }
            .best(request.page_size + 1, after)
        };
        let mut relaxed = request.after.is_some_and(|(_, relaxed)| relaxed);
        let mut found: Vec<Hit> = find(relaxed, request.after.map(|(place, _)| place))?;
        if found.is_empty() && request.after.is_none() && request.words.len() > 1 {
            found = find(true, None)?;
            relaxed = !found.is_empty();
        }
        let is_last = found.len() <= request.page_size;
        found.truncate(request.page_size);
        let next = found.last().filter(|_| !is_last);
        let next = next.map(|last| cursor::write(last.place, relaxed, request.fingerprint));
        let hits = found
            .iter()
            .map(|hit| self.show(&view, hit))
            .collect::<Result<_, _>>()?;
        Ok(SearchPage { hits, next, relaxed })
    }

    fn show(&self, view: &View, hit: &Hit) -> Result<SearchHit, IndexError> {
        let found: TantivyDocument = view.searcher.doc(hit.address)?;
        let bytes = found
            .get_first(self.layout.kept)
            .and_then(|value| value.as_bytes());
        let doc = bytes.and_then(OfferDoc::from_kept);
        let doc = doc.ok_or_else(|| IndexError("a kept document cannot be read".to_owned()))?;
        Ok(SearchHit {
            doc,
            distance_m: hit.distance_mm.map(|mm| (mm + 500) / 1_000),
        })
    }

    fn change(&self, writer: &IndexWriter, change: &Change) -> Result<(), TantivyError> {
        let remove = |key: &[u8]| {
            writer.delete_term(self.layout.key_term(key));
        };
        match change {
            Change::Upsert(doc) => {
                remove(&schema::offer_in_store_key(doc.offer, doc.store));
                writer.add_document(self.layout.to_tantivy(doc))?;
            }
            Change::RemoveOffer(offer) => remove(&schema::offer_key(*offer)),
            Change::RemoveOfferFromStore(offer, store) => remove(&schema::offer_in_store_key(*offer, *store)),
            Change::RemoveStore(store) => remove(&schema::store_key(*store)),
            Change::RemoveMerchant(merchant) => remove(&schema::merchant_key(*merchant)),
        }
        Ok(())
    }

    /// Runs `write` and commits it with the cursors; takes all back if anything fails.
    fn commit(
        &self,
        feed: &mut Feed,
        cursors: Cursors,
        write: impl FnOnce(&IndexWriter) -> Result<(), TantivyError>,
    ) -> Result<(), IndexError> {
        let payload = serde_json::to_string(&Payload {
            cursors: cursors.clone(),
        })?;
        let written = write(&feed.writer).and_then(|()| {
            let mut prepared = feed.writer.prepare_commit()?;
            prepared.set_payload(&payload);
            prepared.commit()
        });
        if let Err(error) = written {
            feed.roll_back()?;
            return Err(error.into());
        }
        feed.cursors = cursors;
        self.reload()
    }

    /// Only while the writing side is held, so that none comes late.
    fn reload(&self) -> Result<(), IndexError> {
        self.reader.reload()?;
        // Opened here, so that no search has to.
        self.view().map(drop)
    }

    /// The writing side, as of the last commit even if a thread panicked while it wrote.
    fn feed(&self) -> Result<MutexGuard<'_, Feed>, IndexError> {
        self.feed.lock().or_else(|poisoned| {
            let mut feed = poisoned.into_inner();
            feed.roll_back()?;
            self.feed.clear_poison();
            Ok(feed)
        })
    }

    /// The newest state, opened.
    pub(super) fn view(&self) -> Result<Arc<View>, IndexError> {
        let searcher = self.reader.searcher();
        let number = searcher.generation().generation_id();
        {
            let known = self.view.read().unwrap_or_else(PoisonError::into_inner);
            if known.0 == number {
                return Ok(Arc::clone(&known.1));
            }
        }
        let view = Arc::new(View::open(searcher, &self.layout)?);
        *self.view.write().unwrap_or_else(PoisonError::into_inner) = (number, Arc::clone(&view));
        Ok(view)
    }
}

impl From<TantivyError> for IndexError {
    fn from(error: TantivyError) -> Self {
        Self(error.to_string())
    }
}

impl From<std::io::Error> for IndexError {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<serde_json::Error> for IndexError {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for IndexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for IndexError {}
