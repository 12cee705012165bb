//! What a client was told, written down as soon as it was: what must still be there when the power comes back.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use store::{Answer, Job, KEY_REUSED, NoAnswer};

/// What came back for a request.
pub(crate) type Reply = Result<Answer, NoAnswer>;

/// A file with a line to each answer.
pub(crate) struct Journal(File);

impl Journal {
    pub fn begin(path: &Path) -> Result<Self, String> {
        File::create(path).map(Self).map_err(|error| error.to_string())
    }

    /// Adds what is kept under the requests' keys: actor, key, response, and code of the rejection.
    pub fn note(&mut self, jobs: &[Job], replies: &[Reply]) -> Result<(), String> {
        for (job, reply) in jobs.iter().zip(replies) {
            let key = job.key();
            let (response, code) = match reply {
                Ok(Answer::Done(response)) => (Some(response), None),
                // The key keeps what was answered to the request that it belongs to.
                Ok(Answer::Rejected(rejected)) if rejected.code == KEY_REUSED.code => continue,
                Ok(Answer::Rejected(rejected)) => (None, Some(&rejected.code)),
                Err(_) => continue,
            };
            let line = serde_json::json!([hex::encode(key.actor), hex::encode(&key.key), response, code]);
            let written = self.0.write_all(format!("{line}\n").as_bytes());
            written.map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}
