//! What a document must have of the inverted index: the words and the category. Looked up once for all
//! segments; the rarest lists lead, the others are only asked.

use tantivy::postings::{Postings, SegmentPostings, TermInfo};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, TERMINATED, Term};

use super::index::IndexError;
use super::points::MOST_POINTS;
use super::query::Request;
use super::schema::Layout;
use super::view::{SegmentView, View};

/// A term and where each segment keeps its documents.
struct Found {
    infos: Vec<Option<TermInfo>>,
    doc_freq: u64,
}

/// A word of the query with its grams.
struct FoundWord {
    grams: Vec<Found>,
    /// Documents with the rarest gram: at least as many as have the word.
    doc_freq: u64,
    required: bool,
}

/// All that is needed.
pub(super) struct Needs {
    words: Vec<FoundWord>,
    category: Option<Found>,
}

/// The needs in one segment, walking forward through its documents.
pub(super) struct Matcher {
    /// Lists that all must contain the document; the shortest first.
    required: Vec<SegmentPostings>,
    /// For each word its lists, to count points: an index into `required`, or a list of its own.
    words: Vec<Vec<Gram>>,
}

enum Gram {
    Required(usize),
    Optional(Box<SegmentPostings>),
}

impl Needs {
    /// Looks all terms up. With `relaxed`, only the rarer half of the known words is required.
    pub fn find(view: &View, layout: &Layout, request: &Request, relaxed: bool) -> Result<Self, IndexError> {
        let mut words = Vec::with_capacity(request.words.len());
        for word in &request.words {
            let mut grams = Vec::with_capacity(word.grams.len());
            for gram in &word.grams {
                grams.push(find(
                    view,
                    |s| &s.grams,
                    &Term::from_field_text(layout.grams, gram),
                )?);
            }
            let doc_freq = grams.iter().map(|gram| gram.doc_freq).min().unwrap_or(0);
            words.push(FoundWord {
                grams,
                doc_freq,
                required: true,
            });
        }
        if relaxed {
            words.sort_by_key(|word| (word.doc_freq == 0, word.doc_freq));
            let known = words.iter().filter(|word| word.doc_freq > 0).count();
            let needed = known.div_ceil(2).max(1);
            words
                .iter_mut()
                .skip(needed)
                .for_each(|word| word.required = false);
        }
        let category = match &request.category {
            Some(code) => Some(find(
                view,
                |s| &s.category,
                &Term::from_field_text(layout.category, code),
            )?),
            None => None,
        };
        Ok(Self { words, category })
    }

    /// How many documents have the rarest thing that is required; `None` if nothing is.
    pub fn fewest_docs(&self) -> Option<u64> {
        let words = self
            .words
            .iter()
            .filter(|word| word.required)
            .map(|word| word.doc_freq);
        words
            .chain(self.category.iter().map(|found| found.doc_freq))
            .min()
    }

    /// How well the words can fit at most, 0 to 1000: words that nobody has fit nowhere.
    pub fn most_text_milli(&self) -> i64 {
        if self.words.is_empty() {
            return 1_000;
        }
        let known = self.words.iter().filter(|word| word.doc_freq > 0).count();
        (1_000 * known / self.words.len()) as i64
    }

    /// The needs in the segment with this number; `None` if nothing in it can have them.
    pub fn matcher(&self, number: usize, segment: &SegmentView) -> Result<Option<Matcher>, IndexError> {
        let mut required = Vec::new();
        let mut words = Vec::with_capacity(self.words.len());
        for word in &self.words {
            let mut grams = Vec::with_capacity(word.grams.len());
            for gram in &word.grams {
                let Some(info) = &gram.infos[number] else {
                    if word.required {
                        return Ok(None);
                    }
                    grams.clear();
                    break;
                };
                let option = IndexRecordOption::WithFreqs;
                let postings = segment.grams.read_postings_from_terminfo(info, option)?;
                grams.push(if word.required {
                    required.push(postings);
                    Gram::Required(required.len() - 1)
                } else {
                    Gram::Optional(Box::new(postings))
                });
            }
            words.push(grams);
        }
        if let Some(category) = &self.category {
            let Some(info) = &category.infos[number] else {
                return Ok(None);
            };
            required.push(
                segment
                    .category
                    .read_postings_from_terminfo(info, IndexRecordOption::Basic)?,
            );
        }
        Ok(Some(Matcher::new(required, words)))
    }
}

impl Matcher {
    fn new(required: Vec<SegmentPostings>, mut words: Vec<Vec<Gram>>) -> Self {
        let mut numbered: Vec<(usize, SegmentPostings)> = required.into_iter().enumerate().collect();
        numbered.sort_by_key(|(_, postings)| postings.doc_freq());
        let mut new_number = vec![0; numbered.len()];
        for (new, (old, _)) in numbered.iter().enumerate() {
            new_number[*old] = new;
        }
        for gram in words.iter_mut().flatten() {
            if let Gram::Required(number) = gram {
                *number = new_number[*number];
            }
        }
        Self {
            required: numbered.into_iter().map(|(_, postings)| postings).collect(),
            words,
        }
    }

    /// Whether nothing is required.
    pub fn takes_all(&self) -> bool {
        self.required.is_empty()
    }

    /// The first document from `target` on that has all that is required, `TERMINATED` if none.
    /// Targets must not go back.
    pub fn seek(&mut self, mut target: DocId) -> DocId {
        'candidate: while target < TERMINATED {
            for postings in &mut self.required {
                let doc = if postings.doc() < target {
                    postings.seek(target)
                } else {
                    postings.doc()
                };
                if doc > target {
                    target = doc;
                    continue 'candidate;
                }
            }
            return target;
        }
        TERMINATED
    }

    /// How well the words fit `doc`, at which [`Self::seek`] stopped: 0 to 1000, the mean over all words
    /// of the query. 1000 without words.
    pub fn text_milli(&mut self, doc: DocId) -> i64 {
        if self.words.is_empty() {
            return 1_000;
        }
        let mut points = 0;
        for grams in &mut self.words {
            let of_gram = |gram: &mut Gram| match gram {
                Gram::Required(number) => u64::from(self.required[*number].term_freq()),
                Gram::Optional(postings) => {
                    let at = if postings.doc() < doc {
                        postings.seek(doc)
                    } else {
                        postings.doc()
                    };
                    if at == doc {
                        u64::from(postings.term_freq())
                    } else {
                        0
                    }
                }
            };
            points += grams.iter_mut().map(of_gram).min().unwrap_or(0);
        }
        let most = MOST_POINTS * self.words.len() as u64;
        (1_000 * points / most) as i64
    }
}

fn find(
    view: &View,
    index: impl Fn(&SegmentView) -> &tantivy::index::InvertedIndexReader,
    term: &Term,
) -> Result<Found, IndexError> {
    let mut infos = Vec::with_capacity(view.segments.len());
    for segment in &view.segments {
        infos.push(index(segment).get_term_info(term)?);
    }
    let doc_freq = infos.iter().flatten().map(|info| u64::from(info.doc_freq)).sum();
    Ok(Found { infos, doc_freq })
}
