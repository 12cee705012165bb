//! Small helpers to import a text and look at what came of it.

use std::io::{self, Read};

use qiao::import::{ImportedMerchant, Merchants, OpenError, Options, Refusal, Rule};

/// All rows of a file of this name and content.
pub fn rows_of(name: &str, content: &[u8], options: &Options) -> Vec<Result<ImportedMerchant, Refusal>> {
    open(name, content, options).unwrap().collect()
}

pub fn open(name: &str, content: &[u8], options: &Options) -> Result<Merchants, OpenError> {
    Merchants::from_source(Box::new(Dribble(content.to_vec(), 0)), name, options)
}

/// The merchants among all rows.
pub fn accepted(name: &str, content: &[u8], options: &Options) -> Vec<ImportedMerchant> {
    rows_of(name, content, options)
        .into_iter()
        .filter_map(Result::ok)
        .collect()
}

/// The refusals among all rows.
pub fn refused(name: &str, content: &[u8], options: &Options) -> Vec<Refusal> {
    rows_of(name, content, options)
        .into_iter()
        .filter_map(Result::err)
        .collect()
}

/// The one refusal of a file that has exactly one.
pub fn the_refusal(name: &str, content: &[u8], options: &Options) -> Refusal {
    let mut refusals = refused(name, content, options);
    assert_eq!(refusals.len(), 1, "{refusals:?}");
    refusals.remove(0)
}

/// The rules of all refusals.
pub fn rules(refusals: &[Refusal]) -> Vec<Rule> {
    refusals.iter().map(|refusal| refusal.rule).collect()
}

/// A reader that gives little at a time, so that every boundary falls into a row somewhere.
pub struct Dribble(pub Vec<u8>, pub usize);

impl Read for Dribble {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let step = if self.0.len() > 10_000 { into.len() } else { 7 };
        let count = step.min(into.len()).min(self.0.len() - self.1);
        into[..count].copy_from_slice(&self.0[self.1..self.1 + count]);
        self.1 += count;
        Ok(count)
    }
}
